import { inArray, sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { signInAttempts } from "../../db/schema";
import type { DomainError } from "../../errors";
import { networkOf } from "../../lib/ip-address";
import { err, ok, type Result } from "../../lib/result";
import { MINUTE, SECOND } from "../../lib/time";

const WINDOW = 15 * MINUTE;

/** What a try is counted under, and how many there may be in a quarter of an hour. */
export type Counted = { name: string; most: number };

/**
 * What a try with a password counts under. An account and address together are few, so that strangers elsewhere do not
 * lock its owner out; an account from everywhere, and an address for all accounts, are more.
 */
export function countedFor(act: string, account: string, address: string | null, most = 100): Counted[] {
  const network = networkOf(address ?? "local");
  // Before anyone is known there is only the address.
  if (account === "") return [{ name: `${act} from ${network}`, most: 100 }];
  return [
    { name: `${act} ${account} ${network}`, most: 10 },
    { name: `${act} ${account}`, most },
    { name: `${act} from ${network}`, most: 100 },
  ];
}

/** What a try from a browser that the account knows counts under: nothing that anyone else can count up. */
export function countedForBrowser(act: string, browser: string): Counted[] {
  return [{ name: `${act} by browser ${browser}`, most: 10 }];
}

/** Counts a try under each name, before anything is checked, and refuses it where there were too many. */
export async function countAttempt(
  db: Database,
  counted: readonly Counted[],
  now: number,
): Promise<Result<void, DomainError>> {
  const names = counted.map(({ name }) => name);
  const [counts] = await runBatch(db, [countStatement(db, names, now)]);
  const rows = (counts?.results ?? []) as { name: string; since: number; count: number }[];
  const full = rows.filter((row) => row.count > (counted.find(({ name }) => name === row.name)?.most ?? 0));
  if (full.length === 0) return ok(undefined);
  const until = Math.max(...full.map(({ since }) => since + WINDOW));
  const retryAfter = Math.max(1, Math.ceil((until - now) / SECOND));
  return err({ kind: "too_many", message: "This was tried too often. Try again later.", retryAfter });
}

/** Counts each name once more, anew where its quarter of an hour is over. Gives name, since and count. */
export function countStatement(db: Database, names: readonly string[], now: number) {
  const over = sql`since <= ${now - WINDOW}`;
  return db.run(sql`
    INSERT INTO ${signInAttempts} (name, since, count)
    SELECT value, ${now}, 1 FROM json_each(${JSON.stringify(names)}) WHERE TRUE
    ON CONFLICT (name) DO UPDATE SET
      count = CASE WHEN ${over} THEN 1 ELSE count + 1 END,
      since = CASE WHEN ${over} THEN excluded.since ELSE since END
    RETURNING name, since, count`);
}

/** A statement that forgets at most `limit` tries whose quarter of an hour is over: made-up accounts fill no table. */
export function forgetOldAttempts(db: Database, now: number, limit: number): Statement {
  return db.run(sql`DELETE FROM ${signInAttempts} WHERE name IN
    (SELECT name FROM ${signInAttempts} WHERE since <= ${now - WINDOW} LIMIT ${limit})`);
}

/** Forgets tries once one was right. */
export async function forgetAttempts(db: Database, names: readonly string[]): Promise<void> {
  await db.delete(signInAttempts).where(inArray(signInAttempts.name, [...names]));
}
