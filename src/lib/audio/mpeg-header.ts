/**
 * The header of one MPEG audio frame: the 4 bytes before every frame, ISO 11172-3 §2.4.1.3 and ISO 13818-3 §2.4.2.3.
 */
export type MpegHeader = {
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
  layer: 1 | 2 | 3;
  /** The length of the whole frame in bytes, header included. Null in free format, whose header has no bitrate. */
  frameBytes: number | null;
  /** The bytes that padding adds to the frame. */
  padding: number;
};

export const MPEG_HEADER_BYTES = 4;
/** The largest frame whose header has a bitrate: layer II, 384 kbit/s at 32 kHz, padded. */
export const MAX_FRAME_BYTES = 1729;

// kbit/s by bitrate index 1-14. One row per layer of MPEG-1, then of MPEG-2 and 2.5, whose layers II and III share one.
const BITRATES = {
  v1l1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  v1l2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  v1l3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  v2l1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  v2l23: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const V1_SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

/** The header at `at`, or null if there is none. */
export function parseMpegHeader(bytes: Uint8Array, at: number): MpegHeader | null {
  if (at + MPEG_HEADER_BYTES > bytes.length) return null;
  const second = bytes[at + 1]!;
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0) return null;
  const version = (second >> 3) & 3; // 0: MPEG-2.5, 1: reserved, 2: MPEG-2, 3: MPEG-1
  const layerBits = (second >> 1) & 3; // 0: reserved (ADTS has it), 1: III, 2: II, 3: I
  const third = bytes[at + 2]!;
  const bitrateIndex = third >> 4;
  const rateIndex = (third >> 2) & 3;
  if (version === 1 || layerBits === 0 || bitrateIndex === 15 || rateIndex === 3) return null;

  const layer = (4 - layerBits) as 1 | 2 | 3;
  const mpeg1 = version === 3;
  const row = mpeg1 ? (`v1l${layer}` as const) : layer === 1 ? "v2l1" : "v2l23";
  // MPEG-2 halves the rates of MPEG-1, MPEG-2.5 quarters them.
  const sampleRate = V1_SAMPLE_RATES[rateIndex]! / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const slot = layer === 1 ? 4 : 1;
  const padding = ((third >> 1) & 1) * slot;
  // The frame length is this many slots per bit of the bitrate.
  const slots = layer === 1 ? 12 : layer === 3 && !mpeg1 ? 72 : 144;
  const bitrate = bitrateIndex === 0 ? null : BITRATES[row][bitrateIndex - 1]! * 1000;
  const frameBytes = bitrate === null ? null : Math.floor((slots * bitrate) / sampleRate) * slot + padding;
  const channels = bytes[at + 3]! >> 6 === 3 ? 1 : 2;
  return { sampleRate, channels, layer, frameBytes, padding };
}

/** The longest frame of free format that libmpg123 accepts, in bytes. */
export const MAX_FREE_FRAME_BYTES = 3460;
/** Header, side information and almost no sound, in bytes. Two sync words closer than this are a coincidence. */
const MIN_FREE_FRAME_BYTES = 24;

/**
 * The frame length of a stream in free format, without padding, from the header at `at`. All frames have the same
 * length, so it is the distance at which a header of the same stream appears twice more. "unclear": more bytes are
 * needed.
 */
export function freeFrameBytes(bytes: Uint8Array, at: number): number | "none" | "unclear" {
  const first = parseMpegHeader(bytes, at);
  if (first === null || first.frameBytes !== null) return "none";
  for (let size = MIN_FREE_FRAME_BYTES; size <= MAX_FREE_FRAME_BYTES; size += 1) {
    const next = at + size;
    if (next + MPEG_HEADER_BYTES > bytes.length) return "unclear";
    if (!isOfOneStream(bytes, at, next)) continue;
    const unpadded = size - first.padding;
    const third = next + unpadded + parseMpegHeader(bytes, next)!.padding;
    if (third + MPEG_HEADER_BYTES > bytes.length) return "unclear";
    if (isOfOneStream(bytes, at, third)) return unpadded;
  }
  return "none";
}

// Compares version, layer, bitrate index and sample rate. Protection, padding and stereo mode may change within a
// stream.
function isOfOneStream(bytes: Uint8Array, one: number, other: number): boolean {
  return (
    parseMpegHeader(bytes, other) !== null &&
    (bytes[one + 1]! & 0xfe) === (bytes[other + 1]! & 0xfe) &&
    (bytes[one + 2]! & 0xfc) === (bytes[other + 2]! & 0xfc)
  );
}

/**
 * The length in bytes of the AAC frame (ADTS, ISO/IEC 13818-7) with its header at `offset`; undefined when there is
 * none.
 */
export function adtsFrameBytes(bytes: Uint8Array, offset: number): number | undefined {
  if (bytes.length < offset + 7) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = bytes.subarray(offset, offset + 6);
  if (first !== 0xff || (second & 0xf6) !== 0xf0 || ((third >> 2) & 15) > 12) return undefined;
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  return length > 7 ? length : undefined;
}
