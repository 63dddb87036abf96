import type { CallFacts } from "../calls";
import type { FieldError, Handshake, Refusal } from "../platforms";

/** The sender of a request. "" and null mean unknown. */
export type Sender = {
  organizationId: string;
  sourceId: string | null;
  /** The one campaign that the sender's key may send into, or null. */
  campaignLimit: string | null;
  /** Whether the sender was verified by a valid key or signature. */
  proven: boolean;
};

/** What the edge adds to a source's refusals. */
export type EdgeRefusal = Omit<Refusal, "status"> & {
  status: Refusal["status"] | 403 | 404 | 429 | 431;
  errors?: FieldError[];
  /** Seconds after which the sender may try again. */
  retryAfter?: number;
};

export type Outcome =
  | { verdict: "accepted"; facts: CallFacts[]; callIds: string[] }
  | { verdict: "ignored"; reason: string; message: string }
  /** The platform sent a handshake and gets the answer it expects. */
  | ({ verdict: "handshake" } & Handshake)
  | { verdict: "refused"; refusal: EdgeRefusal };

/** What to answer and to keep. `body` is null where it was not read; `bodySize` is then what is known of its size. */
export type Decision = { sender: Sender; outcome: Outcome; body: Uint8Array<ArrayBuffer> | null; bodySize: number };

export const NOBODY: Sender = { organizationId: "", sourceId: null, campaignLimit: null, proven: false };
