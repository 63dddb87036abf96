// How often the acoustic engine is right, on conversations whose truth is known: `npm run bench:analysis`.
// Needs flite, espeak-ng, sox and ffmpeg on the PATH; what this ffmpeg has no encoder for is left out and named.
// `VAD_PEERS` names a folder with the packages of the detectors it is compared with (docs/analysis.md). `--docs` writes
// the tables into docs/analysis.md, `--few` is a quick look.
import { spawnSync } from "node:child_process";
import { runScript, Trouble } from "../../../scripts/trouble.ts";
import { conditionsHere, type Condition } from "./conditions.ts";
import { loadListener } from "./detector.ts";
import { makeDialogue, makeDialogueOfPeople, peopleAreHere, type Dialogue } from "./dialogue.ts";
import { scoreMusic } from "./music-cases.ts";
import { brokenLimits } from "./limits.ts";
import { loadPeers, type Peer } from "./peers.ts";
import { musicReport, peopleReport, speechReport, turnsReport, writeDocs } from "./report.ts";
import { framesOf, scoreFrames, scoreMoments, tidied, type Frames, type Moment } from "./score.ts";

const DIALOGUES = 8;
/** Conditions in which people are heard too. */
const WITH_PEOPLE = [
  "quiet office",
  "white noise, 5 dB",
  "car, 5 dB",
  "babble, 10 dB",
  "echo, 25 dB",
  "MP3, 32 kbit/s",
];

/** What came of one condition: speech by detector, and interruptions, each of the tuned and the held-out dialogues. */
export type ConditionScore = {
  name: string;
  isHeldOut: boolean;
  mergesChannels: boolean;
  speech: Map<string, Frames[]>;
  interruptions: Frames[];
};

await runScript(async () => {
  const isQuick = process.argv.includes("--few");
  const only = process.argv.find((word) => word.startsWith("--only="))?.slice(7);
  const absent = ["flite", "espeak-ng", "sox", "ffmpeg"].filter((name) => spawnSync(name, ["--help"]).error);
  if (absent.length > 0) throw new Trouble(`${absent.join(", ")}: not on the PATH (Debian's packages of these names)`);
  const { possible, missing } = conditionsHere();
  if (missing.length > 0) {
    const named = `this ffmpeg was built without ${missing.join(", ")} (Debian: libavcodec-extra)`;
    if (process.argv.includes("--docs")) throw new Trouble(`${named}: the page has all conditions or none`);
    process.stderr.write(`${named}: left out\n`);
  }
  if (!peopleAreHere()) {
    const named = "the prompts of Debian's asterisk-core-sounds-ru-wav are not installed";
    if (process.argv.includes("--docs")) throw new Trouble(`${named}: the page has people or nothing`);
    process.stderr.write(`${named}: people are left out\n`);
  }
  const listenTo = await loadListener();
  const peers = await loadPeers(process.env["VAD_PEERS"]);
  const dialogues = Array.from({ length: isQuick ? 4 : DIALOGUES }, (_, number) => makeDialogue(number));
  const scores = possible
    .filter(({ name }) => only === undefined || name.includes(only))
    .flatMap((condition) =>
      [false, true].map((isHeldOut) => {
        const score = newScore(condition, isHeldOut);
        for (const [seed, dialogue] of dialogues.entries())
          if (dialogue.isHeldOut === isHeldOut)
            judge(score, dialogue, condition.apply(dialogue, seed + 1), isHeldOut ? peers : []);
        process.stderr.write(`${condition.name}${isHeldOut ? ", held out" : ""}\n`);
        return score;
      }),
    );
  const spoken = peopleAreHere() ? [0, 1, 2].map(makeDialogueOfPeople) : [];
  const people = possible
    .filter(({ name }) => spoken.length > 0 && only === undefined && WITH_PEOPLE.includes(name))
    .map((condition) => {
      const score = newScore(condition, true);
      for (const [seed, dialogue] of spoken.entries())
        judge(score, dialogue, condition.apply(dialogue, seed + 50), peers);
      process.stderr.write(`${condition.name}, people\n`);
      return score;
    });
  const music = only ? [] : scoreMusic(listenTo, peers, isQuick ? 1 : 2);
  const reports = {
    speech: speechReport(scores),
    people: peopleReport(people),
    turns: turnsReport(scores),
    music: musicReport(music),
  };
  process.stdout.write(`${Object.values(reports).join("\n\n")}\n`);
  if (process.argv.includes("--docs")) writeDocs(reports);
  const broken = [...brokenLimits(scores, music), ...brokenLimits(people, [])];
  for (const one of broken) process.stderr.write(`beyond its limit: ${one}\n`);
  return broken.length === 0 ? 0 : 1;

  function judge(score: ConditionScore, dialogue: Dialogue, sound: readonly Float32Array[], others: readonly Peer[]) {
    const found = listenTo(sound, 8000);
    const length = Math.ceil(sound[0]!.length / 80);
    for (const channel of [0, 1] as const) {
      const truth = framesOf(dialogue.truth.speech[channel], length);
      // What a channel that is a copy of another carries is measured once.
      const own = found.channels.find((one) => one.channel === channel) ?? found.channels[0];
      const spans = (own?.segments ?? []).map(([start, end]) => [start / 1000, end / 1000] as const);
      add(score.speech, "Trunkline", scoreFrames(framesOf(spans, length), truth));
      for (const peer of others) add(score.speech, peer.name, scoreFrames(tidied(peer.detect(sound[channel]!)), truth));
    }
    const taken = (found.call?.interruptions ?? []).map(({ by, atMs }): Moment => ({ by, at: atMs / 1000 }));
    const meant = dialogue.truth.utterances
      .filter(({ kind }) => kind === "interruption")
      .map(({ channel, start }): Moment => ({ by: channel, at: start }));
    score.interruptions.push(scoreMoments(taken, meant));
  }
});

function newScore({ name, mergesChannels = false }: Condition, isHeldOut: boolean): ConditionScore {
  return { name, isHeldOut, mergesChannels, speech: new Map(), interruptions: [] };
}

function add(scores: Map<string, Frames[]>, name: string, score: Frames): void {
  scores.set(name, [...(scores.get(name) ?? []), score]);
}
