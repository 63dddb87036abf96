export type Encoding = "pcm8" | "pcm16" | "pcm24" | "pcm32" | "float32" | "float64" | "mulaw" | "alaw";

const TAGS: Record<Encoding, number> = {
  pcm8: 1,
  pcm16: 1,
  pcm24: 1,
  pcm32: 1,
  float32: 3,
  float64: 3,
  mulaw: 7,
  alaw: 6,
};
const BITS: Record<Encoding, number> = {
  pcm8: 8,
  pcm16: 16,
  pcm24: 24,
  pcm32: 32,
  float32: 32,
  float64: 64,
  mulaw: 8,
  alaw: 8,
};

export type WavOptions = {
  encoding?: Encoding;
  rate?: number;
  extensible?: boolean;
  /** RF64 with its sizes in a ds64 chunk. */
  rf64?: boolean;
  /** What the data chunk claims, in place of its length. */
  dataSize?: number;
  /** Chunks between fmt and data, and after data. */
  before?: [id: string, body: Uint8Array][];
  after?: [id: string, body: Uint8Array][];
};

/** Writes a WAV of `channels` (full scale 1), byte by byte from the specification and independent of what reads it. */
export function wavFile(channels: readonly Float32Array[], options: WavOptions = {}): Uint8Array {
  const { encoding = "pcm16", rate = 8000, before = [], after = [] } = options;
  const data = dataOf(channels, encoding);
  const chunks = [
    ...(options.rf64 === true
      ? [chunk("ds64", [...u64(0), ...u64(data.length), ...u64(channels[0]!.length), ...u32(0)])]
      : []),
    chunk("fmt ", fmtOf(channels.length, encoding, rate, options.extensible === true)),
    ...before.map(([id, body]) => chunk(id, [...body])),
    chunk("data", data, options.dataSize ?? (options.rf64 === true ? 0xffff_ffff : data.length)),
    ...after.map(([id, body]) => chunk(id, [...body])),
  ];
  const size = chunks.reduce((sum, bytes) => sum + bytes.length, 4);
  const file = new Uint8Array(size + 8);
  file.set([
    ...ascii(options.rf64 === true ? "RF64" : "RIFF"),
    ...u32(options.rf64 === true ? 0xffff_ffff : size),
    ...ascii("WAVE"),
  ]);
  let at = 12;
  for (const bytes of chunks) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function fmtOf(channels: number, encoding: Encoding, rate: number, extensible: boolean): number[] {
  const bits = BITS[encoding];
  const block = (channels * bits) / 8;
  const plain = [
    ...u16(extensible ? 0xfffe : TAGS[encoding]),
    ...u16(channels),
    ...u32(rate),
    ...u32(rate * block),
    ...u16(block),
    ...u16(bits),
  ];
  if (!extensible) return TAGS[encoding] === 1 ? plain : [...plain, ...u16(0)];
  const tail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  return [...plain, ...u16(22), ...u16(bits), ...u32(0), ...u16(TAGS[encoding]), ...tail];
}

function chunk(id: string, body: ArrayLike<number>, size = body.length): Uint8Array {
  const bytes = new Uint8Array(8 + body.length + (body.length & 1));
  bytes.set([...ascii(id), ...u32(size)]);
  bytes.set(body, 8);
  return bytes;
}

function dataOf(channels: readonly Float32Array[], encoding: Encoding): Uint8Array {
  const width = BITS[encoding] / 8;
  const length = channels[0]!.length;
  const bytes = new Uint8Array(length * channels.length * width);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let i = 0; i < length; i++) {
    for (const samples of channels) {
      write(view, at, encoding, samples[i]!);
      at += width;
    }
  }
  return bytes;
}

function write(view: DataView, at: number, encoding: Encoding, sample: number): void {
  const scaled = (full: number) => Math.max(-full, Math.min(full - 1, Math.round(sample * full)));
  if (encoding === "pcm8") view.setUint8(at, scaled(128) + 128);
  if (encoding === "pcm16") view.setInt16(at, scaled(2 ** 15), true);
  if (encoding === "pcm24") {
    view.setInt16(at + 1, scaled(2 ** 23) >> 8, true);
    view.setUint8(at, scaled(2 ** 23) & 0xff);
  }
  if (encoding === "pcm32") view.setInt32(at, scaled(2 ** 31), true);
  if (encoding === "float32") view.setFloat32(at, sample, true);
  if (encoding === "float64") view.setFloat64(at, sample, true);
  if (encoding === "mulaw") view.setUint8(at, mulawOf(scaled(2 ** 15)));
  if (encoding === "alaw") view.setUint8(at, alawOf(scaled(2 ** 15)));
}

// The compressors of G.711, by the segment method; the decoders under test use the expanders.
function mulawOf(sample: number): number {
  const biased = Math.min(32_635, Math.abs(sample)) + 132;
  const exponent = Math.floor(Math.log2(biased)) - 7;
  const mantissa = (biased >> (exponent + 3)) & 15;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

function alawOf(sample: number): number {
  const magnitude = Math.min(32_767, Math.abs(sample));
  const exponent = magnitude < 256 ? 0 : Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 15;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}

function ascii(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

function u16(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(Math.floor(value / 65_536))];
}

function u64(value: number): number[] {
  return [...u32(value % 2 ** 32), ...u32(Math.floor(value / 2 ** 32))];
}
