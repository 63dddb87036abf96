import type { IngestMessage } from "../../queues/messages";
import { type InboundView, viewColumns, whereInbound } from "./request";
import { and, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act, Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { Inbox } from "../../queues/senders";
import { bodyColumn } from "./body";
import { inboundWithin } from "./within-reach";

const UNPROVEN = new Set([401, 403, 404]);

/** Whether the answer means that the sender was not verified. */
export function isUnprovenStatus(status: number): boolean {
  return UNPROVEN.has(status);
}

/**
 * What keeps a logged request from being replayed. `unproven`: its sender was not verified when it came, and is not
 * verified again. `handshake`: it was no notice. `body_not_kept`: there is nothing to read.
 */
export type Obstacle = "unproven" | "handshake" | "body_not_kept";

/** What keeps the request from being replayed, according to its row; undefined when nothing does. */
export function obstacleTo(row: Omit<InboundView, "headers"> & { hasBody: boolean }): Obstacle | undefined {
  if (row.organizationId === "" || row.sourceId === null || isUnprovenStatus(row.status)) return "unproven";
  if (row.reason === "handshake") return "handshake";
  return row.hasBody || row.bodyKey !== null ? undefined : "body_not_kept";
}

/** The message that replays a logged request. */
export function replayMessageOf(row: InboundView, body: Uint8Array<ArrayBuffer> | null): IngestMessage {
  return {
    id: row.id,
    organizationId: row.organizationId,
    sourceId: row.sourceId,
    sourceKind: row.sourceKind,
    receivedAt: row.receivedAt,
    path: row.path,
    form: row.form,
    headers: row.headers,
    body,
    bodyKey: row.bodyKey,
    bodySize: row.bodySize,
    verdict: "accepted",
    reason: null,
    status: row.status,
    // A replay acts for the whole organization, even if the key that first sent the request was limited to a campaign.
    campaignLimit: null,
    replay: true,
  };
}

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
  target: Within & { id: string },
  _act: Act,
): Promise<Result<{ id: string }, DomainError>> {
  const row = await db
    .select({ ...viewColumns, body: bodyColumn })
    .from(inbound)
    .where(and(whereInbound(target), await inboundWithin(db, target)))
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
