import { readFileSync } from "node:fs";

const FIXTURE = `${import.meta.dirname}/../fixtures/audio/two-party-call.mp3`;
const FIXTURE_TRUTH = `${import.meta.dirname}/../fixtures/audio/two-party-call.truth.json`;

/** A stereo 8 kHz MP3 of at least so many minutes: the fixture's own frames, one copy after the other. */
export function makeLongRecording(minutes: number): { bytes: Uint8Array<ArrayBuffer>; seconds: number } {
  const { durationSeconds } = JSON.parse(readFileSync(FIXTURE_TRUTH, "utf8")) as { durationSeconds: number };
  const frames = audioFrames(readFileSync(FIXTURE));
  const copies = Math.ceil((minutes * 60) / durationSeconds);
  return { bytes: Buffer.concat(Array.from({ length: copies }, () => frames)), seconds: copies * durationSeconds };
}

// Without the tag before the first frame and the information frame (Xing, Info, LAME), which would each claim that the
// whole file is one copy long.
function audioFrames(file: Buffer): Buffer {
  let start = 0;
  if (file.toString("latin1", 0, 3) === "ID3") {
    // Four bytes of seven bits each.
    start = 10 + [...file.subarray(6, 10)].reduce((size, byte) => (size << 7) | byte, 0);
  }
  const information = file.toString("latin1", start, start + 64);
  if (!/Xing|Info/.test(information)) return file.subarray(start);
  // The next frame starts with the same version, layer and rate.
  const next = file.indexOf(file.subarray(start, start + 2), start + 4);
  return next < 0 ? file.subarray(start) : file.subarray(next);
}
