import { z } from "zod";
import { ok, type Result } from "../../lib/result";
import { askServer, failure, IDEMPOTENCY_KEY, type AskDeps } from "./ask";
import type { HeardPiece, Transcriber, TranscriptionFailure } from "./contract";
import { spread, wordsOf, type ReportedWord } from "./heard-words";

const word = z.object({
  word: z.string(),
  start: z.number(),
  end: z.number(),
  confidence: z.number().nullish(),
  probability: z.number().nullish(),
});
const segment = z.object({
  start: z.number(),
  end: z.number(),
  text: z.string(),
  words: z.array(word).nullish(),
});
/** `verbose_json`: words in one list, or under their segments, as servers of Whisper differ. */
const answer = z.object({
  text: z.string(),
  language: z.string().nullish(),
  words: z.array(word).nullish(),
  segments: z.array(segment).nullish(),
});

/** A request's limit of OpenAI itself is 25 MB: a minute at 24 kHz is 3 MB. */
const PIECE_SECONDS = 60;
/** The prompt that Whisper reads has 224 tokens. */
const MOST_PROMPT = 600;

export type OpenAiOptions = { url: string; key: string | null; model: string | null; microsPerMinute: number };

/** Any server that speaks OpenAI's `/v1/audio/transcriptions`. */
export function openAiTranscriber(options: OpenAiOptions, deps: AskDeps): Transcriber {
  const model = options.model ?? "whisper-1";
  const url = addressOf(options.url);
  return {
    version: model,
    pieceSeconds: PIECE_SECONDS,
    microsPerMinute: options.microsPerMinute,
    async transcribe({ wav, milliseconds, idempotencyKey }, { language, keyterms }) {
      const form = new FormData();
      form.set("file", new File([wav], "piece.wav", { type: "audio/wav" }));
      form.set("model", model);
      form.set("response_format", "verbose_json");
      form.append("timestamp_granularities[]", "word");
      form.append("timestamp_granularities[]", "segment");
      form.set("temperature", "0");
      // Whisper knows languages without regions.
      if (language !== null) form.set("language", language.split("-")[0] ?? language);
      if (keyterms.length > 0) form.set("prompt", promptOf(keyterms));
      const headers: Record<string, string> = {
        ...(options.key !== null && { Authorization: `Bearer ${options.key}` }),
        ...(idempotencyKey !== undefined && { [IDEMPOTENCY_KEY]: idempotencyKey }),
      };
      const answered = await askServer(deps, url, { headers, body: form });
      return answered.ok ? readWhisper(answered.value, milliseconds) : answered;
    },
  };
}

/** The words of an answer of Whisper, whoever runs it. */
export function readWhisper(value: unknown, milliseconds: number): Result<HeardPiece, TranscriptionFailure> {
  const parsed = answer.safeParse(value);
  if (!parsed.success) return failure("bad_answer", "the answer is no verbose_json");
  const { text, language, words, segments } = parsed.data;
  const reported: ReportedWord[] =
    words && words.length > 0
      ? words.map(reportedOf)
      : segments && segments.length > 0
        ? segments.flatMap((one) =>
            one.words?.length ? one.words.map(reportedOf) : spread(one.text, one.start, one.end),
          )
        : spread(text, 0, milliseconds / 1000);
  const heard = wordsOf(reported, milliseconds);
  return heard.ok ? ok({ words: heard.value, language: language?.slice(0, 20).toLowerCase() ?? null }) : heard;
}

function reportedOf({ word: text, start, end, confidence, probability }: z.infer<typeof word>): ReportedWord {
  return { text, start, end, sure: confidence ?? probability };
}

/** As many of the terms as the prompt takes: it is a text that Whisper goes on from, not an instruction. */
export function promptOf(keyterms: readonly string[]): string {
  let prompt = "";
  for (const term of keyterms) {
    const longer = prompt === "" ? term : `${prompt}, ${term}`;
    if (longer.length > MOST_PROMPT) break;
    prompt = longer;
  }
  return prompt;
}

/** People enter the server's address, or that of its API, or the whole. */
export function addressOf(url: string): string {
  const base = url.replace(/\/+$/, "");
  if (base.endsWith("/audio/transcriptions")) return base;
  return /\/v\d+$/.test(base) ? `${base}/audio/transcriptions` : `${base}/v1/audio/transcriptions`;
}
