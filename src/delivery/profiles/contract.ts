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
  /** The event's data with this attempt's recording links. */
  data: Record<string, unknown>;
  /** First and last sequence number of the deliveries in this lane that were given up directly before this one. */
  gap: { from: number; to: number } | null;
  /** Counted from 1. */
  attempt: number;
  /** Whether this is a test event that a person sent to try the endpoint. */
  test: boolean;
  /** When this attempt is made, in milliseconds. */
  now: number;
  method: "POST" | "PUT";
  /** The subscriber's own headers, checked when saved. */
  headers: Record<string, string>;
  /** The subscriber's body template, checked when saved; null for the profile's own body. */
  template: string | null;
  /** `standard` only: sign with Ed25519 as well. */
  ed25519: boolean;
  /** The opened secrets that sign now, the current one first. */
  secrets: readonly string[];
  /** The base URL of Trunkline's API, without a trailing slash. Bodies link to what they have no room for. */
  publicUrl: string;
};

/** What signing a body needs: part of an attempt. */
export type SigningContext = Pick<AttemptContext, "eventId" | "deliveryId" | "now" | "secrets" | "ed25519">;

/**
 * Where a signature is and over what. `standard`: Standard Webhooks over id, time and body. `hex`: hexadecimal HMAC-SHA256
 * keyed with the secret's own characters, over the body, with the value of `timestamp` and a full stop before it where
 * there is such a header.
 */
export type SignatureScheme = { form: "standard" | "hex"; header: string; timestamp: string | null };

/** The bytes of `body` are signed and sent as they are. */
export type ProfileRequest = { method: "POST" | "PUT"; headers: Record<string, string>; body: string };

/** The meaning of an answer. `gone` disables the endpoint; `final` is a failure that no retry can repair. */
export type Verdict = "delivered" | "retry" | "final" | "gone";

/** The endpoint settings that judging an answer depends on. */
export type JudgeSettings = { strict200?: boolean; retryThrottled?: boolean };

/** A delivery contract: its event types, how an event becomes a request, and what an answer means. */
export interface Profile {
  name: string;
  /** The catalog's event types that it supports. `*` in a subscription means these. */
  eventTypes: readonly string[];
  /** Of events that tell of changes, those it has a message for, by the keys whose values are new; without it, all. */
  tellsOfChanges?(changed: readonly string[]): boolean;
  /** Its own subscription names, such as `call_ended`, with the catalog types they stand for. */
  aliases: Readonly<Record<string, readonly string[]>>;
  policy: RetryPolicy;
  /** Header names (lower case) a subscriber may not set: the profile's signatures. Those of the transport are added. */
  reservedHeaders: readonly string[];
  /** Checks the form of a secret. Gives a message for people when it does not fit. */
  checkSecret(secret: string): string | undefined;
  newSecret(): string;
  /** Whether a rotation can send several signatures. */
  overlaps: boolean;
  /** Whether a rotation overlaps by default: true where the contract's own receivers check both signatures. */
  overlapsByDefault: boolean;
  /** The variable paths of its templates, for the message to a person, and the test of one. */
  templatePaths: readonly string[];
  isTemplatePath(path: string): boolean;
  signature: SignatureScheme;
  /** The headers that sign a body at this moment. Throws when a secret has the wrong form. */
  sign(context: SigningContext, body: string): Promise<Record<string, string>>;
  /**
   * Builds the request of one attempt. Throws when there is no such body: it is too large, or a secret has the wrong
   * form.
   */
  request(context: AttemptContext): Promise<ProfileRequest>;
  judge(status: number, settings: JudgeSettings): Verdict;
}
