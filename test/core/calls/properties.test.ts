import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planMerge, RANKS, type CallRow, type MergePlan, type Placement } from "../../../src/calls";
import { foldNotices, type FoldedCall, type Notice } from "../../../src/calls/fold";
import { snapshotCall } from "../../../src/calls/snapshot";
import { runsOf } from "../../long-runs";
import { FIRST_AT, notice, noticeSequences } from "./arbitrary-notices";

const RUNS = runsOf(2_000);
// The same cases every run: a failure is the change's, not the day's.
fc.configureGlobal({ seed: 20_261_122 });
const TERMINAL = new Set(["call.completed", "call.failed"]);

/** As the database gives a row back. */
function stored<T>(row: T): T {
  return JSON.parse(JSON.stringify(row)) as T;
}

function finalizer(outcome: "completed" | "failed"): Notice {
  const facts = { externalId: "c-1", outcome, error: "the platform never said that this call ended", recordings: [] };
  return { facts, receivedAt: FIRST_AT + 1e9, replay: false, rank: RANKS.finalizer };
}

describe("folding, for any notices of a call", () => {
  it("ends in the same call in any order, with any repetition, in any batches", () => {
    fc.assert(
      fc.property(noticeSequences(6), ({ notices, batches }) => {
        const expected = stored(foldNotices(undefined, notices));
        expect(stored(foldNotices(undefined, batches.flat()))).toEqual(expected);
        const stepped = batches.reduce<FoldedCall | undefined>(
          (call, batch) => stored(foldNotices(call, batch)),
          undefined,
        );
        expect(stepped).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps a bounded number of unknown variables, the same ones in any order", () => {
    const wide = fc.array(
      fc.record({
        outcome: fc.constantFrom("in_progress" as const, "failed" as const, "completed" as const),
        keys: fc.uniqueArray(fc.nat(300), { minLength: 40, maxLength: 150 }),
        value: fc.nat(3),
      }),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(wide, fc.func(fc.nat()), (sets, keyOf) => {
        const notices = sets.map(({ outcome, keys, value }): Notice => ({
          facts: {
            externalId: "c-1",
            outcome,
            custom: Object.fromEntries(keys.map((key) => [`k${key}`, value])),
            recordings: [],
          },
          receivedAt: FIRST_AT,
          replay: false,
        }));
        const expected = foldNotices(undefined, notices);
        const all = new Set(sets.flatMap(({ keys }) => keys));
        expect(Object.keys(expected.custom)).toHaveLength(Math.min(100, all.size));
        const shuffled = notices.toSorted((one, other) => keyOf(one) - keyOf(other));
        const stepped = shuffled.reduce<FoldedCall | undefined>(
          (call, one) => foldNotices(foldNotices(call, [one]), [one]),
          undefined,
        );
        expect(stepped).toEqual(expected);
        expect(Object.keys(expected.ranks).filter((name) => name.startsWith("custom."))).toHaveLength(
          Object.keys(expected.custom).length,
        );
      }),
      { numRuns: runsOf(300) },
    );
  });

  it("loses no value: one is null only where no notice had it", () => {
    fc.assert(
      fc.property(noticeSequences(5), ({ notices }) => {
        const call = foldNotices(undefined, notices);
        const isReported = (name: keyof Notice["facts"]) =>
          notices.some(({ facts }) => facts[name] !== undefined && facts[name] !== null && facts[name] !== "");
        expect(call.fromRaw !== null).toBe(isReported("from"));
        // Without one of theirs, it is the time between the start and the end that they had.
        const isTimed = isReported("startedAt") && isReported("endedAt");
        expect(call.durationSeconds !== null).toBe(isReported("durationSeconds") || isTimed);
        expect(call.operatorName !== null).toBe(isReported("operatorName"));
        expect(call.operatorReference !== null).toBe(isReported("operatorReference"));
        expect(call.account !== null).toBe(isReported("account"));
        // Why one leg failed is no error of a call that another one completed.
        if (call.state !== "completed") expect(call.error !== null).toBe(isReported("error"));
      }),
      { numRuns: RUNS },
    );
  });

  it("leaves no trace of the finalizer once the platform has sent the end", () => {
    fc.assert(
      fc.property(
        noticeSequences(5),
        fc.nat(10),
        fc.constantFrom("completed", "failed"),
        ({ notices, batches }, at, outcome) => {
          const all = batches.flat();
          const interrupted = [...all.slice(0, at), finalizer(outcome), ...all.slice(at)];
          const expected = foldNotices(undefined, notices);
          const call = interrupted.reduce<FoldedCall | undefined>((known, one) => foldNotices(known, [one]), undefined);
          if (expected.state === "in_progress") expect(call).toMatchObject({ state: outcome });
          else expect(call).toEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("merging, for any notices of a call", () => {
  const key = { id: "call_1", organizationId: "org_1", sourceId: "src_1", sourceKind: "audian", externalId: "c-1" };
  const place = (folded: FoldedCall): Placement => ({
    campaignId: folded.campaignNumber === 99 ? null : "cmp_1",
    operatorId: folded.operatorName === null ? null : `opr_${folded.operatorName}`,
    quarantine: folded.campaignNumber === 99 ? "unknown_campaign" : null,
  });

  function plansOf(batches: readonly (readonly Notice[])[]): MergePlan[] {
    let known: CallRow | undefined;
    return batches.map((batch, index) => {
      const plan = planMerge(key, known, batch, place, { now: FIRST_AT + index, writer: `w${index}`, touch: false });
      if (plan.changed) known = stored(plan.row);
      return plan;
    });
  }

  /** What is decided by the notices alone: not when, by whom and in which order they were written. */
  function substanceOf(row: CallRow | undefined): Partial<CallRow> {
    const {
      terminal: _1,
      version: _2,
      writer: _3,
      createdAt: _4,
      updatedAt: _5,
      finalizeAt: _6,
      ...rest
    } = row ?? {
      ranks: {},
    };
    return rest as Partial<CallRow>;
  }

  it("records one end and then only corrections, each from the state recorded before to the current one", () => {
    fc.assert(
      fc.property(noticeSequences(6), ({ notices, batches }) => {
        const plans = plansOf(batches);
        const last = plans.findLast((plan) => plan.changed)?.row;
        const whole = plansOf([notices])[0]?.row;
        expect(substanceOf(stored(last))).toEqual(substanceOf(stored(whole)));
        const types = plans.flatMap((plan) => plan.events.map((event) => event.type));
        const ends = types.filter((type) => TERMINAL.has(type));
        expect(ends).toHaveLength(last?.state === "in_progress" ? 0 : 1);
        if (ends.length > 0) {
          expect(types[0]).toBe(ends[0]);
          expect(last?.terminal).toBe(ends[0]?.slice("call.".length));
        }
        expect(types.filter((type) => !TERMINAL.has(type) && type !== "call.updated")).toEqual([]);
        const latest = plans.flatMap((plan) => plan.events).at(-1)?.data;
        if (latest && last) expect(stored(latest)).toMatchObject({ call: stored(snapshotCall(last)) });
        expect(plans.every((plan) => plan.events.length === 0 || plan.changed)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it("writes nothing for what it knows already", () => {
    fc.assert(
      fc.property(noticeSequences(4), ({ notices }) => {
        const [first, ...again] = plansOf([notices, ...notices.map((one) => [one]), notices]);
        expect(first?.changed).toBe(true);
        for (const plan of again) expect([plan.changed, plan.events]).toEqual([false, []]);
      }),
      { numRuns: RUNS },
    );
  });

  it("settles two ends that contradict each other by rank, with one correction", () => {
    fc.assert(
      fc.property(notice, notice, (one, other) => {
        const failed: Notice = { ...one, facts: { ...one.facts, outcome: "failed" } };
        const completed: Notice = { ...other, facts: { ...other.facts, outcome: "completed" } };
        const [first, second] = plansOf([[failed], [completed]]);
        expect(first?.events.map((event) => event.type)).toEqual(["call.failed"]);
        expect(second?.events).toMatchObject([{ type: "call.updated", data: { call: { state: "completed" } } }]);
        expect(second?.events[0]?.data).toMatchObject({ changed: expect.arrayContaining(["state"]) });
        const types = plansOf([[completed], [failed]]).flatMap((plan) => plan.events.map((event) => event.type));
        expect(types[0]).toBe("call.completed");
        expect(types.slice(1).every((type) => type === "call.updated")).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
