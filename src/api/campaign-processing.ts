import { createRoute, z } from "@hono/zod-openapi";
import type { Processing, ProcessingView } from "../campaigns";
import { notFound } from "../errors";
import { may } from "../identity";
import {
  readProcessing,
  tryProcessing,
  writeProcessing,
  type CampaignProcessing,
  type ProcessingWarning,
} from "../pipeline";
import { wordsOf } from "../ui/strings/define";
import { processingWords, sentenceOfProcessing } from "../ui/strings/processing";
import { actOf, withinOf } from "./authenticate";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json } from "./shapes";

// The four rules have the names that AuthentiVoice prints under "Configure Processing Rules".

const rule = {
  autoAnalyze: z.boolean().describe("Whether a recording is analysed as soon as it is stored."),
  transcriptionEngine: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .nullable()
    .describe(
      "The engine that transcribes, by name (`GET /v1/engines`); null for none. `whisper` is the engine of that name, else the deployment's own, else the first that speaks as OpenAI's.",
    ),
  assignToTeam: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullable()
    .describe("The team that gets the tasks, by name; null for none."),
  notifyOnComplete: z
    .boolean()
    .describe(
      "Whether people are notified when a call and what follows of it is done: its team, or all who may see it.",
    ),
};

export const processingRules = z.strictObject(rule).partial();
const whole = z.object(rule);
const warnings = z
  .array(z.enum(["unknown_team", "unknown_engine"]))
  .describe("`unknown_team`, `unknown_engine`: there is none of that name, so the rule does nothing yet.");
const sentence = z.string().describe("The rules in words.");

const EXAMPLE = {
  autoAnalyze: true,
  transcriptionEngine: "whisper",
  assignToTeam: "default-reviewers",
  notifyOnComplete: true,
};
const EXAMPLE_SENTENCE =
  "Each recording is analysed and transcribed by whisper; its task goes to the team default-reviewers; people are notified when a call is done.";

const processing = z
  .object({
    campaign_id: z.string(),
    rules: whole,
    sentence,
    warnings,
    sources: z
      .array(
        z.object({
          source_id: z.string(),
          name: z.string(),
          own: whole.partial().describe("What is said of this source. What is not there is the campaign's."),
          rules: whole.describe("What holds for its calls."),
          sentence,
          warnings,
        }),
      )
      .describe("Sources with rules of their own: those count before the campaign's. Needs `sources:read`."),
  })
  .openapi("Processing", {
    example: {
      campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
      rules: EXAMPLE,
      sentence: EXAMPLE_SENTENCE,
      warnings: [],
      sources: [],
    },
  });

const decided = z.enum(["given", "source", "campaign"]);

const tried = z
  .object({
    call_id: z.string(),
    rules: whole,
    sentence,
    warnings,
    decided_by: z
      .object({
        autoAnalyze: decided,
        transcriptionEngine: decided,
        assignToTeam: decided,
        notifyOnComplete: decided,
      })
      .describe("Whose rule each is."),
    would: z.object({
      analyse: z.boolean(),
      because: z
        .enum(["rule", "no_recording", "unassigned"])
        .nullable()
        .describe("Why nothing would be analysed; with the last two no task would be made either."),
      engines: z.array(z.string()).describe("Those that would hear the recording, the built-in one first."),
      team_id: z.string().nullable(),
      notify: z.boolean(),
    }),
    was: z
      .object({ analysed: z.boolean(), engines: z.array(z.string()), team_id: z.string().nullable() })
      .describe("What was done with the call."),
  })
  .openapi("TriedProcessing", {
    example: {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      rules: EXAMPLE,
      sentence: EXAMPLE_SENTENCE,
      warnings: [],
      decided_by: {
        autoAnalyze: "given",
        transcriptionEngine: "given",
        assignToTeam: "source",
        notifyOnComplete: "campaign",
      },
      would: {
        analyse: true,
        because: null,
        engines: ["trunkline-acoustic", "whisper"],
        team_id: "tem_01k3a7w8q0m4x2c9v5b6n7p8r1",
        notify: true,
      },
      was: { analysed: true, engines: ["trunkline-acoustic"], team_id: null },
    },
  });

