import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, it, vi } from "vitest";
import { sealSecrets } from "../../src/delivery/endpoints";
import { profiles } from "../../src/delivery/profiles";
import { TEST_MASTER_KEYS } from "../factories";
import { event, newEndpoint, SECRET, states } from "./subscriber";
import { seedsOf } from "../long-runs";

// A random life of an endpoint's object: events come in, the subscriber answers, fails, hangs and comes back, the
// object is evicted and killed, people pause, rotate, retry and replay. Whatever happens, what is checked at every
// request and at the end must hold.

afterEach(() => vi.restoreAllMocks());

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ORDERINGS = ["call", "call", "call", "endpoint", "endpoint", "none"] as const;
const LIVES = seedsOf(ORDERINGS.length).map((seed) => [ORDERINGS[(seed - 1) % ORDERINGS.length]!, seed] as const);

it.for(LIVES)(
  "keeps the order of its %s and loses nothing, seed %i",
  { timeout: 180_000 },
  async ([ordering, seed]) => {
    const random = randomOf(seed);
    const url = `https://subscriber.test/${ordering}/${seed}`;
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const calls = ["a", "b", "c", "d"];
    const next = new Map<string, number>();
    const accepted = new Map<string, number[]>();
    // Every event once, in the order in which the object took it in.
    const arrivals: string[] = [];
    // Requests the subscriber has and the object waits for; a life of the object ends with them.
    const underWay = new Set<string>();
    let mood: "well" | "failing" | "hanging" = "well";
    // Calls whose answer may have been lost with a life of the object: these, and no others, may hear an event again.
    const excused = new Set<string>();
    const answeredAt = new Map<string, number>();
    // An assertion thrown inside the subscriber would look like a network error to the object: they are gathered.
    const violations: string[] = [];
    // A killed object's requests may still be with the subscriber when its next life sends again: lives are told apart.
    let life = 0;
    // Every secret the endpoint has had, the newest last: a delivery is signed with one of the last two.
    const keys: string[] = [SECRET];

    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      // Objects of the lives before may still have replays to send.
      if (input !== url) return new Response("ok");
      const received = JSON.parse(init!.body as string) as { seq: number; data: { call: { id: string } } };
      const { id: call } = received.data.call;
      const name = `${life}/${isReplay(init!) ? `replay of ${call}` : call}`;
      if (!keys.slice(-3).some((key) => isSignedWith(key, init!)))
        violations.push(`${call}: signed with no key of ours`);
      if (!isReplay(init!)) {
        // Never two tries of one call at once, never a later event while an earlier one is neither delivered nor given
        // up.
        if (ordering !== "none" && underWay.has(name)) violations.push(`${call}: two tries at once`);
        const last = accepted.get(call)?.at(-1) ?? 0;
        if (ordering !== "none" && received.seq > last + 1)
          violations.push(`${call}: ${received.seq} came before ${last + 1}`);
        const before = [...accepted.values()].flat().length;
        if (ordering === "endpoint" && arrivals.indexOf(`${call}/${received.seq}`) > before)
          violations.push(`${call}: ${received.seq} came too early`);
        const again = ordering === "none" ? (accepted.get(call) ?? []).includes(received.seq) : received.seq <= last;
        if (again && !excused.has(call)) violations.push(`${call}: ${received.seq} came again`);
        if (!again && ordering !== "none") excused.delete(call);
      }
      underWay.add(name);
      // Given up by the object while the answer was on its way, as a busy machine makes it: it may come again.
      init!.signal?.addEventListener("abort", () => excused.add(call));
      try {
        await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 3)));
        if (mood === "hanging")
          await new Promise((_resolve, reject) =>
            init!.signal!.addEventListener("abort", () => reject(new Error("aborted"))),
          );
        if (mood === "failing" && random() < 0.7) return new Response("no", { status: pick([500, 503, 429, 404]) });
        const known = accepted.get(call) ?? [];
        if (!isReplay(init!) && !known.includes(received.seq)) accepted.set(call, [...known, received.seq]);
        return new Response("ok");
      } finally {
        underWay.delete(name);
        answeredAt.set(call, Date.now());
      }
    });

    /** Ends a life of the object; what was under way, or answered a moment ago, may not have been written down. */
    const endLife = async (end: (ending: () => void) => Promise<unknown>): Promise<void> => {
      // Outcomes are written in groups of 5 ms: on a busy machine that timer comes later.
      const since = Date.now() - 250;
      const excuse = (): void => {
        for (const call of calls)
          if (underWay.has(`${life}/${call}`) || (answeredAt.get(call) ?? 0) >= since) excused.add(call);
      };
      excuse();
      await end(() => {
        excuse();
        life += 1;
      });
      for (const call of calls) if ((answeredAt.get(call) ?? 0) >= since) excused.add(call);
    };
    const passTime = (): Promise<void> =>
      endLife(async (ending) => {
        await runInDurableObject(object(), (_, state) => {
          state.storage.sql.exec("UPDATE deliveries SET due_at = 0 WHERE state = 'pending'");
        });
        ending();
        await abortAllDurableObjects();
        await runDurableObjectAlarm(object());
      });

    let version = 1;
    const { config: first, object } = await newEndpoint({
      url,
      ordering,
      // So many tries that none is ever parked: on a busy machine an answer may take longer than the timeout.
      settings: { timeout: 20, retryWaits: Array.from({ length: 2_000 }, () => 10), maxBacklog: 1_000 },
    });
    let config = first;
    const configure = async (change: Partial<typeof config>) => {
      config = { ...config, ...change, version: (version += 1) };
      await object().configure(config);
    };

    const moves: [number, () => Promise<unknown>][] = [
      [
        30,
        async () => {
          const call = pick(calls);
          const from = (next.get(call) ?? 0) + 1;
          const count = 1 + Math.floor(random() * 3);
          next.set(call, from + count - 1);
          for (let seq = from; seq < from + count; seq += 1) arrivals.push(`${call}/${seq}`);
          await object().enqueue(
            config,
            Array.from({ length: count }, (_, index) => event(call, from + index)),
          );
        },
      ],
      [
        8,
        async () =>
          object().enqueue(
            config,
            calls.flatMap((call) => Array.from({ length: next.get(call) ?? 0 }, (_, index) => event(call, index + 1))),
          ),
      ],
      [8, async () => (mood = pick(["well", "failing", "hanging"] as const))],
      [15, async () => new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 15)))],
      [10, () => passTime()],

      [
        3,
        async () => {
          await endLife((ending) => (ending(), abortAllDurableObjects()));
        },
      ],
      [5, () => configure({ paused: !config.paused })],
      [3, () => configure({ settings: { ...config.settings, concurrency: pick([1, 3, 6]) } })],
      [
        3,
        async () => {
          const fresh = profiles.standard.newSecret();
          const secrets = [
            { value: fresh, until: null },
            { value: keys.at(-1)!, until: Date.now() + 50 },
          ];
          keys.push(fresh);
          await configure({ secrets: await sealSecrets(TEST_MASTER_KEYS, config.id, secrets) });
        },
      ],
      [6, () => runDurableObjectAlarm(object())],
      [
        4,
        async () => {
          const entry = pick(await object().log("org_1", { limit: 20 }));
          if (entry) await object().retry("org_1", entry.deliveryId);
        },
      ],
      [
        2,
        () =>
          object().replay("org_1", { stream: pick(calls) }, { dryRun: false, replay: Math.floor(random() * 1e9) + 1 }),
      ],
    ];
    const total = moves.reduce((sum, [weight]) => sum + weight, 0);
    for (let step = 0; step < 350; step += 1) {
      let at = random() * total;
      const move = moves.find(([weight]) => (at -= weight) < 0);
      await move?.[1]();
    }

    mood = "well";
    // From here on a slow machine is no failure, and each life is long enough to get something done.
    await configure({ paused: false, settings: { ...config.settings, timeout: 30_000 } });
    await vi.waitFor(
      async () => {
        await passTime();
        await vi.waitFor(
          async () =>
            expect(Object.values(await states(object())).filter((state) => state !== "delivered")).toStrictEqual([]),
          { timeout: 2_000, interval: 20 },
        );
      },
      { timeout: 90_000, interval: 20 },
    );
    expect(violations).toEqual([]);
    for (const call of calls) {
      const expected = Array.from({ length: next.get(call) ?? 0 }, (_, index) => index + 1);
      expect((accepted.get(call) ?? []).toSorted((one, other) => one - other)).toEqual(expected);
      if (ordering !== "none") expect(accepted.get(call) ?? []).toEqual(expected);
    }
  },
);

/** A replay's deliveries have ids of their own, and its lane runs beside the call's: it is known by its number. */
function isReplay(init: RequestInit): boolean {
  return new Headers(init.headers).get("trunkline-replay") === "true";
}

function isSignedWith(key: string, init: RequestInit): boolean {
  try {
    new Webhook(key).verify(init.body as string, Object.fromEntries(new Headers(init.headers)));
    return true;
  } catch {
    return false;
  }
}
