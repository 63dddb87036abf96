/** The runs of ones in `mask`, as [start, end). Changing the mask inside a run while reading does no harm. */
export function* runs(mask: Uint8Array): Generator<[start: number, end: number]> {
  for (let start = mask.indexOf(1); start >= 0;) {
    const next = mask.indexOf(0, start);
    const end = next < 0 ? mask.length : next;
    yield [start, end];
    start = mask.indexOf(1, end);
  }
}

/** Clears the runs of fewer than `least`. */
export function dropShort(mask: Uint8Array, least: number): void {
  for (const [start, end] of runs(mask)) if (end - start < least) mask.fill(0, start, end);
}
