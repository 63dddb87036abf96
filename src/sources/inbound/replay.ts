import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { Inbox } from "../../queues/senders";
import { bodyColumn } from "./body";
import { obstacleTo, replayMessageOf, type Obstacle } from "./replay-message";
import { viewColumns, whereInbound } from "./view";

const WHY_NOT: Record<Obstacle, string> = {
  unproven: "This request was refused because its sender did not prove who they are; it cannot be replayed.",
  handshake: "This request asked whether we are there; there is nothing to work on again.",
  body_not_kept: "The body of this request was not kept; it cannot be replayed.",
};

/** The deps of replaying. */
export type ReplayDeps = { db: Database; bucket: R2Bucket; inbox: Inbox };

/**
 * Replays a logged request from its kept bytes, after the cause of its failure was fixed. Its sender
 * was verified when it came and is not verified again, so a request that failed there is never replayed. The row stays
 * the same one and counts its replays.
 */
export async function replayInbound(
  { db, bucket, inbox }: ReplayDeps,
  target: { organizationId: string; id: string },
  _act: Act,
): Promise<Result<{ id: string }, DomainError>> {
  const row = await db
    .select({ ...viewColumns, body: bodyColumn })
    .from(inbound)
    .where(whereInbound(target))
    .get();
  if (!row) return err(notFound("inbound request"));
  const obstacle = obstacleTo({ ...row, hasBody: row.body !== null });
  const isGone = row.bodyKey !== null && (await bucket.head(row.bodyKey)) === null;
  if (obstacle ?? isGone) return err({ kind: "conflict", message: WHY_NOT[obstacle ?? "body_not_kept"] });
  await db
    .update(inbound)
    .set({ replays: sql`replays + 1` })
    .where(whereInbound(target));
  await inbox.put(replayMessageOf(row, row.body));
  return ok({ id: row.id });
}
