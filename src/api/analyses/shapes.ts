import { z } from "@hono/zod-openapi";
import { keptRiskOf, publicState, snapshotAnalysis, type AnalysisRow } from "../../analysis";
import { analysisSnapshot, exampleAnalysis } from "../../events";
import { failureOfAnalysis, MANNER_OF_API, sentenceOf } from "../../ui/failures";
import { ruleEvidence } from "../rules/shapes";
import { exampleFindings, findings } from "./findings";

const message = z
  .string()
  .nullable()
  .describe("Why it failed, what is likely behind it and what to do; null where it did not.");

const reference = z.string().nullable().describe("The external id of its call: what its sender calls it.");

/** An analysis in a list, and as it is answered when it is begun. */
export const listedAnalysis = analysisSnapshot
  .extend({ reference_id: reference, message })
  .openapi("ListedAnalysis", { example: { ...exampleAnalysis, reference_id: "4711", message: null } });

const foundByRule = z.object({
  rule_id: z.string(),
  name: z.string().describe("As it was called then."),
  weight: z.number(),
  script: z.string().nullable().describe("The script that it is a step of."),
  holds: z.boolean().nullable().describe("Null: it cannot be known."),
  evidence: z.array(ruleEvidence).describe("What it rests on."),
});

const exampleFound: z.infer<typeof foundByRule> = {
  rule_id: "rul_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Says that it is recorded",
  weight: 0,
  script: "Opening",
  holds: false,
  evidence: [],
};

export const exampleDetail = {
  ...exampleAnalysis,
  reference_id: "4711",
  message: null,
  rules: [exampleFound],
  findings: exampleFindings,
};

export const analysisDetail = analysisSnapshot
  .extend({
    reference_id: reference,
    message,
    rules: z.array(foundByRule).describe("The rules that hold for it, and every step of a script."),
    findings: findings.nullable().describe("Null until the analysis is completed."),
  })
  .openapi("AnalysisDetail", { example: exampleDetail });

export function viewAnalysis(row: AnalysisRow, reference_id: string | null): z.infer<typeof listedAnalysis> {
  const failed = publicState(row) === "failed";
  return {
    ...snapshotAnalysis(row),
    reference_id,
    message: failed ? sentenceOf(failureOfAnalysis(row), MANNER_OF_API).text : null,
  };
}

/** What rules found in an analysis. */
export function viewFoundByRules(row: AnalysisRow): z.infer<typeof foundByRule>[] {
  return keptRiskOf(row).judged.map(({ id, name, weight, script, holds, evidence }) => {
    return { rule_id: id, name, weight, script, holds, evidence };
  });
}

const side = z.object({
  Scores: z.record(z.string(), z.number()).nullable().describe("The scores by name; null where nobody spoke."),
  TalkDuration: z.number().describe("Seconds of speech."),
});

/** Voicesense's message, as its webhook posts it by default. */
export const voicesenseMessageShape = z
  .object({
    StreamId: z.string().describe("The id of the analysis."),
    ReferenceId: z.string().describe("The external id of its call."),
    PredictorState: z.number().int().describe("0: processed. 1: not processed, yet or at all."),
    AudioDuration: z.number().describe("Seconds."),
    ScoreLeft: side.describe("The left channel, or the only one."),
    ScoreRight: side.describe("The right channel."),
    ErrorMessage: z.string().nullable().describe("Why there is no result."),
  })
  .openapi("VoicesenseMessage", {
    example: {
      StreamId: exampleAnalysis.id,
      ReferenceId: "4711",
      PredictorState: 0,
      AudioDuration: 187,
      ScoreLeft: { Scores: null, TalkDuration: 84 },
      ScoreRight: { Scores: null, TalkDuration: 72 },
      ErrorMessage: null,
    },
  });
