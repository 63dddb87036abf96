import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { tokenIssuerKeys, tokenIssuers } from "../../db/schema";
import type { GuardPolicy } from "../../lib/network-guard";
import { HOUR, MINUTE, SECOND, type Clock } from "../../lib/time";
import { fetchKeys, KEYS_DEADLINE } from "./fetch-keys";

export type TokenIssuerRow = typeof tokenIssuers.$inferSelect;
export type IssuerKeysRow = typeof tokenIssuerKeys.$inferSelect;

/** An issuer with the keys that it published last; null where it was not asked yet. */
export type TokenIssuer = { issuer: TokenIssuerRow; keys: IssuerKeysRow | null };

export type IssuerDeps = {
  db: Database;
  guardPolicy: GuardPolicy;
  fetch: typeof globalThis.fetch;
  now: Clock;
  pause(milliseconds: number): Promise<void>;
};

/** An issuer is asked at most so often, whatever tokens come, by the whole deployment. */
export const BETWEEN_QUESTIONS = MINUTE;
/** Keys that are older are asked for again. */
export const KEYS_FRESH = 10 * MINUTE;
/** Keys are used so long when the issuer does not answer. */
export const KEYS_USABLE = HOUR;

// How a request waits for the answer to another's question.
const WAITS = 10;
const WAIT = SECOND / 5;

/** Reads issuers with their keys: one statement. */
export function selectIssuers(db: Database) {
  const current = and(eq(tokenIssuerKeys.issuerId, tokenIssuers.id), eq(tokenIssuerKeys.url, tokenIssuers.keysUrl));
  return db
    .select({ issuer: tokenIssuers, keys: tokenIssuerKeys })
    .from(tokenIssuers)
    .leftJoin(tokenIssuerKeys, current);
}

/** The keys of an issuer, none of them stale, as far as it may be asked and answers. */
export async function freshKeys(deps: IssuerDeps, { issuer, keys }: TokenIssuer): Promise<IssuerKeysRow | null> {
  const now = deps.now();
  if (keys && keys.fetchedAt !== null && now - keys.fetchedAt < KEYS_FRESH) return keys;
  const asked = await askForKeys(deps, issuer, keys);
  // What is still usable is used, while another request asks.
  return usableKeys(asked, now) === undefined ? waitForKeys(deps, asked) : asked;
}

/** The keys that an issuer publishes now, for a token whose key is unknown. */
export async function newKeys(deps: IssuerDeps, { issuer, keys }: TokenIssuer): Promise<IssuerKeysRow | null> {
  return waitForKeys(deps, await askForKeys(deps, issuer, keys));
}

/** The keys of an issuer, as text; undefined where there are none, or only such as are too old. */
export function usableKeys(row: IssuerKeysRow | null, now: number): string | undefined {
  if (!row || row.keys === null || row.fetchedAt === null || now - row.fetchedAt >= KEYS_USABLE) return undefined;
  return row.keys;
}

/** Asks, if nobody asked within the last minute. One statement decides who asks. */
async function askForKeys(
  deps: IssuerDeps,
  issuer: TokenIssuerRow,
  known: IssuerKeysRow | null,
): Promise<IssuerKeysRow | null> {
  const { db } = deps;
  const now = deps.now();
  const latest = now - BETWEEN_QUESTIONS;
  if (known && known.askedAt > latest) return known;
  const { id, keysUrl: url } = issuer;
  // What was learned from another address counts no more. A deleted issuer is not asked.
  const claimed = await db.all<{ issuer_id: string }>(sql`
    INSERT INTO ${tokenIssuerKeys} (issuer_id, url, asked_at)
    SELECT id, keys_url, ${now} FROM ${tokenIssuers} WHERE id = ${id} AND keys_url = ${url}
    ON CONFLICT (issuer_id) DO UPDATE SET
      keys = iif(url = excluded.url, keys, NULL), fetched_at = iif(url = excluded.url, fetched_at, NULL),
      url = excluded.url, asked_at = excluded.asked_at, error = NULL
    WHERE asked_at <= ${latest} OR url <> excluded.url
    RETURNING issuer_id`);
  const asking = { issuerId: id, url, askedAt: now, error: null };
  if (claimed.length === 0) return { keys: null, fetchedAt: null, ...known, ...asking };
  const answer = await fetchKeys(url, deps);
  const learned = answer.ok ? { keys: JSON.stringify(answer.value), fetchedAt: now } : { error: answer.error };
  await db
    .update(tokenIssuerKeys)
    .set(learned)
    .where(and(eq(tokenIssuerKeys.issuerId, id), eq(tokenIssuerKeys.url, url)));
  return { keys: null, fetchedAt: null, ...known, ...asking, ...learned };
}

/** The keys once the answer to another request's question is there. Waits no longer than two seconds. */
async function waitForKeys({ db, now, pause }: IssuerDeps, row: IssuerKeysRow | null): Promise<IssuerKeysRow | null> {
  let seen = row;
  for (let wait = 0; wait < WAITS && seen && isBeingAsked(seen, now()); wait += 1) {
    if (wait > 0) await pause(WAIT);
    const named = and(eq(tokenIssuerKeys.issuerId, seen.issuerId), eq(tokenIssuerKeys.url, seen.url));
    seen = (await db.select().from(tokenIssuerKeys).where(named).get()) ?? null;
  }
  return seen;
}

function isBeingAsked({ askedAt, fetchedAt, error }: IssuerKeysRow, now: number): boolean {
  if (error !== null || askedAt + KEYS_DEADLINE <= now) return false;
  return fetchedAt === null || fetchedAt < askedAt;
}
