import { z } from "@hono/zod-openapi";
import {
  MAX_SHARDS,
  objectsSharing,
  SETTING_LIMITS,
  showHeaders,
  type EndpointOptions,
  type EndpointRow,
} from "../../delivery";
import { toIso } from "../../lib/time";
import { retryPolicy, settingChanges, settings, settingsFrom, viewSettings } from "./settings-shape";

const profile = z
  .enum(["standard", "audian", "voqo", "voicesense", "authentivoice"])
  .describe(
    "How bodies are built and signed, and what an answer means. It cannot be changed: create another endpoint.",
  );
const method = z.enum(["POST", "PUT"]);
const ordering = z
  .enum(["call", "endpoint", "none"])
  .describe("Which events are sent strictly in order: those of one call, all of them, or none.");
const disabled = z
  .object({ reason: z.string().describe("`gone` or `failing`."), at: z.iso.datetime() })
  .nullable()
  .describe("Set when Trunkline disabled the endpoint; enabling it clears this.");

const filterIds = z.array(z.string().max(200)).max(SETTING_LIMITS.filterIds);
const filters = z
  .strictObject({
    campaign_ids: filterIds.optional().describe("Only calls of these campaigns."),
    source_ids: filterIds.optional().describe("Only calls from these sources."),
    minimum_risk: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe("Only analyses with at least this risk score; events without a risk score pass."),
  })
  .openapi("EndpointFilters", { example: { minimum_risk: 70 } });

const noSettings = viewSettings({ settings: {} });

export const exampleEndpoint = {
  id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
  url: "https://crm.example/hooks/calls",
  description: "CRM",
  profile: "standard" as const,
  version: "v1",
  method: "POST" as const,
  headers: { "x-tenant": "[hidden]" },
  template: null,
  events: ["call.*", "recording.completed"],
  filters: {},
  ordering: "call" as const,
  settings: { ...noSettings, timeout_seconds: 10 },
  shards: 1,
  state: "active" as const,
  active: true,
  paused: false,
  disabled: null,
  created_at: "2026-08-20T14:00:00.000Z",
  updated_at: "2026-08-20T14:00:00.000Z",
};

/** An endpoint as the API shows it. */
export const endpoint = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    profile,
    version: z.string().describe("The version of the payload."),
    method,
    headers: z
      .record(z.string(), z.string())
      .describe(
        "Sent with each request. Values are stored sealed and never shown again, but for that of `Content-Type`; `[hidden]` sent back keeps one.",
      ),
    template: z.string().nullable().describe("The body template; null for the profile's own body."),
    events: z.array(z.string()).describe("Event types, prefixes such as `call.*`, or `*`."),
    filters,
    ordering,
    settings,
    shards: z.number().int().describe("The number of objects that new calls are spread over."),
    state: z
      .enum(["active", "paused", "inactive", "disabled"])
      .describe("What `active`, `paused` and `disabled` come to: the first of disabled, inactive, paused that it is."),
    active: z.boolean().describe("An inactive endpoint receives no events."),
    paused: z.boolean().describe("A paused endpoint keeps all events and is sent nothing until it is resumed."),
    disabled,
    created_at: z.iso.datetime().describe("The endpoint receives events recorded from this time on."),
    updated_at: z.iso.datetime(),
  })
  .openapi("Endpoint", { example: exampleEndpoint });

/** A new endpoint, with its signing secret. */
export const freshEndpoint = endpoint
  .extend({
    signing_secret: z
      .string()
      .describe("Signs every delivery. Later only a reveal shows it, and each reveal is recorded."),
  })
  .openapi("FreshEndpoint", {
    example: { ...exampleEndpoint, signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" },
  });

// The core, which knows the profile, checks headers and templates. Here only their size is limited.
const options = {
  url: z.string().max(2048).openapi({ example: "https://crm.example/hooks/calls" }),
  events: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .openapi({ example: ["call.*", "recording.completed"] }),
  description: z.string().trim().max(500).nullable(),
  version: z.string().max(20),
  method,
  headers: z.record(z.string().max(200), z.string().max(4096)),
  template: z
    .string()
    .max(64 * 1024)
    .nullable(),
  filters,
  ordering,
  settings: settingChanges,
  retryPolicy: retryPolicy.describe("AuthentiVoice's form of `settings.retry_waits_seconds`."),
  shards: z.number().int().min(1).max(MAX_SHARDS),
  active: z.boolean(),
  paused: z.boolean(),
};

const changes = z.strictObject(options).partial();

/** The input for a new endpoint. */
export const newEndpoint = changes
  .extend({
    url: options.url,
    events: options.events,
    profile: profile.optional().describe("Default `standard`; `authentivoice` where a `retryPolicy` is given."),
    secret: z
      .string()
      .max(300)
      .optional()
      .describe("A secret of your own, in the profile's form; generated when left out."),
  })
  .check(notTwice)
  .openapi("NewEndpoint", { example: { url: "https://crm.example/hooks/calls", events: ["call.*"] } });

/** The possible changes of an endpoint. */
export const endpointChanges = changes
  .extend({ profile: profile.optional().describe("Only the current value is accepted.") })
  .check(notTwice)
  .openapi("EndpointChanges", { example: { active: false } });

/** Converts the input for the core. */
export function optionsFrom(given: z.infer<typeof endpointChanges>): EndpointOptions {
  const { version, filters: wanted, settings: changedSettings, retryPolicy: policy, ...same } = given;
  return {
    ...same,
    payloadVersion: version,
    filters: wanted && {
      campaignIds: wanted.campaign_ids,
      sourceIds: wanted.source_ids,
      minimumRisk: wanted.minimum_risk,
    },
    settings: settingsFrom(changedSettings, policy),
  };
}

export function viewEndpoint(row: EndpointRow): z.infer<typeof endpoint> {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    profile: row.profile,
    version: row.payloadVersion,
    method: row.method,
    headers: showHeaders(row.headers),
    template: row.template,
    events: row.events,
    filters: {
      campaign_ids: row.filters.campaignIds,
      source_ids: row.filters.sourceIds,
      minimum_risk: row.filters.minimumRisk,
    },
    ordering: row.ordering,
    settings: viewSettings(row),
    shards: objectsSharing(row.shards),
    state: stateOf(row),
    active: row.active,
    paused: row.paused,
    disabled:
      row.disabledReason === null ? null : { reason: row.disabledReason, at: toIso(row.disabledAt ?? row.updatedAt) },
    created_at: toIso(row.createdAt),
    updated_at: toIso(row.updatedAt),
  };
}

function stateOf({ active, paused, disabledReason }: EndpointRow): z.infer<typeof endpoint>["state"] {
  if (disabledReason !== null) return "disabled";
  if (!active) return "inactive";
  return paused ? "paused" : "active";
}

function notTwice(context: z.core.ParsePayload<z.infer<typeof changes>>): void {
  if (context.value.retryPolicy === undefined || context.value.settings?.retry_waits_seconds === undefined) return;
  context.issues.push({
    code: "custom",
    path: ["retryPolicy"],
    message: "says the same as settings.retry_waits_seconds: send one of the two",
    input: context.value.retryPolicy,
  });
}
