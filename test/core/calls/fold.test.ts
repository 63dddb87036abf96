import { describe, expect, it } from "vitest";
import { foldNotices, type Notice } from "../../../src/calls/fold";

const T0 = Date.UTC(2026, 10, 21, 13, 30, 45);

function notice(facts: Partial<Notice["facts"]>, extra: Partial<Notice> = {}): Notice {
  return {
    facts: { externalId: "c1", outcome: null, recordings: [], ...facts },
    receivedAt: T0,
    replay: false,
    ...extra,
  };
}

/** A small generator with a seed, so that a failure can be run again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomNotice(random: () => number): Notice {
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  return notice(
    {
      outcome: pick("in_progress", "completed", "failed", "ended", "unanswered", null),
      answeredAt: pick(T0, T0 + 2000, null, null),
      secondary: pick(true, false, undefined),
      direction: pick("inbound", "outbound", null),
      from: pick("+5491167950079", "1001", null),
      startedAt: pick(T0, T0 + 1000, null),
      durationSeconds: pick(0, 12, 125, null),
      providerStatus: pick("answered", "busy", null),
      operatorName: pick("Ana", "Beto", null),
      campaignNumber: pick(1, 2, null),
      custom: pick({}, { tag: "a" }, { tag: "b", queue: 1 }),
      summary: pick("renewed", "cancelled", "b", null),
      timeline: pick([{ at: T0, kind: "message", speaker: "bot", text: "Hola" }], [], null),
    },
    { receivedAt: T0 + Math.floor(random() * 5) },
  );
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const copy = [...values];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [copy[at], copy[other]] = [copy[other]!, copy[at]!];
  }
  return copy;
}

describe("folding notices into a call", () => {
  it("ends in the same call whatever the order and however often each notice comes, in one go or one by one", () => {
    const random = randomOf(7);
    for (let round = 0; round < 500; round += 1) {
      const notices = Array.from({ length: 1 + Math.floor(random() * 5) }, () => randomNotice(random));
      const expected = foldNotices(undefined, notices);
      const doubled = shuffled([...notices, ...notices.slice(0, 2)], random);
      expect(foldNotices(undefined, doubled)).toEqual(expected);
      const step = doubled.reduce<ReturnType<typeof foldNotices> | undefined>(
        (call, one) => foldNotices(call, [one]),
        undefined,
      );
      expect(step).toEqual(expected);
    }
  });

  it("lets the end of a call outrank notices from while it went on", () => {
    const call = foldNotices(undefined, [
      notice({ outcome: "completed", durationSeconds: 60, from: "A" }),
      notice({ outcome: "in_progress", durationSeconds: 300, from: "B", to: "C" }),
    ]);
    expect(call).toMatchObject({ state: "completed", durationSeconds: 60, fromRaw: "A", toRaw: "C" });
  });

  it("settles conflicting ends in favour of completed", () => {
    const ends = [notice({ outcome: "failed", error: "busy" }), notice({ outcome: "completed" })];
    expect(foldNotices(undefined, ends).state).toBe("completed");
    expect(foldNotices(undefined, ends.toReversed()).state).toBe("completed");
  });

  it.each([
    [["failed", "ended"], null, "failed"],
    [["failed", "unanswered"], null, "failed"],
    [["ended"], null, "completed"],
    [["unanswered"], null, "failed"],
    [["unanswered"], T0, "completed"],
    [["failed", "ended"], T0, "completed"],
    [["failed"], T0, "failed"],
  ] as const)("goes by whether anybody answered, not by the last word: %j, answered at %s", (outcomes, at, state) => {
    const given = [
      ...outcomes.map((outcome) => notice({ outcome, ...(outcome === "failed" && { error: "busy" }) })),
      ...(at === null ? [] : [notice({ outcome: "in_progress", answeredAt: at })]),
    ];
    for (const order of [given, given.toReversed()]) {
      expect(foldNotices(undefined, order)).toMatchObject({ state, ...(state === "completed" && { error: null }) });
    }
  });

  it("begins when the first of its notices says so", () => {
    const begun = [notice({ startedAt: T0 + 5_000 }), notice({ startedAt: T0 }), notice({ startedAt: T0 + 1_000 })];
    expect(foldNotices(undefined, begun).startedAt).toBe(T0);
    expect(foldNotices(undefined, begun.toReversed()).startedAt).toBe(T0);
  });

  it("takes zero and false for what they are, and empty text for nothing", () => {
    const call = foldNotices(undefined, [notice({ durationSeconds: 0, from: "", custom: { flag: false } })]);
    expect(call).toMatchObject({ durationSeconds: 0, fromRaw: null, custom: { flag: false } });
  });

  it("works a length out of start and end where no notice has one, in whatever order they come", () => {
    const begun = notice({ outcome: "in_progress", startedAt: T0 + 2_000 });
    const earlier = notice({ outcome: "in_progress", startedAt: T0 });
    const ended = notice({ outcome: "completed", endedAt: T0 + 60_500 });
    for (const order of [
      [begun, earlier, ended],
      [ended, begun, earlier],
    ]) {
      expect(foldNotices(undefined, order).durationSeconds).toBe(60.5);
      const given = notice({ outcome: "in_progress", durationSeconds: 55 });
      expect(foldNotices(foldNotices(undefined, order), [given]).durationSeconds).toBe(55);
      expect(foldNotices(undefined, [given, ...order]).durationSeconds).toBe(55);
    }
    // The moment of the first notice is no start that anybody gave.
    expect(foldNotices(undefined, [ended]).durationSeconds).toBeNull();
    expect(foldNotices(undefined, [begun, notice({ outcome: "completed", endedAt: T0 })]).durationSeconds).toBeNull();
  });

  it("uses the time of the first notice for a call without a start time", () => {
    expect(foldNotices(undefined, [notice({}, { receivedAt: T0 + 9 }), notice({}, { receivedAt: T0 })]).startedAt).toBe(
      T0,
    );
    expect(foldNotices(undefined, [notice({ startedAt: T0 + 500 }), notice({})]).startedAt).toBe(T0 + 500);
  });

  it("lets a replay replace what the same notice gave before the fix", () => {
    const before = foldNotices(undefined, [notice({ outcome: "completed", from: "wrong reading" })]);
    const after = foldNotices(before, [notice({ outcome: "completed", from: "+54911" }, { replay: true })]);
    expect(after.fromRaw).toBe("+54911");
  });

  it("bounds what it keeps of unknown variables", () => {
    const custom = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    expect(Object.keys(foldNotices(undefined, [notice({ custom })]).custom)).toHaveLength(100);
  });
});

describe("a call of several legs", () => {
  const caller = { direction: "inbound" as const, from: "+15551230001", to: "+15551230002", startedAt: T0 };
  const agent = { direction: "outbound" as const, from: "+15551230002", to: "+15559990003", startedAt: T0 + 9_000 };
  const agentLeg = { ...agent, secondary: true };

  it("is that of the caller, and ends when the caller's leg does", () => {
    const begun = [
      notice({ outcome: "in_progress", ...caller }),
      notice({ outcome: "in_progress", ...agentLeg }),
      notice({ outcome: "failed", error: "busy", ...agentLeg }),
    ];
    const going = foldNotices(undefined, begun);
    expect(going).toMatchObject({ state: "in_progress", direction: "inbound", toRaw: caller.to, startedAt: T0 });
    const ended = foldNotices(going, [notice({ outcome: "completed", ...caller })]);
    expect(ended).toMatchObject({ state: "completed", fromRaw: caller.from, toRaw: caller.to, startedAt: T0 });
  });

  it("is that of the dialed leg where there is no other", () => {
    const dialed = [notice({ outcome: "in_progress", ...agentLeg }), notice({ outcome: "failed", ...agentLeg })];
    const call = foldNotices(undefined, dialed);
    expect(call).toMatchObject({ state: "failed", direction: "outbound", toRaw: agent.to, startedAt: agent.startedAt });
    expect(foldNotices(call, [notice({ outcome: "completed", ...agentLeg })]).state).toBe("completed");
  });
});
