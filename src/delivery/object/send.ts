import { toIso } from "../../lib/time";
import { traceParentOf } from "../../lib/trace";
import { attempt, type Answer } from "./attempt";
import { bindLinks, type MintLink, type MintReportLink } from "./bind-links";
import type { AttemptLogEntry, EndpointConfig, ErrorClass } from "../contract";
import { failureCodeOf } from "../health/failure-code";
import type { DeliveryKey } from "./lanes";
import type { Outcome, StoredDelivery } from "./storage";
import { profiles, type Profile, type ProfileRequest, type Verdict } from "../profiles";
import { nextAttemptAt, policyWith } from "./schedule";
import { maskHeaders, withoutValues } from "../templates";

/** What one attempt needs. */
export type SendDeps = {
  config: EndpointConfig;
  secrets: readonly string[];
  /** When the secret in use was set, in milliseconds; unknown for those from before this was noted. */
  secretSince?: number;
  /** The subscriber's own headers, opened. */
  headers: Record<string, string>;
  gap: { from: number; to: number } | null;
  test: boolean;
  /** The origin of this deployment, without a trailing slash. */
  publicUrl: string;
  mint: MintLink;
  mintReport: MintReportLink;
  /** Reads the event's data, from the row or from R2. */
  readData(data: string): Promise<string>;
  /** Why the URL may not be called; undefined when it may. Checked at every attempt, because DNS names change. */
  blocked(url: string): Promise<string | undefined>;
  fetch: typeof fetch;
  now(): number;
  random(): number;
};

/** An attempt to make: `attempts` were made before, and this one was due at `dueAt` (milliseconds). */
export type Due = DeliveryKey & { attempts: number; dueAt: number };

const BODY_LOG_CAP = 64 * 1024;

/**
 * Makes one attempt of a delivery. Gives the verdict and the outcome to store. Never throws for anything the subscriber
 * or the event can cause: a body that cannot be built is a failed attempt with the error `body`.
 */
export async function send(
  due: Due,
  stored: StoredDelivery,
  deps: SendDeps,
): Promise<{ outcome: Outcome; verdict: Verdict }> {
  const { config } = deps;
  const profile = profiles[config.profile];
  const startedAt = deps.now();
  const number = due.attempts + 1;
  const made = await makeRequest(profile, due, stored, startedAt, deps);
  const answer = "failure" in made ? made.failure : await deliver(made.request, profile, deps);
  const verdict = answer.status === null ? "retry" : profile.judge(answer.status, config.settings);
  const endedAt = deps.now();
  const request = "failure" in made ? { method: config.method, headers: {}, body: "" } : made.request;
  const error = verdict === "delivered" ? null : (answer.error ?? "status");
  const failed = { status: answer.status, error, detail: answer.detail, startedAt };
  const entry: AttemptLogEntry = {
    number,
    dueAt: due.dueAt,
    startedAt,
    endedAt,
    status: answer.status,
    error,
    ...(error === null ? {} : { code: failureCodeOf(failed, deps.secretSince) }),
    detail: answer.detail,
    request: {
      ...request,
      headers: maskHeaders(request.headers, profile),
      url: config.url,
      body: request.body.slice(0, BODY_LOG_CAP),
    },
    response: shown(answer.response, deps.headers),
  };
  return { verdict, outcome: { ...nextState(verdict, due, number, endedAt, answer.retryAfter, deps), entry } };
}

/** An answer as the log shows it: a receiver may send back what it was sent. */
function shown(response: Answer["response"], own: Readonly<Record<string, string>>): Answer["response"] {
  const { "content-type": _, ...secret } = lowerNames(own);
  const values = Object.values(secret);
  if (response === null || values.length === 0) return response;
  const headers = Object.entries(response.headers).map(([name, value]) => [name, withoutValues(value, values)]);
  return { headers: Object.fromEntries(headers), body: withoutValues(response.body, values) };
}

function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The delivery's next state: closed, due again, or parked or held as the endpoint's settings say. */
function nextState(
  verdict: Verdict,
  due: Due,
  number: number,
  endedAt: number,
  retryAfter: number | undefined,
  deps: SendDeps,
) {
  const { config } = deps;
  if (verdict === "delivered") return { state: "delivered" as const, dueAt: due.dueAt, finishedAt: endedAt };
  const policy = policyWith(profiles[config.profile].policy, config.settings);
  const next =
    verdict === "final" ? undefined : nextAttemptAt(policy, number, endedAt, () => deps.random(), retryAfter);
  if (next !== undefined) return { state: "pending" as const, dueAt: next, finishedAt: null };
  // A replay blocks no later event, so there is no reason to hold it.
  if (config.settings.onExhausted === "hold" && due.replay <= 0)
    return { state: "held" as const, dueAt: endedAt, finishedAt: null };
  return { state: "parked" as const, dueAt: due.dueAt, finishedAt: endedAt };
}

async function makeRequest(
  profile: Profile,
  key: Due,
  stored: StoredDelivery,
  now: number,
  deps: SendDeps,
): Promise<{ request: ProfileRequest } | { failure: Answer }> {
  const { config } = deps;
  try {
    const data = JSON.parse(await deps.readData(stored.data)) as Record<string, unknown>;
    const request = await profile.request({
      endpointId: config.id,
      organizationId: config.organizationId,
      publicUrl: deps.publicUrl,
      eventId: stored.eventId,
      deliveryId: stored.deliveryId,
      type: stored.type,
      seq: key.seq,
      recordedAt: stored.recordedAt,
      data: await bindLinks(
        data,
        (recordingId) => deps.mint(recordingId),
        (runId) => deps.mintReport(runId),
      ),
      gap: deps.gap,
      attempt: key.attempts + 1,
      test: deps.test,
      now,
      method: config.method,
      headers: deps.headers,
      template: config.template,
      ed25519: config.settings.ed25519 ?? false,
      secrets: deps.secrets,
    });
    const trace = traceParentOf(key.stream, stored.deliveryId, key.attempts + 1);
    const own = {
      ...(trace === null ? {} : { traceparent: trace }),
      "user-agent": "Trunkline/1",
      "trunkline-delivery": stored.deliveryId,
      "trunkline-attempt": `${key.attempts + 1}; at=${toIso(now)}`,
      // Sent as headers because not every profile's body has fields for them.
      "trunkline-seq": String(key.seq),
      ...(deps.gap ? { "trunkline-gap": `${deps.gap.from}-${deps.gap.to}` } : {}),
      ...(key.replay > 0 ? { "trunkline-replay": "true" } : {}),
    };
    return { request: { ...request, headers: { ...own, ...request.headers } } };
  } catch (cause) {
    return { failure: noAnswer("body", cause instanceof Error ? cause.message : String(cause)) };
  }
}

async function deliver(request: ProfileRequest, profile: Profile, deps: SendDeps): Promise<Answer> {
  const blocked = await deps.blocked(deps.config.url);
  if (blocked !== undefined) return noAnswer("blocked", blocked);
  const { timeout } = policyWith(profile.policy, deps.config.settings);
  return attempt(deps.config.url, request, timeout, (input, init) => deps.fetch(input, init), deps.now);
}

function noAnswer(error: ErrorClass, detail: string): Answer {
  return { status: null, error, detail, response: null };
}
