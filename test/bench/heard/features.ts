import { createListener } from "../../../src/analysis/acoustic/listener";
import { FEATURES } from "../../../src/analysis/acoustic/voice-features";
import { hearWhole } from "./hear-whole";

/** The features that the voice net is told of each channel, step after step. */
export function featuresOf(channels: readonly Float32Array[], sampleRate: number): Float32Array[] {
  const steps: number[][] = [];
  const listener = createListener({ container: "wav", codec: "pcm", sampleRate, channels: channels.length }, () => {
    const told: number[] = [];
    steps.push(told);
    return { push: (features) => void told.push(...features), finish: () => undefined };
  });
  hearWhole(listener, channels);
  return steps.map((told) => Float32Array.from(told));
}

export { FEATURES };
