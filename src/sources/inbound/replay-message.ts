import type { IngestMessage } from "../../queues/messages";
import type { InboundView } from "./view";

const UNPROVEN = new Set([401, 403, 404]);

/** Whether the answer means that nobody vouches for the body. */
export function isUnprovenStatus(status: number): boolean {
  return UNPROVEN.has(status);
}

/**
 * What keeps a logged request from being worked on again. `unproven`: its sender was not verified when it came, and is not
 * verified again. `handshake`: it was a question, not a notice. `body_not_kept`: there is nothing to read.
 */
export type Obstacle = "unproven" | "handshake" | "body_not_kept";

/** What keeps the request from being replayed, as far as its row says; undefined when nothing does. */
export function obstacleTo(row: Omit<InboundView, "headers"> & { hasBody: boolean }): Obstacle | undefined {
  if (row.organizationId === "" || row.sourceId === null || isUnprovenStatus(row.status)) return "unproven";
  if (row.reason === "handshake") return "handshake";
  return row.hasBody || row.bodyKey !== null ? undefined : "body_not_kept";
}

/** The message that works on a logged request again. */
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
    // Whoever replays may do so for the whole organization, whatever the key that first sent it was limited to.
    campaignLimit: null,
    replay: true,
  };
}
