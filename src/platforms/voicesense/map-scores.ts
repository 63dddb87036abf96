import type { PlatformFindings, PlatformScores } from "../../calls";
import { toText } from "../reading/coerce";
import { readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { readScores } from "../reading/scores";
import { SCORE_PATH, type FieldNames } from "./settings";

/** Voicesense's two sides, as channels: the left one is 0. */
const SIDES = ["ScoreLeft", "ScoreRight"];
/** A value under its path in the body: `ScoreRight.Scores.Engaged`. */
type Leaf = readonly [path: string, value: unknown];
/** The variable that Voicesense's version is in. */
const VERSION = "EngineVersion";

/** Whether a leaf is one of a score, or of what scores are told with. */
export function isOfScores(path: string, names: FieldNames): boolean {
  return path === VERSION || variableOf(path, names) !== null;
}

/** The scores of both sides; null where the Body Template names none and nothing went wrong. */
export function findingsOf(
  fields: Fields,
  leaves: readonly Leaf[],
  error: string | null,
  names: FieldNames,
): PlatformFindings | null {
  const isScored = SIDES.some((side) => fields.has(side)) || leaves.some(([path]) => variableOf(path, names) !== null);
  if (!isScored && error === null) return null;
  const version = toText(fields.get(VERSION), 100) ?? null;
  const channels = error === null ? SIDES.map((side) => sideOf(side, leaves, names)) : null;
  return { version: version === "null" ? null : version, at: null, error, channels, risk: null, review: null };
}

function sideOf(side: string, leaves: readonly Leaf[], names: FieldNames): PlatformScores {
  const ofSide = leaves.flatMap(([path, value]) => {
    const variable = variableOf(path, names);
    return variable?.side === side ? [{ name: variable.name, value }] : [];
  });
  const talk = ofSide.find(({ name }) => name === null);
  return {
    scores: readScores(ofSide.flatMap(({ name, value }) => (name === null ? [] : [[name, value] as const]))),
    talkSeconds: talk ? readSeconds(talk.value) : null,
  };
}

/** The variable of a leaf: a score by its name, or null as the name for a side's speech. */
function variableOf(path: string, { scores }: FieldNames): { side: string; name: string | null } | null {
  const variable = Object.hasOwn(scores, path) ? (scores[path] ?? path) : path;
  const [, side, name] = SCORE_PATH.exec(variable) ?? [];
  return side === undefined ? null : { side, name: name ?? null };
}
