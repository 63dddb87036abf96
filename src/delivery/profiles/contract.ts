/** What a profile needs to make one attempt's request. Text of the body is bytes of the signature: made once. */
export type AttemptContext = {
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
  /** When this attempt is made, in milliseconds. */
  now: number;
  /** Opened secrets, the current one first. */
  secrets: readonly string[];
};

export type ProfileRequest = { method: "POST" | "PUT"; headers: Record<string, string>; body: string };

/** A delivery contract: how an event becomes a request, and which events it can speak of. */
export interface Profile {
  name: string;
  speaks(type: string): boolean;
  request(context: AttemptContext): Promise<ProfileRequest>;
}
