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
