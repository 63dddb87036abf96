import { z } from "@hono/zod-openapi";
import {
  LONGEST_MEANING,
  LONGEST_SCORE_NAME,
  MICROS,
  MOST_SCALE,
  MOST_SCORES,
  snapshotScores,
  type FailedTry,
  type TriedScores,
} from "../analysis";
import type { OwnScore } from "../db/schema";
import { exampleScoreSet, scoreSet } from "../events";
import type { Result } from "../lib/result";

const bound = z.number().min(-MOST_SCALE).max(MOST_SCALE);

/** The scores that an organization asks its language model for. */
export const ownScores = z
  .array(
    z
      .strictObject({
        name: z.string().trim().min(1).max(LONGEST_SCORE_NAME),
        meaning: z.string().trim().min(1).max(LONGEST_MEANING).describe("What it means, in a sentence to the model."),
        min: bound,
        max: bound,
        of: z
          .enum(["both", "operator", "customer"])
          .default("both")
          .describe("Of one party only where that party has a channel of its own."),
      })
      .openapi("OwnScore"),
  )
  .max(MOST_SCORES)
  .describe(
    "What a language model (`llm`) scores, instead of Voicesense's fifteen names; none: those. Another text is another `version` in findings.",
  );

export const exampleScores: OwnScore[] = [
  { name: "Courtesy", meaning: "Is polite throughout.", min: 1, max: 5, of: "operator" },
];

export const scoreTry = z
  .strictObject({ call_id: z.string().max(200), scores: ownScores })
  .openapi("ScoreTry", { example: { call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", scores: exampleScores } });

export const triedScores = z
  .object({
    call_id: z.string(),
    ok: z.boolean(),
    reason: z.string().nullable().describe("Why there are none, as an analysis would say it."),
    version: z.string().nullable().describe("Under which findings would have them."),
    dollars: z.number().describe("What it cost, which is counted."),
    channels: scoreSet.shape.channels,
  })
  .openapi("TriedScores", {
    example: {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      ok: true,
      reason: null,
      version: "gpt-4o-mini+3f2a91c0",
      dollars: 0.0015,
      channels: exampleScoreSet.channels,
    },
  });

export function viewTriedScores(callId: string, tried: Result<TriedScores, FailedTry>): z.infer<typeof triedScores> {
  if (!tried.ok) {
    const { reason, micros } = tried.error;
    return { call_id: callId, ok: false, reason, version: null, dollars: micros / MICROS, channels: [] };
  }
  const { version, channels, micros } = tried.value;
  const set = { engine: "", version, at: 0, reason: null, indicator: false, channels };
  const [shown] = snapshotScores({ scores: null, risk: null }, [set]).score_sets;
  return {
    call_id: callId,
    ok: true,
    reason: null,
    version,
    dollars: micros / MICROS,
    channels: shown?.channels ?? [],
  };
}
