/** What an endpoint's object needs to know to deliver: D1's row, sealed secrets included, pushed with its version. */
export type EndpointConfig = {
  id: string;
  organizationId: string;
  version: number;
  url: string;
  profile: "standard";
  /** Sealed; opened only while signing. */
  secrets: string;
  /** False holds every delivery back until it is true again; nothing new is enqueued meanwhile. */
  active: boolean;
  /** The endpoint was deleted: the object refuses what comes later. */
  deleted: boolean;
};

/** One event on its way to one endpoint. */
export type EnqueuedEvent = {
  stream: string;
  seq: number;
  eventId: string;
  type: string;
  /** Milliseconds, D1's clock. */
  recordedAt: number;
  /** The event's data, as JSON text: the immutable snapshot. */
  data: string;
};

export type EnqueueAnswer = { accepted: number; duplicates: number; refused: "deleted" | null };

/** A delivery as the log shows it. Times in milliseconds. */
export type DeliveryLogEntry = {
  deliveryId: string;
  stream: string;
  seq: number;
  replay: number;
  eventId: string;
  type: string;
  state: "pending" | "delivered" | "parked";
  attempts: AttemptLogEntry[];
  enqueuedAt: number;
  dueAt: number | null;
  finishedAt: number | null;
};

export type AttemptLogEntry = {
  number: number;
  dueAt: number;
  startedAt: number;
  endedAt: number;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  error: string | null;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  response: { headers: Record<string, string>; body: string } | null;
};

export type LogQuery = {
  limit: number;
  before?: { enqueuedAt: number; deliveryId: string };
  stream?: string;
  state?: DeliveryLogEntry["state"];
};
