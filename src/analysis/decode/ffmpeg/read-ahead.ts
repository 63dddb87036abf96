import type { RecordingFile } from "../../recording-file";

// In bytes. A read elsewhere is followed by little, reading on by much: few requests to the storage either way.
const FIRST_WINDOW = 64 * 1024;
const LARGEST_WINDOW = 1024 * 1024;
/** An index at one place and sound at another are read in turn. */
const WINDOWS = 2;
/** Headers can send a reader back and forth without end. No honest file is read more than this many times over. */
const MOST_TIMES_OVER = 4;
const BYTES_FREE = 4 * LARGEST_WINDOW;

/** Thrown when a file makes its reader read far more than it holds. */
export class TooManyReads extends Error {}

type Window = { at: number; bytes: Uint8Array };

/** Reads at least what is asked for, ahead: at once where the bytes are here, else by a promise. */
export function createReadAhead(file: RecordingFile): (at: number, length: number) => Uint8Array | Promise<Uint8Array> {
  let windows: Window[] = [];
  let fetched = 0;

  function here(at: number, length: number): Uint8Array | null {
    const window = windows.find((one) => at >= one.at && at < one.at + one.bytes.length);
    return window ? window.bytes.subarray(at - window.at, at - window.at + length) : null;
  }

  async function fetchFrom(at: number, length: number): Promise<Uint8Array> {
    const before = windows.find((one) => one.at + one.bytes.length === at);
    const wanted = before ? Math.min(LARGEST_WINDOW, before.bytes.length * 2) : FIRST_WINDOW;
    fetched += wanted;
    if (fetched > MOST_TIMES_OVER * file.size + BYTES_FREE) throw new TooManyReads();
    const bytes = await file.read(at, wanted);
    windows = [{ at, bytes }, ...windows.filter((one) => one !== before)].slice(0, WINDOWS);
    return bytes.subarray(0, length);
  }

  return (at, length) => (at >= file.size ? new Uint8Array(0) : (here(at, length) ?? fetchFrom(at, length)));
}
