import { within } from "../../lib/deadline";
import { readRetryAfter } from "../../lib/http/retry-after";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { AccessDeps, PullFailure } from "../contract";

/** For the whole of one question, the body of its answer included. */
const DEADLINE = 30 * SECOND;
/** A page of a hundred calls is about 100 kB on every platform here. */
const MAX_REPLY = 8 * 1024 * 1024;

export type JsonRequest = { method?: "GET" | "POST"; headers?: Record<string, string>; body?: string };

/**
 * Asks a platform's API one question and gives its answer as JSON; undefined where the platform knows no such thing
 * (404, 410) or has no answer (204, an empty body). The URL passes the network guard, and no redirect is followed: the
 * question carries credentials. `refused`: 401, 403, another 4xx and a URL the guard blocks, which asking again does
 * not help; everything else that goes wrong may be better later.
 */
export async function askJson(
  url: string | URL,
  request: JsonRequest,
  deps: AccessDeps,
): Promise<Result<unknown, PullFailure>> {
  const checked = await checkUrl(url, deps.guardPolicy);
  if (!checked.ok) return err({ kind: "refused", reason: checked.error.message, retryAfter: null });
  const controller = new AbortController();
  try {
    const answered = await within(DEADLINE, answerOf(checked.value, request, deps, controller.signal));
    if (!answered.expired) return answered.value;
    return notReady(`${checked.value.host} did not answer within ${DEADLINE / SECOND} seconds`);
  } catch (error) {
    const why = error instanceof Error && error.message !== "" ? error.message : "the connection was lost";
    return notReady(`${checked.value.host} could not be reached: ${why}`);
  } finally {
    // After a whole answer this does nothing; after anything else it lets go of the connection.
    controller.abort();
  }
}

async function answerOf(
  url: URL,
  request: JsonRequest,
  deps: AccessDeps,
  signal: AbortSignal,
): Promise<Result<unknown, PullFailure>> {
  // Called bare: workerd's fetch refuses to be a method of something else.
  const { fetch } = deps;
  const response = await fetch(url.href, {
    method: request.method ?? "GET",
    headers: { accept: "application/json", "user-agent": "Trunkline", ...request.headers },
    body: request.body,
    redirect: "manual",
    signal,
  });
  const { status } = response;
  if (status === 404 || status === 410 || status === 204) return ok(undefined);
  if (status < 200 || status > 299) return err(failureOf(url, response, deps.now()));
  const text = await readTextUpTo(response, MAX_REPLY);
  if (text === undefined) return notReady(`${url.host} sent more than ${MAX_REPLY} bytes`);
  if (text.trim() === "") return ok(undefined);
  try {
    return ok(JSON.parse(text));
  } catch {
    return notReady(`${url.host} answered ${status} with something that is not JSON`);
  }
}

function failureOf(url: URL, { status, headers }: Response, now: number): PullFailure {
  const reason = `${url.host} answered ${status}`;
  const final = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  return final
    ? { kind: "refused", reason, retryAfter: null }
    : { kind: "not_ready", reason, retryAfter: readRetryAfter(headers, now) };
}

function notReady(reason: string): Result<never, PullFailure> {
  return err({ kind: "not_ready", reason, retryAfter: null });
}
