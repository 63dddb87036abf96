/** The value at place `rank`, from 0, of the values in order, `counts[value]` of each. */
export function placeIn(counts: Uint32Array, rank: number): number {
  let seen = 0;
  return counts.findIndex((count) => (seen += count) > rank);
}
