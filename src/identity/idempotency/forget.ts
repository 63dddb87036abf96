import { sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { idempotencyKeys } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { sweepPrefix } from "../../lib/sweep-prefix";
import { ANSWERS_PREFIX } from "./answer";
import { ANSWERS_KEPT } from "./claim";

type Stores = { db: Database; bucket: R2Bucket };

/** A statement that deletes at most `limit` keys that are over. */
export function forgetOldKeys(db: Database, now: number, limit: number): Statement {
  return db.run(sql`DELETE FROM ${idempotencyKeys} WHERE id IN
    (SELECT id FROM ${idempotencyKeys} WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ${limit})`);
}

/** Deletes large answers that are over, and those whose run did not get to its end. */
export async function sweepAnswers({ db, bucket }: Stores, now: number, pages: number): Promise<number> {
  const plan = { prefix: ANSWERS_PREFIX, bookmark: "sweeps/idempotency", before: now - ANSWERS_KEPT, pages };
  const { deleted } = await sweepPrefix(bucket, plan, (keys) =>
    db.all<{ key: string }>(sql`SELECT answer_key AS key FROM ${idempotencyKeys}
      WHERE expires_at > ${now} AND answer_key IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`),
  );
  return deleted;
}

/**
 * Erases the answers that name calls. The keys stay for their day and say that there is no answer any more: a request
 * that is sent again must not be carried out again.
 */
export async function eraseAnswersOfCalls(
  { db, bucket }: Stores,
  { organizationId, ids }: { organizationId: string; ids: readonly string[] },
): Promise<number> {
  if (ids.length === 0) return 0;
  const parts = ids.map((id) => id.slice(id.indexOf("_") + 1));
  const named = sql`${ofOrganization(organizationId)} AND (answer IS NOT NULL OR answer_key IS NOT NULL)
    AND EXISTS (SELECT 1 FROM json_each(calls) WHERE value IN ${valueList(parts)})`;
  const rows = await db.all<{ id: string; answerKey: string | null }>(
    sql`SELECT id, answer_key AS answerKey FROM ${idempotencyKeys} WHERE ${named}`,
  );
  await bucket.delete(rows.flatMap(({ answerKey }) => answerKey ?? []));
  await runBatch(db, [
    db.run(sql`UPDATE ${idempotencyKeys} SET acted = 1, answer = NULL, answer_key = NULL, calls = NULL WHERE ${named}`),
  ]);
  return rows.length;
}

/** Erases all keys of an organization, and their answers. */
export async function eraseKeysOfOrganization({ db, bucket }: Stores, organizationId: string): Promise<void> {
  for (let more = true; more;) {
    const { objects, truncated } = await bucket.list({ prefix: `${ANSWERS_PREFIX}${organizationId}/` });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    more = truncated;
  }
  await runBatch(db, [db.run(sql`DELETE FROM ${idempotencyKeys} WHERE ${ofOrganization(organizationId)}`)]);
}

/** The ids of an organization's keys begin with its own: a part of the primary key. */
function ofOrganization(organizationId: string) {
  return sql`id >= ${`${organizationId}:`} AND id < ${`${organizationId};`} AND organization_id = ${organizationId}`;
}
