import mpg123 from "./mpg123.wasm";

/** Takes decoded stereo: `left` and `right` are views into the decoder's memory, good until the sink returns. */
export type StereoSink = (left: Float32Array, right: Float32Array, length: number) => void;

/** libmpg123 in WebAssembly: 17 MB of memory each, fixed, whatever the recording. */
export type Mpg123 = {
  /**
   * Decodes whole MPEG frames; always stereo, mono comes twice. Returns how many decoding errors it met. Traps throw.
   */
  decode(frames: Uint8Array, sink: StereoSink): number;
  free(): void;
};

// The names emscripten gave mpg123-decoder 1.0.3's exports, and what its wrapper calls them. They hold for exactly the
// mpg123.wasm beside this file; scripts/extract-wasm.ts regenerates it and a test compares the two.
type Exports = {
  k: WebAssembly.Memory;
  l: () => void; // static constructors
  m: (bytes: number) => number; // malloc
  p: (handleOut: number, gapless: number) => number; // create
  q: (handle: number, input: number, bytes: number) => number; // feed
  r: (
    handle: number,
    output: number,
    outputFloats: number,
    samplesOut: number,
    rateOut: number,
    errorOut: number,
  ) => number; // read
  s: (handle: number) => void; // destroy
};

// mpg123.h's return codes.
const OK = 0;
const NEED_MORE = -10;
const NEW_FORMAT = -11;

const INPUT_BYTES = 32 * 1024;
// 16 of the largest frames (1152 samples) and the gapless reader's look-ahead, two channels; the wrapper's own figure.
const OUTPUT_FLOATS = 2889 * 16 * 2;
// The reader reports some errors without moving on; nothing good comes after this many in a row.
const MAX_ERRORS_IN_A_ROW = 16;

/** Starts a decoder of its own; that this throws would mean a broken build. */
export function openMpg123(): Mpg123 {
  const instance = new WebAssembly.Instance(mpg123, { a: systemCalls() });
  const lib = instance.exports as unknown as Exports;
  lib.l();
  const input = lib.m(INPUT_BYTES);
  const output = lib.m(OUTPUT_FLOATS * 4);
  const scratch = lib.m(16); // handle or samples, rate, error text: one word each
  if (lib.p(scratch, 1) !== OK) throw new Error("mpg123 did not start");
  const words = new Uint32Array(lib.k.buffer, scratch, 4);
  const handle = words[0]!;
  const inputBytes = new Uint8Array(lib.k.buffer, input, INPUT_BYTES);

  function decode(frames: Uint8Array, sink: StereoSink): number {
    let errors = 0;
    for (let at = 0; at < frames.length; at += INPUT_BYTES) {
      const piece = frames.subarray(at, at + INPUT_BYTES);
      inputBytes.set(piece);
      if (lib.q(handle, input, piece.length) === NEED_MORE) continue;
      errors += readAll(sink);
    }
    return errors;
  }

  function readAll(sink: StereoSink): number {
    let errors = 0;
    let errorsInARow = 0;
    while (errorsInARow < MAX_ERRORS_IN_A_ROW) {
      words[0] = 0;
      const code = lib.r(handle, output, OUTPUT_FLOATS, scratch, scratch + 4, scratch + 8);
      const length = words[0];
      if (length > 0) {
        errorsInARow = 0;
        sink(
          new Float32Array(lib.k.buffer, output, length),
          new Float32Array(lib.k.buffer, output + length * 4, length),
          length,
        );
      }
      if (code === NEED_MORE) return errors;
      if (code === OK || code === NEW_FORMAT) continue;
      errors++;
      errorsInARow++;
    }
    return errors;
  }

  return { decode, free: () => lib.s(handle) };
}

// What the library imports and, fed from memory, has no use for: files, timers, growth, exit. Errors are WASI's
// numbers.
function systemCalls(): Record<string, WebAssembly.ImportValue> {
  const abort = () => {
    throw new Error("mpg123 aborted");
  };
  const notSupported = () => 52; // ENOSYS
  const notSeekable = () => 70; // ESPIPE
  return {
    a: abort, // proc_exit
    b: () => {}, // runtime_keepalive_clear
    c: abort, // abort
    d: () => 0, // setitimer
    e: () => 0, // resize_heap: refused, so memory stays what it is
    f: notSupported, // fd_write: its complaints on stderr
    g: notSupported, // fd_close
    h: notSupported, // fd_read
    i: notSeekable, // fd_seek
    j: abort, // INT123_compat_close
  };
}
