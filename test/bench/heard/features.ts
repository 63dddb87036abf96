import { createListener } from "../../../src/analysis/acoustic/listener";
import { FEATURES } from "../../../src/analysis/acoustic/voice-features";

/** The features that the voice net is told of each channel, step after step. */
export function featuresOf(channels: readonly Float32Array[], sampleRate: number): Float32Array[] {
  const steps: number[][] = [];
  const listener = createListener({ container: "wav", codec: "pcm", sampleRate, channels: channels.length }, () => {
    const told: number[] = [];
    steps.push(told);
    return { push: (features) => void told.push(...features), finish: () => undefined };
  });
  const length = channels[0]!.length;
  for (let at = 0; at < length; at += 4096) {
    const count = Math.min(4096, length - at);
    listener.push(
      channels.map((samples) => samples.subarray(at, at + count)),
      count,
    );
  }
  listener.finish();
  return steps.map((told) => Float32Array.from(told));
}

export { FEATURES };
