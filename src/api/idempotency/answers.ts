import type { Context } from "hono";
import type { StoredAnswer } from "../../identity";
import { send } from "../problem";
import type { ApiEnv } from "../router";

/** What an answer keeps of its headers; the others are of each request. */
const KEPT = ["cache-control", "content-type", "location", "x-request-id"];

const SECOND_AT_LEAST = "1";

/** Whether an answer is kept: not what may be otherwise the next time, and no session. */
export function isKept({ status, headers }: Response): boolean {
  return status < 500 && status !== 429 && !headers.has("set-cookie");
}

/** The answer as it is kept. It can be sent as before. */
export async function keptAnswer(c: Context<ApiEnv>): Promise<StoredAnswer> {
  const { status, headers } = c.res;
  const body = await c.res.text();
  replaceAnswer(c, new Response(isEmpty(status) ? null : body, { status, headers }));
  const kept = KEPT.flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status, headers: kept, body };
}

/** A kept answer, sent again. */
export function sendAgain({ status, headers, body }: StoredAnswer): Response {
  const answer = new Response(isEmpty(status) ? null : body, { status, headers });
  answer.headers.set("idempotency-replayed", "true");
  return answer;
}

/** The answer of the request is this one instead. */
export function replaceAnswer(c: Context<ApiEnv>, answer: Response): void {
  c.res = undefined;
  c.res = answer;
}

export function otherRequest(c: Context<ApiEnv>): Response {
  const detail = "This Idempotency-Key was used for another request: another body or query. Take a new key.";
  return send(c, 409, { code: "idempotency_key_reused", title: "Idempotency key of another request", detail });
}

export function stillRunning(c: Context<ApiEnv>): Response {
  c.header("retry-after", SECOND_AT_LEAST);
  const detail = "A request with this Idempotency-Key is being carried out. Send it again for its answer.";
  return send(c, 409, { code: "idempotency_in_progress", title: "Still running", detail });
}

export function answerLost(c: Context<ApiEnv>): Response {
  const detail =
    "The request with this Idempotency-Key was carried out, at least in part, and has no answer that could be sent again. See what it did before you send it under a new key.";
  return send(c, 409, { code: "idempotency_answer_lost", title: "No answer is kept", detail });
}

function isEmpty(status: number): boolean {
  return status === 204 || status === 304;
}
