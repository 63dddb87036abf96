import type { RetryPolicy } from "../object/schedule";

/** What a profile needs to make one attempt's request. */
export type AttemptContext = {
  endpointId: string;
  organizationId: string;
  eventId: string;
  deliveryId: string;
  type: string;
  seq: number;
  /** Milliseconds. */
  recordedAt: number;
  /** The event's data with this attempt's links bound in. */
  data: Record<string, unknown>;
  /** Sequence numbers of this lane that were given up just before this one, first and last. */
  gap: { from: number; to: number } | null;
  /** Counted from 1. */
  attempt: number;
  /** A test event of somebody trying the endpoint out. */
  test: boolean;
  /** When this attempt is made, in milliseconds. */
  now: number;
  method: "POST" | "PUT";
  /** The subscriber's own headers: checked when saved. */
  headers: Record<string, string>;
  /** The subscriber's body template: checked when saved; null for the profile's own body. */
  template: string | null;
  /** `standard` only: sign with Ed25519 as well. */
  ed25519: boolean;
  /** Opened secrets that may sign now, the current one first. */
  secrets: readonly string[];
  /** Where Trunkline's own API is reached, without a slash at the end: what a body has no room for is linked there. */
  publicUrl: string;
};

/** The bytes of `body` are what is signed and what is sent. */
export type ProfileRequest = { method: "POST" | "PUT"; headers: Record<string, string>; body: string };

/** What to make of an answer. `gone` disables the endpoint; `final` is a failure that no retry mends. */
export type Verdict = "delivered" | "retry" | "final" | "gone";

/** The part of an endpoint's settings that judging an answer depends on. */
export type JudgeSettings = { strict200?: boolean; retryThrottled?: boolean };

/** A delivery contract: which events it speaks of, how one becomes a request, and what an answer means. */
export interface Profile {
  name: string;
  /** The event types of the catalog it can speak of; `*` in a subscription means these. */
  speaks: readonly string[];
  /** Names a subscription may use beside the catalog's, and the catalog types they stand for (`call_ended`). */
  aliases: Readonly<Record<string, readonly string[]>>;
  policy: RetryPolicy;
  /** Header names (lower case) a subscriber may not set: signatures and what the transport owns come on top. */
  reservedHeaders: readonly string[];
  /** The form of secret this profile takes; a message for people when it does not. */
  checkSecret(secret: string): string | undefined;
  newSecret(): string;
  /** Whether several signatures can be sent during a rotation. */
  overlaps: boolean;
  /** Whether a rotation overlaps unless it is told otherwise: where the contract's own receivers see both signatures. */
  overlapsByDefault: boolean;
  /** The variable paths its templates may use, for the message to a person, and the test of one. */
  templatePaths: readonly string[];
  isTemplatePath(path: string): boolean;
  /** Makes one attempt's request. Throws when there is no such body: it grew too large, or the secrets are not of its form. */
  request(context: AttemptContext): Promise<ProfileRequest>;
  judge(status: number, settings: JudgeSettings): Verdict;
}
