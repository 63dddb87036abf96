import { z } from "zod";
import { err, ok, type Result } from "../../../lib/result";
import { jsonIn } from "./ask-with-repair";

/** Of each score asked for, with room for a model that says some twice. */
const MOST_ANSWERS = 400;

const answered = z.object({
  name: z.string().max(100),
  channel: z.number().int().nonnegative(),
  value: z.number().nullable(),
  explanation: z.string().nullable(),
  quote: z.string().nullable(),
  at_seconds: z.number().nullable(),
});

const answer = z.object({ scores: z.array(answered).max(MOST_ANSWERS) });

export type AnsweredScore = z.infer<typeof answered>;

/** The same as a JSON schema, for servers that hold their model to it. */
export const ANSWER_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["scores"],
  properties: {
    scores: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "channel", "value", "explanation", "quote", "at_seconds"],
        properties: {
          name: { type: "string" },
          channel: { type: "integer" },
          value: { type: ["number", "null"] },
          explanation: { type: ["string", "null"] },
          quote: { type: ["string", "null"] },
          at_seconds: { type: ["number", "null"] },
        },
      },
    },
  },
} as const;

/** Reads a model's answer, in a fence or not; else what is wrong with it, for the model to put right. */
export function readAnswer(text: string): Result<AnsweredScore[], string> {
  const json = jsonIn(text);
  if (!json.ok) return json;
  const parsed = answer.safeParse(json.value);
  if (parsed.success) return ok(parsed.data.scores);
  const [issue] = parsed.error.issues;
  return err(`${issue?.path.join(".") ?? "answer"}: ${issue?.message ?? "unknown"}`.slice(0, 300));
}
