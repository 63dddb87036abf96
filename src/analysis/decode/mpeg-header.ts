/** One MPEG audio frame's header: 4 bytes before every frame, ISO 11172-3 §2.4.1.3 and ISO 13818-3 §2.4.2.3. */
export type MpegHeader = {
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
  layer: 1 | 2 | 3;
  /** Bytes of the whole frame, header included. */
  frameBytes: number;
};

export const MPEG_HEADER_BYTES = 4;
/** The largest frame: layer II, 384 kbit/s at 32 kHz, padded. */
export const MAX_FRAME_BYTES = 1729;

// kbit/s by bitrate index 1-14; one row for each layer of MPEG-1, then MPEG-2 and 2.5 (whose layers II and III share one).
const BITRATES = {
  v1l1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  v1l2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  v1l3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  v2l1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  v2l23: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const V1_SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

/** The header at `at`, or null if these bytes are none. Free format (no bitrate in the header) counts as none. */
export function parseMpegHeader(bytes: Uint8Array, at: number): MpegHeader | null {
  if (at + MPEG_HEADER_BYTES > bytes.length) return null;
  const second = bytes[at + 1]!;
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0) return null;
  const version = (second >> 3) & 3; // 0: MPEG-2.5, 1: reserved, 2: MPEG-2, 3: MPEG-1
  const layerBits = (second >> 1) & 3; // 0: reserved, 1: III, 2: II, 3: I
  const third = bytes[at + 2]!;
  const bitrateIndex = third >> 4;
  const rateIndex = (third >> 2) & 3;
  if (version === 1 || layerBits === 0 || bitrateIndex === 0 || bitrateIndex === 15 || rateIndex === 3) return null;

  const layer = (4 - layerBits) as 1 | 2 | 3;
  const mpeg1 = version === 3;
  const row = mpeg1 ? (`v1l${layer}` as const) : layer === 1 ? "v2l1" : "v2l23";
  const bitrate = BITRATES[row][bitrateIndex - 1]! * 1000;
  // MPEG-2 halves the rates of MPEG-1, MPEG-2.5 quarters them.
  const sampleRate = V1_SAMPLE_RATES[rateIndex]! / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const padding = (third >> 1) & 1;
  const frameBytes =
    layer === 1
      ? (Math.floor((12 * bitrate) / sampleRate) + padding) * 4
      : Math.floor(((layer === 3 && !mpeg1 ? 72 : 144) * bitrate) / sampleRate) + padding;
  const channels = bytes[at + 3]! >> 6 === 3 ? 1 : 2;
  return { sampleRate, channels, layer, frameBytes };
}
