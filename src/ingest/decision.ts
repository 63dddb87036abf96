import type { CallFacts } from "../calls";
import type { FieldError, Handshake, Refusal } from "../platforms";

/** Who a request turned out to come from. "" and null: nobody we know. */
export type Sender = {
  organizationId: string;
  sourceId: string | null;
  /** The one campaign the sender's key may send into, or null. */
  campaignLimit: string | null;
  /** Whether the sender proved it: a good key, or a good signature. */
  proven: boolean;
};

/** What an edge adds to the ways a source can refuse. */
export type EdgeRefusal = Omit<Refusal, "status"> & {
  status: Refusal["status"] | 404 | 429 | 431;
  errors?: FieldError[];
  /** Seconds after which it may be tried again. */
  retryAfter?: number;
};

export type Outcome =
  | { verdict: "accepted"; facts: CallFacts[]; callIds: string[] }
  | { verdict: "ignored"; reason: string; message: string }
  /** The platform asked whether we are there, and is told so in its own way. */
  | ({ verdict: "handshake" } & Handshake)
  | { verdict: "refused"; refusal: EdgeRefusal };

/** What is to be answered and kept. `body` is null where it was not read; `bodySize` is what is known of it then. */
export type Decision = { sender: Sender; outcome: Outcome; body: Uint8Array<ArrayBuffer> | null; bodySize: number };

export const NOBODY: Sender = { organizationId: "", sourceId: null, campaignLimit: null, proven: false };
