import { scorecardDefinition, type Criterion, type ScorecardDefinition } from "../../quality";
import type { Fields } from "../forms";
import { linesOf } from "../lines";

// The form of a scorecard. Its fields are named by their place: `s0.title`, `s0.c1.text`. Behind the last criterion of a
// section and the last section stands an empty one, and what has no text is left out: so one adds and removes without
// script.

type Kind = Criterion["kind"];

/** What the fields of one criterion hold. `kept`: what the form does not show, from what is stored. */
export type CriterionFields = {
  id: string;
  text: string;
  kind: Kind;
  weight: string;
  max: string;
  options: string;
  naAllowed: boolean;
  critical: boolean;
  autoFail: boolean;
  failsBelow: string;
};
export type SectionFields = { id: string; title: string; weight: string; criteria: readonly CriterionFields[] };
export type ScorecardFields = {
  name: string;
  pass: string;
  campaigns: readonly string[];
  sections: readonly SectionFields[];
};

/** More than a scorecard may have: where reading a form ends. */
const MOST = 220;

const EMPTY: CriterionFields = {
  id: "",
  text: "",
  kind: "yes_no",
  weight: "1",
  max: "5",
  options: "",
  naAllowed: false,
  critical: false,
  autoFail: false,
  failsBelow: "",
};

/** What the form of a stored scorecard holds. */
export function fieldsFrom(
  name: string,
  campaigns: readonly string[] | null,
  definition: ScorecardDefinition,
): ScorecardFields {
  return {
    name,
    pass: String(definition.pass_percent),
    campaigns: campaigns ?? [],
    sections: definition.sections.map(({ id, title, weight, criteria }) => ({
      id,
      title,
      weight: String(weight),
      criteria: criteria.map((one) => ({
        id: one.id,
        text: one.text,
        kind: one.kind,
        weight: String(one.weight),
        max: one.max === undefined ? "5" : String(one.max),
        options: (one.options ?? []).map(({ label, points }) => `${label} = ${points}`).join("\n"),
        naAllowed: one.na_allowed,
        critical: one.critical,
        autoFail: one.auto_fail,
        failsBelow: one.fails_below === undefined ? "" : String(one.fails_below),
      })),
    })),
  };
}

/** The same with an empty criterion in each section and an empty section. */
export function withRoom(sections: readonly SectionFields[]): SectionFields[] {
  const room = sections.map((each) => ({ ...each, criteria: [...each.criteria, EMPTY] }));
  return [...room, { id: "", title: "", weight: "1", criteria: [EMPTY] }];
}

/** What a form holds, without the sections and criteria that have no text. */
export function fieldsIn(form: Fields): ScorecardFields {
  const sections: SectionFields[] = [];
  for (let at = 0; at < MOST && form.all(`s${at}.title`).length > 0; at += 1) {
    const base = `s${at}`;
    const criteria: CriterionFields[] = [];
    for (let place = 0; place < MOST && form.all(`${base}.c${place}.text`).length > 0; place += 1) {
      const one = criterionIn(form, `${base}.c${place}`);
      if (one.text !== "") criteria.push(one);
    }
    const title = form.text(`${base}.title`).trim();
    if (title !== "" || criteria.length > 0)
      sections.push({ id: form.text(`${base}.id`), title, weight: form.text(`${base}.weight`).trim(), criteria });
  }
  return {
    name: form.text("name").trim(),
    pass: form.text("pass").trim(),
    campaigns: form.all("campaign"),
    sections,
  };
}

function criterionIn(form: Fields, base: string): CriterionFields {
  const kind = form.text(`${base}.kind`);
  return {
    id: form.text(`${base}.id`),
    text: form.text(`${base}.text`).trim(),
    kind: kind === "scale" || kind === "choice" || kind === "text" ? kind : "yes_no",
    weight: form.text(`${base}.weight`).trim(),
    max: form.text(`${base}.max`).trim(),
    options: form.text(`${base}.options`),
    naAllowed: form.text(`${base}.na`) === "true",
    critical: form.text(`${base}.critical`) === "true",
    autoFail: form.text(`${base}.autoFail`) === "true",
    failsBelow: form.text(`${base}.failsBelow`).trim(),
  };
}

