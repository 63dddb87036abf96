// Makes the recordings in test/fixtures/audio and what is true of them: `node scripts/make-fixture.ts [folder]`.
// Needs flite, sox and ffmpeg on the PATH; test/fixtures/audio/README.md says what comes out.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { composeCall } from "./fixture/compose.ts";
import { LINES } from "./fixture/lines.ts";
import { composePhrases, PHRASES_RATE } from "./fixture/phrases.ts";
import { RATE, speak } from "./fixture/speak.ts";
import { wavOf } from "./fixture/wav.ts";

const VOICES = ["rms", "slt"] as const;
// The highest rate MPEG-2.5 allows at 8 kHz: at 32 kbit/s joint stereo lets each party be heard in the other's channel.
const BITRATE = "64k";

const folder = process.argv[2] ?? `${import.meta.dirname}/../test/fixtures/audio`;
const { channels, truth } = composeCall({
  lines: LINES,
  say: (party, text) => speak(VOICES[party], text),
  levels: [-22, -25],
  noiseBelow: 35,
  seed: 2026,
  tail: 1.5,
});
writeMp3("two-party-call", channels, BITRATE);
writeFileSync(`${folder}/two-party-call.truth.json`, `${JSON.stringify(truth, null, 2)}\n`);
// The first five seconds of the agent's side: what a recorder that mixes to mono leaves, and a length known exactly.
writeMp3("one-voice-mono", [channels[0].subarray(0, 5 * RATE)], "24k");
const { channels: spoken, phrases } = composePhrases();
writeMp3("ten-phrases", spoken, "64k", PHRASES_RATE);
// The same as AAC in M4A, the format of mobile phones and of AuthentiVoice's `*.m4a`.
writeM4a("ten-phrases");
writeFileSync(`${folder}/ten-phrases.truth.json`, `${JSON.stringify(phrases, null, 2)}\n`);
console.log(
  truth.durationSeconds,
  "s; talk",
  truth.talkSeconds,
  "overlap",
  truth.overlapSeconds,
  "silence",
  truth.silenceSeconds,
);

function writeM4a(name: string): void {
  const from = ["-hide_banner", "-loglevel", "error", "-y", "-i", `${folder}/${name}.mp3`];
  const to = ["-c:a", "aac", "-b:a", "96k", "-ar", "44100", "-fflags", "+bitexact", "-flags:a", "+bitexact"];
  execFileSync("ffmpeg", [...from, ...to, "-map_metadata", "-1", `${folder}/${name}.m4a`]);
}

function writeMp3(name: string, samples: readonly Float32Array[], bitrate: string, rate = RATE): void {
  const from = ["-hide_banner", "-loglevel", "error", "-y", "-i", "pipe:0"];
  const to = ["-c:a", "libmp3lame", "-b:a", bitrate, "-ar", String(rate), "-bitexact", `${folder}/${name}.mp3`];
  execFileSync("ffmpeg", [...from, ...to], { input: wavOf(samples, rate) });
}
