// Makes the recordings of the sample calls in src/samples/audio: `node scripts/make-samples.ts [folder]`. Needs flite,
// espeak-ng, sox and ffmpeg on the PATH; src/samples/audio/README.md says what comes out.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { composeCall } from "./fixture/compose.ts";
import { SAMPLE_SCRIPTS } from "./fixture/sample-lines.ts";
import { RATE, speak, speakEspeak } from "./fixture/speak.ts";
import { wavOf } from "./fixture/wav.ts";

const folder = process.argv[2] ?? `${import.meta.dirname}/../src/samples/audio`;
mkdirSync(folder, { recursive: true });
for (const [index, { name, operator, customer, lines }] of SAMPLE_SCRIPTS.entries()) {
  const voices = [operator, customer] as const;
  const { channels, truth } = composeCall({
    lines,
    say: (party, text) => {
      const voice = voices[party];
      return voice.by === "flite" ? speak(voice.name, text) : speakEspeak(voice.name, text);
    },
    levels: [-22, -25],
    noiseBelow: 38,
    seed: 100 + index,
    tail: 1,
  });
  // Without joint stereo each party stays in their own channel, also at a low rate.
  const to = ["-c:a", "libmp3lame", "-b:a", "32k", "-joint_stereo", "0", "-ar", String(RATE), "-bitexact"];
  const from = ["-hide_banner", "-loglevel", "error", "-y", "-i", "pipe:0"];
  execFileSync("ffmpeg", [...from, ...to, `${folder}/${name}.mp3`], { input: wavOf(channels, RATE) });
  console.log(name, truth.durationSeconds, "s; talk", truth.talkSeconds, "overlap", truth.overlapSeconds);
}
