import { contentEncodingsOf } from "../lib/http/content-encoding";
import { readContentLength } from "../lib/http/content-length";
import { readContentRange } from "../lib/http/content-range";
import { readRetryAfter } from "../lib/http/retry-after";
import { notReady, refused, type AudioFailure } from "./failure";

/** The failure that an HTTP status means; undefined for a status whose body may be audio. */
export function failureOf(response: Response, now: number): AudioFailure | undefined {
  const { status } = response;
  if (status === 200 || status === 203) return undefined;
  if (status === 206) return isWhole(response.headers) ? undefined : notReady("truncated", PART_ONLY);
  const retryAfter = readRetryAfter(response.headers, now);
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
  const range = readContentRange(headers.get("content-range"));
  return range !== undefined && range.first === 0 && range.last + 1 === range.size;
}

/** The body's length in bytes; null when the server did not declare it or compressed the body. */
export function declaredLength(headers: Headers): number | null {
  if (isCompressed(headers)) return null;
  // A whole file that is sent as a range says in the range how long it is.
  return (
    readContentLength(headers.get("content-length")) ?? readContentRange(headers.get("content-range"))?.size ?? null
  );
}

/** Whether the server compressed the body, which the runtime then inflates. */
export function isCompressed(headers: Headers): boolean {
  return contentEncodingsOf(headers.get("content-encoding")).length > 0;
}
