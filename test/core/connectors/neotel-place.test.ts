import { describe, expect, it } from "vitest";
import { beginAt, endsAt } from "../../../src/connectors/neotel/place";
import { DAY, HOUR, MINUTE } from "../../../src/lib/time";

const BACK = 72 * HOUR + 15 * MINUTE;
const OVERLAP = 15 * MINUTE;

type Row = { at: number; writtenAt: number; seenAt?: number };

/** Looks each five minutes for some days, as a run does; `isDown`: when the API cannot be asked. */
function live(rows: Row[], until: number, isDown: (now: number) => boolean, isLeft: (now: number) => boolean) {
  let cursor: string | null = null;
  let widest = 0;
  for (let now = 0; now <= until; now += 5 * MINUTE) {
    if (isDown(now)) continue;
    for (let at = beginAt(cursor, now, BACK); ; at = beginAt(JSON.stringify(at), now, BACK)) {
      const to = Math.min(at.from + DAY, now);
      for (const row of rows)
        if (row.writtenAt <= now && row.at >= at.from - OVERLAP && row.at < to) row.seenAt ??= now;
      if (to < now) {
        at.from = to;
        continue;
      }
      widest = Math.max(widest, now - at.start);
      const { resume, again } = endsAt(at, to, now, BACK);
      cursor = isLeft(now) ? again : resume;
      break;
    }
  }
  return widest;
}

describe("where Neotel's rows are asked for from", () => {
  it("sees each row within an hour and a look after it is written, however late that is", () => {
    const rows: Row[] = [];
    for (let at = DAY; at < 8 * DAY; at += 7 * MINUTE)
      rows.push({ at, writtenAt: at + [0, MINUTE, 40 * MINUTE, 5 * HOUR, 70 * HOUR][rows.length % 5]! });
    live(
      rows,
      12 * DAY,
      () => false,
      () => false,
    );
    for (const { at, writtenAt, seenAt = Infinity } of rows)
      expect([at, seenAt - writtenAt <= HOUR + 5 * MINUTE]).toEqual([at, true]);
  });

  it("loses no row of a time in which it could not be asked, longer than it looks back", () => {
    const rows: Row[] = [];
    for (let at = DAY; at < 12 * DAY; at += 11 * MINUTE) rows.push({ at, writtenAt: at });
    live(
      rows,
      13 * DAY,
      (now) => now > 2 * DAY && now < 9 * DAY,
      (now) => now % (3 * HOUR) === 0,
    );
    expect(rows.filter(({ seenAt }) => seenAt === undefined)).toEqual([]);
  });

  it("asks for no more and more while something always waits", () => {
    const widest = live(
      [],
      20 * DAY,
      () => false,
      () => true,
    );
    expect(widest).toBeLessThanOrEqual(BACK + HOUR);
  });
});
