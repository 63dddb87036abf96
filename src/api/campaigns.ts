import { createRoute, z } from "@hono/zod-openapi";
import { engineNames } from "../analysis";
import {
  createCampaign,
  listCampaigns,
  PROCESSED_AFTER_MINUTES,
  readCampaign,
  readDefaultRedaction,
  redactedIn,
  redactsLess,
  updateCampaign,
  type CampaignRow,
} from "../campaigns";
import type { Context } from "hono";
import { invalid, type DomainError } from "../errors";
import { PII_KINDS } from "../db/schema";
import { isLimited, may } from "../identity";
import { toIso } from "../lib/time";
import { actOf, withinOf } from "./authenticate";
import { campaignActionRoutes } from "./actions";
import { processingRoutes } from "./campaign-processing";
import { reviewingRoutes } from "./campaign-reviewing";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { sortQuery } from "./sort";
import { idParam, json, listOf, pageOf, yesOrNo } from "./shapes";

const settings = z.strictObject({
  auto_analyze: z.boolean().describe("Whether a recording is analysed as soon as it is stored."),
  notify_on_complete: z
    .boolean()
    .describe(
      "Whether people are notified when a call and what follows of it is done: its team, or all who may see it.",
    ),
  engines: z
    .array(z.string().max(40))
    .max(4)
    .describe(
      "The engines that transcribe its recordings, and those that score what was said, by name (`GET /v1/engines`).",
    ),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .nullable()
    .describe("What its callers speak, as `es` or `en-AU`; null: engines find out."),
  keyterms: z
    .array(z.string().trim().min(1).max(100))
    .max(100)
    .describe("Names and words that engines should know, the most important first."),
  inference_policy: z
    .enum(["eu"])
    .nullable()
    .describe(
      "`eu`: engines infer nothing of what operators feel (AI Act, Article 5 (1) f): their channel is not scored, nor one that carries everyone.",
    ),
  indicators: z
    .boolean()
    .describe("Whether figures are made of the measures by formula (`score_sets`): indicators, not validated."),
  processed_after_minutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .describe("When `call.processed` is sent after the end of a call, whatever is still missing."),
  redact: z
    .array(z.enum(PII_KINDS))
    .max(PII_KINDS.length)
    .nullable()
    .describe(
      "What is masked in the transcripts of its calls and muted in their recordings, for everybody without `originals:read`; `[]` for nothing, null for what the organization says. Taking out less needs that permission.",
    ),
  assign_to_team: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullable()
    .describe("The team that gets the tasks of its calls, by name; null for none."),
});

const campaign = z
  .object({
    id: z.string(),
    number: z.number().int().describe("Counted from 1 in each organization: what people type into a phone system."),
    name: z.string(),
    settings,
    redacts: z
      .array(z.enum(PII_KINDS))
      .describe("What is taken out of its calls, by its own setting or the organization's."),
    warnings: z
      .array(z.enum(["unknown_team"]))
      .describe("`unknown_team`: there is no team of the name in `assign_to_team`, so its tasks are unassigned."),
    created_at: z.iso.datetime(),
    archived_at: z.iso.datetime().nullable(),
  })
  .openapi("Campaign", {
    example: {
      id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
      number: 7,
      name: "Renewals",
      settings: {
        auto_analyze: true,
        engines: ["deepgram"],
        language: "en-AU",
        keyterms: ["Trunkline", "no-claims bonus"],
        inference_policy: null,
        indicators: false,
        processed_after_minutes: 15,
        notify_on_complete: false,
        redact: ["card_number", "card_code", "card_expiry"],
        assign_to_team: "Default reviewers",
      },
      redacts: ["card_number", "card_code", "card_expiry"],
      warnings: [],
      created_at: "2026-08-20T14:00:00.000Z",
      archived_at: null,
    },
  });

const name = z.string().trim().min(1).max(200);
const common = { tags: ["Campaigns"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List campaigns by number",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ number: z.number() })),
      ...sortQuery("number", "ascending"),
      archived: yesOrNo.optional(),
    }),
  },
  responses: { 200: { description: "A page of campaigns", ...json(listOf(campaign)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a campaign",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ name, settings: settings.partial().optional() }), { name: "Renewals" }),
    },
  },
  responses: { 201: { description: "The campaign", ...json(campaign) }, ...failures(400, 401, 403, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a campaign",
  request: { params: idParam },
  responses: { 200: { description: "The campaign", ...json(campaign) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Rename, archive or configure a campaign",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        z.strictObject({
          name: name.optional(),
          archived: z.boolean().optional(),
          settings: settings.partial().optional(),
        }),
        {
          archived: true,
        },
      ),
    },
  },
  responses: { 200: { description: "The campaign", ...json(campaign) }, ...failures(400, 401, 403, 404, 415, 422) },
});

