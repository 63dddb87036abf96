import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { IngestMessage } from "../../queues/messages";
import { bodyColumn } from "./body";
import { viewColumns, whereInbound } from "./view";

/** Answers that mean: nobody vouches for this body. */
const UNPROVEN = new Set([401, 403, 404]);

/**
 * The message that works on a logged request again, from its kept bytes, after whatever stood in its way was mended. Its
 * sender was verified when it came and is not verified again, so a request that failed there is never replayed. The row
 * stays the same one and counts its replays. Send the message to the ingest queue.
 */
export async function replayInbound(
  db: Database,
  bucket: R2Bucket,
  target: { organizationId: string; id: string },
): Promise<Result<IngestMessage, DomainError>> {
  const row = await db
    .select({ ...viewColumns, body: bodyColumn })
    .from(inbound)
    .where(whereInbound(target))
    .get();
  if (!row) return err(notFound("inbound request"));
  if (row.organizationId === "" || row.sourceId === null || UNPROVEN.has(row.status)) {
    return conflict("This request was refused because its sender did not prove who they are; it cannot be replayed.");
  }
  const kept = row.bodyKey === null ? row.body !== null : (await bucket.head(row.bodyKey)) !== null;
  if (!kept) return conflict("The body of this request was not kept; it cannot be replayed.");
  await db
    .update(inbound)
    .set({ replays: sql`replays + 1` })
    .where(whereInbound(target));
  return ok({
    id: row.id,
    organizationId: row.organizationId,
    sourceId: row.sourceId,
    sourceKind: row.sourceKind,
    receivedAt: row.receivedAt,
    path: row.path,
    form: row.form,
    headers: row.headers,
    body: row.body,
    bodyKey: row.bodyKey,
    bodySize: row.bodySize,
    verdict: "accepted",
    reason: null,
    status: row.status,
    // Whoever replays may do so for the whole organization, whatever the key that first sent it was limited to.
    campaignLimit: null,
    replay: true,
  });
}

function conflict(message: string): Result<never, DomainError> {
  return err({ kind: "conflict", message });
}
