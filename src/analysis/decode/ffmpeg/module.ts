/** The FFmpeg module of one recording: scripts/ffmpeg/decoder.c says what its functions do. */
export type FfmpegModule = {
  /** 0, a code of `OPEN_FAILURES`, or below 0 an error of FFmpeg. Traps throw. */
  open(bytes: number, demuxer: string): Promise<number>;
  /** Decodes some blocks and says how many; 0 at the end; below 0 an error. Traps throw. */
  next(): Promise<number>;
  /** The samples of each of these blocks, and their places by the file's clock, in samples; NaN where it does not say. */
  blocks(count: number): { lengths: Int32Array; positions: Float64Array };
  /** The channels of these blocks, one behind another, good until the next ones. */
  planes(channels: number, length: number): Float32Array[];
  codecName(): string;
  facts: Facts;
};

type Facts = Record<
  | "sample_rate"
  | "channel_count"
  | "edit_end_position"
  | "stated_seconds"
  | "error_count"
  | "packet_count"
  | "ends_with_error"
  | "track_count"
  | "bits_per_sample",
  () => number
>;

type Exports = Facts & {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(bytes: number): number;
  open(bytes: number, demuxer: number): number;
  next(): number;
  plane(channel: number): number;
  block_lengths(): number;
  block_positions(): number;
  codec_name(): number;
};

export const OPEN_FAILURES = { noSoundTrack: 1, noDecoder: 2, tooManyChannels: 3 } as const;

/** Whether this runtime lets WebAssembly wait for a promise. */
export function canWait(): boolean {
  return WebAssembly.Suspending !== undefined && WebAssembly.promising !== undefined;
}

/**
 * An instance of its own. `read` gives bytes of the file, none at its end, null when they cannot be had; a promise of
 * them only where `canWait`.
 */
export async function startFfmpeg(
  read: (at: number, length: number) => Uint8Array | null | Promise<Uint8Array | null>,
): Promise<FfmpegModule> {
  // Only here, so that a Worker that decodes nothing of this kind never compiles it.
  const { default: compiled } = await import("./ffmpeg.wasm");
  let memory: WebAssembly.Memory;
  const put = (bytes: Uint8Array | null, to: number): number => {
    if (bytes === null) return -1;
    new Uint8Array(memory.buffer, to, bytes.length).set(bytes);
    return bytes.length;
  };
  const fill = (at: number, to: number, length: number): number | Promise<number> => {
    const bytes = read(at, length);
    return bytes instanceof Promise ? bytes.then((late) => put(late, to)) : put(bytes, to);
  };
  const imported = WebAssembly.Suspending ? new WebAssembly.Suspending(fill) : fill;
  const instance = new WebAssembly.Instance(compiled, { env: { read: imported } });
  const lib = instance.exports as unknown as Exports;
  memory = lib.memory;
  // oxlint-disable-next-line no-underscore-dangle -- the name that clang gives the start of a library
  lib._initialize();
  const promising =
    WebAssembly.promising ??
    ((run) =>
      (...values) =>
        Promise.resolve(run(...values)));
  const open = promising(lib.open);

  return {
    open: (bytes, demuxer) => open(bytes, textIn(lib, demuxer)),
    next: promising(lib.next),
    blocks: (count) => ({
      lengths: new Int32Array(memory.buffer, lib.block_lengths(), count),
      positions: new Float64Array(memory.buffer, lib.block_positions(), count),
    }),
    planes: (channels, length) =>
      Array.from({ length: channels }, (_, channel) => new Float32Array(memory.buffer, lib.plane(channel), length)),
    codecName: () => textFrom(memory, lib.codec_name()),
    facts: lib,
  };
}

function textIn(lib: Exports, text: string): number {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const at = lib.allocate(bytes.length);
  new Uint8Array(lib.memory.buffer, at, bytes.length).set(bytes);
  return at;
}

function textFrom(memory: WebAssembly.Memory, at: number): string {
  const bytes = new Uint8Array(memory.buffer, at);
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
}
