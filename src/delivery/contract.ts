import type { EndpointSettings, ORDERINGS, PROFILES } from "../db/schema";

export type ProfileName = (typeof PROFILES)[number];

export type Ordering = (typeof ORDERINGS)[number];

/** What an endpoint's objects need to know to deliver: D1's row, sealed secrets included, pushed with its version. */
export type EndpointConfig = {
  id: string;
  organizationId: string;
  version: number;
  url: string;
  profile: ProfileName;
  method: "POST" | "PUT";
  headers: Record<string, string>;
  template: string | null;
  ordering: Ordering;
  settings: EndpointSettings;
  /** Sealed; opened only while signing. */
  secrets: string;
  /** How many objects share the endpoint's rate limit. */
  objects: number;
  /** False: nothing is sent and nothing new is enqueued. */
  active: boolean;
  /** True: nothing is sent, everything is enqueued. */
  paused: boolean;
  /** The endpoint was deleted: the object refuses what comes later. */
  deleted: boolean;
};

/** A secret as an endpoint's row keeps it under seal. `until` (milliseconds) ends an overlap; null is the current one. */
export type SigningSecret = { value: string; until: number | null };

/** One event on its way to one endpoint. */
export type EnqueuedEvent = {
  stream: string;
  seq: number;
  eventId: string;
  type: string;
  /** Milliseconds, D1's clock. */
  recordedAt: number;
  /** The event's data, as JSON text: the immutable snapshot. A large one is `{"spilled": "<R2 key>"}`. */
  data: string;
};

/** What an object made of events it was handed. `full`: its backlog is at the cap; the caller keeps what it brought. */
export type EnqueueAnswer = { accepted: number; duplicates: number; refused: "deleted" | "full" | null };

export type DeliveryState = "pending" | "delivered" | "parked" | "held" | "skipped";

/** A delivery as the log shows it. Times in milliseconds. */
export type DeliveryLogEntry = {
  deliveryId: string;
  stream: string;
  seq: number;
  /** 0 for the first delivery of an event; each replay has a number of its own. */
  replay: number;
  test: boolean;
  eventId: string;
  type: string;
  state: DeliveryState;
  attempts: AttemptLogEntry[];
  attemptCount: number;
  enqueuedAt: number;
  dueAt: number | null;
  finishedAt: number | null;
};

export type ErrorClass =
  | "dns"
  | "tls"
  | "connect"
  | "timeout"
  | "status"
  | "redirect"
  | "blocked"
  | "body"
  | "edge_52x"
  | "unknown";

export type AttemptLogEntry = {
  number: number;
  dueAt: number;
  startedAt: number;
  endedAt: number;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  error: ErrorClass | null;
  /** What stands behind the class, for people. */
  detail: string | null;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  response: { headers: Record<string, string>; body: string } | null;
};

export type LogQuery = {
  limit: number;
  before?: { enqueuedAt: number; deliveryId: string };
  stream?: string;
  state?: DeliveryState;
  type?: string;
  /** HTTP status of the last attempt. */
  status?: number;
  /** Milliseconds: enqueued at or after, and before. */
  from?: number;
  to?: number;
  /** One row for each event: of one that was sent more than once, the latest delivery. */
  newest?: boolean;
  /** Leaves out what was sent and answered: a page of whole bodies can be larger than a call to an object carries. */
  brief?: boolean;
};

/** Which deliveries of an endpoint to send again. */
export type ReplayQuery = { stream?: string; type?: string; state?: DeliveryState; from?: number; to?: number };

/** What one object did since it last said so, and how it stands now: for the health tables. */
export type HealthReport = {
  object: string;
  backlog: number;
  oldestDueAt: number | null;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  failingSince: number | null;
  hours: { hour: number; attempts: number; delivered: number; failed: number; parked: number; latencies: number[] }[];
};
