import { z } from "@hono/zod-openapi";
import {
  condition,
  evidence,
  MOST_CONDITIONS,
  MOST_TRIED,
  RULE_LIMITS,
  type RuleRow,
  type Tried,
} from "../../analysis";
import { riskLevel } from "../../events";
import { toIso } from "../../lib/time";
import { PRECISION_DAYS, type Precision } from "../../quality";
import { moment } from "../shapes";

const campaign = z.string().max(200).nullable();
const weight = z
  .number()
  .int()
  .min(0)
  .max(100)
  .describe("Points of risk. From 70 on a call is warned of, from 90 on it is critical. 0: it is only noted.");

const ruleConditions = z
  .array(condition.openapi("RuleCondition"))
  .min(1)
  .max(MOST_CONDITIONS)
  .describe("All of them have to hold. What cannot be known, as words without a transcript, does not hold.");

const content = {
  name: z.string().trim().min(1).max(RULE_LIMITS.name),
  campaign_id: campaign.describe("The campaign whose calls it looks at; null for all."),
  enabled: z.boolean().describe("Whether it looks at calls."),
  weight,
  script: z
    .string()
    .trim()
    .min(1)
    .max(RULE_LIMITS.script)
    .nullable()
    .describe("The script that it is a step of: a call shows how many steps of it were kept to."),
  conditions: ruleConditions,
};

const examplePhrase = {
  kind: "phrase" as const,
  phrases: ["read me the code", "tell me the code"],
  said: true,
  speaker: "operator" as const,
  first_seconds: null,
  unless_negated: true,
};

export const exampleNewRule = {
  name: "Asks for the code",
  campaign_id: null,
  enabled: true,
  weight: 60,
  script: null,
  conditions: [examplePhrase],
};

export const exampleRule = {
  id: "rul_01k3a7w8q0m4x2c9v5b6n7p8r1",
  ...exampleNewRule,
  version: 3,
  precision: { open: 1, confirmed: 9, false_alarms: 3, precision: 0.75 },
  created_at: "2026-08-20T14:00:00.000Z",
  updated_at: "2026-08-21T09:00:00.000Z",
};

const count = z.number().int();

export const precision = z
  .object({
    open: count.describe("Alerts that nobody has decided yet."),
    confirmed: count,
    false_alarms: count,
    precision: z.number().min(0).max(1).nullable().describe("Confirmed ones among those decided; null without any."),
  })
  .openapi("RulePrecision");

export const rule = z
  .object({
    id: z.string(),
    ...content,
    version: count.describe("Counted from 1 with each change."),
    precision: precision.describe(
      `What people found of the alerts it had a part in, raised within the last ${PRECISION_DAYS} days.`,
    ),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Rule", { example: exampleRule });

export const newRule = z
  .strictObject({
    ...content,
    campaign_id: content.campaign_id.default(null),
    enabled: content.enabled.default(true),
    script: content.script.default(null),
  })
  .openapi("NewRule", { example: exampleNewRule });

export const ruleChanges = z
  .strictObject({
    name: content.name.optional(),
    campaign_id: content.campaign_id.optional(),
    enabled: content.enabled.optional(),
    weight: weight.optional(),
    script: content.script.optional(),
    conditions: ruleConditions.optional(),
  })
  .openapi("RuleChanges", { example: { weight: 40 } });

export const ruleTry = z
  .strictObject({
    rule: newRule,
    id: z.string().max(200).optional().describe("The rule that it would take the place of."),
    from: moment.optional().describe("Calls that began at or after this moment."),
    to: moment.optional().describe("Calls that began before this moment."),
    limit: z.number().int().min(1).max(MOST_TRIED).default(50).describe("So many of the newest calls."),
  })
  .openapi("RuleTry", { example: { rule: exampleNewRule, limit: 50 } });

const exampleEvidence = {
  kind: "phrase" as const,
  phrase: "read me the code",
  quote: "please read me the code that we sent",
  speaker: "operator",
  at: 31.2,
};

export const exampleTried = {
  calls: 50,
  holds: 1,
  unknown: 4,
  new_alerts: 1,
  results: [
    {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      started_at: "2026-08-20T14:00:00.000Z",
      holds: true,
      evidence: [exampleEvidence],
      score_without: 20,
      score_with: 80,
      level: "high" as const,
    },
  ],
};

export const ruleEvidence = evidence.openapi("RuleEvidence");
const score = z.number().min(0).max(100);

export const tried = z
  .object({
    calls: count.describe("How many calls it was tried on."),
    holds: count,
    unknown: count.describe("Of how many it cannot be known, as of words without a transcript."),
    new_alerts: count.describe("Calls that are warned of with the rule, and not without it."),
    results: z.array(
      z.object({
        call_id: z.string(),
        started_at: z.iso.datetime(),
        holds: z.boolean().nullable(),
        evidence: z.array(ruleEvidence).describe("What it rests on."),
        score_without: score.describe("What the other rules come to."),
        score_with: score,
        level: riskLevel.nullable(),
      }),
    ),
  })
  .openapi("TriedRule", { example: exampleTried });

const NONE: Precision = { open: 0, confirmed: 0, falseAlarms: 0, precision: null };

export function viewRule(row: RuleRow, known: Precision = NONE): z.infer<typeof rule> {
  const { falseAlarms, ...rest } = known;
  return {
    id: row.id,
    name: row.name,
    campaign_id: row.campaignId,
    enabled: row.enabled,
    weight: row.weight,
    script: row.script,
    conditions: row.conditions,
    version: row.version,
    precision: { ...rest, false_alarms: falseAlarms },
    created_at: toIso(row.createdAt),
    updated_at: toIso(row.updatedAt),
  };
}

export function viewTried({ calls, holds, unknown, newAlerts, results }: Tried): z.infer<typeof tried> {
  return {
    calls,
    holds,
    unknown,
    new_alerts: newAlerts,
    results: results.map((one) => ({
      call_id: one.call.id,
      started_at: toIso(one.call.startedAt),
      holds: one.holds,
      evidence: one.evidence,
      score_without: one.before,
      score_with: one.after,
      level: one.level,
    })),
  };
}
