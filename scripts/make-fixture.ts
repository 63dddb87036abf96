// Makes test/fixtures/audio/two-party-call.{mp3,truth.json}: `node scripts/make-fixture.ts [folder]`.
// Needs flite, sox and ffmpeg on the PATH; test/fixtures/audio/README.md says what comes out.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { composeCall } from "./fixture/compose.ts";
import { LINES } from "./fixture/lines.ts";
import { RATE, speak } from "./fixture/speak.ts";
import { wavOf } from "./fixture/wav.ts";

const VOICES = ["rms", "slt"] as const;
// The highest rate MPEG-2.5 allows at 8 kHz: at 32 kbit/s joint stereo lets each party be heard in the other's channel.
const BITRATE = "64k";

const folder = process.argv[2] ?? fileURLToPath(new URL("../test/fixtures/audio", import.meta.url).href);
const { channels, truth } = composeCall({
  lines: LINES,
  say: (party, text) => speak(VOICES[party], text),
  levels: [-22, -25],
  noiseBelow: 35,
  seed: 2026,
  tail: 1.5,
});
const encoder = ["-hide_banner", "-loglevel", "error", "-y", "-i", "pipe:0", "-c:a", "libmp3lame", "-b:a", BITRATE];
execFileSync("ffmpeg", [...encoder, "-ar", String(RATE), "-bitexact", `${folder}/two-party-call.mp3`], { input: wavOf(channels, RATE) });
writeFileSync(`${folder}/two-party-call.truth.json`, `${JSON.stringify(truth, null, 2)}\n`);
console.log(truth.durationSeconds, "s; talk", truth.talkSeconds, "overlap", truth.overlapSeconds, "silence", truth.silenceSeconds);
