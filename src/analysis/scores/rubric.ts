import type { OwnScore } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { digestOf } from "../../lib/id";

/**
 * A score that an engine is asked for: what it means, and from where to where it goes. `of`: the party that it is of, where
 * it is not of both.
 */
export type Criterion = { name: string; meaning: string; min: number; max: number; of?: OwnScore["of"] };

/** Scores of one engine. */
export const MOST_SCORES = 30;
/** In characters. */
export const LONGEST_SCORE_NAME = 60;
export const LONGEST_MEANING = 500;
/** Scales go at most as far up and down as this. */
export const MOST_SCALE = 1_000;

/** What is wrong with scores that an organization writes; undefined where nothing is. */
export function wrongScores(scores: readonly OwnScore[]): DomainError | undefined {
  const names = scores.map(({ name }) => name.toLowerCase());
  if (new Set(names).size < names.length) return invalid("scores", "is used twice");
  if (scores.some(({ min, max }) => !(min < max))) return invalid("scores", "A scale goes from less to more.");
  return undefined;
}

/**
 * The version of scores that a model gives. What an organization changes in its own makes another version, so that figures
 * of one question are never taken for those of another.
 */
export async function versionOf(model: string, own: readonly OwnScore[] | undefined): Promise<string> {
  if (own === undefined || own.length === 0) return model;
  const parts = own.flatMap(({ name, meaning, min, max, of }) => [name, meaning, String(min), String(max), of]);
  return `${model}+${(await digestOf(parts)).slice(0, 8)}`;
}

/** The criteria that hold for a channel: of one party only where that party has a channel of its own. */
export function criteriaFor(
  criteria: readonly Criterion[],
  channel: number,
  operatorChannel: number | null,
): readonly Criterion[] {
  const party = operatorChannel === null ? null : channel === operatorChannel ? "operator" : "customer";
  return criteria.filter(({ of = "both" }) => of === "both" || of === party);
}

const of5 = (name: string, meaning: string): Criterion => ({ name, meaning, min: 1, max: 5 });

/**
 * Voicesense's fifteen names, asked of words instead of the voice. Voicesense publishes neither meaning nor scale; these
 * are ours, so a figure under such a name is the engine's that gave it, and not Voicesense's.
 */
export const FIFTEEN: readonly Criterion[] = [
  of5("Engaged", "Takes part: asks, answers, takes up what the other said."),
  of5("Attentive", "Listens: refers to what the other said, does not have to be told twice."),
  of5("Open", "Speaks freely about what they think and want."),
  of5("WBEnergy", "Speaks as somebody who has energy for the matter."),
  of5("WBEmotion", "The feelings that are named in words are good ones."),
  of5("WBSocial", "Is friendly to the other person."),
  of5("OverallWellBeing", "All in all sounds well, going by what is said."),
  of5("WBCoping", "Deals with what comes up in the call."),
  of5("WBStressControl", "Stays calm where the call is difficult."),
  { ...of5("EnergyLevel", "How lively what is said is."), max: 10 },
  of5("Attrition", "Says things that somebody says who is about to leave."),
  of5("Burnout", "Says things that somebody says who is worn out."),
  of5("Satisfaction", "Says that they are content with what the call came to."),
  of5("Depression", "Speaks of hopelessness or of having no interest in anything."),
  of5("AttitudeLevel", "Is well disposed to the other side and its matter."),
];
