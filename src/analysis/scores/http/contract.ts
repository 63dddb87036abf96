import { z } from "zod";
import { hmac, toHex } from "../../../lib/hmac";
import { SECOND } from "../../../lib/time";
import type { ScoreSet } from "../score-set";

/** A server that is handed recordings: where it is asked, and the key of both signatures. */
export type HttpEngine = { url: string; key: string | null; microsPerMinute: number };

/** What an engine answers, at once or to the address it was given. Whatever else it says is left alone. */
export const engineAnswer = z.object({
  version: z.string().max(100).nullish(),
  error: z.string().max(500).nullish(),
  channels: z
    .array(
      z.object({
        channel: z.number().int().min(0).max(31),
        talk_seconds: z.number().min(0).max(1e6).nullish(),
        scores: z
          .array(
            z.object({
              name: z.string().trim().min(1).max(60),
              value: z.number().min(-1e9).max(1e9),
              min: z.number().nullish(),
              max: z.number().nullish(),
              explanation: z.string().max(1_000).nullish(),
            }),
          )
          .max(100),
      }),
    )
    .max(32)
    .nullish(),
});

export type EngineAnswer = z.infer<typeof engineAnswer>;

/** In bytes. A hundred scores with their explanations for two channels are some 50 kB. */
export const MOST_ANSWER = 262_144;

export const SIGNATURE = "X-Trunkline-Signature";

/** `t=<Unix seconds>,v1=<hexadecimal HMAC-SHA256 of "seconds.body" with the engine's key>`, in both directions. */
export async function signBody(key: string, body: string, now: number): Promise<string> {
  const seconds = Math.floor(now / SECOND);
  return `t=${seconds},v1=${toHex(await hmac("SHA-256", key, new TextEncoder().encode(`${seconds}.${body}`)))}`;
}

/** The scores of an answer. One whose value is off the scale that it gives itself does not count. */
export function setOfAnswer(engine: string, answer: EngineAnswer, at: number): ScoreSet {
  return {
    engine,
    version: answer.version ?? null,
    at,
    reason: null,
    indicator: false,
    channels: (answer.channels ?? []).map(({ channel, talk_seconds: talk, scores }) => ({
      channel,
      talkSeconds: talk ?? null,
      scores: scores.map(({ name, value, min, max, explanation }) => {
        const scale =
          typeof min === "number" && typeof max === "number" && min < max ? ([min, max] as [number, number]) : null;
        const isOff = scale !== null && (value < scale[0] || value > scale[1]);
        const why = isOff ? "no evidence: the value is off the scale" : explanation;
        return {
          name,
          value: isOff ? null : value,
          ...(scale && { scale }),
          ...(why && { why: why.slice(0, 300).toWellFormed() }),
        };
      }),
    })),
  };
}
