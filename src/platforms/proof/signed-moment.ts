import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { Refusal } from "../contract";
import { unauthorized } from "../refusals";
import { withinTolerance } from "./signed-bytes";

/** A signature and the moment that is signed with the body, as its header writes it. */
export type SignedMoment = { timestamp: string; signature: Uint8Array<ArrayBuffer> };

/** How a platform sends both, each in a header of its own; the names as it writes them. */
export type SignedHeaders = {
  signature: string;
  timestamp: string;
  /** The signature's bytes; undefined where the text is not in its form. */
  decode(text: string): Uint8Array<ArrayBuffer> | undefined;
  /** That form in words. */
  form: string;
};

/** The two headers: both there, well formed, and the moment within 300 s of now in either direction. */
export function readSignedMoment(
  headers: HeaderFields,
  now: number,
  names: SignedHeaders,
): Result<SignedMoment, Refusal> {
  const timestamp = headers.get(names.timestamp);
  const text = headers.get(names.signature);
  if (timestamp === null || text === null) {
    return unauthorized("missing_signature", `${names.signature} and ${names.timestamp} are required.`);
  }
  const signature = names.decode(text);
  if (!signature) return unauthorized("malformed_signature", `${names.signature} must be ${names.form}.`);
  const fresh = checkUnixMoment(timestamp, now, names.timestamp);
  return fresh.ok ? ok({ timestamp, signature }) : fresh;
}

/** Whether a header holds Unix seconds, not too far from now. */
export function checkUnixMoment(timestamp: string, now: number, header: string): Result<void, Refusal> {
  if (!/^\d{1,12}$/.test(timestamp)) {
    return unauthorized("malformed_timestamp", `${header} must be the Unix time in seconds.`);
  }
  return withinTolerance(Number(timestamp) * SECOND, now, header);
}

/** A look at the headers alone: what they hold is not needed yet. */
export function likely(proof: Result<unknown, Refusal>): Result<void, Refusal> {
  return proof.ok ? ok(undefined) : proof;
}
