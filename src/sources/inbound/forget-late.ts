import { sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { inbound, uploads } from "../../db/schema";
import type { IngestMessage } from "../../queues/messages";
import { uploadKey } from "../uploads/upload";
import { INBOUND_PREFIX } from "./request";

/** A request that speaks of erased calls, and whether it speaks of others too. */
export type LateRequest = { message: IngestMessage; alsoOfOthers: boolean };

/**
 * Forgets what late requests about erased calls brought: the log keeps that they came, and neither body nor headers. A
 * file that was uploaded for such a call, or came with its sample, goes too: its id is the request's.
 */
export async function forgetLate(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  late: readonly LateRequest[],
): Promise<void> {
  if (late.length === 0) return;
  const given = JSON.stringify(
    late.map(({ message, alsoOfOthers }) => [message.organizationId, message.id, alsoOfOthers ? 1 : 0]),
  );
  const files = late
    .filter(({ message, alsoOfOthers }) => (message.form === "upload" || message.form === "sample") && !alsoOfOthers)
    .map(({ message: { organizationId, id } }) => ({ organizationId, id: `upl${id.slice(INBOUND_PREFIX.length)}` }));
  const keys = [...late.flatMap(({ message }) => message.bodyKey ?? []), ...files.map(uploadKey)];
  if (keys.length > 0) await bucket.delete(keys);
  await runBatch(db, [
    db.run(sql`UPDATE ${inbound} SET body = NULL, body_key = NULL, headers = '{}',
        outcome = iif(given.value ->> 2, outcome, 'ignored'), reason = iif(given.value ->> 2, reason, 'call_erased')
      FROM json_each(${given}) AS given
      WHERE inbound.organization_id = given.value ->> 0 AND inbound.id = given.value ->> 1`),
    db.run(sql`DELETE FROM ${uploads} WHERE (organization_id, id) IN (SELECT value ->> 'organizationId', value ->> 'id'
      FROM json_each(${JSON.stringify(files)})) AND state = 'completed'`),
  ]);
}
