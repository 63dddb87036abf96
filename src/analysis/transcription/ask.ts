import { checkUrl, type GuardPolicy } from "../../lib/network-guard";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { TranscriptionFailure } from "./contract";

export type AskDeps = { fetch: typeof fetch; guardPolicy: GuardPolicy };

/** By which a server knows what it was sent before, because nobody heard whether it had arrived. */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

/** A minute of speech has some 200 words, and a word some 200 bytes in the most talkative answers. */
const MOST_BYTES = 4_000_000;
/** What of a server's own words is kept of a failure. */
const MOST_WORDS = 200;

/**
 * Sends a request through the network guard and gives the answer as JSON. A server that hangs, is gone, answers what is
 * no JSON or more than anybody needs is a failure by name. `mayBeEmpty`: an empty answer is an object without anything.
 */
export async function askServer(
  { fetch, guardPolicy }: AskDeps,
  url: string,
  init: { headers: Record<string, string>; body: BodyInit },
  patience = 60 * SECOND,
  mayBeEmpty = false,
): Promise<Result<unknown, TranscriptionFailure>> {
  const checked = await checkUrl(url, guardPolicy);
  if (!checked.ok) return failure("refused", `blocked: ${checked.error.message}`);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), patience);
  try {
    const response = await fetch(checked.value, {
      method: "POST",
      redirect: "manual",
      signal: controller.signal,
      ...init,
    });
    const text = await readTextUpTo(response, MOST_BYTES);
    if (text === undefined) return failure("too_large", `the answer has over ${MOST_BYTES} bytes`);
    if (!response.ok) return refusalOf(response.status, text);
    return ok(mayBeEmpty && text.trim() === "" ? {} : JSON.parse(text));
  } catch (cause) {
    if (controller.signal.aborted) return failure("timeout", `no answer within ${patience / SECOND} seconds`);
    if (cause instanceof SyntaxError) return failure("bad_answer", "the answer is no JSON");
    return failure("down", cause instanceof Error ? cause.message.slice(0, MOST_WORDS) : "no answer");
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(status: number, text: string): Result<never, TranscriptionFailure> {
  const detail = `HTTP ${status}${wordsOf(text)}`;
  // 409 and 425: the same was sent before under this key, and is still at work.
  if (status === 429 || status === 408 || status === 409 || status === 425) return failure("busy", detail);
  if (status >= 500) return failure("down", detail);
  if (status === 401 || status === 402 || status === 403 || status === 404) return failure("refused", detail);
  // A redirect is not followed: the key was meant for this host.
  if (status < 400) return failure("refused", `${detail}: it redirects`);
  return failure("bad_request", detail);
}

/** What the server says itself, in the places where engines say it. */
function wordsOf(text: string): string {
  try {
    const answer = JSON.parse(text) as { error?: { message?: unknown } | string; err_msg?: unknown };
    const error = typeof answer.error === "object" ? answer.error.message : answer.error;
    const words = error ?? answer.err_msg;
    return typeof words === "string" && words !== "" ? `: ${words.slice(0, MOST_WORDS)}` : "";
  } catch {
    return "";
  }
}

export function failure(kind: TranscriptionFailure["kind"], detail: string): Result<never, TranscriptionFailure> {
  return err({ kind, detail });
}
