import { toBase64 } from "../../lib/hmac";
import { SECOND } from "../../lib/time";
import { failure } from "./ask";
import type { Transcriber } from "./contract";
import { promptOf, readWhisper } from "./openai";

/** The part of the binding AI that is used. */
export type WorkersAi = { run(model: string, input: Record<string, unknown>): Promise<unknown> };

const MODEL = "@cf/openai/whisper-large-v3-turbo";
/** Whisper hears 30 seconds at a time. */
const PIECE_SECONDS = 30;
const PATIENCE = 60 * SECOND;

/** Whisper on Cloudflare, by the binding AI. */
export function workersAiTranscriber(ai: WorkersAi, microsPerMinute: number): Transcriber {
  return {
    version: "whisper-large-v3-turbo",
    pieceSeconds: PIECE_SECONDS,
    microsPerMinute,
    async transcribe({ wav, milliseconds }, { language, keyterms }) {
      const input = {
        audio: toBase64(wav),
        task: "transcribe",
        vad_filter: false,
        ...(language !== null && { language: language.split("-")[0] }),
        ...(keyterms.length > 0 && { initial_prompt: promptOf(keyterms) }),
      };
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), PATIENCE);
      });
      try {
        const answered = await Promise.race([ai.run(MODEL, input), late]);
        if (answered === "late") return failure("timeout", `no answer within ${PATIENCE / SECOND} seconds`);
        return readWhisper(flat(answered), milliseconds);
      } catch (cause) {
        const detail = cause instanceof Error ? cause.message.slice(0, 200) : "no answer";
        return failure(/capacity|rate|limit|429/i.test(detail) ? "busy" : "down", detail);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The language is in a part of its own. */
function flat(answered: unknown): unknown {
  if (typeof answered !== "object" || answered === null) return answered;
  const { transcription_info: info } = answered as { transcription_info?: { language?: unknown } };
  return typeof info?.language === "string" ? { ...answered, language: info.language } : answered;
}