/** Whether two forms say the same: the campaigns in any order, options with the line ends of any browser. */
export function isSame(one: ScorecardFields, other: ScorecardFields): boolean {
  const [text, same] = [one, other].map(({ campaigns, sections, ...rest }) =>
    JSON.stringify({
      ...rest,
      campaigns: campaigns.toSorted(),
      sections: sections.map(({ criteria, ...section }) => ({
        ...section,
        criteria: criteria.map((each) => ({ ...each, options: each.options.replaceAll("\r\n", "\n").trim() })),
      })),
    }),
  );
  return text === same;
}

/** The scorecard that fields describe. What the form does not show stays as it is stored. */
export function definitionFrom({ pass, sections }: ScorecardFields, stored: ScorecardDefinition) {
  const known = new Map(stored.sections.flatMap(({ criteria }) => criteria).map((one) => [one.id, one]));
  const taken = new Set(sections.flatMap(({ id, criteria }) => [id, ...criteria.map((one) => one.id)]));
  const idOf = (id: string, prefix: string) => {
    if (id !== "") return id;
    let number = 1;
    while (taken.has(`${prefix}${number}`)) number += 1;
    taken.add(`${prefix}${number}`);
    return `${prefix}${number}`;
  };
  return scorecardDefinition.safeParse({
    pass_percent: numberIn(pass),
    sections: sections.map(({ id, title, weight, criteria }) => ({
      id: idOf(id, "section_"),
      title,
      weight: numberIn(weight),
      criteria: criteria.map((one) => criterionFrom(one, idOf(one.id, "criterion_"), known.get(one.id))),
    })),
  });
}

function criterionFrom(fields: CriterionFields, id: string, stored: Criterion | undefined) {
  const { text, kind, weight, max, options, naAllowed, critical, autoFail, failsBelow } = fields;
  return {
    id,
    text,
    kind,
    weight: numberIn(weight),
    ...(kind === "scale" ? { max: numberIn(max) } : {}),
    ...(kind === "choice" ? { options: optionsIn(options, stored) } : {}),
    na_allowed: naAllowed,
    critical,
    auto_fail: autoFail,
    ...(stored?.help === undefined ? {} : { help: stored.help }),
    ...(failsBelow === "" ? {} : { fails_below: numberIn(failsBelow) }),
    ...(stored?.only_if === undefined ? {} : { only_if: stored.only_if }),
    // What an engine answers fits the kind that it was written for.
    ...(stored?.engine === undefined || stored.kind !== kind ? {} : { engine: stored.engine }),
  };
}

/** Each line an option. One with a label as before keeps its id, so answers to it mean the same. */
function optionsIn(text: string, stored: Criterion | undefined) {
  const lines = linesOf(text);
  const taken = new Set(stored?.options?.map(({ id }) => id));
  return lines.map((line) => {
    const [, label = line, points = "x"] = /^(.*?)\s*=\s*(\d+)$/.exec(line) ?? [];
    const known = stored?.options?.find((one) => one.label === label);
    let number = 1;
    while (taken.has(`option_${number}`)) number += 1;
    const id = known?.id ?? `option_${number}`;
    taken.add(id);
    return { id, label, points: numberIn(points) };
  });
}

/** What is no number stays a text, which the schema then refuses. */
function numberIn(text: string): number | string {
  const written = text.replace(",", ".");
  return /^\d{1,6}(?:\.\d{1,2})?$/.test(written) ? Number(written) : text;
}

/** The field of the form that a place in the definition stands in. */
export function fieldOf(path: readonly PropertyKey[]): string {
  const [first, section, , criterion, name] = path;
  if (first === "pass_percent") return "pass";
  if (typeof section !== "number") return "name";
  if (typeof criterion !== "number") return `s${section}.${path[2] === "weight" ? "weight" : "title"}`;
  if (name === "fails_below") return `s${section}.c${criterion}.failsBelow`;
  const shown = ["text", "weight", "max", "options"].find((one) => one === name) ?? "text";
  return `s${section}.c${criterion}.${shown}`;
}
