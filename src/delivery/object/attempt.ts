import { readRetryAfter } from "../../lib/http/retry-after";
import { NetworkFailure, type FailureCause } from "../../lib/outbound";
import type { Clock } from "../../lib/time";
import type { ErrorClass } from "../contract";
import type { ProfileRequest } from "../profiles";

/** The result of one attempt. `status` is null when no answer came; `error` then says why. */
export type Answer = {
  status: number | null;
  error: ErrorClass | null;
  detail: string | null;
  response: { headers: Record<string, string>; body: string } | null;
  /** The wait the subscriber asked for (Retry-After), in milliseconds. */
  retryAfter?: number;
};

/** The error class that the log shows for each network failure. The detail names the failure itself. */
const CLASSES: Record<FailureCause, ErrorClass> = {
  dns: "dns",
  refused: "connect",
  closed: "connect",
  connect: "connect",
  tls: "tls",
  plain_http: "tls",
  unknown: "unknown",
};

/** Statuses that Cloudflare answers with itself when it could not reach the origin, as its documentation lists them. */
const EDGE_ANSWERS: Readonly<Record<number, string>> = {
  520: "Cloudflare got an answer of the server that it could not read (520)",
  521: "the server refused Cloudflare's connection (521)",
  522: "the server did not take Cloudflare's connection in time (522)",
  523: "Cloudflare has no route to the server (523)",
  524: "the server took the connection and did not answer in time (524)",
  525: "the TLS handshake with the server failed (525)",
  526: "the server's certificate is not valid (526)",
  530: "Cloudflare could not find the server; its answer carries the error code, 1016 for a name without an address (530)",
};

/** How much of a response is read and kept, in bytes: enough for an error page, too little to fill an object. */
export const RESPONSE_CAP = 16 * 1024;

const MAX_RESPONSE_HEADERS = 50;
const MAX_HEADER_LENGTH = 500;

/**
 * Sends one request and reads at most 16 kB of the answer, all within `timeout` milliseconds. Redirects are not
 * followed. A body that is still arriving at the timeout is cut off and the answer stands, because its status is known.
 * Never throws: every failure is an `Answer`.
 */
export async function attempt(
  url: string,
  request: ProfileRequest,
  timeout: number,
  fetcher: typeof fetch,
  now: Clock,
): Promise<Answer> {
  // A controller with a timer that can be cleared: AbortSignal.timeout would keep the object awake for the full timeout
  // (https://github.com/cloudflare/workerd/issues/4936). The timer runs until the body is read.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  try {
    const response = await fetcher(url, { ...request, redirect: "manual", signal: controller.signal });
    const body = await readCapped(response);
    return {
      status: response.status,
      error: errorOf(response.status),
      detail: EDGE_ANSWERS[response.status] ?? null,
      response: { headers: headersOf(response), body },
      ...retryAfterOf(response, now()),
    };
  } catch (cause) {
    if (cause instanceof NetworkFailure)
      return { status: null, error: CLASSES[cause.kind], detail: cause.message, response: null };
    if (controller.signal.aborted)
      return { status: null, error: "timeout", detail: `no answer within ${timeout} ms`, response: null };
    return { status: null, error: "unknown", detail: String(cause), response: null };
  } finally {
    clearTimeout(timer);
  }
}

async function readCapped(response: Response): Promise<string> {
  if (!response.body) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = RESPONSE_CAP;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
    }
    await reader.cancel();
  } catch {
    // The connection broke or the time is over: keep what has arrived.
  }
  return text;
}

function headersOf(response: Response): Record<string, string> {
  const entries: [string, string][] = [];
  // A third of what the iterator of headers costs.
  response.headers.forEach((value, name) => {
    if (entries.length < MAX_RESPONSE_HEADERS) entries.push([name, value.slice(0, MAX_HEADER_LENGTH)]);
  });
  return Object.fromEntries(entries);
}

function errorOf(status: number): ErrorClass | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return "redirect";
  // Cloudflare answered for an origin that it could not reach: the subscriber never saw this request.
  if (status >= 520 && status <= 530) return "edge_52x";
  return "status";
}

function retryAfterOf(response: Response, now: number): { retryAfter?: number } {
  const retryAfter = response.ok ? null : readRetryAfter(response.headers, now);
  return retryAfter === null ? {} : { retryAfter };
}
