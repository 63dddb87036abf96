import { z } from "zod";
import { engineLink, type EngineLink } from "../prefill/link";
import { isCounted } from "./asked";
import type { ScorecardDefinition as Shape } from "./shape";

// What a scorecard asks, in the JSON in which it is written, kept and exported.

/** The id of a section or criterion, chosen by whoever writes the scorecard: answers name it. */
const key = z.string().regex(/^[a-z0-9_]{1,40}$/, "must be 1 to 40 of a-z, 0-9 and _");
const title = z.string().trim().min(1).max(300);
const weight = z.number().int().min(0).max(1_000);
const points = z.number().int().min(0).max(1_000);

const option = z.strictObject({ id: key, label: title, points });

const condition = z.strictObject({
  criterion: key.describe("A criterion that stands before this one."),
  is: z.array(z.string().max(40)).min(1).max(20).describe("The answers with which this one is asked."),
});

export const criterion = z.strictObject({
  id: key,
  text: title.describe("What is asked."),
  help: z.string().trim().max(1_000).optional().describe("What counts as which answer."),
  kind: z
    .enum(["yes_no", "scale", "choice", "text"])
    .describe("`text` has no points: it is a remark that counts nothing."),
  weight: weight.default(1).describe("Its part in the section, against the weights of the others."),
  max: points.min(1).optional().describe("Of a `scale`: the most points, from 0 on."),
  options: z.array(option).min(2).max(20).optional().describe("Of a `choice`: the answers there are."),
  na_allowed: z.boolean().default(false).describe("Whether it may be answered with “does not apply”."),
  critical: z.boolean().default(false).describe("Whether the call fails with it, whatever the score."),
  auto_fail: z.boolean().default(false).describe("Whether the call fails with it and the score is 0."),
  fails_below: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe("The percentage of its points below which it is failed. Otherwise it is failed with no points."),
  only_if: condition.optional().describe("It is asked only after these answers to another criterion."),
  engine: engineLink.optional().describe("What engines answer it by. A person's answer counts."),
});

const section = z.strictObject({
  id: key,
  title,
  weight: weight.default(1).describe("Its part in the whole, against the weights of the other sections."),
  criteria: z.array(criterion).min(1).max(100),
});

export const scorecardDefinition = z
  .strictObject({
    pass_percent: z.number().min(0).max(100).default(80).describe("The score with which a call passes."),
    sections: z.array(section).min(1).max(30),
  })
  .superRefine((definition, context) => {
    for (const { path, message } of faultsOf(definition)) context.addIssue({ code: "custom", path, message });
  });

export type ScorecardDefinition = Shape<Criterion>;
export type Criterion = z.output<typeof criterion>;

/** Together at most, so that a page shows a scorecard as one list. */
const MOST_CRITERIA = 200;

type Fault = { path: (string | number)[]; message: string };

/** What is wrong with a scorecard that has the right form. */
function faultsOf({ sections }: ScorecardDefinition): Fault[] {
  const faults: Fault[] = [];
  const named = new Set<string>();
  const before = new Map<string, Criterion>();
  for (const [at, { id, criteria }] of sections.entries()) {
    if (named.has(id)) faults.push({ path: ["sections", at, "id"], message: "is used twice" });
    named.add(id);
    for (const [place, one] of criteria.entries()) {
      const path = ["sections", at, "criteria", place];
      if (named.has(one.id)) faults.push({ path: [...path, "id"], message: "is used twice" });
      named.add(one.id);
      faults.push(...faultsOfCriterion(one, before).map(([field, message]) => ({ path: [...path, field], message })));
      before.set(one.id, one);
    }
  }
  if (before.size > MOST_CRITERIA)
    faults.push({ path: ["sections"], message: `must have at most ${MOST_CRITERIA} criteria together` });
  const counts = sections.some((one) => one.weight > 0 && one.criteria.some((each) => isCounted(each)));
  if (!counts) faults.push({ path: ["sections"], message: "must have a criterion that counts" });
  return faults;
}

function faultsOfCriterion(one: Criterion, before: ReadonlyMap<string, Criterion>): [string, string][] {
  const faults: [string, string][] = [];
  if ((one.kind === "scale") !== (one.max !== undefined)) faults.push(["max", "is what a `scale` has, and no other"]);
  if ((one.kind === "choice") !== (one.options !== undefined))
    faults.push(["options", "is what a `choice` has, and no other"]);
  const ids = one.options?.map(({ id }) => id) ?? [];
  if (new Set(ids).size < ids.length) faults.push(["options", "has two options with one id"]);
  if (one.options?.every((each) => each.points === 0)) faults.push(["options", "must have one with points"]);
  if (one.kind === "text" && (one.critical || one.auto_fail)) faults.push(["kind", "`text` cannot be failed"]);
  if (one.engine) faults.push(...faultsOfLink(one, one.engine));
  if (one.only_if) {
    const asked = before.get(one.only_if.criterion);
    if (!asked) faults.push(["only_if", "must name a criterion that stands before"]);
    else if (!one.only_if.is.every((answer) => isAnswerTo(asked, answer)))
      faults.push(["only_if", "must name answers of that criterion"]);
  }
  return faults;
}

function faultsOfLink(one: Criterion, link: EngineLink): [string, string][] {
  if (link.by === "score" && one.kind !== "scale") return [["engine", "by a score answers a `scale`, and no other"]];
  if (link.by !== "conditions") return [];
  if (one.kind === "text") return [["engine", "by conditions answers what has answers to choose from"]];
  const answers = [link.met, link.unmet].flatMap((answer) => answer ?? []);
  return answers.every(
    (answer) => isAnswerTo(one, String(answer)) && (typeof answer === "number") === (one.kind === "scale"),
  )
    ? []
    : [["engine", "must answer with an answer to the criterion"]];
}

/** Whether a text, as a condition has it, is an answer to a criterion. */
function isAnswerTo({ kind, max = 0, options = [] }: Criterion, answer: string): boolean {
  if (kind === "yes_no") return answer === "yes" || answer === "no";
  if (kind === "choice") return options.some(({ id }) => id === answer);
  return kind === "scale" && /^\d{1,4}$/.test(answer) && Number(answer) <= max;
}
