import { ok, type Result } from "../lib/result";
import { createListener, type Listener } from "./acoustic/listener";
import { measure } from "./acoustic/measure";
import type { AcousticFindings, AnalysisEngine, AnalysisFailure, AnalysisInput } from "./contract";
import { decodeRecording } from "./decode/decode-recording";

/** In seconds. Longer than any call: what is longer is a recorder that was left running. */
export const MAX_SECONDS = 4 * 60 * 60;

/** The built-in engine: detects who speaks when, from the signal alone, inside the Worker. */
export function embeddedEngine({ maxSeconds = MAX_SECONDS }: { maxSeconds?: number } = {}) {
  return {
    name: "trunkline-acoustic",
    // 1: talk, silence, overlap, levels, separation. 2: all of docs/analysis.md; music and tones are not speech. 3: speech
    // by the voice net.
    version: "3",
    async analyse(input: AnalysisInput): Promise<Result<AcousticFindings, AnalysisFailure>> {
      let listener: Listener | null = null;
      const decoded = await decodeRecording(input, maxSeconds, (channels, length, format) => {
        listener ??= createListener(format);
        listener.push(channels, length);
        input.alsoHear?.(channels, length, format);
      });
      if (!decoded.ok) return decoded;
      const { format, durationSeconds, warnings } = decoded.value;
      // A recording decodes to at least one sample, so there is a listener.
      const measures = measure(listener!.finish(), durationSeconds, format.sampleRate);
      return ok({
        kind: "acoustic",
        durationSeconds: Math.round(durationSeconds * 1000) / 1000,
        sampleRate: format.sampleRate,
        format,
        ...measures,
        warnings: [...warnings, ...measures.warnings],
      });
    },
  } satisfies AnalysisEngine;
}
