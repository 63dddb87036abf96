import type { IngestMessage } from "../../queues/messages";
import type { InboundView } from "./view";

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
