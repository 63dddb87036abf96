import { ok, type Result } from "../../lib/result";
import { sameBytes, sameText } from "../../lib/constant-time";
import { hmac, verifyHmac, type Hash } from "../../lib/hmac";
import { SECOND } from "../../lib/time";
import type { Refusal } from "../contract";
import { unauthorized } from "../refusals";

/** How far a signed moment may be from now, in milliseconds, where the platform names no tolerance of its own. */
export const TOLERANCE = 300 * SECOND;

const encoder = new TextEncoder();

/** `prefix` and the raw body as one message: what platforms sign that sign a timestamp with it. */
export function prefixed(prefix: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(prefix);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  return message;
}

/** Whether one of the secrets (two while a rotation is under way) made this HMAC, in constant time for each. */
export async function verifyWithAny(
  hash: Hash,
  secrets: readonly (string | Uint8Array<ArrayBuffer>)[],
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<Result<void, Refusal>> {
  for (const secret of secrets) if (await verifyHmac(hash, secret, message, signature)) return ok(undefined);
  return unauthorized("wrong_signature", "The signature does not match the body under this source's secret.");
}

/**
 * Whether any of several signatures was made with any of the secrets: senders that rotate sign with both for a while.
 * One HMAC a secret, however many signatures were sent; each comparison takes the same time.
 */
export async function matchesAny(
  hash: Hash,
  secrets: readonly (string | Uint8Array<ArrayBuffer>)[],
  message: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array[],
): Promise<Result<void, Refusal>> {
  let found = false;
  for (const secret of secrets) {
    const made = await hmac(hash, secret, message);
    for (const signature of signatures) {
      found = sameBytes(signature, made) || found;
    }
  }
  return found
    ? ok(undefined)
    : unauthorized("wrong_signature", "The signature does not match the body under this source's secret.");
}

/** Whether one of the secrets is this very token; it takes the same time whatever was sent. */
export async function isOneOf(secrets: readonly string[], token: string): Promise<boolean> {
  let found = false;
  for (const secret of secrets) found = (await sameText(token, secret)) || found;
  return found;
}

/** Refuses a moment (milliseconds) too far from now; `header` is named in the message. */
export function withinTolerance(
  at: number,
  now: number,
  header: string,
  tolerance: number = TOLERANCE,
): Result<void, Refusal> {
  return Math.abs(at - now) <= tolerance
    ? ok(undefined)
    : unauthorized(
        "timestamp_out_of_window",
        `${header} is more than ${tolerance / SECOND} seconds away from now: check the sender's clock.`,
      );
}
