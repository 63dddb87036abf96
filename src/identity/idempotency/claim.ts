import { eq, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { idempotencyKeys } from "../../db/schema";
import { sha256Hex } from "../../lib/hmac";
import { DAY, MINUTE } from "../../lib/time";
import { actorText, type Actor } from "../actor";

/** How long an answer is kept. */
export const ANSWERS_KEPT = DAY;

/** How long a run is taken to be alive: an upload takes its time. */
const LEASE = { body: 2 * MINUTE, upload: 10 * MINUTE } as const;

export type IdempotencyRow = typeof idempotencyKeys.$inferSelect;

/** A request that came with a key. `organizationId` is null for the admin. */
export type Keyed = { organizationId: string | null; actor: Actor; method: string; path: string; key: string };

/** The right to run it, which `claim` proves. */
export type Claim = { id: string; claim: string; organizationId: string | null };

export type KeyState =
  /** Nobody ran it: it is the caller's to run. */
  { kind: "run"; claim: Claim } | { kind: "known"; row: IdempotencyRow };

export async function idempotencyId({ organizationId, actor, method, path, key }: Keyed): Promise<string> {
  const parts = [actorText(actor), method, path, key].map((part) => `${part.length}:${part}`);
  return `${organizationId ?? "admin"}:${await sha256Hex(parts.join(""))}`;
}

/** Claims the key for one run, or gives what is known of it. A run that ended without changing anything is taken over. */
export async function claimKey(
  db: Database,
  keyed: Keyed,
  run: { claim: string; fingerprint: string | null; of: keyof typeof LEASE },
  now: number,
): Promise<KeyState> {
  const id = await idempotencyId(keyed);
  const { claim, fingerprint } = run;
  const { organizationId } = keyed;
  const isOver = sql`${idempotencyKeys.expiresAt} <= ${now}`;
  const isAbandoned = sql`(${idempotencyKeys.leaseUntil} <= ${now} AND ${idempotencyKeys.answer} IS NULL
    AND ${idempotencyKeys.answerKey} IS NULL AND (${idempotencyKeys.fingerprint} IS NULL
      OR ${idempotencyKeys.fingerprint} IS excluded.fingerprint) AND ${idempotencyKeys.acted} = 0)`;
  await runBatch(db, [
    db.run(sql`INSERT INTO ${idempotencyKeys} (id, organization_id, claim, lease_until, acted, fingerprint, expires_at)
      VALUES (${id}, ${organizationId}, ${claim}, ${now + LEASE[run.of]}, 0, ${fingerprint}, ${now + ANSWERS_KEPT})
      ON CONFLICT (id) DO UPDATE SET claim = excluded.claim, lease_until = excluded.lease_until, acted = 0,
        fingerprint = excluded.fingerprint, answer = NULL, answer_key = NULL, calls = NULL,
        expires_at = excluded.expires_at
      WHERE ${isOver} OR ${isAbandoned}`),
  ]);
  const row = await readKey(db, id);
  if (!row) throw new Error("a claimed idempotency key has no row");
  return row.claim === claim ? { kind: "run", claim: { id, claim, organizationId } } : { kind: "known", row };
}

export async function readKey(db: Database, id: string): Promise<IdempotencyRow | undefined> {
  return db.select().from(idempotencyKeys).where(eq(idempotencyKeys.id, id)).get();
}

/**
 * Ends a run that has no answer to be kept. Where it changed nothing, another one may begin at once; else the key stays,
 * so that nothing is done twice.
 */
export async function releaseKey(db: Database, { id, claim }: Claim): Promise<void> {
  const mine = sql`id = ${id} AND claim = ${claim} AND answer IS NULL AND answer_key IS NULL`;
  await runBatch(db, [
    db.run(sql`DELETE FROM ${idempotencyKeys} WHERE ${mine} AND acted = 0`),
    db.run(sql`UPDATE ${idempotencyKeys} SET lease_until = 0 WHERE ${mine}`),
  ]);
}
