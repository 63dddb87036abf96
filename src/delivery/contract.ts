import type { EndpointSettings, ORDERINGS, PROFILES } from "../db/schema";
import type { Order } from "../db/order";
import type { FailureCode } from "./health/failure-code";

export type ProfileName = (typeof PROFILES)[number];

export type Ordering = (typeof ORDERINGS)[number];

/** What an endpoint's objects need in order to deliver: its row in D1, with sealed secrets. Pushed with its version. */
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

/**
 * A secret of an endpoint, stored sealed. `until` (milliseconds) is the end of its overlap; null means the current one.
 * `since`: when it was set; unknown for those that were set before this was noted.
 */
export type SigningSecret = { value: string; until: number | null; since?: number };

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

/**
 * The answer of an object to an enqueue. `full`: its backlog is at the limit and it took nothing; the caller keeps the
 * events.
 */
export type EnqueueAnswer = { accepted: number; duplicates: number; refused: "deleted" | "full" | null };

export type DeliveryState = "pending" | "delivered" | "parked" | "held" | "skipped";

/** What came of sending a delivery again. `changed`: it is in another state than it was seen in, and nothing was sent. */
export type RetryOutcome = "scheduled" | "replayed" | "changed" | "not_found";

/**
 * What came of holding a delivery. `not_waiting`: it is closed, under way, queued behind another, or held already.
 * `unable`: its object still runs a version that holds nothing by hand.
 */
export type HoldOutcome = "held" | "not_waiting" | "not_found" | "unable";

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
  /** It is held because a person wanted that; otherwise because its attempts are used up. */
  byPerson?: boolean;
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
  /** What most likely is behind a failure. Attempts of before have none. */
  code?: FailureCode;
  /** An explanation of the error class, for people. */
  detail: string | null;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  response: { headers: Record<string, string>; body: string } | null;
};

export type LogQuery = {
  limit: number;
  /** Where the page goes on: after this delivery, in the order of the query. */
  before?: { enqueuedAt: number; deliveryId: string };
  /** By when they were enqueued; descending where none is given. */
  order?: Order;
  stream?: string;
  state?: DeliveryState;
  type?: string;
  /** HTTP status of the last attempt. */
  status?: number;
  /** Milliseconds: enqueued at or after, and before. */
  from?: number;
  to?: number;
  /** One row per event: of an event that was sent more than once, the latest delivery. */
  newest?: boolean;
  /** Leaves out requests and answers: a page of complete bodies can be larger than a call to an object carries. */
  brief?: boolean;
};

/** Why nothing is tried for now: the endpoint is off or paused, or has failed for so long that it is only probed. */
export type Rest = "inactive" | "paused" | "circuit_open";

/** A lane that waits: its head was tried and not taken, or nothing is tried; what came after it is behind it. */
export type BlockedLane = {
  /** Why: its head waits for its next attempt, or for a person; or the endpoint rests. */
  reason: "retry" | "held" | Rest;
  /** The head, with its attempts but without requests and answers. */
  entry: DeliveryLogEntry;
  /** When the head came, in the order of its object (microseconds); the lanes of several objects are sorted by it. */
  arrival: number;
  /** How many deliveries are queued behind the head. */
  queued: number;
};

/** Lanes that wait, the one whose head came first at the beginning; `after`: the lane that the page before ended with. */
export type BlockedQuery = { limit: number; after?: { arrival: number; deliveryId: string } };

/** Deliveries are counted exactly up to this; beyond it a count says that there are more. */
export const COUNTED_TO = 1_000;

/** How many there are, and whether there are more than that. */
export type Count = { count: number; more: boolean };

/** Which deliveries of an endpoint to send again. */
export type ReplayQuery = { stream?: string; type?: string; state?: DeliveryState; from?: number; to?: number };

/** The state of one object and its counters since its last report, for the health tables. */
export type HealthReport = {
  object: string;
  backlog: number;
  oldestDueAt: number | null;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  failingSince: number | null;
  /** The last failure of the streak since then, and how many attempts failed since the last report; null without any. */
  failure?: { code: FailureCode; status: number | null; failures: number } | null;
  hours: { hour: number; attempts: number; delivered: number; failed: number; parked: number; latencies: number[] }[];
};
