import { describe, expect, it } from "vitest";
import { objectsOf, objectsSharing, openEpoch, planShards, shardOf } from "../../../src/delivery";
import { MINUTE } from "../../../src/lib/time";

const T0 = Date.UTC(2026, 7, 20, 14);
const streams = Array.from({ length: 4_000 }, (_, index) => `call_${index.toString(32)}q4t7w0y1z6x3c8b5n`);

describe("the shard of a call", () => {
  it("never changes from one release to the next: the deliveries of a call lie there", () => {
    const epochs = [{ since: 0, shards: 32 }];
    const shards = ["call_3v5g8k2m9q4t7w0y1z6x3c8b5n", "call_a", "call_b", ""].map((stream) =>
      shardOf(epochs, stream, T0),
    );
    expect(shards).toEqual([10, 16, 9, 1]);
  });

  it("is spread evenly, also over a number that is no power of two", () => {
    for (const shards of [2, 3, 4, 7, 32]) {
      const counts = Array.from({ length: shards }, () => 0);
      for (const stream of streams) counts[shardOf([{ since: 0, shards }], stream, T0)]! += 1;
      for (const count of counts) expect(count / (streams.length / shards)).toBeGreaterThan(0.7);
      for (const count of counts) expect(count / (streams.length / shards)).toBeLessThan(1.3);
    }
  });

  it("is that of the epoch in force when the call began, whatever came since", () => {
    const before = [{ since: 0, shards: 1 }];
    const after = openEpoch(before, 4, T0);
    for (const stream of streams) {
      expect(shardOf(after, stream, T0 + MINUTE - 1)).toBe(0);
      expect(shardOf(after, stream, T0 + MINUTE)).toBe(shardOf([{ since: 0, shards: 4 }], stream, 0));
    }
  });

  it("is that of the first epoch for a call older than the endpoint", () => {
    const epochs = [
      { since: T0, shards: 3 },
      { since: T0 + MINUTE, shards: 5 },
    ];
    for (const stream of streams)
      expect(shardOf(epochs, stream, 5)).toBe(shardOf([{ since: 0, shards: 3 }], stream, 5));
  });
});

describe("a change of the number of shards", () => {
  it("takes effect a minute ahead, so that whoever read the endpoint just before still agrees", () => {
    expect(openEpoch([{ since: 0, shards: 1 }], 4, T0)).toEqual([
      { since: 0, shards: 1 },
      { since: T0 + MINUTE, shards: 4 },
    ]);
  });

  it("to the same number changes nothing, and back at once takes the change back", () => {
    const once = openEpoch([{ since: 0, shards: 1 }], 4, T0);
    expect(openEpoch(once, 4, T0 + 1)).toEqual(once);
    expect(openEpoch(once, 1, T0 + 1)).toEqual([{ since: 0, shards: 1 }]);
    expect(openEpoch(once, 2, T0 + 1)).toEqual([
      { since: 0, shards: 1 },
      { since: T0 + MINUTE + 1, shards: 2 },
    ]);
  });

  it("leaves an epoch that may be in use by another clock, and never puts one before it", () => {
    const once = openEpoch([{ since: 0, shards: 1 }], 4, T0);
    const twice = openEpoch(once, 2, T0 + MINUTE - 1_000);
    expect(twice.slice(0, 2)).toEqual(once);
    expect(twice.map(({ since }) => since)).toEqual(
      twice.map(({ since }) => since).toSorted((one, other) => one - other),
    );
    // A clock that is behind: still after the last.
    expect(openEpoch(once, 2, T0 + MINUTE / 2).at(-1)!.since).toBeGreaterThan(once.at(-1)!.since);
  });

  it("never moves a call that has begun, however often it happens", () => {
    let epochs = [{ since: 0, shards: 1 }];
    const seen = new Map<string, number>();
    for (let step = 0; step < 200; step += 1) {
      const now = T0 + step * 20_000;
      if (step % 3 === 0) epochs = openEpoch(epochs, 1 + ((step * 7) % 5), now);
      const stream = `call_${step}`;
      seen.set(`${stream} ${now}`, shardOf(epochs, stream, now));
      for (const [name, shard] of seen) {
        const [known = "", beganAt = ""] = name.split(" ");
        expect(shardOf(epochs, known, Number(beganAt))).toBe(shard);
      }
    }
  });

  it("keeps every object that may hold something, and shares the rate among those that new calls go to", () => {
    const epochs = [
      { since: 0, shards: 1 },
      { since: T0, shards: 4 },
      { since: T0 + MINUTE, shards: 2 },
    ];
    expect(objectsOf({ id: "end_1", shards: epochs })).toEqual(["end_1/0", "end_1/1", "end_1/2", "end_1/3"]);
    expect(objectsSharing(epochs)).toBe(2);
    expect(objectsSharing([])).toBe(1);
    expect(objectsOf({ id: "end_1", shards: [] })).toEqual(["end_1/0"]);
  });
});

describe("ordering and shards", () => {
  const one = [{ since: 0, shards: 1 }];
  const four = [{ since: 0, shards: 4 }];

  it("does not give the order of an endpoint to several objects, whichever of the two changes", () => {
    const answers = [
      planShards({ ordering: "endpoint", shards: one }, { shards: 2 }, T0),
      planShards({ ordering: "call", shards: four }, { ordering: "endpoint" }, T0),
      planShards({ ordering: "call", shards: one }, { ordering: "endpoint", shards: 2 }, T0),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { fields: [{ field: "shards" }] } });
  });

  it("takes both in one go", () => {
    const planned = planShards({ ordering: "call", shards: four }, { ordering: "endpoint", shards: 1 }, T0);
    expect(planned).toEqual({
      ok: true,
      value: [
        { since: 0, shards: 4 },
        { since: T0 + MINUTE, shards: 1 },
      ],
    });
    expect(planShards({ ordering: "endpoint", shards: one }, { ordering: "none", shards: 3 }, T0).ok).toBe(true);
  });

  it.for([0, -1, 1.5, 33, Number.NaN])("refuses %d shards", (shards) => {
    expect(planShards({ ordering: "call", shards: one }, { shards }, T0)).toMatchObject({ ok: false });
  });
});
