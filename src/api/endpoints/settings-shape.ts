import { z } from "@hono/zod-openapi";
import {
  policyFromRetryPolicy,
  RETRY_POLICY_LIMITS,
  SETTING_LIMITS,
  type EndpointRow,
  type SettingChanges,
} from "../../delivery";

const { timeout, retryWait, retryWaits, retrySpan, concurrency, ratePerSecond, disableAfter, keep, maxBacklog } =
  SETTING_LIMITS;

function seconds(limits: { min: number; max: number }) {
  return z
    .number()
    .min(limits.min / 1000)
    .max(limits.max / 1000);
}

const waits = z
  .array(seconds(retryWait))
  .max(retryWaits)
  .refine((list) => total(list) * 1000 <= retrySpan, `must add up to at most ${retrySpan / 1000} seconds`)
  .describe("Waits before the second, third, … attempt, in seconds. None means a single attempt.");

/** The delivery settings of an endpoint where they differ from its profile. Null is the default. */
export const settings = z
  .strictObject({
    retry_waits_seconds: waits.nullable(),
    timeout_seconds: seconds(timeout).nullable().describe("For one attempt, including reading its answer."),
    concurrency: z
      .number()
      .int()
      .min(concurrency.min)
      .max(concurrency.max)
      .nullable()
      .describe("Requests under way at once, per shard. Default 6."),
    rate_per_second: z
      .number()
      .min(ratePerSecond.min)
      .max(ratePerSecond.max)
      .nullable()
      .describe("Attempts per second, over all shards. Waiting for it uses up no retry. Default: no limit."),
    on_exhausted: z
      .enum(["park", "hold"])
      .nullable()
      .describe(
        "When a delivery has no retries left: `park` it and go on with the call, or `hold` the call until a person decides.",
      ),
    strict_200: z.boolean().nullable().describe("Only 200 counts as success."),
    retry_throttled: z.boolean().nullable().describe("Retries 408 and 429 where the profile retries no 4xx."),
    disable_after_seconds: seconds({ ...disableAfter, min: 0 })
      .refine(
        (given) => given === 0 || given * 1000 >= disableAfter.min,
        `must be 0 or from ${disableAfter.min / 1000} on`,
      )
      .nullable()
      .describe("The endpoint is disabled after failing this long without a success; 0 means never. Default 5 days."),
    keep_payloads_seconds: seconds(keep)
      .nullable()
      .describe("How long the log keeps request bodies, from which deliveries can be sent again. Default 30 days."),
    keep_responses_seconds: seconds(keep).nullable().describe("How long the log keeps answers. Default 30 days."),
    max_backlog: z
      .number()
      .int()
      .min(maxBacklog.min)
      .max(maxBacklog.max)
      .nullable()
      .describe("The deliveries that may wait in a shard; further events wait in the database. Default 100000."),
    ed25519: z
      .boolean()
      .nullable()
      .describe("`standard` only: signs with Ed25519 (`v1a`) as well: `/webhooks/{id}/jwks.json` has its public key."),
  })
  .openapi("EndpointSettings");

/** Changed settings. What is left out stays unchanged. */
export const settingChanges = settings
  .partial()
  .openapi("EndpointSettingChanges", { example: { timeout_seconds: 10 } });

const { maxRetries, backoffMultiplier } = RETRY_POLICY_LIMITS;

/** AuthentiVoice's form of `retry_waits_seconds`: ten seconds, then each wait a multiple of the one before. */
export const retryPolicy = z
  .strictObject({
    maxRetries: z.number().int().min(maxRetries.min).max(maxRetries.max),
    backoffMultiplier: z.number().min(backoffMultiplier.min).max(backoffMultiplier.max),
  })
  .openapi("RetryPolicy", { example: { maxRetries: 3, backoffMultiplier: 2 } });

/** Converts settings for the core: to milliseconds, and the retry policy to waits. */
export function settingsFrom(
  given: z.infer<typeof settingChanges> | undefined,
  policy: z.infer<typeof retryPolicy> | undefined,
): SettingChanges | undefined {
  if (policy !== undefined) return { ...settingsFrom(given, undefined), retryWaits: policyFromRetryPolicy(policy) };
  if (given === undefined) return undefined;
  return {
    retryWaits: given.retry_waits_seconds && given.retry_waits_seconds.map((wait) => Math.round(wait * 1000)),
    timeout: inMilliseconds(given.timeout_seconds),
    concurrency: given.concurrency,
    ratePerSecond: given.rate_per_second,
    onExhausted: given.on_exhausted,
    strict200: given.strict_200,
    retryThrottled: given.retry_throttled,
    disableAfter: inMilliseconds(given.disable_after_seconds),
    keepPayloads: inMilliseconds(given.keep_payloads_seconds),
    keepResponses: inMilliseconds(given.keep_responses_seconds),
    maxBacklog: given.max_backlog,
    ed25519: given.ed25519,
  };
}

export function viewSettings(row: Pick<EndpointRow, "settings">): z.infer<typeof settings> {
  const { settings: stored } = row;
  return {
    retry_waits_seconds: stored.retryWaits?.map((wait) => wait / 1000) ?? null,
    timeout_seconds: inSeconds(stored.timeout),
    concurrency: stored.concurrency ?? null,
    rate_per_second: stored.ratePerSecond ?? null,
    on_exhausted: stored.onExhausted ?? null,
    strict_200: stored.strict200 ?? null,
    retry_throttled: stored.retryThrottled ?? null,
    disable_after_seconds: inSeconds(stored.disableAfter),
    keep_payloads_seconds: inSeconds(stored.keepPayloads),
    keep_responses_seconds: inSeconds(stored.keepResponses),
    max_backlog: stored.maxBacklog ?? null,
    ed25519: stored.ed25519 ?? null,
  };
}

// Undefined stays undefined and null stays null, because they mean different things.
function inMilliseconds(given: number | null | undefined): number | null | undefined {
  return typeof given === "number" ? Math.round(given * 1000) : given;
}

function inSeconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / 1000;
}

function total(list: readonly number[]): number {
  return list.reduce((sum, one) => sum + one, 0);
}
