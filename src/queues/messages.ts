import { z } from "zod";

/** Calls placed in one go: with all that may follow from it, D1 takes so many statements in one invocation. */
export const MAX_PLACED = 50;

/** What the ingest edge decided; "accepted" is decided again, in full, by the consumer, from the same bytes. */
const verdict = z.enum(["accepted", "ignored", "refused"]);

/** One inbound request on its way to the log and, when accepted, to its call. */
export const ingestMessage = z.object({
  /** Id of the inbound row it becomes. */
  id: z.string(),
  /** "" for a request that belongs to no organization. */
  organizationId: z.string(),
  sourceId: z.string().nullable(),
  sourceKind: z.string(),
  /** Milliseconds since the epoch. */
  receivedAt: z.number(),
  path: z.string(),
  /** How the body is to be read (db/schema/sources.ts). A message of an earlier version is a notice. */
  form: z.enum(["notice", "upload", "listed"]).default("notice"),
  headers: z.record(z.string(), z.string()),
  /** The raw body; null when it was too large for a message and lies at `bodyKey`. */
  body: z.instanceof(Uint8Array).nullable(),
  bodyKey: z.string().nullable(),
  bodySize: z.number(),
  verdict,
  reason: z.string().nullable(),
  status: z.number(),
  /** The one campaign the sender's API key may send into, or null: checked once the campaign is known. */
  campaignLimit: z.string().nullable(),
  /** Set when an operator replays a logged request: it may reopen what an earlier try gave up. */
  replay: z.boolean(),
  /** False where the sender proved nothing: of those only so many are logged. */
  proven: z.boolean().optional(),
});

/** A person's choice of the campaign of calls, on its way to them. `kind` tells it from a request on the same queue. */
export const placementMessage = z.object({
  kind: z.literal("placement"),
  id: z.string(),
  organizationId: z.string(),
  callIds: z.array(z.string()).max(MAX_PLACED),
  campaignId: z.string(),
  /** Leaves alone the calls that no longer wait for a decision. */
  onlyWaiting: z.boolean(),
});

/** "Go on with this move of an operator's calls now." */
export const operatorMoveMessage = z.object({
  kind: z.literal("operator_move"),
  organizationId: z.string(),
  moveId: z.string(),
});

/** Everything the ingest queue carries. A request, by far the most frequent, has no `kind`. */
export const ingestQueueMessage = z.union([placementMessage, operatorMoveMessage, ingestMessage]);

/** "Look at this recording now." The work itself is the row. */
export const recordingMessage = z.object({ organizationId: z.string(), callId: z.string(), recordingId: z.string() });

/** "Look at this analysis now." */
export const analysisMessage = z.object({ organizationId: z.string(), callId: z.string(), analysisId: z.string() });

/** "Drain this stream now." */
export const eventsMessage = z.object({ organizationId: z.string(), stream: z.string() });

export type IngestMessage = z.infer<typeof ingestMessage>;
export type PlacementMessage = z.infer<typeof placementMessage>;
export type OperatorMoveMessage = z.infer<typeof operatorMoveMessage>;
export type IngestQueueMessage = z.infer<typeof ingestQueueMessage>;
export type RecordingMessage = z.infer<typeof recordingMessage>;
export type AnalysisMessage = z.infer<typeof analysisMessage>;
export type EventsMessage = z.infer<typeof eventsMessage>;
