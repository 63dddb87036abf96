import { z } from "zod";
import type { MeasuresSnapshot } from "../../events";
import type { ScoreSet } from "../scores/score-set";
import type { Condition, RuleContent, SpeakerMeasure } from "./condition";
import { findPhrase, type Said } from "./phrase";

/** What is known of a call when rules look at it. */
export type KnownOfCall = {
  /** Each number as the platform wrote it and in E.164, as far as they are known. */
  caller: readonly string[];
  called: readonly string[];
  /** Null where nobody made words of the call. */
  said: readonly Said[] | null;
  /** Stretches of which no words were made, by when they begin in milliseconds. */
  gaps: readonly { start: number }[];
  measures: MeasuresSnapshot | null;
  /** The channel of the operator; null where one channel carries everyone. */
  operatorChannel: number | null;
  scoreSets: readonly ScoreSet[];
  /** How many calls of a number there were before this one began, this one included. */
  repeats(party: "caller" | "called", withinMinutes: number): number | null;
};

const text = z.string();
const who = z.string().nullable();

/** What a condition that holds rests on. */
export const evidence = z.discriminatedUnion("kind", [
  // The quote is empty once the words of the call have run out.
  z.object({ kind: z.literal("phrase"), phrase: text, quote: text, speaker: who, at: z.number().nullable() }),
  z.object({ kind: z.literal("unsaid"), phrases: z.array(text), speaker: who, first_seconds: z.number().nullable() }),
  z.object({ kind: z.literal("number"), party: text, number: text }),
  z.object({ kind: z.literal("measure"), name: text, speaker: who, value: z.number() }),
  z.object({ kind: z.literal("repeat"), party: text, calls: z.number(), within_minutes: z.number() }),
  z.object({ kind: z.literal("score"), name: text, speaker: who, value: z.number(), engine: text, words: z.boolean() }),
]);

export type Evidence = z.infer<typeof evidence>;

/** A rule as it is stored with what it found. */
export const judged = z.object({
  id: text,
  name: text,
  version: z.number().int(),
  weight: z.number(),
  script: text.nullable(),
  /** Null: it cannot be known. */
  holds: z.boolean().nullable(),
  evidence: z.array(evidence),
});

export type Judged = z.infer<typeof judged>;

export type RuleToJudge = Pick<RuleContent, "name" | "weight" | "script" | "conditions"> & {
  id: string;
  version: number;
};

/** Looks whether a rule holds for a call: all of its conditions have to. */
export function judge(rule: RuleToJudge, known: KnownOfCall): Judged {
  const { id, name, version, weight, script } = rule;
  const found = rule.conditions.map((one) => lookFor(one, known));
  const proofs = found.flatMap((one) => (typeof one === "object" && one !== null ? [one] : []));
  const holds = proofs.length === found.length ? true : found.includes(false) ? false : null;
  return { id, name, version, weight, script, holds, evidence: holds ? proofs : [] };
}

/** What proves that a condition holds; false where it does not, null where that cannot be known. */
function lookFor(one: Condition, known: KnownOfCall): Evidence | false | null {
  switch (one.kind) {
    case "phrase":
      return one.said ? said(one, known) : unsaid(one, known);
    case "number":
      return number(one, known);
    case "measure":
      return measure(one, known);
    case "repeat": {
      const calls = known.repeats(one.party, one.within_minutes);
      if (calls === null) return null;
      const { party, within_minutes } = one;
      return calls >= one.calls && { kind: "repeat", party, calls, within_minutes };
    }
    case "score":
      return score(one, known);
  }
}

type Of<K extends Condition["kind"]> = Extract<Condition, { kind: K }>;

function said(one: Of<"phrase">, known: KnownOfCall): Evidence | false | null {
  if (known.said === null) return null;
  const found = findPhrase(known.said, one);
  if (!found) return false;
  const { phrase, quote, at } = found;
  return { kind: "phrase", phrase, quote, speaker: found.speaker, at };
}

/** That nobody said it is known only where there are words of all that the condition is about. */
function unsaid(one: Of<"phrase">, known: KnownOfCall): Evidence | false | null {
  if (known.said === null) return null;
  if (findPhrase(known.said, one)) return false;
  const end = one.first_seconds === null ? Infinity : one.first_seconds * 1000;
  const isUnheard = known.gaps.some(({ start }) => start <= end);
  const isUnplaced = one.first_seconds !== null && known.said.some(({ start }) => start === null);
  const isUnknown = one.speaker !== "any" && known.said.every((words) => words.speaker === null);
  if (isUnheard || isUnplaced || isUnknown) return null;
  const { phrases, first_seconds } = one;
  return { kind: "unsaid", phrases, speaker: one.speaker === "any" ? null : one.speaker, first_seconds };
}

function number(one: Of<"number">, known: KnownOfCall): Evidence | false | null {
  const parties = one.party === "either" ? (["caller", "called"] as const) : ([one.party] as const);
  const numbers = parties.flatMap((party) => known[party].map((dialled) => ({ party, number: dialled })));
  if (numbers.length === 0) return null;
  const found = numbers.find((candidate) => one.numbers.some((wanted) => isNumber(candidate.number, wanted)));
  return found ? { kind: "number", ...found } : false;
}

function isNumber(known: string, wanted: string): boolean {
  const digits = known.replace(/\D/g, "");
  const sought = wanted.replace(/\D/g, "");
  return wanted.endsWith("*") ? digits.startsWith(sought) : digits === sought;
}

function measure(one: Of<"measure">, known: KnownOfCall): Evidence | false | null {
  const value = measured(one, known);
  if (value === null || value === undefined) return null;
  const { name, speaker } = one;
  return isWithin(value, one) && { kind: "measure", name, speaker: speaker === "call" ? null : speaker, value };
}

function measured(one: Of<"measure">, { measures, operatorChannel }: KnownOfCall): number | null | undefined {
  if (measures === null) return null;
  if (one.speaker === "call") return measures[one.name as keyof MeasuresSnapshot] as number | null;
  if (operatorChannel === null) return null;
  const isOperator = one.speaker === "operator";
  const channel = measures.channels?.find(({ channel: at }) => (at === operatorChannel) === isOperator);
  return channel?.[one.name as SpeakerMeasure];
}

function score(one: Of<"score">, { scoreSets, operatorChannel }: KnownOfCall): Evidence | false | null {
  const name = one.name.toLowerCase();
  const known = scoreSets.flatMap((set) =>
    set.channels
      .filter(({ channel }) => one.speaker === "any" || speakerAt(channel, operatorChannel) === one.speaker)
      .flatMap(({ channel, scores }) => scores.map((found) => ({ ...found, channel, engine: set.engine })))
      .filter((found) => found.name.toLowerCase() === name && found.value !== null),
  );
  if (known.length === 0) return null;
  const found = known.find(({ value }) => value !== null && isWithin(value, one));
  if (!found || found.value === null) return false;
  return {
    kind: "score",
    name: found.name,
    speaker: speakerAt(found.channel, operatorChannel),
    value: found.value,
    engine: found.engine,
    words: found.quote !== undefined,
  };
}

function speakerAt(channel: number, operatorChannel: number | null): "operator" | "customer" | null {
  return operatorChannel === null ? null : channel === operatorChannel ? "operator" : "customer";
}

function isWithin(value: number, { at_least: least, at_most: most }: Of<"measure"> | Of<"score">): boolean {
  return (least === null || value >= least) && (most === null || value <= most);
}
