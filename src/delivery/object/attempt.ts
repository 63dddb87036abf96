import { NetworkFailure, type FailureCause } from "../../lib/outbound";
import type { ErrorClass } from "../contract";
import type { ProfileRequest } from "../profiles";

/** How one try went. `status` is null when no answer came; then `error` says why. */
export type Answer = {
  status: number | null;
  error: ErrorClass | null;
  detail: string | null;
  response: { headers: Record<string, string>; body: string } | null;
  /** What the subscriber asked to wait, in milliseconds. */
  retryAfter?: number;
};

/** The log's classes of what kept an answer from coming; the cause itself begins the detail. */
const CLASSES: Record<FailureCause, ErrorClass> = {
  dns: "dns",
  refused: "connect",
  closed: "connect",
  connect: "connect",
  tls: "tls",
  plain_http: "tls",
  unknown: "unknown",
};

/** What Cloudflare documents of the answers it gives in place of a server it could not ask. */
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

/** How much of a response is read and kept: enough to see an error page, too little to fill an object. */
export const RESPONSE_CAP = 16 * 1024;

const MAX_RESPONSE_HEADERS = 50;
const MAX_HEADER_LENGTH = 500;

/**
 * Sends one request and reads at most 16 kB of the answer, all within `timeout` milliseconds. Redirects are not followed.
 * A body that drips past the timeout is cut: the status has been said. Never throws: whatever goes wrong is an answer.
 */
export async function attempt(
  url: string,
  request: ProfileRequest,
  timeout: number,
  fetcher: typeof fetch,
): Promise<Answer> {
  // A controller with a timer that is cleared: AbortSignal.timeout would hold the object for its full length
  // (https://github.com/cloudflare/workerd/issues/4936). It stays armed until the body is read.
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
      ...retryAfterOf(response),
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
    // Cut off or out of time: what came is kept.
  }
  return text;
}

function headersOf(response: Response): Record<string, string> {
  const entries = [...response.headers].slice(0, MAX_RESPONSE_HEADERS);
  return Object.fromEntries(entries.map(([name, value]) => [name, value.slice(0, MAX_HEADER_LENGTH)]));
}

function errorOf(status: number): ErrorClass | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return "redirect";
  // Cloudflare answers for an origin it cannot reach: the subscriber itself never saw this request.
  if (status >= 520 && status <= 530) return "edge_52x";
  return "status";
}

/** Retry-After as seconds or as a date; a date is measured on the answer's own clock where it carries one. */
function retryAfterOf(response: Response): { retryAfter?: number } {
  const text = response.headers.get("retry-after");
  if (text === null || response.ok) return {};
  if (/^\d{1,9}$/.test(text)) return { retryAfter: Number(text) * 1000 };
  const until = Date.parse(text);
  const from = Date.parse(response.headers.get("date") ?? "");
  return Number.isNaN(until) || Number.isNaN(from) ? {} : { retryAfter: Math.max(0, until - from) };
}
