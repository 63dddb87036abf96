import { z } from "zod";
import type { Answer, Answers } from "../scorecards";
import type { ReadReview } from "../reviews/rows";

/** When engines' answers are shown: once a person has answered, before that as a proposal, or never. */
export const PREFILLS = ["after", "before", "off"] as const;
export type Prefill = (typeof PREFILLS)[number];

const value = z.union([z.string(), z.number()]);

/** What an engine answered to a criterion, and why: what was said when, in seconds, or a figure. */
const engineAnswer = z.object({
  value,
  engine: z.string(),
  quote: z.string().nullable(),
  at_seconds: z.number().nullable(),
  note: z.string().nullable(),
});
export type EngineAnswer = z.output<typeof engineAnswer>;

const own = z.object({ value: value.nullable(), na: z.boolean() });

const kept = z.object({
  mode: z.enum(PREFILLS),
  answers: z.record(z.string(), engineAnswer),
  /** What the person had answered when they were shown the engine's answer. */
  own: z.record(z.string(), own),
});
export type KeptPrefill = z.output<typeof kept>;

/** What a person changed, after they saw what the engine or they themselves had answered before, and why. */
export type Override = {
  criterion: string;
  by: "engine" | "reviewer";
  from: string | number | null;
  from_na: boolean;
  to: string | number | null;
  to_na: boolean;
  reason: string;
};

/** What a review has of engines; undefined for one without. */
export function prefillOf({ prefill }: Pick<ReadReview, "prefill">): KeptPrefill | undefined {
  return kept.safeParse(prefill).data;
}

/** The engines' answers that may be shown: while a review is worked at, those that its reviewer has answered already. */
export function shownAnswers(review: Pick<ReadReview, "prefill" | "state">): Record<string, EngineAnswer> {
  const known = prefillOf(review);
  if (!known || known.mode === "off") return {};
  if (known.mode === "before" || !["assigned", "in_progress", "lapsed"].includes(review.state)) return known.answers;
  return Object.fromEntries(Object.entries(known.answers).filter(([id]) => Object.hasOwn(known.own, id)));
}

/** The same with what a person has answered by now: of these, engines' answers are shown from here on. */
export function withOwn(known: KeptPrefill, given: Answers): KeptPrefill {
  if (known.mode !== "after") return known;
  const added = Object.keys(known.answers).flatMap((id) => {
    const answer = given[id];
    return answer && isGiven(answer) && !Object.hasOwn(known.own, id)
      ? [[id, { value: answer.value, na: answer.na }] as const]
      : [];
  });
  return added.length === 0 ? known : { ...known, own: { ...known.own, ...Object.fromEntries(added) } };
}

/** What a person answered otherwise than the engine's proposal, or than themselves before they saw its answer. */
export function overridesOf(known: KeptPrefill | undefined, given: Answers | null): Override[] {
  if (!known || given === null) return [];
  return Object.entries(known.answers).flatMap(([criterion, found]) => {
    const answer = given[criterion];
    const before = known.mode === "before" ? { value: found.value, na: false } : known.own[criterion];
    if (!answer || !before || !isGiven(answer) || (answer.value === before.value && answer.na === before.na)) return [];
    const [from, to] = [
      { from: before.value, from_na: before.na },
      { to: answer.value, to_na: answer.na },
    ];
    const by = known.mode === "before" ? ("engine" as const) : ("reviewer" as const);
    return [{ criterion, by, ...from, ...to, reason: answer.reason ?? "" }];
  });
}

function isGiven({ value: answered, na }: Answer): boolean {
  return na || answered !== null;
}
