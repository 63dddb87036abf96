import type { MusicScore } from "./music-cases.ts";
import type { ConditionScore } from "./run.ts";
import { f1, sumOf } from "./score.ts";

/** The largest share of music and tones that may be called speech. */
const MOST_MUSIC = 0.01;
/** The least precision and recall of interruptions. */
const LEAST = 0.9;

/**
 * What of the figures is beyond what the engine is held to, a sentence each: in every condition speech at least as well as
 * Silero (where it is there to be asked), interruptions found and no others, music no speech. On dialogues that were kept out.
 */
export function brokenLimits(scores: readonly ConditionScore[], music: readonly MusicScore[]): string[] {
  const held = scores.filter(({ isHeldOut }) => isHeldOut);
  const speech = held.flatMap(({ name, speech: of }) => {
    const [own, silero] = ["Trunkline", "Silero"].map((one) => f1(sumOf(of.get(one) ?? [])));
    return of.has("Silero") && own! < silero! ? [`${name}: F1 ${own!.toFixed(3)}, Silero's ${silero!.toFixed(3)}`] : [];
  });
  const turns = held
    .filter(({ mergesChannels }) => !mergesChannels)
    .flatMap(({ name, interruptions }) => {
      const { hits, falseAlarms, misses } = sumOf(interruptions);
      // People read prompts: none of them interrupts.
      if (hits + misses === 0) return [];
      const [precision, recall] = [hits / (hits + falseAlarms), hits / (hits + misses)];
      return precision >= LEAST && recall >= LEAST
        ? []
        : [`${name}: interruptions' precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`];
    });
  const called = music.flatMap(({ name, called: of }) => {
    const share = of.get("Trunkline") ?? 0;
    return share > MOST_MUSIC ? [`${name}: ${(100 * share).toFixed(1)} % called speech`] : [];
  });
  return [...speech, ...turns, ...called];
}
