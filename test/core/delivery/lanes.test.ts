import { describe, expect, it } from "vitest";
import {
  addDelivery,
  changeHead,
  closeDelivery,
  dropHead,
  idleHead,
  MAX_BUSY,
  newLanes,
  nextDueAt,
  putBack,
  removeStream,
  retrySlots,
  takeDue,
  type Lanes,
  type OpenDelivery,
} from "../../../src/delivery/object/lanes";

const MAX_BUSY_RETRIES = retrySlots(MAX_BUSY);

function take(lanes: Lanes, now: number): OpenDelivery | undefined {
  return takeDue(lanes, now, MAX_BUSY, true);
}

function open(stream: string, seq: number, more: Partial<OpenDelivery> = {}): OpenDelivery {
  return { stream, seq, replay: 0, attempts: 0, dueAt: 0, held: false, ...more };
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
    const lanes = newLanes("call");
    addDelivery(lanes, open("a", 1));
    addDelivery(lanes, open("a", 2));
    const first = take(lanes, 0)!;
    expect(first.seq).toBe(1);
    expect(take(lanes, 0)).toBeUndefined();
    closeDelivery(lanes, first);
    expect(take(lanes, 0)?.seq).toBe(2);
  });

  it("holds a lane back for its retry and no other", () => {
    const lanes = newLanes("call");
    addDelivery(lanes, open("a", 1));
    addDelivery(lanes, open("a", 2));
    addDelivery(lanes, open("b", 1));
    putBack(lanes, take(lanes, 0)!, { attempts: 1, dueAt: 5_000 });
    expect(take(lanes, 10)?.stream).toBe("b");
    expect(take(lanes, 4_999)).toBeUndefined();
    expect(nextDueAt(lanes)).toBe(5_000);
    expect(take(lanes, 5_000)).toMatchObject({ stream: "a", seq: 1, attempts: 1 });
  });

  it("never lets retries take the slots of first attempts", () => {
    const lanes = newLanes("call");
    for (let lane = 0; lane < 10; lane += 1) addDelivery(lanes, open(`r${lane}`, 1, { attempts: 1 }));
    const taken = Array.from({ length: 10 }, () => take(lanes, 0)).filter(Boolean);
    expect(taken).toHaveLength(MAX_BUSY_RETRIES);
    addDelivery(lanes, open("fresh", 1));
    expect(take(lanes, 0)?.stream).toBe("fresh");
  });

  it("sends first attempts before retries of other calls, but not so many that those never go", () => {
    const lanes = newLanes("call");
    for (let lane = 0; lane < 50; lane += 1) addDelivery(lanes, open(`r${lane}`, 1, { attempts: 1 }));
    for (let lane = 0; lane < 50; lane += 1) addDelivery(lanes, open(`f${lane}`, 1, { dueAt: 9 }));
    const sent = Array.from({ length: 20 }, () => {
      const one = takeDue(lanes, 10, 1, true)!;
      closeDelivery(lanes, one);
      return one.attempts;
    });
    expect(sent.join("")).toBe("00001".repeat(4));
  });

  it("lets replays wait for everything else, in lanes of their own", () => {
    const lanes = newLanes("call");
    addDelivery(lanes, open("a", 1, { replay: 7 }));
    addDelivery(lanes, open("a", 2));
    expect(take(lanes, 0)).toMatchObject({ seq: 2, replay: 0 });
    expect(takeDue(lanes, 0, MAX_BUSY, false)).toBeUndefined();
    expect(take(lanes, 0)).toMatchObject({ seq: 1, replay: 7 });
  });

  it("keeps one order for the whole endpoint, or none, when that is what is asked", () => {
    const strict = newLanes("endpoint");
    const loose = newLanes("none");
    for (const lanes of [strict, loose]) {
      addDelivery(lanes, open("a", 1));
      addDelivery(lanes, open("b", 1));
      addDelivery(lanes, open("a", 2));
    }
    expect([take(strict, 0), take(strict, 0)]).toMatchObject([{ stream: "a", seq: 1 }, undefined]);
    expect([take(loose, 0), take(loose, 0), take(loose, 0)].map((one) => `${one?.stream}${one?.seq}`)).toEqual([
      "a1",
      "b1",
      "a2",
    ]);
  });

  it("keeps a held lane shut until it is released or its head is skipped", () => {
    const lanes = newLanes("call");
    addDelivery(lanes, open("a", 1, { held: true }));
    addDelivery(lanes, open("a", 2));
    expect(take(lanes, 0)).toBeUndefined();
    expect(nextDueAt(lanes)).toBeUndefined();
    changeHead(lanes, open("a", 1), { dueAt: 5, held: false });
    expect(nextDueAt(lanes)).toBe(5);
    putBack(lanes, take(lanes, 5)!, { attempts: 1, dueAt: 5, held: true });
    expect(take(lanes, 5)).toBeUndefined();
    dropHead(lanes, open("a", 1));
    expect(take(lanes, 5)?.seq).toBe(2);
  });

  it("forgets a call, whatever of it waits, and lets what is under way end", () => {
    const lanes = newLanes("endpoint");
    for (const delivery of [open("a", 1), open("a", 2), open("b", 1)]) addDelivery(lanes, delivery);
    const under = take(lanes, 0)!;
    removeStream(lanes, "a");
    expect(lanes.open).toBe(2);
    expect(idleHead(lanes, under)).toBeUndefined();
    closeDelivery(lanes, under);
    expect(take(lanes, 0)).toMatchObject({ stream: "b" });
  });

  // A model of many streams, failures and clocks: whatever happens, order and limits hold and nothing is left behind.
  it("keeps order within each lane through thousands of random interleavings", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = randomOf(seed);
      const lanes = newLanes("call");
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
          const taken = take(lanes, now);
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
        for (let taken = take(lanes, now); taken; taken = take(lanes, now)) flying.push(taken);
        settle(0, 0.2);
      }
      for (const [stream, sequence] of done)
        expect(sequence).toEqual(Array.from({ length: next.get(stream)! }, (_, at) => at + 1));
      expect([...done.values()].flat()).toHaveLength(added);
      expect(lanes).toMatchObject({ busy: 0, busyRetries: 0, open: 0 });
    }
  });
});
