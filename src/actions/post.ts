import { hmac, fromBase64, toBase64 } from "../lib/hmac";
import { readTextUpTo } from "../lib/http/text-up-to";
import { isDeeperThan, MOST_LEVELS } from "../lib/json-depth";
import { checkUrl, type GuardPolicy } from "../lib/network-guard";
import { SECOND } from "../lib/time";
import type { Outcome } from "./run-action";

/** A request as it is signed: its id is the same at each try. */
export type ToSign = { id: string; body: string; now: number };

/** The address of an endpoint, and the headers of a request as it is signed for it; undefined where it is gone. */
export type EndpointSigner = (
  organizationId: string,
  endpointId: string,
  request: ToSign,
) => Promise<{ url: string; headers: Record<string, string> } | undefined>;

/** How long a server may take. */
const PATIENCE = 10 * SECOND;
/** In bytes: a longer answer is not read to its end. */
const MOST_READ = 64_000;
/** In characters, of what is kept. */
export const MOST_KEPT = 4_000;

/**
 * The headers of Standard Webhooks:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function standardHeaders(secret: string, { id, body, now }: ToSign): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / SECOND));
  const key = fromBase64(secret.slice("whsec_".length));
  if (!key) throw new Error("the secret of an action is not whsec_ followed by base64");
  const signature = await hmac("SHA-256", key, new TextEncoder().encode(`${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${toBase64(signature)}`,
  };
}

/**
 * Posts a body through the network guard. A 2xx is done, with the answer; a server that is down, slow or busy is asked
 * again; any other answer is final, a redirect included.
 */
export async function postTo(
  { fetch, guardPolicy }: { fetch: typeof globalThis.fetch; guardPolicy: GuardPolicy },
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<Outcome> {
  const checked = await checkUrl(url, guardPolicy);
  if (!checked.ok) return { kind: "failed", reason: `blocked: ${checked.error.message}` };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE);
  try {
    const response = await fetch(checked.value, {
      method: "POST",
      redirect: "manual",
      signal: controller.signal,
      headers: { "content-type": "application/json", "user-agent": "Trunkline", ...headers },
      body,
    });
    const result = { status: response.status, answer: answerIn(await readTextUpTo(response, MOST_READ)) };
    if (response.ok) return { kind: "done", result };
    const reason = `HTTP ${response.status}`;
    const isPassing = response.status >= 500 || response.status === 429 || response.status === 408;
    return { kind: isPassing ? "again" : "failed", reason, result };
  } catch (cause) {
    if (controller.signal.aborted)
      return { kind: "again", reason: `timeout: no answer within ${PATIENCE / SECOND} seconds` };
    return { kind: "again", reason: `down: ${cause instanceof Error ? cause.message.slice(0, 200) : "no answer"}` };
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** JSON where it is JSON and not too deep, else text; the beginning of what is long. `undefined`: it was longer than anybody reads. */
function answerIn(text: string | undefined): unknown {
  if (text === undefined) return null;
  if (text.length <= MOST_KEPT)
    try {
      const json = JSON.parse(text) as unknown;
      if (!isDeeperThan(json, MOST_LEVELS)) return json;
    } catch {
      // It is text.
    }
  return text.slice(0, MOST_KEPT).toWellFormed();
}
