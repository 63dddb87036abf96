import { createRoute, z } from "@hono/zod-openapi";
import { stateOfOutcome, type CallFacts } from "../../calls";
import { notFound } from "../../errors";
import { callSnapshot } from "../../events";
import { toIso } from "../../lib/time";
import {
  commonSettings,
  DEFAULT_MAPPING,
  mappingSchema,
  tried,
  tryMapping,
  tryNotice,
  type CommonSettings,
  type TriedNotice,
  platformOf,
} from "../../platforms";
import { readSource } from "../../sources";
import { withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { sampleNotice } from "./sample-notice";

const sample = sampleNotice.refine((given) => given !== undefined, "is required");
// A copy: the schema itself may have been made before this library added its method to schemas.
const mapping = mappingSchema.clone().openapi("SourceMapping", { example: DEFAULT_MAPPING });

const { state, direction, from, from_e164, to, to_e164, provider_status, error, answered_at, ended_at } =
  callSnapshot.shape;
const { external_id, duration_seconds, talk_seconds, custom } = callSnapshot.shape;

const exampleFacts = {
  external_id: "c-1",
  state: "completed" as const,
  direction: "inbound" as const,
  from: "+541155550100",
  from_e164: "+541155550100",
  to: "300",
  to_e164: null,
  provider_status: "answered",
  error: null,
  started_at: "2026-08-20T14:00:00.000Z",
  answered_at: null,
  ended_at: null,
  duration_seconds: 125,
  talk_seconds: null,
  operator: "Lucía Fernández",
  operator_reference: null,
  account: null,
  campaign_number: null,
  recordings: [{ external_id: "audio", url: "https://pbx.example.com/c-1.mp3" }],
  summary: null,
  transcript: null,
  custom: {},
};

const facts = z
  .object({
    external_id,
    state: state.nullable().describe("Null: not in this notice."),
    direction,
    from,
    from_e164,
    to,
    to_e164,
    provider_status,
    error,
    started_at: answered_at,
    answered_at,
    ended_at,
    duration_seconds,
    talk_seconds,
    operator: z.string().nullable().describe("The agent's name."),
    operator_reference: z.string().nullable(),
    account: z.string().nullable(),
    campaign_number: z.number().nullable(),
    recordings: z.array(z.object({ external_id: z.string(), url: z.string().nullable() })),
    summary: z.string().nullable(),
    transcript: z.string().nullable(),
    custom,
  })
  .openapi("CallFacts", { example: exampleFacts });

const tryOut = z
  .object({
    facts: facts.nullable().describe("The resulting call; the first one where a notice contains several."),
    ignored: z.string().nullable().describe("Why the notice would create no call; null where it would."),
    problems: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .describe("Errors for which it would be refused with 422."),
    unmapped: z.array(z.string()).describe("Top-level fields of the sample that no expression uses."),
  })
  .openapi("SourceTryOut", { example: { facts: exampleFacts, ignored: null, problems: [], unmapped: ["queue"] } });

const common = { tags: ["Sources"], security: SECURED };

const tryAny = createRoute({
  ...common,
  method: "post",
  path: "/try",
  summary: "Try a mapping on a sample",
  description: "Stores nothing. Without a mapping, the sample is read as Trunkline's own notice format.",
  request: {
    body: {
      required: true,
      ...json(
        z.strictObject({
          mapping: mapping.optional(),
          sample,
          settings: commonSettings.pick({ time_zone: true, country: true }).optional(),
        }),
        {
          mapping: {
            external_id: "id",
            operator: "agent.name",
            outcome: { path: "answered", values: { false: "failed" } },
          },
          sample: { id: "c-1", agent: { name: "Lucía Fernández" }, answered: true },
        },
      ),
    },
  },
  responses: {
    200: { description: "The result of the mapping", ...json(tryOut) },
    ...failures(400, 401, 403, 413, 415, 422),
  },
});

const trySource = createRoute({
  ...common,
  method: "post",
  path: "/{id}/try",
  summary: "Try a notice on a source",
  description: "Stores nothing. The sample is read as the source reads a notice, with its own settings.",
  request: {
    params: idParam,
    body: { required: true, ...json(z.strictObject({ sample }), { sample: { external_id: "call-1001" } }) },
  },
  responses: {
    200: { description: "The result for this source", ...json(tryOut) },
    ...failures(400, 401, 403, 404, 413, 415, 422),
  },
});

/** `/v1/source-mappings` */
export function sourceMappingRoutes() {
  return newRouter().openapi(tryAny, async (c) => {
    const given = c.req.valid("json");
    return c.json(viewTryOut(tried(await tryMapping(given))), 200);
  });
}

/** `/v1/sources/{id}/try` */
export function sourceTryRoutes() {
  return newRouter().openapi(trySource, async (c) => {
    const target = { ...withinOf(c), id: c.req.valid("param").id };
    const found = await readSource(c.var.deps.db, target);
    if (!found.ok) return problem(c, found.error);
    const platform = platformOf(found.value.kind);
    if (!platform) return problem(c, notFound("source"));
    // The platform's schema checked them when they were written.
    const source = { ...found.value, settings: found.value.settings as CommonSettings };
    return c.json(viewTryOut(await tryNotice(platform, source, c.req.valid("json").sample)), 200);
  });
}

function viewTryOut({ facts: [first], ...rest }: TriedNotice): z.infer<typeof tryOut> {
  return { facts: first === undefined ? null : viewFacts(first), ...rest };
}

function viewFacts(call: CallFacts): z.infer<typeof facts> {
  return {
    external_id: call.externalId,
    state: call.outcome && stateOfOutcome(call.outcome),
    direction: call.direction ?? null,
    from: call.from ?? null,
    from_e164: call.fromE164 ?? null,
    to: call.to ?? null,
    to_e164: call.toE164 ?? null,
    provider_status: call.providerStatus ?? null,
    error: call.error ?? null,
    started_at: toIso(call.startedAt ?? null),
    answered_at: toIso(call.answeredAt ?? null),
    ended_at: toIso(call.endedAt ?? null),
    duration_seconds: call.durationSeconds ?? null,
    talk_seconds: call.talkSeconds ?? null,
    operator: call.operatorName ?? null,
    operator_reference: call.operatorReference ?? null,
    account: call.account ?? null,
    campaign_number: call.campaignNumber ?? null,
    recordings: call.recordings.map(({ externalId, url }) => ({ external_id: externalId, url })),
    summary: call.summary ?? null,
    transcript: call.transcript ?? null,
    custom: call.custom ?? {},
  };
}
