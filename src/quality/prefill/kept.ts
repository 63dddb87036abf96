import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { reviews } from "../../db/schema";
import type { Answer, Answers, ScorecardDefinition } from "../scorecards";
import { askedOf, criteriaOf } from "../scorecards/asked";
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
  /** The criteria of which no change has to be explained: texts, and what was not asked any more at the submission. */
  apart: z.array(z.string()).optional(),
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

/**
 * While a review is in one of these states, or can come back from it, its reviewer answers what they have not answered yet: a
 * submission is taken back, and whoever skips a call or hands it up may be given it again.
 */
const UNSETTLED: readonly ReadReview["state"][] = [
  "assigned",
  "in_progress",
  "lapsed",
  "submitted",
  "skipped",
  "escalated",
];

/** The engines' answers that may be shown: until a review is settled, those that its reviewer has answered already. */
export function shownAnswers(review: Pick<ReadReview, "prefill" | "state">): Record<string, EngineAnswer> {
  const known = prefillOf(review);
  if (!known || known.mode === "off") return {};
  if (known.mode === "before" || !UNSETTLED.includes(review.state)) return known.answers;
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

/** SQL that sets in a review's `prefill` what is apart. */
export function apartNoted({ apart = [] }: KeptPrefill, prefill: SQL = sql`${reviews.prefill}`): SQL {
  return sql`json_set(${prefill}, '$.apart', json(${JSON.stringify(apart)}))`;
}

/**
 * SQL that adds to a review's `prefill` what a person has answered by now, and leaves the rest as it is there: it may have been
 * masked or have run out since it was read. Undefined where there is nothing to add. What is noted already stays.
 */
export function ownNoted(known: KeptPrefill | undefined, given: Answers | undefined): SQL | undefined {
  if (!known || given === undefined || withOwn(known, given) === known) return undefined;
  const added = JSON.stringify(withOwn({ ...known, own: {} }, given).own);
  return sql`json_set(${reviews.prefill}, '$.own', json((
    SELECT json_group_object(one.key, json(one.value)) FROM (
      SELECT key, value FROM json_each(${reviews.prefill}, '$.own')
      UNION ALL SELECT key, value FROM json_each(${added})
        WHERE key NOT IN (SELECT key FROM json_each(${reviews.prefill}, '$.own'))) AS one)))`;
}

/**
 * The same as it is at a submission. A text is written bit by bit, and its beginning may have been stored; and nobody sees the
 * field of a criterion that is not asked any more: neither is asked for a reason.
 */
export function atSubmission(known: KeptPrefill, definition: ScorecardDefinition, given: Answers): KeptPrefill {
  const asked = askedOf(definition, given);
  const apart = criteriaOf(definition).filter(({ id, kind }) => kind === "text" || !asked.has(id));
  return { ...known, apart: apart.flatMap(({ id }) => (Object.hasOwn(known.answers, id) ? [id] : [])) };
}

/** What a person answered otherwise than the engine's proposal, or than themselves before they saw its answer. */
export function overridesOf(known: KeptPrefill | undefined, given: Answers | null): Override[] {
  if (!known || given === null) return [];
  return Object.entries(known.answers).flatMap(([criterion, found]) => {
    const answer = given[criterion];
    const before = known.mode === "before" ? { value: found.value, na: false } : known.own[criterion];
    if (known.apart?.includes(criterion)) return [];
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
