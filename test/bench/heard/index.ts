import { createListener } from "../../../src/analysis/acoustic/listener";
import { measure } from "../../../src/analysis/acoustic/measure";

/** All that the engine finds in decoded sound at `sampleRate`. */
export function listenTo(channels: readonly Float32Array[], sampleRate: number): ReturnType<typeof measure> {
  const listener = createListener({ container: "wav", codec: "pcm", sampleRate, channels: channels.length });
  const length = channels[0]!.length;
  for (let at = 0; at < length; at += 4096) {
    const count = Math.min(4096, length - at);
    listener.push(
      channels.map((samples) => samples.subarray(at, at + count)),
      count,
    );
  }
  return measure(listener.finish(), length / sampleRate, sampleRate);
}
