// ISO/IEC 11172-3 and 13818-3, in kbit/s; index 0 ("free") and 15 are left out because no telephone platform uses them.
const BITRATES = {
  V1L2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  V1L3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  V2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

/** Length in bytes of the MPEG audio frame (layer II or III) whose header is at `offset`; undefined when none is. */
export function mpegFrameLength(bytes: Uint8Array, offset: number): number | undefined {
  const [first = 0, second = 0, third = 0] = bytes.subarray(offset, offset + 3);
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  // Version 1 is reserved; layer bits 1 and 2 mean III and II, 0 is ADTS, and layer I only ever shows up by accident.
  if (version === 1 || (layer !== 1 && layer !== 2)) return undefined;
  const table = version !== 3 ? BITRATES.V2 : layer === 2 ? BITRATES.V1L2 : BITRATES.V1L3;
  const bitrate = table[(third >> 4) - 1];
  const fullRate = SAMPLE_RATES[(third >> 2) & 3];
  if (bitrate === undefined || fullRate === undefined) return undefined;
  const sampleRate = version === 3 ? fullRate : version === 2 ? fullRate / 2 : fullRate / 4;
  const padding = (third >> 1) & 1;
  // Layer III of MPEG-2 and 2.5 halves the samples of a frame.
  const samples = layer === 1 && version !== 3 ? 576 : 1152;
  return Math.floor(((samples / 8) * bitrate * 1000) / sampleRate) + padding;
}

/** Length in bytes of the AAC frame (ADTS, ISO/IEC 13818-7) whose header is at `offset`; undefined when none is. */
export function adtsFrameLength(bytes: Uint8Array, offset: number): number | undefined {
  if (bytes.length < offset + 7) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = bytes.subarray(offset, offset + 6);
  if (first !== 0xff || (second & 0xf6) !== 0xf0 || ((third >> 2) & 15) > 12) return undefined;
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  return length > 7 ? length : undefined;
}
