import { z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import { answers, MAX_SCORECARD_CAMPAIGNS, scorecardDefinition, type Score, type ScorecardRow } from "../../quality";

const percent = z.number().min(0).max(100).nullable();
const state = z
  .enum(["draft", "published", "archived"])
  .describe("Only a `draft` changes. Calls are judged by a `published` version.");

const exampleDefinition = {
  pass_percent: 80,
  sections: [
    {
      id: "opening",
      title: "Opening",
      weight: 1,
      criteria: [
        {
          id: "greeting",
          text: "Greets and gives their name",
          kind: "yes_no" as const,
          weight: 2,
          na_allowed: false,
          critical: false,
          auto_fail: false,
        },
        {
          id: "tone",
          text: "How friendly was it?",
          kind: "scale" as const,
          max: 5,
          weight: 1,
          na_allowed: true,
          critical: false,
          auto_fail: false,
        },
      ],
    },
  ],
};

const facts = {
  id: z.string(),
  version: z.number().int().describe("Counted from 1. What was published never changes: a change is a new version."),
  state,
  name: z.string(),
  campaign_ids: z
    .array(z.string())
    .nullable()
    .describe("The campaigns whose calls it is for, as far as you reach; null for all."),
  created_at: z.iso.datetime(),
  published_at: z.iso.datetime().nullable(),
  archived_at: z.iso.datetime().nullable(),
};

export const exampleScorecard = {
  id: "scd_01k3a7w8q0m4x2c9v5b6n7p8r1",
  version: 2,
  state: "published" as const,
  name: "Sales calls",
  campaign_ids: ["cmp_01k3a7w8q0m4x2c9v5b6n7p8r1"],
  created_at: "2026-08-20T14:00:00.000Z",
  published_at: "2026-08-20T15:00:00.000Z",
  archived_at: null,
  definition: exampleDefinition,
};

export const scorecard = z
  .object({ ...facts, definition: scorecardDefinition })
  .openapi("Scorecard", { example: exampleScorecard });

const { definition: _, ...exampleFacts } = exampleScorecard;

export const scorecardDetail = scorecard
  .extend({ versions: z.array(z.object(facts)).describe("The newest first, at most 100, without what they ask.") })
  .openapi("ScorecardDetail", { example: { ...exampleScorecard, versions: [exampleFacts] } });

const campaignIds = z
  .array(z.string().max(200))
  .min(1)
  .max(MAX_SCORECARD_CAMPAIGNS)
  .nullable()
  .describe("The campaigns whose calls it is for; null for all.");

const name = z.string().trim().min(1).max(200);

export const newScorecard = z.strictObject({
  name,
  campaign_ids: campaignIds.default(null),
  definition: scorecardDefinition,
});

export const scorecardChanges = z.strictObject({
  name: name.optional(),
  campaign_ids: campaignIds.optional(),
  definition: scorecardDefinition.optional(),
});

export const exampleNew = { name: exampleScorecard.name, definition: exampleDefinition };

export const attempt = z.strictObject({ definition: scorecardDefinition, answers });

export const exampleAttempt = {
  definition: exampleDefinition,
  answers: { greeting: { value: "yes" }, tone: { value: 3 } },
};

export const exampleScore = {
  score: 86.67,
  uncapped_score: 86.67,
  passed: true,
  auto_failed: [],
  critical_failed: [],
  open: [],
  sections: [{ id: "opening", percent: 86.67 }],
  criteria: [
    { id: "greeting", percent: 100, counted: true, failed: false },
    { id: "tone", percent: 60, counted: true, failed: false },
  ],
};

export const score = z
  .object({
    score: percent.describe("With two decimals; null while nothing counts."),
    uncapped_score: percent.describe("The score without the criteria that fail a call at once."),
    passed: z.boolean().nullable().describe("Null while nothing counts."),
    auto_failed: z.array(z.string()).describe("Failed criteria that fail a call at once: its score is 0."),
    critical_failed: z.array(z.string()).describe("Failed criteria with which a call does not pass."),
    open: z.array(z.string()).describe("Criteria that are asked and not yet answered."),
    sections: z.array(z.object({ id: z.string(), percent })),
    criteria: z.array(
      z.object({
        id: z.string(),
        percent: percent.describe("Its points; null where it has none."),
        counted: z.boolean().describe("Whether it has a part in the score."),
        failed: z.boolean(),
      }),
    ),
  })
  .openapi("ScorecardScore", { example: exampleScore });

export function viewScore(one: Score): z.infer<typeof score> {
  return {
    score: one.score,
    uncapped_score: one.uncapped,
    passed: one.passed,
    auto_failed: one.autoFailed,
    critical_failed: one.criticalFailed,
    open: one.open,
    sections: one.sections,
    criteria: one.criteria,
  };
}

export function viewFacts(row: Omit<ScorecardRow, "definition">) {
  return {
    id: row.id,
    version: row.version,
    state: row.state,
    name: row.name,
    campaign_ids: row.campaigns,
    created_at: toIso(row.createdAt),
    published_at: toIso(row.publishedAt),
    archived_at: toIso(row.archivedAt),
  };
}

export function viewScorecard(row: ScorecardRow): z.infer<typeof scorecard> {
  return { ...viewFacts(row), definition: row.definition as z.infer<typeof scorecardDefinition> };
}
