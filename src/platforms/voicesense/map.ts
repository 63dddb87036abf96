import type { CallFacts } from "../../calls";
import { isUnrendered, toText } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { findingsOf, isOfScores } from "./map-scores";
import type { FieldNames } from "./settings";

/** The call of a body: the reference that its audio was given, else Voicesense's own id of it. */
export function callKeyOf(fields: Fields, names: FieldNames): string | null {
  return textOf(fields.get(names.reference)) ?? textOf(fields.get(names.stream));
}

/**
 * What Voicesense found, in our words: a call that has ended, of which nothing is known but its length and its scores.
 * The scores are findings; whatever else a Body Template names is custom, each leaf under its path.
 */
export function mapNotice(fields: Fields, names: FieldNames, externalId: string): CallFacts {
  const error = textOf(fields.get(names.error), 1_000);
  const mapped = new Set([names.reference, names.error, names.duration]);
  const rest = [...fields].filter(([name]) => !mapped.has(name));
  return {
    externalId,
    outcome: error === null ? "completed" : "failed",
    error,
    durationSeconds: readSeconds(fields.get(names.duration)),
    findings: findingsOf(fields, [...leavesOf(fields)], error, names),
    custom: keepCustom([...leavesOf(rest)].filter(([path]) => !isOfScores(path, names))),
    recordings: [],
  };
}

function* leavesOf(entries: Iterable<readonly [string, unknown]>): Generator<readonly [string, unknown]> {
  for (const [name, value] of entries) {
    for (const leaf of flatten(name, value)) if (!isNothing(leaf[1])) yield leaf;
  }
}

function textOf(value: unknown, max?: number): string | null {
  return isNothing(value) ? null : (toText(value, max) ?? null);
}

/**
 * A template in quotes writes `null` as text (seed, "Customized Body Template"), and an unknown variable as it stands.
 */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === "null" || isUnrendered(value);
}

const MAX_DEPTH = 6;

/**
 * A value's leaves under their paths, as a Body Template names them: `ScoreRight.Scores.Engaged`. Flat, so that a score
 * can be looked for by one name. Lists stay whole, and so does what nests deeper than any score does.
 */
export function* flatten(name: string, value: unknown, depth = 0): Generator<readonly [string, unknown]> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth === MAX_DEPTH) {
    yield [name, value];
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* flatten(`${name}.${key}`, inner, depth + 1);
}
