import { describe, expect, it } from "vitest";
import {
  addDelivery,
  closeDelivery,
  followsOn,
  MAX_BUSY,
  MAX_BUSY_RETRIES,
  newLanes,
  nextDueAt,
  putBack,
  takeDue,
  type OpenDelivery,
} from "../../../src/delivery/lanes";

function open(stream: string, seq: number, more: Partial<OpenDelivery> = {}): OpenDelivery {
  return { stream, seq, replay: 0, attempts: 0, dueAt: 0, ...more };
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("lanes", () => {
  it("sends the head of a lane alone and the next one only after it is closed", () => {
    const lanes = newLanes();
    addDelivery(lanes, open("a", 1));
    addDelivery(lanes, open("a", 2));
    const first = takeDue(lanes, 0)!;
    expect(first.seq).toBe(1);
    expect(takeDue(lanes, 0)).toBeUndefined();
    closeDelivery(lanes, first);
    expect(takeDue(lanes, 0)?.seq).toBe(2);
  });

  it("holds a lane back for its retry and no other", () => {
    const lanes = newLanes();
    addDelivery(lanes, open("a", 1));
    addDelivery(lanes, open("a", 2));
    addDelivery(lanes, open("b", 1));
    putBack(lanes, takeDue(lanes, 0)!, { attempts: 1, dueAt: 5_000 });
    expect(takeDue(lanes, 10)?.stream).toBe("b");
    expect(takeDue(lanes, 4_999)).toBeUndefined();
    expect(nextDueAt(lanes)).toBe(5_000);
    expect(takeDue(lanes, 5_000)).toMatchObject({ stream: "a", seq: 1, attempts: 1 });
  });

  it("never lets retries take the slots of first attempts", () => {
    const lanes = newLanes();
    for (let lane = 0; lane < 10; lane += 1) addDelivery(lanes, open(`r${lane}`, 1, { attempts: 1 }));
    const taken = Array.from({ length: 10 }, () => takeDue(lanes, 0)).filter(Boolean);
    expect(taken).toHaveLength(MAX_BUSY_RETRIES);
    addDelivery(lanes, open("fresh", 1));
    expect(takeDue(lanes, 0)?.stream).toBe("fresh");
  });

  it("does not take the same delivery in twice", () => {
    const lanes = newLanes();
    addDelivery(lanes, open("a", 1));
    addDelivery(lanes, open("a", 1));
    closeDelivery(lanes, takeDue(lanes, 0)!);
    expect(takeDue(lanes, 0)).toBeUndefined();
    expect(lanes.open).toBe(0);
  });

  it("knows whether a delivery follows on what is in memory", () => {
    const lanes = newLanes();
    addDelivery(lanes, open("a", 1));
    expect(followsOn(lanes, open("a", 2), 1)).toBe(true);
    expect(followsOn(lanes, open("a", 4), 3)).toBe(false);
    expect(followsOn(lanes, open("b", 9), undefined)).toBe(true);
  });

  // A model of many streams, failures and clocks: whatever happens, order and limits hold and nothing is left behind.
  it("keeps order within each lane through thousands of random interleavings", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = randomOf(seed);
      const lanes = newLanes();
      const next = new Map<string, number>();
      const done = new Map<string, number[]>();
      const flying: OpenDelivery[] = [];
      let now = 0;
      let added = 0;
      const settle = (index: number, chance: number): void => {
        const [taken] = flying.splice(index, 1);
        if (!taken) return;
        if (random() < chance)
          return putBack(lanes, taken, { attempts: taken.attempts + 1, dueAt: now + Math.floor(random() * 50) });
        done.set(taken.stream, [...(done.get(taken.stream) ?? []), taken.seq]);
        closeDelivery(lanes, taken);
      };
      for (let step = 0; step < 1_000; step += 1) {
        now += Math.floor(random() * 5);
        const move = random();
        if (move < 0.35) {
          const stream = `s${Math.floor(random() * 12)}`;
          const seq = (next.get(stream) ?? 0) + 1;
          next.set(stream, seq);
          addDelivery(lanes, open(stream, seq, { dueAt: now }));
          added += 1;
        } else if (move < 0.7) {
          const taken = takeDue(lanes, now);
          if (!taken) continue;
          expect(taken.dueAt).toBeLessThanOrEqual(now);
          expect(flying.some((one) => one.stream === taken.stream)).toBe(false);
          flying.push(taken);
          expect(flying.length).toBeLessThanOrEqual(MAX_BUSY);
          expect(flying.filter((one) => one.attempts > 0).length).toBeLessThanOrEqual(MAX_BUSY_RETRIES);
        } else if (flying.length > 0) {
          settle(Math.floor(random() * flying.length), 0.4);
        }
      }
      while (flying.length > 0 || nextDueAt(lanes) !== undefined) {
        now = Math.max(now, nextDueAt(lanes) ?? now);
        for (let taken = takeDue(lanes, now); taken; taken = takeDue(lanes, now)) flying.push(taken);
        settle(0, 0.2);
      }
      for (const [stream, sequence] of done)
        expect(sequence).toEqual(Array.from({ length: next.get(stream)! }, (_, at) => at + 1));
      expect([...done.values()].flat()).toHaveLength(added);
      expect(lanes).toMatchObject({ busy: 0, busyRetries: 0, open: 0 });
    }
  });
});
