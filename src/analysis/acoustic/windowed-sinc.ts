/**
 * Low-pass impulse response at `t` samples from its centre: an ideal filter of `cutoff` (in cycles per sample, 0 to
 * 0.5) under a Blackman window `reach` samples to either side. Stop band about -74 dB, transition about 2.75 / reach
 * wide.
 */
export function windowedSinc(t: number, cutoff: number, reach: number): number {
  if (Math.abs(t) >= reach) return 0;
  const x = 2 * Math.PI * cutoff * t;
  const ideal = t === 0 ? 2 * cutoff : Math.sin(x) / (Math.PI * t);
  const phase = (Math.PI * t) / reach;
  return ideal * (0.42 + 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
}
