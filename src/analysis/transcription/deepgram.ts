import { z } from "zod";
import { ok, type Result } from "../../lib/result";
import { askServer, failure, IDEMPOTENCY_KEY, type AskDeps } from "./ask";
import type { HeardPiece, Transcriber, TranscriptionFailure, Wanted } from "./contract";
import { wordsOf } from "./heard-words";

const answer = z.object({
  results: z.object({
    channels: z
      .array(
        z.object({
          detected_language: z.string().nullish(),
          alternatives: z
            .array(
              z.object({
                transcript: z.string(),
                words: z.array(
                  z.object({
                    word: z.string(),
                    punctuated_word: z.string().nullish(),
                    start: z.number(),
                    end: z.number(),
                    confidence: z.number().nullish(),
                  }),
                ),
              }),
            )
            .min(1),
        }),
      )
      .min(1),
  }),
});

export const DEEPGRAM = "https://api.deepgram.com";
/** Two minutes: context helps, and a piece that fails costs little to send again. */
const PIECE_SECONDS = 120;
/** More are refused. */
const MOST_KEYTERMS = 100;

export type DeepgramOptions = { url: string | null; key: string | null; model: string | null; microsPerMinute: number };

/** Deepgram's API for recordings, at Deepgram or on a server of one's own. */
export function deepgramTranscriber(options: DeepgramOptions, deps: AskDeps): Transcriber {
  const model = options.model ?? "nova-3";
  const base = (options.url ?? DEEPGRAM).replace(/\/+$/, "").replace(/\/v1(\/listen)?$/, "");
  return {
    version: model,
    pieceSeconds: PIECE_SECONDS,
    microsPerMinute: options.microsPerMinute,
    async transcribe({ wav, milliseconds, idempotencyKey }, wanted) {
      const headers: Record<string, string> = { "Content-Type": "audio/wav" };
      if (options.key !== null) headers["Authorization"] = `Token ${options.key}`;
      if (idempotencyKey !== undefined) headers[IDEMPOTENCY_KEY] = idempotencyKey;
      const answered = await askServer(deps, `${base}/v1/listen?${queryOf(model, wanted).toString()}`, {
        headers,
        body: wav,
      });
      return answered.ok ? readDeepgram(answered.value, milliseconds) : answered;
    },
  };
}

/** Nova-3 has `keyterm`; the models before it have `keywords`. */
export function queryOf(model: string, { language, keyterms }: Wanted): URLSearchParams {
  const query = new URLSearchParams({ model, punctuate: "true" });
  if (language === null) query.set("detect_language", "true");
  else query.set("language", language);
  const name = model.startsWith("nova-3") ? "keyterm" : "keywords";
  for (const term of keyterms.slice(0, MOST_KEYTERMS)) query.append(name, term);
  return query;
}

export function readDeepgram(value: unknown, milliseconds: number): Result<HeardPiece, TranscriptionFailure> {
  const parsed = answer.safeParse(value);
  if (!parsed.success) return failure("bad_answer", "the answer is none of Deepgram's");
  const [channel] = parsed.data.results.channels;
  const words = channel?.alternatives[0]?.words ?? [];
  const heard = wordsOf(
    words.map((one) => ({
      text: one.punctuated_word ?? one.word,
      start: one.start,
      end: one.end,
      sure: one.confidence,
    })),
    milliseconds,
  );
  return heard.ok
    ? ok({ words: heard.value, language: channel?.detected_language?.slice(0, 20).toLowerCase() ?? null })
    : heard;
}