/** `/v1/campaigns` */
export function campaignRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, archived } = c.req.valid("query");
      const rows = await listCampaigns(c.var.deps.db, {
        ...withinOf(c),
        archived,
        limit: limit + 1,
        after: cursor,
        order,
      });
      return c.json(
        pageOf(rows, limit, viewCampaign, (row) => ({ number: row.number })),
        200,
      );
    })
    .openapi(create, async (c) => {
      if (isLimited(c.var.caller.reach)) return problem(c, ONLY_UNLIMITED);
      const { name: given, settings: wanted } = c.req.valid("json");
      const unknown = await unknownEngine(c, wanted);
      if (unknown) return problem(c, unknown);
      const redactDefault = [...(await readDefaultRedaction(c.var.deps.db, c.var.caller.organizationId))];
      if (redactsLess({ redactDefault }, wanted?.redact) && !may(c.var.caller, "originals:read"))
        return problem(c, MAY_HEAR_ALL);
      const input = { ...withinOf(c), name: given, settings: settingsFrom(wanted) };
      return c.json(viewCampaign(await createCampaign(c.var.deps, input, actOf(c))), 201);
    })
    .openapi(read, async (c) => {
      const found = await readCampaign(c.var.deps.db, {
        ...withinOf(c),
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(viewCampaign(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const { settings: wanted, ...rest } = c.req.valid("json");
      const unknown = await unknownEngine(c, wanted);
      if (unknown) return problem(c, unknown);
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      if (wanted?.redact !== undefined && !may(c.var.caller, "originals:read")) {
        const found = await readCampaign(c.var.deps.db, target);
        if (found.ok && redactsLess(found.value.settings, wanted.redact)) return problem(c, MAY_HEAR_ALL);
      }
      const changes = { ...rest, settings: settingsFrom(wanted) };
      const updated = await updateCampaign(c.var.deps, target, changes, actOf(c));
      return updated.ok ? c.json(viewCampaign(updated.value), 200) : problem(c, updated.error);
    })
    .route("/", processingRoutes())
    .route("/", reviewingRoutes())
    .route("/", campaignActionRoutes());
}

/** A campaign may only name engines that are there. */
async function unknownEngine(
  c: Context<ApiEnv>,
  wanted: Partial<z.infer<typeof settings>> | undefined,
): Promise<DomainError | undefined> {
  if (!wanted?.engines?.length) return undefined;
  const { db, offeredEngines } = c.var.deps;
  const known = await engineNames(db, offeredEngines, c.var.caller.organizationId);
  const unknown = wanted.engines.find((one) => !known.includes(one));
  return unknown === undefined ? undefined : invalid("settings.engines", `There is no engine of the name ${unknown}.`);
}

/** Who has less taken out hears it from then on. */
const MAY_HEAR_ALL: DomainError = { kind: "permission_missing", permission: "originals:read" };

const ONLY_UNLIMITED: DomainError = {
  kind: "forbidden",
  message: "Only somebody who is not limited to campaigns or operators creates a campaign.",
};

function viewCampaign(row: CampaignRow): z.infer<typeof campaign> {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    settings: {
      auto_analyze: row.settings.autoAnalyze,
      engines: row.settings.engines ?? [],
      language: row.settings.language ?? null,
      keyterms: row.settings.keyterms ?? [],
      inference_policy: row.settings.policy ?? null,
      indicators: row.settings.indicators ?? false,
      processed_after_minutes: row.settings.processedAfterMinutes ?? PROCESSED_AFTER_MINUTES,
      notify_on_complete: row.settings.notifyOnComplete ?? false,
      redact: row.settings.redact ?? null,
      assign_to_team: row.settings.assignToTeam ?? null,
    },
    redacts: [...redactedIn(row.settings)],
    warnings: row.settings.assignToTeam !== undefined && row.settings.teamId === undefined ? ["unknown_team"] : [],
    created_at: toIso(row.createdAt),
    archived_at: toIso(row.archivedAt),
  };
}

function settingsFrom(wanted: Partial<z.infer<typeof settings>> | undefined) {
  return (
    wanted && {
      autoAnalyze: wanted.auto_analyze,
      notifyOnComplete: wanted.notify_on_complete,
      assignToTeam: wanted.assign_to_team,
      redact: wanted.redact,
      engines: wanted.engines,
      language: wanted.language,
      keyterms: wanted.keyterms,
      policy: wanted.inference_policy,
      indicators: wanted.indicators,
      processedAfterMinutes: wanted.processed_after_minutes,
    }
  );
}
