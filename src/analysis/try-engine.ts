import { loadTranscriber, type LoadDeps } from "./engine-config";
import { wavOf } from "./transcription/wav";

/** What came of asking an engine once. `failure`: why it is not usable, in the words that analyses keep. */
export type TriedEngine = { version: string | null; milliseconds: number; failure: string | null };

const RATE = 16_000;
/** Quiet, and heard: a server that is sent digital silence may answer without having decoded anything. */
const LOUDNESS = 1_000;
const HERTZ = 440;

/** Sends an engine a second of a tone as it is sent speech, and says whether its answer could be read. */
export async function tryEngine(
  deps: LoadDeps & { now(): number },
  target: { organizationId: string; name: string },
): Promise<TriedEngine> {
  const loaded = await loadTranscriber(deps, target);
  if (!loaded.ok) return { version: null, milliseconds: 0, failure: loaded.error };
  const began = deps.now();
  const { version, transcribe } = loaded.value;
  const heard = await transcribe({ wav: tone(), milliseconds: 1_000 }, { language: "en", keyterms: [] });
  const failure = heard.ok ? null : `${heard.error.kind}: ${heard.error.detail}`;
  return { version, milliseconds: deps.now() - began, failure };
}

function tone(): Uint8Array<ArrayBuffer> {
  const samples = Int16Array.from({ length: RATE }, (_, at) => LOUDNESS * Math.sin((2 * Math.PI * HERTZ * at) / RATE));
  return wavOf(samples, RATE);
}
