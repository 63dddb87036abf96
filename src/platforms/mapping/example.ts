import { toIso } from "../../lib/time";
import { CALLER, exampleId, LENGTH, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";
import { directionOf } from "../reading/direction";
import { parseExpression, type Expression } from "./expression";
import type { Unit } from "./moment";
import type { MappedSettings } from "./read";
import type { Fact } from "./schema";
import { outcomeOf } from "./words";

type Body = Record<string, unknown>;
type How = { values?: Readonly<Record<string, string>>; unit?: Unit };
type Path = (string | number)[];

/**
 * A notice of an answered call as this source reads it: in Trunkline's own format, or with each fact where the source's
 * mapping looks for it. Only plain paths can be followed back (`a.b[0]`, the first of `a || b`, `a == 'x'` of
 * `only_if`); what a mapping works out otherwise is left out, and "" is given where that is the call's id.
 */
export function mappedExample(context: ExampleContext<MappedSettings>): string {
  const { mapping } = context.settings;
  const id = exampleId(context.unique);
  const { startedAt, answeredAt, endedAt } = momentsOf(context.now);
  if (mapping === undefined)
    return written({
      external_id: id,
      outcome: "completed",
      direction: "inbound",
      from: CALLER,
      to: LINE,
      started_at: toIso(startedAt),
      duration_seconds: LENGTH,
      talk_seconds: TALK,
      operator: OPERATOR,
      custom: { queue: "Samples" },
    });
  const body: Body = {};
  if (mapping.only_if !== undefined) fulfil(body, nodeOf(mapping.only_if));
  const parts = Array.isArray(mapping.external_id) ? mapping.external_id : [mapping.external_id];
  const placed = parts.map((part, index) => put(body, part, () => (index === 0 ? id : "sample")));
  if (!placed.every(Boolean)) return "";
  put(body, mapping.outcome, ({ values }) => wordFor(values, "completed", (word) => outcomeOf(word) === "completed"));
  put(body, mapping.direction, ({ values }) => wordFor(values, "inbound", (word) => directionOf(word) === "inbound"));
  put(body, mapping.from, () => CALLER);
  put(body, mapping.to, () => LINE);
  put(body, mapping.started_at, (how) => momentIn(how, startedAt));
  put(body, mapping.answered_at, (how) => momentIn(how, answeredAt));
  put(body, mapping.ended_at, (how) => momentIn(how, endedAt));
  put(body, mapping.duration, (how) => lengthIn(how, LENGTH));
  put(body, mapping.talk, (how) => lengthIn(how, TALK));
  put(body, mapping.status, () => "answered");
  put(body, mapping.operator, () => OPERATOR);
  if (context.campaign) put(body, mapping.campaign_number, () => context.campaign?.number);
  return written(body);
}

/** Puts a value where the fact is looked for. False where that place cannot be known, or holds something else already. */
function put(body: Body, fact: Fact | undefined, valueOf: (how: How) => unknown): boolean {
  if (fact === undefined || (typeof fact === "object" && "const" in fact)) return false;
  const how = typeof fact === "string" ? { path: fact } : fact;
  const path = pathOf(nodeOf(how.path));
  return path !== undefined && setAt(body, path, valueOf(how));
}

/** Makes a condition true as far as plain paths and comparisons say how. */
function fulfil(body: Body, node: Expression | undefined): void {
  switch (node?.type) {
    case "AndExpression":
      fulfil(body, node.left);
      return fulfil(body, node.right);
    case "OrExpression":
      return fulfil(body, node.left);
    case "Comparator": {
      if (node.name !== "EQ") return;
      for (const [place, value] of [
        [node.left, node.right],
        [node.right, node.left],
      ] as const) {
        const path = pathOf(place);
        if (path !== undefined && value.type === "Literal") setAt(body, path, value.value);
      }
      return;
    }
    default: {
      const path = pathOf(node);
      if (path !== undefined) setAt(body, path, true);
    }
  }
}

function nodeOf(text: string): Expression | undefined {
  const parsed = parseExpression(text);
  return parsed.ok ? parsed.value : undefined;
}

function pathOf(node: Expression | undefined): Path | undefined {
  switch (node?.type) {
    case "Field":
      return [node.name];
    case "Index":
      return node.value < 0 ? undefined : [node.value];
    case "Subexpression":
    case "IndexExpression": {
      const [left, right] = [pathOf(node.left), pathOf(node.right)];
      return left && right && [...left, ...right];
    }
    case "OrExpression":
      return pathOf(node.left) ?? pathOf(node.right);
    default:
      return undefined;
  }
}

/** Whether the value is there now: nothing is put in the place of something else. */
function setAt(body: Body, path: Path, value: unknown): boolean {
  let place: unknown = body;
  for (const [index, key] of path.entries()) {
    if (typeof place !== "object" || place === null || Array.isArray(place) !== (typeof key === "number")) return false;
    const holder = place as Record<string | number, unknown>;
    const next = path[index + 1];
    if (next === undefined) {
      if (Object.hasOwn(holder, key)) return false;
      holder[key] = value;
      return true;
    }
    if (!Object.hasOwn(holder, key)) holder[key] = typeof next === "number" ? [] : {};
    place = holder[key];
  }
  return false;
}

/** A word that the mapping reads as one of ours. */
function wordFor(values: How["values"], ours: string, isIt: (word: string) => boolean): string {
  const theirs = Object.entries(values ?? {}).filter(([, word]) => isIt(word));
  const named = theirs.find(([word]) => word !== "*")?.[0];
  return named ?? (theirs.length > 0 ? "sample" : ours);
}

const PER_MILLISECOND: Record<Unit, number> = { us: 1_000, ms: 1, s: 1 / 1_000, min: 1 / 60_000 };

/** A moment (milliseconds) as the mapping reads it: ISO 8601, or a number of the epoch in its unit. */
function momentIn({ unit }: How, at: number): unknown {
  return unit === undefined ? toIso(at) : at * PER_MILLISECOND[unit];
}

/** A length (seconds) in the mapping's unit. */
function lengthIn({ unit = "s" }: How, seconds: number): number {
  return seconds * 1_000 * PER_MILLISECOND[unit];
}
