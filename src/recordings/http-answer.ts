import { contentEncodingsOf } from "../lib/http/content-encoding";
import { SECOND } from "../lib/time";
import { notReady, refused, type AudioFailure } from "./failure";

/** The failure that an HTTP status means; undefined for a status whose body may be audio. */
export function failureOf(response: Response, now: number): AudioFailure | undefined {
  const { status } = response;
  if (status === 200 || status === 203) return undefined;
  if (status === 206) return isWhole(response.headers) ? undefined : notReady("truncated", PART_ONLY);
  const retryAfter = readRetryAfter(response.headers.get("retry-after"), now);
  if (status === 410) return refused("gone", "the server says the file was removed for good (410)");
  // 401 and 403 may change: some platforms sign links only once the file exists, and credentials get corrected.
  if (status === 401 || status === 403) return notReady("not_allowed", `the server answered ${status}`, retryAfter);
  if (status === 202 || status === 204 || status === 404 || status === 409 || status === 425) {
    return notReady("not_there", `the server answered ${status}`, retryAfter);
  }
  if (status === 429) return notReady("busy", "the server asked us to come back later (429)", retryAfter);
  if (status >= 500) return notReady("server_error", `the server answered ${status}`, retryAfter);
  // For any other status: retrying for a day costs little, and losing a recording costs much.
  return notReady("unexpected_answer", `the server answered ${status}`, retryAfter);
}

const PART_ONLY = "the server sent a part of the file (206), which was not asked for";

/** Whether a 206 has the whole file: from its first to its last byte, of a known length. */
function isWhole(headers: Headers): boolean {
  const range = /^\s*bytes\s+0-(\d{1,15})\/(\d{1,15})\s*$/i.exec(headers.get("content-range") ?? "");
  return range !== null && Number(range[1]) + 1 === Number(range[2]);
}

/** Milliseconds from a Retry-After header in either form (RFC 9110 §10.2.3); null when it is missing or unreadable. */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * SECOND;
  // An HTTP date begins with a weekday. Without this check Date.parse would read "-5" as a date.
  const moment = /^\s*[a-z]+,? /i.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}

/** The body's length in bytes; null when the server did not declare it or compressed the body. */
export function declaredLength(headers: Headers): number | null {
  if (isCompressed(headers)) return null;
  const length = headers.get("content-length");
  if (length !== null && /^\d{1,15}$/.test(length)) return Number(length);
  // A whole file sent as a range has its length in Content-Range.
  const total = /\/(\d{1,15})\s*$/.exec(headers.get("content-range") ?? "")?.[1];
  return total === undefined ? null : Number(total);
}

/** Whether the server compressed the body, which the runtime then inflates. */
export function isCompressed(headers: Headers): boolean {
  return contentEncodingsOf(headers.get("content-encoding")).length > 0;
}
