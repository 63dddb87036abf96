import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./api.d.ts";

export type { components, operations, paths, webhooks } from "./api.d.ts";

export type TrunklineOptions = {
  /** The address of the deployment. */
  url: string;
  /** An API key or a token. */
  key?: string;
  /** How often a request is tried, the first time included. */
  attempts?: number;
  /** What sends requests, waits, and makes chance and keys: the platform's own where left out. */
  deps?: Partial<ClientDeps>;
};

export type ClientDeps = {
  fetch: (request: Request) => Promise<Response>;
  pause: (milliseconds: number) => Promise<void>;
  random: () => number;
  newKey: () => string;
};

const ATTEMPTS = 4;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** The server refused before it did anything, so that any method may be tried again. */
const REFUSED = new Set([429, 503]);
/** Nobody knows how far it got. */
const UNCLEAR = new Set([500, 502, 504]);
/** Done twice they are as done once; a POST because of its key. */
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST"]);

/**
 * A client for the API, typed by its document. It tries again with growing waits, as long as `Retry-After` says where the
 * server says it; what it puts off for longer than half a minute is not waited for. All tries of one POST have the same
 * `Idempotency-Key`, so that it is carried out once; a PATCH is tried again only where the server refused it.
 */
export function trunkline(options: TrunklineOptions): Client<paths> {
  const { url, key, attempts = ATTEMPTS } = options;
  const deps: ClientDeps = {
    fetch: (request) => fetch(request),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: () => Math.random(),
    newKey: () => crypto.randomUUID(),
    ...options.deps,
  };
  return createClient<paths>({
    baseUrl: url,
    ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
    fetch: (request) => sendAgain(request, attempts, deps),
  });
}

async function sendAgain(request: Request, attempts: number, deps: ClientDeps): Promise<Response> {
  if (request.method === "POST" && !request.headers.has("idempotency-key"))
    request.headers.set("idempotency-key", deps.newKey());
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= attempts;
    // A body can be sent once: each try but the last sends a copy.
    const sent = isLast ? request : request.clone();
    let answer: Response | undefined;
    try {
      answer = await deps.fetch(sent);
    } catch (error) {
      if (isLast || request.signal.aborted || !REPEATABLE.has(request.method)) throw error;
    }
    if (answer && (isLast || !isWorthAnother(request.method, answer))) return answer;
    await answer?.body?.cancel();
    await deps.pause(waitBefore(attempt, answer, deps.random));
  }
}

function isWorthAnother(method: string, { status, headers }: Response): boolean {
  const asked = Number(headers.get("retry-after") ?? 0) * 1_000;
  if (asked > LONGEST_WAIT) return false;
  // A try before this one is still being carried out.
  if (status === 409 && asked > 0) return method === "POST";
  return REFUSED.has(status) || (UNCLEAR.has(status) && REPEATABLE.has(method));
}

/** What the server asks for, or twice as long as before, spread so that many clients do not come back at once. */
function waitBefore(attempt: number, answer: Response | undefined, random: () => number): number {
  const asked = Number(answer?.headers.get("retry-after") ?? Number.NaN);
  if (Number.isFinite(asked) && asked >= 0) return Math.min(asked * 1_000, LONGEST_WAIT);
  const longest = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
  return longest / 2 + (longest / 2) * random();
}
