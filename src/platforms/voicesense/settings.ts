import { z } from "zod";
import { commonSettings } from "../settings";

/** The variable of one score, or of a side's speech: any name of a score is valid (seed). */
export const SCORE_PATH = /^(ScoreLeft|ScoreRight)\.(?:TalkDuration|Scores\.(.{1,100}))$/;

const fieldName = z.string().min(1).max(100).optional();

/** What may be set on a source of Voicesense: how its Body Template names what we need, where that was customised. */
export const settings = commonSettings.extend({
  reference_field: fieldName.describe("The body's field that holds `{{ReferenceId}}`. Default: `ReferenceId`."),
  stream_field: fieldName.describe("The body's field that holds `{{StreamId}}`. Default: `StreamId`."),
  error_field: fieldName.describe("The body's field that holds `{{ErrorMessage}}`. Default: `ErrorMessage`."),
  duration_field: fieldName.describe("The body's field that holds `{{AudioDuration}}`. Default: `AudioDuration`."),
  score_fields: z
    .record(
      z.string().min(1).max(100),
      z
        .string()
        .max(200)
        .regex(SCORE_PATH, "must be ScoreLeft or ScoreRight with `.Scores.` and a name, or `.TalkDuration`"),
    )
    .refine((fields) => Object.keys(fields).length <= 200, "may name at most 200 fields")
    .optional()
    .describe(
      'Which field of the body holds which variable of a score, where the Body Template names them otherwise: `{"Score": "ScoreRight.Scores.Engaged"}`.',
    ),
});

export type VoicesenseSettings = z.infer<typeof settings>;

/** The names of the fields in this source's bodies. */
export type FieldNames = {
  reference: string;
  stream: string;
  error: string;
  duration: string;
  scores: Readonly<Record<string, string>>;
};

export function fieldNames(configured: VoicesenseSettings): FieldNames {
  return {
    reference: configured.reference_field ?? "ReferenceId",
    stream: configured.stream_field ?? "StreamId",
    error: configured.error_field ?? "ErrorMessage",
    duration: configured.duration_field ?? "AudioDuration",
    scores: configured.score_fields ?? {},
  };
}
