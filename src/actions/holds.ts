import { judge, type KnownOfCall } from "../analysis";
import { normalizeTag, type CallRow } from "../calls";
import type { ActionCondition } from "./action";
import type { Step } from "./step";

type Of<K extends ActionCondition["kind"]> = Extract<ActionCondition, { kind: K }>;
type OfCall = Of<"outcome" | "direction" | "duration" | "risk" | "tag" | "answer">;
type OfRules = Exclude<ActionCondition, OfCall>;

const OF_CALL: ReadonlySet<ActionCondition["kind"]> = new Set([
  "outcome",
  "direction",
  "duration",
  "risk",
  "tag",
  "answer",
] satisfies OfCall["kind"][]);

/** The conditions that rules know too. */
export function ofRules(when: readonly ActionCondition[]): OfRules[] {
  return when.filter((one): one is OfRules => !OF_CALL.has(one.kind));
}

/**
 * Whether all conditions of an action hold; null where that cannot be known. `known`: of the call, for those that rules
 * know. `earlier`: the steps before it.
 */
export function holdsFor(
  when: readonly ActionCondition[],
  call: Pick<CallRow, "state" | "direction" | "durationSeconds" | "riskScore" | "tags">,
  known: KnownOfCall | null,
  earlier: readonly Step[],
): boolean | null {
  const own = when.filter((one): one is OfCall => OF_CALL.has(one.kind)).map((one) => holdsOfCall(one, call, earlier));
  const conditions = ofRules(when);
  const asked =
    conditions.length === 0 || known === null
      ? []
      : [judge({ id: "", name: "", version: 0, weight: 0, script: null, conditions }, known).holds];
  const all = [...own, ...asked];
  return all.includes(false) ? false : all.includes(null) ? null : true;
}

function holdsOfCall(
  one: OfCall,
  call: Pick<CallRow, "state" | "direction" | "durationSeconds" | "riskScore" | "tags">,
  earlier: readonly Step[],
): boolean | null {
  switch (one.kind) {
    case "outcome":
      return call.state === one.is;
    case "direction":
      return call.direction === null ? null : call.direction === one.is;
    case "duration":
      return isWithin(call.durationSeconds, one);
    case "risk":
      return isWithin(call.riskScore, one);
    case "tag":
      return call.tags.includes(normalizeTag(one.tag) ?? one.tag) === one.has;
    case "answer":
      return answerIs(one, earlier);
  }
}

function isWithin(
  value: number | null,
  { at_least: least, at_most: most }: Pick<Of<"duration">, "at_least" | "at_most">,
): boolean | null {
  return value === null ? null : (least === null || value >= least) && (most === null || value <= most);
}

/** Null where the engine gave no answer, or none with this key. */
function answerIs({ action, field, is }: Of<"answer">, earlier: readonly Step[]): boolean | null {
  const asked = earlier.find((step) => step.action.kind === "ask" && step.action.name === action);
  if (asked?.state !== "completed") return null;
  const answer = (asked.result as { answer?: unknown } | null)?.answer;
  const value = field === null ? answer : (answer as Record<string, unknown> | null | undefined)?.[field];
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return null;
  const said = String(value).trim().toLowerCase();
  return is.some((one) => one.trim().toLowerCase() === said);
}
