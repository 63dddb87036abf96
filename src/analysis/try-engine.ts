import type { Result } from "../lib/result";
import { loadEngine, type LoadDeps, type LoadedEngine } from "./load-engine";
import { scoreCall } from "./scores/llm/score-call";
import { tryHttp } from "./scores/http/run-http";
import type { TranscriptionFailure } from "./transcription/contract";
import type { Transcript } from "./transcription/transcript";
import { wavOf } from "./transcription/wav";

/** What came of asking an engine once. `failure`: why it is not usable, in the words that analyses keep. */
export type TriedEngine = { version: string | null; milliseconds: number; failure: string | null };

const RATE = 16_000;
/** Quiet, and heard: a server that is sent digital silence may answer without having decoded anything. */
const LOUDNESS = 1_000;
const HERTZ = 440;

const GREETS = { name: "Greets", meaning: "Says hello.", min: 0, max: 1 };
const GREETING: Transcript = {
  kind: "transcript",
  language: "en",
  channels: [{ channel: 0, speaker: null }],
  segments: [{ channel: 0, start: 0, end: 1_000, words: [["hello", 0, 1_000, null]] }],
  gaps: [],
};

/**
 * Sends an engine a second of a tone as it is sent speech, or a language model a word to judge, and says whether its answer
 * could be read.
 */
export async function tryEngine(
  deps: LoadDeps & { now(): number },
  target: { organizationId: string; name: string },
): Promise<TriedEngine> {
  const loaded = await loadEngine(deps, target);
  if (!loaded.ok) return { version: null, milliseconds: 0, failure: loaded.error };
  const began = deps.now();
  const engine = loaded.value;
  const { version } =
    engine.kind === "http" ? { version: null } : engine.kind === "scorer" ? engine.model : engine.transcriber;
  const heard = await tryOne(deps, engine);
  const failure = heard.ok ? null : `${heard.error.kind}: ${heard.error.detail}`;
  return { version, milliseconds: deps.now() - began, failure };
}

function tryOne(
  deps: LoadDeps & { now(): number },
  engine: LoadedEngine,
): Promise<Result<unknown, TranscriptionFailure>> {
  switch (engine.kind) {
    case "scorer":
      return scoreCall(engine.model, GREETING, new Map([[0, [GREETS]]]));
    case "http":
      return tryHttp(deps, engine.engine);
    case "transcriber":
      return engine.transcriber.transcribe({ wav: tone(), milliseconds: 1_000 }, { language: "en", keyterms: [] });
  }
}

function tone(): Uint8Array<ArrayBuffer> {
  const samples = Int16Array.from({ length: RATE }, (_, at) => LOUDNESS * Math.sin((2 * Math.PI * HERTZ * at) / RATE));
  return wavOf(samples, RATE);
}
