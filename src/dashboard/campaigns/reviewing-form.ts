import { numberText } from "../../lib/written-number";
import { reviewingRules, USUAL_OPINIONS, type ReviewingRules } from "../../quality";
import type { FieldErrors } from "../../ui/components/form";
import type { Language } from "../../ui/language";
import { scoreText } from "../../ui/strings/reviewing";
import { numberIn, unclear, unclearIn } from "../amount";
import type { Fields } from "../forms";
import { linesOf } from "../lines";

/** The rules as a form has them. `people` are the chosen ids, `knows` what each of them knows, as written. */
export type ReviewingFields = {
  assign: string;
  people: readonly string[];
  knows: Readonly<Record<string, string>>;
  others: string;
  percent: string;
  perOperator: string;
  riskFrom: string;
  scores: string;
  rest: string;
  due: string;
  wanted: string;
  spread: string;
  rule: string;
  apart: string;
  open: boolean;
  engines: string;
  waiting: boolean;
};

export function reviewingFieldsOf(rules: ReviewingRules, known: readonly string[]): ReviewingFields {
  const { assign, reviewers, sample, due_hours: due, opinions } = rules;
  const text = (value: number | null | undefined) => (value === undefined || value === null ? "" : numberText(value));
  return {
    assign,
    people: reviewers.map(({ reviewer_id: id }) => id),
    knows: Object.fromEntries(reviewers.map(({ reviewer_id: id, expertise }) => [id, expertise.join(", ")])),
    others: reviewers.flatMap(({ reviewer_id: id }) => (known.includes(id) ? [] : [id])).join("\n"),
    percent: text(sample?.percent),
    perOperator: text(sample?.per_operator_a_week),
    riskFrom: text(sample?.risk_from),
    scores: (sample?.scores ?? []).map(scoreText).join("\n"),
    rest: sample?.others ?? "queue",
    due: text(due),
    wanted: text(opinions?.wanted ?? 1),
    spread: text(opinions?.max_spread ?? USUAL_OPINIONS.maxSpread),
    rule: opinions?.rule ?? USUAL_OPINIONS.rule,
    apart: opinions?.when_apart ?? USUAL_OPINIONS.whenApart,
    open: opinions ? !opinions.blind : false,
    engines: rules.engine_answers,
    waiting: false,
  };
}

/** `known`: the people that the form had boxes for. */
export function reviewingFieldsIn(form: Fields): ReviewingFields {
  const people = form.all("person").map((id) => id.slice(0, 200));
  const text = (name: string, most = 20) => form.text(name).trim().slice(0, most);
  const others = form.text("others").slice(0, 20_000);
  const all = [...new Set([...people, ...linesOf(others)])].slice(0, 200);
  return {
    assign: text("assign"),
    people: all,
    knows: Object.fromEntries(all.map((id) => [id, form.text(`knows.${id}`).trim().slice(0, 2_000)])),
    others,
    percent: text("percent"),
    perOperator: text("perOperator"),
    riskFrom: text("riskFrom"),
    scores: form.text("scores").slice(0, 4_000),
    rest: text("rest"),
    due: text("due"),
    wanted: text("wanted"),
    spread: text("spread"),
    rule: text("rule"),
    apart: text("apart"),
    open: form.text("open") !== "",
    engines: text("engines"),
    waiting: form.text("waiting") !== "",
  };
}

const BOUND = /^(.{1,100}?)\s*(>=|<=)\s*(-?[\d.,]{1,12})(?:\s*<=\s*(-?[\d.,]{1,12}))?$/;

/** Sentences at the fields whose numbers may be either of two, as pages of the language write them. */
export function unclearNumbers(fields: ReviewingFields, language: Language): FieldErrors {
  const { percent, perOperator, riskFrom, due, wanted, spread } = fields;
  const scores = linesOf(fields.scores).flatMap((line) =>
    [...(BOUND.exec(line) ?? [])].slice(3).flatMap((bound) => unclear(bound ?? "", language) ?? []),
  );
  return [
    ...unclearIn({ percent, perOperator, riskFrom, due, wanted, spread }, language),
    ...scores.slice(0, 1).map((message) => ({ field: "scores", message })),
  ];
}

/**
 * The rules that the fields say, in numbers as pages of the language write them: what does not fit is refused by their
 * schema. Or a line that is no score.
 */
export function rulesIn(
  fields: ReviewingFields,
  language: Language,
): { badScore: string } | ReturnType<typeof reviewingRules.safeParse> {
  const number = (text: string) => (text === "" ? undefined : numberIn(text, language));
  const scores = [];
  for (const line of linesOf(fields.scores)) {
    const [, name, relation, bound = "", above] = BOUND.exec(line) ?? [];
    const [value, to] = [numberIn(bound, language), above === undefined ? 0 : numberIn(above, language)];
    if (name === undefined || Number.isNaN(value) || Number.isNaN(to)) return { badScore: line.slice(0, 120) };
    scores.push(relation === ">=" ? { name, from: value, ...(above !== undefined && { to }) } : { name, to: value });
  }
  const sample = {
    percent: number(fields.percent),
    per_operator_a_week: number(fields.perOperator),
    risk_from: number(fields.riskFrom),
    ...(scores.length > 0 && { scores }),
    others: fields.rest,
  };
  const says =
    sample.percent !== undefined ||
    sample.per_operator_a_week !== undefined ||
    sample.risk_from !== undefined ||
    scores.length > 0;
  return reviewingRules.safeParse({
    assign: fields.assign,
    reviewers: fields.people.map((id) => ({
      reviewer_id: id,
      expertise: (fields.knows[id] ?? "")
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    })),
    sample: says ? sample : null,
    due_hours: number(fields.due) ?? null,
    opinions:
      fields.wanted === "1" || fields.wanted === ""
        ? null
        : {
            wanted: number(fields.wanted),
            max_spread: number(fields.spread),
            rule: fields.rule,
            when_apart: fields.apart,
            blind: !fields.open,
          },
    engine_answers: fields.engines === "" ? undefined : fields.engines,
  });
}