const common = { tags: ["Campaigns"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/processing",
  summary: "Read the processing rules of a campaign and of its sources",
  request: { params: idParam },
  responses: { 200: { description: "The rules", ...json(processing) }, ...failures(401, 403, 404) },
});

const write = createRoute({
  ...common,
  method: "put",
  path: "/{id}/processing",
  summary: "Replace the processing rules of a campaign or of one source",
  description:
    "The block is the one that AuthentiVoice prints. With `source_id` (of a source or a connector) it is for the calls of that source alone, and a rule that is left out is the campaign's. Without it, a rule that is left out is the usual one: analysed, no transcription, no team, nobody notified. It holds for what is stored from then on.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(processingRules.extend({ source_id: z.string().max(200).optional() }), EXAMPLE),
    },
  },
  responses: {
    200: { description: "The rules", ...json(processing) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const tryOut = createRoute({
  ...common,
  method: "post",
  path: "/{id}/processing/try",
  summary: "Try processing rules on a past call",
  description: "The rules that hold for the call, with those that are given in their place. Nothing is changed.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ call_id: z.string().max(200), rules: processingRules.optional() }), {
        call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
        rules: { transcriptionEngine: "whisper" },
      }),
    },
  },
  responses: {
    200: { description: "What would be done", ...json(tried) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/campaigns/{id}/processing` */
export function processingRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const found = await readProcessing(c.var.deps, { ...withinOf(c), id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      return c.json(viewProcessing(found.value, may(c.var.caller, "sources:read")), 200);
    })
    .openapi(write, async (c) => {
      const { source_id: source = null, ...rules } = c.req.valid("json");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const written = await writeProcessing(c.var.deps, target, { source, rules: given(rules) }, actOf(c));
      if (!written.ok) return problem(c, written.error);
      return c.json(viewProcessing(written.value, may(c.var.caller, "sources:read")), 200);
    })
    .openapi(tryOut, async (c) => {
      // Whoever may read calls and no campaigns learns of none of these by trying its rules.
      if (!may(c.var.caller, "campaigns:read")) return problem(c, notFound("campaign"));
      const { call_id: callId, rules = {} } = c.req.valid("json");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const result = await tryProcessing(c.var.deps, target, { callId, rules: given(rules) });
      if (!result.ok) return problem(c, result.error);
      const { would, was, decidedBy, ...rest } = result.value;
      const { teamId: wouldTeam, ...would_ } = would;
      const { teamId: wasTeam, ...was_ } = was;
      return c.json(
        {
          call_id: callId,
          rules: rest.rules,
          sentence: inWords(rest.rules),
          warnings: rest.warnings,
          decided_by: decidedBy,
          would: { ...would_, team_id: wouldTeam },
          was: { ...was_, team_id: wasTeam },
        },
        200,
      );
    });
}

/** The rules that were given, without those that were not. */
export function given(rules: z.infer<typeof processingRules>): Partial<Processing> {
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
}

function viewProcessing(
  { campaign, sources, ...all }: CampaignProcessing,
  showsSources: boolean,
): z.infer<typeof processing> {
  return {
    campaign_id: campaign.id,
    ...viewRules(all),
    sources: !showsSources
      ? []
      : sources.map(({ id, name, ...one }) => ({ source_id: id, name, own: one.own, ...viewRules(one) })),
  };
}

function viewRules({ rules, warnings: of }: ProcessingView & { warnings: ProcessingWarning[] }) {
  return { rules, sentence: inWords(rules), warnings: of };
}

function inWords(rules: Processing): string {
  return sentenceOfProcessing(wordsOf(processingWords, "en"), rules);
}
