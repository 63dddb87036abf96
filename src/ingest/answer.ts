import { taskIdOf } from "../calls";
import type { FieldError } from "../lib/field-issues";
import { problemAnswer } from "../lib/problem";
import { newRequestId } from "../lib/request-id";
import type { Handshake } from "../platforms";
import type { EdgeRefusal, Outcome } from "./decision";

type Taken = Extract<Outcome, { verdict: "accepted" | "ignored" }>;

/** Builds the answer to a request that was accepted or ignored. */
export type Answer = (outcome: Taken, inboundId: string) => Response;

const NO_STORE = { "cache-control": "no-store" };
// Made once: an answer takes its headers from another's more cheaply than name by name.
const JSON_NO_STORE = { headers: new Headers({ "content-type": "application/json", ...NO_STORE }) };
const RETRY_AFTER_SECONDS = "30";

const TITLES: Record<EdgeRefusal["status"], string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
};

/** The answer that Anura's users know from AuditorIA. The ids are derived, so a repeated notice gets the same ones. */
export function answerCall(outcome: Taken, inboundId: string): Response {
  if (outcome.verdict === "ignored") {
    const { reason, message } = outcome;
    return json({
      success: true,
      status: "ignored",
      reason,
      message,
      call_id: null,
      task_id: null,
      inbound_id: inboundId,
    });
  }
  const callId = outcome.callIds[0] ?? null;
  return json({
    success: true,
    status: "accepted",
    message: "The call is accepted. Once its recording is here, its task is created.",
    call_id: callId,
    task_id: callId === null ? null : taskIdOf(callId),
    inbound_id: inboundId,
    recording_downloaded: false,
  });
}

/** `{"received": true}` is the answer in Audian's own sample. */
export function answerReceived(outcome: Taken, inboundId: string): Response {
  if (outcome.verdict === "ignored") {
    const { reason, message } = outcome;
    return json({ received: true, status: "ignored", reason, message, call_ids: [], inbound_id: inboundId });
  }
  return json({ received: true, status: "accepted", call_ids: outcome.callIds, inbound_id: inboundId });
}

/** The answer that the platform expects to its handshake. */
export function answerHandshake({ reply: { status, headers = {}, body } }: Handshake): Response {
  return new Response(body === "" ? null : body, { status, headers: { ...NO_STORE, ...headers } });
}

/**
 * A refusal as RFC 9457 problem, naming every field that is wrong. `inbound_id` is null where the request was not kept.
 */
export function answerRefusal(refusal: EdgeRefusal, inboundId: string | null): Response {
  const { status, reason, message, errors = [], retryAfter } = refusal;
  // Missing and wrong keys must look the same to the sender.
  const shownReason = status === 401 ? "unauthorized" : reason;
  const headers = {
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
  };
  return problem(status, TITLES[status], shownReason, message, { errors, inbound_id: inboundId }, headers);
}

/** The request could not be kept: the sender should send it again. */
export function answerUnavailable(): Response {
  const message = "The request could not be kept. Send it again.";
  return problem(
    503,
    "Service Unavailable",
    "not_kept",
    message,
    { inbound_id: null },
    { "retry-after": RETRY_AFTER_SECONDS },
  );
}

export function answerMethod(allow: string): Response {
  return problem(405, "Method Not Allowed", "method_not_allowed", `Use ${allow} here.`, {}, { allow });
}

function problem(
  status: number,
  title: string,
  reason: string,
  message: string,
  { errors = [], ...more }: { errors?: readonly FieldError[]; inbound_id?: string | null },
  headers: Record<string, string>,
): Response {
  const failure = { code: reason, title, status, detail: message, errors, requestId: newRequestId() };
  return problemAnswer(failure, { message, reason, ...more }, { ...NO_STORE, ...headers });
}

function json(body: Record<string, unknown>): Response {
  return new Response(JSON.stringify(body), JSON_NO_STORE);
}
