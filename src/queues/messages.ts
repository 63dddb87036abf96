import { z } from "zod";

/**
 * Calls placed by one message: with everything that may follow, D1 allows a limited number of statements per
 * invocation.
 */
export const MAX_PLACED = 50;

/** The decision of the ingest edge. The consumer decides "accepted" again, in full, from the same bytes. */
const verdict = z.enum(["accepted", "ignored", "refused"]);

/** One inbound request on its way to the log and, when accepted, to its call. */
export const ingestMessage = z.object({
  /** The id of its inbound row. */
  id: z.string(),
  /** "" for an unowned request. */
  organizationId: z.string(),
  sourceId: z.string().nullable(),
  sourceKind: z.string(),
  /** Milliseconds since the epoch. */
  receivedAt: z.number(),
  path: z.string(),
  /** How to read the body (db/schema/sources.ts). A message of an earlier version is a notice. */
  form: z.enum(["notice", "upload", "listed", "sample"]).default("notice"),
  headers: z.record(z.string(), z.string()),
  /** The raw body. Null when it was too large for a message and is stored at `bodyKey`. */
  body: z.instanceof(Uint8Array).nullable(),
  bodyKey: z.string().nullable(),
  bodySize: z.number(),
  verdict,
  reason: z.string().nullable(),
  status: z.number(),
  /** The one campaign that the sender's API key may send into, or null. Checked once the campaign is known. */
  campaignLimit: z.string().nullable(),
  /** Set when a person replays a logged request. It may reopen work that was given up. */
  replay: z.boolean(),
  /** False for an unproven sender. Only a limited number of those is logged. */
  proven: z.boolean().optional(),
});

/**
 * A person's choice of where calls belong: in a campaign, or with null among those that wait for one. `kind`
 * distinguishes it from a request on the same queue.
 */
export const placementMessage = z.object({
  kind: z.literal("placement"),
  id: z.string(),
  organizationId: z.string(),
  callIds: z.array(z.string()).max(MAX_PLACED),
  campaignId: z.string().nullable(),
  /** Why they wait, where they are to. */
  reason: z.string().optional(),
  /** Skips calls that are no longer in quarantine. */
  onlyWaiting: z.boolean(),
  /** When it was chosen, in milliseconds. Of two choices the later one counts, in whatever order they arrive. */
  at: z.number().optional(),
  /** False: later notices may place them elsewhere, as they might have before anybody chose. */
  stays: z.boolean().optional(),
});

/** "Continue this move of an operator's calls now." */
export const operatorMoveMessage = z.object({
  kind: z.literal("operator_move"),
  organizationId: z.string(),
  moveId: z.string(),
});

/** "Continue this job now." */
export const jobMessage = z.object({ kind: z.literal("job"), organizationId: z.string(), jobId: z.string() });

/** "Continue this erasure now." */
export const erasureMessage = z.object({
  kind: z.literal("erasure"),
  organizationId: z.string(),
  erasureId: z.string(),
});

/** Every message of the ingest queue. A request, by far the most frequent, has no `kind`. */
export const ingestQueueMessage = z.union([
  placementMessage,
  operatorMoveMessage,
  jobMessage,
  erasureMessage,
  ingestMessage,
]);

/** "Look at this recording now." The row is the work. */
export const recordingMessage = z.object({ organizationId: z.string(), callId: z.string(), recordingId: z.string() });

/** "Look at this analysis now." */
export const analysisMessage = z.object({ organizationId: z.string(), callId: z.string(), analysisId: z.string() });

/** "Drain this stream now." */
export const eventsMessage = z.object({ organizationId: z.string(), stream: z.string() });

/** "Bring the search index up to date with these calls." It is the only record of the change: it is sent before an ack. */
export const searchMessage = z.object({ kind: z.literal("search"), callIds: z.array(z.string()) });

/** "Look at the reviews that can no longer be taken back." */
export const reviewsMessage = z.object({ kind: z.literal("reviews") });

/** "Look at the post-call actions of this organization." Its lane does them. */
export const actionsMessage = z.object({ kind: z.literal("actions"), organizationId: z.string() });

/** Every message of the events queue. */
export const eventsQueueMessage = z.union([eventsMessage, searchMessage, reviewsMessage, actionsMessage]);

export type IngestMessage = z.infer<typeof ingestMessage>;
export type PlacementMessage = z.infer<typeof placementMessage>;
export type OperatorMoveMessage = z.infer<typeof operatorMoveMessage>;
/** What the ingest queue carries of calls and operators. */
export type CallMessage = Exclude<IngestQueueMessage, { kind: "job" | "erasure" }>;
export type JobMessage = Omit<z.infer<typeof jobMessage>, "kind">;
export type ErasureMessage = Omit<z.infer<typeof erasureMessage>, "kind">;
export type IngestQueueMessage = z.infer<typeof ingestQueueMessage>;
export type RecordingMessage = z.infer<typeof recordingMessage>;
export type AnalysisMessage = z.infer<typeof analysisMessage>;
export type ActionsMessage = Omit<z.infer<typeof actionsMessage>, "kind">;
export type SearchMessage = Omit<z.infer<typeof searchMessage>, "kind">;
export type EventsQueueMessage = z.infer<typeof eventsQueueMessage>;
export type EventsMessage = z.infer<typeof eventsMessage>;
