import { execFileSync } from "node:child_process";
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

/** What the second recording kinds are coded as, by Debian's ffmpeg. */
export const CODED = {
  "AAC-LC, 44.1 kHz, stereo": ["-ar", "44100", "-c:a", "aac", "-b:a", "96k", "-f", "adts"],
  "Opus, 48 kHz, stereo": ["-c:a", "libopus", "-b:a", "48k", "-f", "ogg"],
};

/** The same conversation, as long, coded otherwise. Undefined where there is no ffmpeg with this encoder. */
export function codeLongRecording(
  minutes: number,
  options: readonly string[],
): { bytes: Uint8Array<ArrayBuffer>; seconds: number } | undefined {
  const { bytes, seconds } = makeLongRecording(minutes);
  const quiet = ["-hide_banner", "-loglevel", "error", "-f", "mp3", "-i", "pipe:0"];
  try {
    const coded = execFileSync("ffmpeg", [...quiet, ...options, "pipe:1"], { input: bytes, maxBuffer: 1 << 28 });
    return { bytes: Buffer.from(coded), seconds };
  } catch (error) {
    process.stderr.write(`ffmpeg cannot make ${options.join(" ")}: left out (${String(error).slice(0, 100)})\n`);
    return undefined;
  }
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
