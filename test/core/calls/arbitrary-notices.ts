import * as fc from "fast-check";
import type { CallFacts, RecordingFacts } from "../../../src/calls";
import type { Notice } from "../../../src/calls/fold";

export const FIRST_AT = Date.UTC(2026, 10, 21, 13, 30, 45);

/** Few values each, so that notices agree, contradict and complete each other all the time. */
const maybe = <T>(...values: T[]) => fc.constantFrom(...values, null, undefined);
const moment = (after: number) => maybe(FIRST_AT + after, FIRST_AT + after + 1_000, FIRST_AT + after + 250);

const outcome = fc.constantFrom("in_progress", "completed", "failed", "ended", "unanswered", null);

const recordings: fc.Arbitrary<RecordingFacts[]> = fc.uniqueArray(
  // The platform names one file by one link; a notice may leave it out.
  fc.record({ id: fc.constantFrom("a", "b", "second leg"), linked: fc.boolean() }).map(({ id, linked }) => ({
    externalId: id,
    url: linked ? `https://pbx.test/${encodeURIComponent(id)}.wav` : null,
  })),
  { selector: (one) => one.externalId, maxLength: 3 },
);

const value = fc.oneof(
  fc.constantFrom<unknown>(null, false, true, 0, 1, "", "a", "b", "é", '"', "\u0000"),
  fc.constantFrom<unknown>([], {}, [1, null], { a: { b: [] } }, { b: 1, a: 2 }, { a: 2, b: 1 }),
);

/** From a few keys to more than a call keeps, names of prototypes among them. */
const custom = fc.oneof(
  { weight: 4, arbitrary: fc.dictionary(fc.constantFrom("tag", "queue", "constructor", "toString", "0", "-"), value) },
  {
    weight: 1,
    arbitrary: fc
      .record({ from: fc.nat(160), count: fc.nat(140), value })
      .map(({ from, count, value: of }) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, of] as const)),
      ),
  },
);

const timeline = fc.array(
  fc.record({
    at: fc.constantFrom(FIRST_AT, FIRST_AT + 1, NaN, 9e15),
    kind: fc.constantFrom("message" as const, "action_start" as const),
    speaker: fc.constantFrom("bot" as const, "human" as const, null),
    text: fc.constantFrom("Hola", "", "é", "🎧"),
  }),
  { maxLength: 3 },
);

const facts: fc.Arbitrary<CallFacts> = fc.record(
  {
    externalId: fc.constant("c-1"),
    outcome,
    campaignNumber: maybe(1, 2, 99),
    direction: maybe("inbound" as const, "outbound" as const, "internal" as const),
    from: maybe("+5491167950079", "1001", ""),
    fromE164: maybe("+5491167950079"),
    to: maybe("200", "201"),
    toE164: maybe("+541147781234"),
    startedAt: moment(0),
    startedAtRaw: maybe("2026-11-21 10:30:45", ""),
    answeredAt: moment(5_000),
    endedAt: moment(60_000),
    durationSeconds: maybe(0, 12, 125.5),
    talkSeconds: maybe(0, 9),
    providerStatus: maybe("answered", "busy"),
    error: maybe("busy", "no route"),
    operatorName: maybe("Ana Gómez", "ANA GOMEZ", "Beto", "300"),
    operatorReference: maybe("pbx:user:1", "pbx:user:2"),
    account: maybe("north", "south"),
    custom,
    recordings,
    agentId: maybe("agent-1", "agent-2"),
    summary: maybe("renewed", "cancelled", "b", ""),
    transcript: maybe("Hola.", "Hola. Adiós."),
    timeline: fc.option(timeline, { nil: null }),
    actionResults: fc.option(fc.array(value, { maxLength: 3 }), { nil: null }),
  },
  { requiredKeys: ["externalId", "outcome", "recordings"] },
);

/** One notice of the call. */
export const notice: fc.Arbitrary<Notice> = fc.record({
  facts,
  receivedAt: fc.nat(5).map((seconds) => FIRST_AT + seconds * 1_000),
  replay: fc.constant(false),
});

/** A set of notices, and the same ones in another order, some of them twice, cut into batches. */
export type NoticeSequence = { notices: Notice[]; batches: Notice[][] };

export function noticeSequences(maxNotices: number): fc.Arbitrary<NoticeSequence> {
  return fc.array(notice, { minLength: 1, maxLength: maxNotices }).chain((notices) =>
    fc
      .record({
        again: fc.subarray(notices),
        keys: fc.array(fc.nat(), { minLength: 2 * notices.length, maxLength: 2 * notices.length }),
        cuts: fc.array(fc.boolean(), { minLength: 2 * notices.length, maxLength: 2 * notices.length }),
      })
      .map(({ again, keys, cuts }) => {
        const order = [...notices, ...again]
          .map((one, index) => ({ one, key: keys[index] ?? 0 }))
          .toSorted((one, other) => one.key - other.key);
        const batches: Notice[][] = [];
        for (const [index, { one }] of order.entries()) {
          if (index === 0 || cuts[index]) batches.push([]);
          batches.at(-1)?.push(one);
        }
        return { notices, batches };
      }),
  );
}
