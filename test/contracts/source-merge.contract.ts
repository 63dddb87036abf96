import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../src/calls";
import { foldNotices, type Notice } from "../../src/calls/fold";
import { seeded } from "./random-bytes";
import { readFields } from "./sending";
import { nameOf, type SourceCase } from "./source-case";

const FIRST_AT = Date.UTC(2026, 1, 10, 14);
/** Up to this many notices every order is tried, beyond it some. */
const ALL_ORDERS = 5;
const SAMPLED_ORDERS = 200;

/** That the notices of one call come to the same call whatever their order, and however often each comes. */
export function mergeContract(given: SourceCase): void {
  describe(`source ${nameOf(given)}: the notices of one call`, () => {
    it("speak of one call", async () => {
      const ids = new Set((await readNotices(given)).flat().map(({ facts }) => facts.externalId));
      expect(ids.size).toBe(1);
    });

    it("come to the same call in every order, each of them once or twice", async () => {
      const notices = await readNotices(given);
      const expected = outcomeOf(notices.flat());
      for (const order of ordersOf(notices.length)) {
        const shuffled = order.map((at) => notices[at] ?? []);
        expect(outcomeOf(shuffled.flat())).toEqual(expected);
        expect(outcomeOf([...shuffled, ...shuffled].flat())).toEqual(expected);
        expect(outcomeOf(shuffled.flatMap((one) => [one, one]).flat())).toEqual(expected);
      }
    });

    it("come to the same call one by one, as when each is a batch of its own", async () => {
      const notices = (await readNotices(given)).flat();
      const step = notices.reduce<ReturnType<typeof foldNotices> | undefined>(
        // As the database gives it back.
        (call, notice) => JSON.parse(JSON.stringify(foldNotices(call, [notice]))) as ReturnType<typeof foldNotices>,
        undefined,
      );
      expect(step).toEqual(outcomeOf(notices).call);
    });

    for (const [index, unanswered] of (given.unanswered ?? []).entries()) {
      it(`end it as failed where nobody answered, in every order (${index + 1})`, async () => {
        const notices = await readNotices(given, unanswered);
        for (const order of ordersOf(notices.length)) {
          const { call } = outcomeOf(order.flatMap((at) => notices[at] ?? []));
          expect(call.state).toBe("failed");
          expect(call.providerStatus ?? call.error).toBeTruthy();
        }
      });
    }

    for (const [index, legs] of (given.partlyAnswered ?? []).entries()) {
      it(`complete it where one leg of several was answered, in every order (${index + 1})`, async () => {
        const notices = await readNotices(given, legs);
        for (const order of ordersOf(notices.length)) {
          const { call } = outcomeOf(order.flatMap((at) => notices[at] ?? []));
          expect(call).toMatchObject({ state: "completed", error: null });
        }
      });
    }

    it("complete an answered call, and name no recording twice", async () => {
      const { call, recordings } = outcomeOf((await readNotices(given)).flat());
      expect(call).toMatchObject({ state: "completed", error: null });
      expect(new Set(recordings.map((one) => one.externalId)).size).toBe(recordings.length);
    });
  });
}

/** What each notice says; a notice that is ignored says nothing. */
async function readNotices(given: SourceCase, sent = given.notices): Promise<Notice[][]> {
  return Promise.all(
    sent.map(async (fields, index) => {
      const result = await readFields(given, fields);
      if (!result.ok) throw new Error(`notice ${index} is refused: ${JSON.stringify(result.error)}`);
      const facts: CallFacts[] = result.value.kind === "calls" ? result.value.facts : [];
      return facts.map((one) => ({ facts: one, receivedAt: FIRST_AT + index * 1_000, replay: false }));
    }),
  );
}

function outcomeOf(notices: readonly Notice[]) {
  const links = new Map<string, Set<string>>();
  for (const { externalId, url } of notices.flatMap(({ facts }) => facts.recordings)) {
    const known = links.get(externalId) ?? new Set();
    if (url !== null) known.add(url);
    links.set(externalId, known);
  }
  const recordings = [...links]
    .map(([externalId, urls]) => ({ externalId, urls: [...urls].toSorted() }))
    .toSorted((one, other) => (one.externalId < other.externalId ? -1 : 1));
  return { call: foldNotices(undefined, notices), recordings };
}

function* ordersOf(length: number): Generator<number[]> {
  const indices = Array.from({ length }, (_, index) => index);
  if (length <= ALL_ORDERS) {
    yield* permutationsOf(indices);
    return;
  }
  const random = seeded(length);
  for (let round = 0; round < SAMPLED_ORDERS; round += 1) {
    yield indices
      .map((index) => [random(), index] as const)
      .toSorted(([one], [other]) => one - other)
      .map(([, index]) => index);
  }
}

function* permutationsOf(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const item of items) {
    for (const rest of permutationsOf(items.filter((other) => other !== item))) yield [item, ...rest];
  }
}
