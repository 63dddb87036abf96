import { createListener } from "../../../src/analysis/acoustic/listener";
import { measure } from "../../../src/analysis/acoustic/measure";
import { hearWhole } from "./hear-whole";

/** All that the engine finds in decoded sound at `sampleRate`. */
export function listenTo(channels: readonly Float32Array[], sampleRate: number): ReturnType<typeof measure> {
  const listener = createListener({ container: "wav", codec: "pcm", sampleRate, channels: channels.length });
  return measure(hearWhole(listener, channels), channels[0]!.length / sampleRate, sampleRate);
}
