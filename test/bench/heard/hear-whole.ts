import type { Listener } from "../../../src/analysis/acoustic/listener";

/** Samples that a decoder gives at once. */
const PIECE = 4096;

/** Has a listener hear whole channels, piece by piece as a decoder gives them. */
export function hearWhole(listener: Listener, channels: readonly Float32Array[]): ReturnType<Listener["finish"]> {
  const length = channels[0]!.length;
  for (let at = 0; at < length; at += PIECE) {
    const count = Math.min(PIECE, length - at);
    listener.push(
      channels.map((samples) => samples.subarray(at, at + count)),
      count,
    );
  }
  return listener.finish();
}
