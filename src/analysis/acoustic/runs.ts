import type { BitTrack } from "./bit-track";

/** The runs of frames that `mask` has, as [start, end). Changing the mask inside a run while reading does no harm. */
export function* runs(mask: BitTrack): Generator<[start: number, end: number]> {
  for (let start = mask.next(true, 0); start >= 0;) {
    const next = mask.next(false, start);
    const end = next < 0 ? mask.length() : next;
    yield [start, end];
    start = mask.next(true, end);
  }
}

/** Clears the frames of `mask` of which `test` is true. */
export function clearWhere(mask: BitTrack, test: (frame: number) => boolean): void {
  for (const [start, end] of runs(mask))
    for (let frame = start; frame < end; frame++) if (test(frame)) mask.fill(false, frame, frame + 1);
}

/** Clears the runs of fewer than `least`. */
export function dropShort(mask: BitTrack, least: number): void {
  for (const [start, end] of runs(mask)) if (end - start < least) mask.fill(false, start, end);
}
