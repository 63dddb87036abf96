import { and, eq, gt, isNull, or, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../db/client";
import { insertRow, writeRow } from "../db/rows";
import { apiKeys } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import { readMade, refuseBeyond, whereApiKey } from "./api-keys";
import { mintApiKey, type ApiKeyRow } from "./key";
import type { Reach, Within } from "./reach";
import { earlier, ended, type Rights } from "./rights";

/**
 * Makes a new key with the rights of an old one, its end included, and ends the old one after the overlap
 * (milliseconds). Both or neither happen, and a key is rotated once: of two rotations at once, one wins. `text` is the new
 * key's, where a form chose it.
 */
export async function rotateApiKey(
  { db }: { db: Database },
  target: Within & { id: string },
  overlap: number,
  creator: Rights & { reach: Reach },
  act: Act,
  text?: string,
): Promise<Result<{ key: string; row: ApiKeyRow }, DomainError>> {
  const mine = whereApiKey(target);
  const old = await db.select().from(apiKeys).where(mine).get();
  if (!old) return err(notFound("API key"));
  const minted = await mintApiKey({ ...old, text }, act);
  if (old.rotatedTo !== null && text !== undefined) {
    const made = await readMade(db, minted, act);
    if (made.ok) return made;
  }
  if (old.revokedAt !== null || ended(old, act.now)) return err(conflict("The key does not work any more."));
  if (old.rotatedTo !== null) return err(conflict(`The key was rotated already: ${old.rotatedTo} replaces it.`));
  const beyond = refuseBeyond(old, creator);
  if (beyond) return err(beyond);
  const works = and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, act.now)));
  // With no overlap it is revoked, which a Worker that knows no ends understands too.
  const end = overlap === 0 ? { revokedAt: act.now } : { expiresAt: earlier(old.expiresAt, act.now + overlap) };
  const replacing = sql`EXISTS (SELECT 1 FROM ${apiKeys} WHERE ${and(mine, eq(apiKeys.rotatedTo, minted.row.id))})`;
  const [replaced] = await runBatch(db, [
    db
      .update(apiKeys)
      .set({ ...end, rotatedTo: minted.row.id })
      .where(and(mine, works, isNull(apiKeys.rotatedTo))),
    writeRow(db, insertRow(apiKeys, minted.row, replacing)),
  ]);
  if (changesOf(replaced) > 0) return ok(minted);
  // The same form may have been faster.
  const made = await readMade(db, minted, act);
  return made.ok ? made : err(conflict("The key was changed at the same time."));
}

function conflict(message: string): DomainError {
  return { kind: "conflict", message };
}
