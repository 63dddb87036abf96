import { toIso } from "../lib/time";
import { attempt, type AttemptOutcome } from "./attempt";
import { bindLinks, type MintLink } from "./bind-links";
import type { AttemptLogEntry, EndpointConfig } from "./contract";
import type { DeliveryKey, OpenDelivery } from "./lanes";
import type { DeliveryState, StoredDelivery } from "./ledger";
import { profiles, type ProfileRequest } from "./profiles";
import { nextAttemptAt, type RetryPolicy } from "./schedule";

/** Everything one attempt needs from its surroundings. */
export type SendContext = {
  config: EndpointConfig;
  policy: RetryPolicy;
  secrets: readonly string[];
  gap: { from: number; to: number } | null;
  mint: MintLink;
  /** Why the URL may not be called, or undefined when it may. Asked at every attempt: names change their minds. */
  blocked(url: string): Promise<string | undefined>;
  fetch: typeof fetch;
  now(): number;
  random(): number;
};

/** What the attempt makes of the delivery, as it is to be written. */
export type SendResult = { state: DeliveryState; dueAt: number; finishedAt: number | null; entry: AttemptLogEntry };

const BODY_LOG_CAP = 64 * 1024;

/** Makes one attempt of a delivery and says what becomes of it. Never throws: a body that cannot be made is a failure. */
export async function send(delivery: OpenDelivery, stored: StoredDelivery, context: SendContext): Promise<SendResult> {
  const startedAt = context.now();
  const number = delivery.attempts + 1;
  const made = await makeRequest(delivery, stored, number, startedAt, context);
  const outcome = "error" in made ? failure(made.error) : await deliver(made, context);
  const endedAt = context.now();
  const request = "error" in made ? { method: "POST", headers: {}, body: "" } : made;
  const entry: AttemptLogEntry = {
    number,
    dueAt: delivery.dueAt,
    startedAt,
    endedAt,
    status: outcome.status,
    error: outcome.error,
    request: { ...request, url: context.config.url, body: request.body.slice(0, BODY_LOG_CAP) },
    response: outcome.response,
  };
  if (outcome.delivered) return { state: "delivered", dueAt: delivery.dueAt, finishedAt: endedAt, entry };
  const dueAt = nextAttemptAt(context.policy, number, endedAt, context.random, outcome.retryAfter);
  if (dueAt === undefined) return { state: "parked", dueAt: delivery.dueAt, finishedAt: endedAt, entry };
  return { state: "pending", dueAt, finishedAt: null, entry };
}

async function makeRequest(
  key: DeliveryKey,
  stored: StoredDelivery,
  number: number,
  now: number,
  context: SendContext,
): Promise<ProfileRequest | { error: string }> {
  try {
    const request = await profiles[context.config.profile].request({
      eventId: stored.eventId,
      deliveryId: stored.deliveryId,
      type: stored.type,
      seq: key.seq,
      recordedAt: stored.recordedAt,
      data: await bindLinks(JSON.parse(stored.data) as Record<string, unknown>, context.mint),
      gap: context.gap,
      attempt: number,
      now,
      secrets: context.secrets,
    });
    const own = {
      "user-agent": "Trunkline/1",
      "trunkline-delivery": stored.deliveryId,
      "trunkline-attempt": `${number}; at=${toIso(now)}`,
    };
    return { ...request, headers: { ...own, ...request.headers } };
  } catch (cause) {
    return { error: `body: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

async function deliver(request: ProfileRequest, context: SendContext): Promise<AttemptOutcome> {
  const blocked = await context.blocked(context.config.url);
  if (blocked !== undefined) return failure(`blocked: ${blocked}`);
  return attempt(context.config.url, request, context.policy.timeout, context.fetch);
}

function failure(error: string): AttemptOutcome {
  return { delivered: false, status: null, error, response: null };
}
