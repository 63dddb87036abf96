import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { recordings } from "../../src/db/schema";
import { jobDeps } from "../../src/jobs";
import { workOnSlowLane } from "../../src/pipeline";
import { newKnownServers } from "../../src/pipeline/known-servers";
import { LANE_SLOTS, LANE_SLOTS_PER_HOST, ORGANIZATION_SLOTS_PER_HOST } from "../../src/pipeline/slow-lane";
import { toBase64 } from "../../src/lib/hmac";
import { DAY, MINUTE } from "../../src/lib/time";
import { askJson } from "../../src/platforms/asking/ask-json";
import { fetchAudio, MAX_RECORDING_BYTES, storeAudio, webAudio } from "../../src/recordings";
import { mintCall, mintOrganization, mintRecording, mintSource } from "../factories";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { plansOf } from "./query-plan";
import { sineWav } from "./sine-wav";

// Counted and put in order, not timed: how often a slow server is asked in the way of others, and who is asked before
// whom.

const db = openDatabase(env.DB);
const MIB = 1024 * 1024;
const SLOW = "src_slow";

let line: Pipeline;
let woken: string[];
/** What a lane says when it is woken. */
let fastHosts: string[];

beforeEach(async () => {
  await env.DB.exec("DELETE FROM recordings");
  woken = [];
  const lanes = {
    idFromName: (name: string) => name,
    get: (name: string) => ({
      wake: async () => {
        woken.push(name);
        return fastHosts;
      },
      ask: async () => undefined,
    }),
  };
  fastHosts = [];
  line = newPipeline({ SOURCE_LANES: lanes as never });
  line.servers = newKnownServers();
});

afterEach(() => void vi.restoreAllMocks());

/** Recordings to be fetched, each of a call of its own; `host` by number. */
async function waiting(count: number, sourceId: string, host: (index: number) => string, of?: string) {
  const organizationId = of ?? (await mintOrganization(db)).id;
  const messages = [];
  for (let index = 0; index < count; index += 1) {
    const call = await mintCall(db, organizationId, { sourceId });
    const open = { state: "pending" as const, key: null, completedAt: null, attempts: 0, claims: 0, dueAt: Date.now() };
    const url = `https://${host(index)}/${index}.wav`;
    const { id } = await mintRecording(db, call, { ...open, sourceId, url, giveUpAt: Date.now() + DAY });
    messages.push({ organizationId, callId: call.id, recordingId: id });
  }
  return messages;
}

/** What a lane is given, with a web of our own. */
function laneDeps(fetch: (input: RequestInfo | URL) => Promise<Response>) {
  const { recordings: deps, sweep } = jobDeps(line.env);
  const web = webAudio({ ...sweep.pull, fetch });
  return { ...deps, openers: { "https:": web } };
}

/** A lane at work at a web where nobody answers until `answerAll`. */
function startLane(sourceId: string) {
  const underWay: { host: string; answer: () => void }[] = [];
  const order: string[] = [];
  const seen = { most: 0, mostOfHost: 0, isDone: false };
  const fetch = (input: RequestInfo | URL) =>
    new Promise<Response>((resolve) => {
      const { host } = new URL(input as string);
      order.push(host);
      const one = {
        host,
        answer: () => {
          underWay.splice(underWay.indexOf(one), 1);
          resolve(wav());
        },
      };
      underWay.push(one);
      seen.most = Math.max(seen.most, underWay.length);
      seen.mostOfHost = Math.max(seen.mostOfHost, underWay.filter((other) => other.host === host).length);
    });
  const turn = { until: Date.now() + 10 * MINUTE, woken: never as never };
  const lane = workOnSlowLane(laneDeps(fetch), sourceId, turn).finally(() => void (seen.isDone = true));
  async function answerAll() {
    while (!seen.isDone) {
      underWay[0]?.answer();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return { lane, order, answerAll, most: () => seen.most, mostOfHost: () => seen.mostOfHost };
}

const never = () => new Promise<Response>(() => undefined);
const asWav = (stream: ReadableStream) => new Response(stream, { headers: { "content-type": "audio/wav" } });
const wav = () => new Response(sineWav(1), { headers: { "content-type": "audio/wav" } });

/** A body that begins like a WAV and goes on with what `next` gives, counting the bytes taken of it. */
function endless(next: () => Promise<Uint8Array> | Uint8Array) {
  const taken = { bytes: 0 };
  let isFirst = true;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const bytes = isFirst ? sineWav(1).slice(0, 4_000) : await next();
        isFirst = false;
        taken.bytes += bytes.length;
        controller.enqueue(bytes);
      },
    },
    { highWaterMark: 0 },
  );
  return { taken, stream };
}

const dripping = () => endless(() => new Promise<Uint8Array>(() => undefined));
const swelling = () => endless(() => new Uint8Array(MIB));

/** The neighbour's server answered fast a moment ago; its recording comes behind those that are delivered first. */
async function neighbour() {
  const [message] = await waiting(1, "src_fine", () => "fine.test");
  line.servers.wasFast("src_fine", ["fine.test"], Date.now());
  return message;
}

describe("recordings of servers that nobody knows to be fast", () => {
  it.each([
    ["hang, ten times the slots at one host", () => "hang.test", never],
    ["hang, a host for each", (index: number) => `hang-${index}.test`, never],
    ["drip", (index: number) => `drip-${index % 3}.test`, () => asWav(dripping().stream)],
    ["swell", (index: number) => `swell-${index % 3}.test`, () => asWav(swelling().stream)],
  ])("are never asked by a consumer, which others wait for: %s", async (_, host, answer) => {
    const asked: string[] = [];
    line.audio = (url) => {
      asked.push(new URL(url).host);
      return url.includes("fine") ? wav() : (answer() as never);
    };
    const slow = await waiting(50, SLOW, host);
    const fine = await neighbour();
    for (let at = 0; at < slow.length; at += 5) await line.deliver(QUEUES.recordings, slow.slice(at, at + 5));
    await line.deliver(QUEUES.recordings, [fine]);
    expect(asked).toEqual(["fine.test"]);
    const rows = await db.select().from(recordings);
    expect(rows.filter(({ sourceId }) => sourceId === "src_fine")).toMatchObject([{ state: "completed" }]);
    const left = rows.filter(({ sourceId }) => sourceId === SLOW);
    expect(left.every(({ slow: isSlow, state, attempts }) => isSlow && state === "pending" && attempts === 0)).toBe(
      true,
    );
    expect(new Set(woken)).toEqual(new Set([SLOW]));
  });

  it("are asked by the consumer once their lane found them to be fast", async () => {
    const asked: string[] = [];
    line.audio = (url) => {
      asked.push(new URL(url).pathname);
      return wav();
    };
    fastHosts = ["quick.test"];
    const messages = await waiting(2, SLOW, () => "quick.test");
    for (const message of messages) await line.deliver(QUEUES.recordings, [message]);
    expect(asked).toEqual(["/1.wav"]);
    expect(woken).toEqual([SLOW]);
  });
});

describe("servers that were fast and keep a consumer waiting", () => {
  it.each([
    ["hangs", () => never() as never, 1 * MIB],
    ["drips", () => asWav(dripping().stream), 1 * MIB],
  ])("cost their whole organization its place in the consumer: one that %s", async (_, answer) => {
    const asked: string[] = [];
    line.audio = (url) => {
      asked.push(new URL(url).host);
      return answer();
    };
    const host = (index: number) => `turned-${index}.test`;
    const slow = await waiting(50, SLOW, host);
    line.servers.wasFast(
      SLOW,
      slow.map((_message, index) => host(index)),
      Date.now(),
    );
    for (let at = 0; at < slow.length; at += 5) await line.deliver(QUEUES.recordings, slow.slice(at, at + 5));
    // One batch found out; the nine after it waited for nobody.
    expect(asked).toHaveLength(5);
    const left = await db.select().from(recordings);
    expect(left.filter(({ slow: isSlow, state }) => isSlow && state === "pending")).toHaveLength(50);
    // A batch that asks nobody is handed over as one.
    expect(new Set(woken)).toEqual(new Set([SLOW]));
    expect(woken.length).toBeLessThanOrEqual(5 + 9);
  });

  it("are left to the lane where the body swells", async () => {
    const { taken, stream } = swelling();
    line.audio = () => asWav(stream);
    const messages = await waiting(1, "src_swells", () => "swells.test");
    line.servers.wasFast("src_swells", ["swells.test"], Date.now());
    expect(await line.deliver(QUEUES.recordings, messages)).toEqual({ acked: 1, retried: 0 });
    expect(taken.bytes).toBeLessThan(40 * MIB);
    expect(woken).toEqual(["src_swells"]);
    expect(await db.select().from(recordings)).toMatchObject([{ slow: true, state: "pending", attempts: 0 }]);
  });
});

describe("recordings in a lane", () => {
  it("wake their lane again when a message comes for them, and no message is sent in vain", async () => {
    const messages = await waiting(1, SLOW, () => "hang.test");
    await db.update(recordings).set({ slow: true });
    await line.deliver(QUEUES.recordings, messages);
    expect(woken).toEqual([SLOW]);
    await db.update(recordings).set({ nudgeAfter: 0 });
    await line.cron();
    expect(woken).toEqual([SLOW, SLOW]);
    expect(line.sent.filter(({ queue }) => queue === QUEUES.recordings)).toEqual([]);
  });
});

describe("the lane of a source", () => {
  it("asks each host only so often at once, and of all only so often, at ten times the slots", async () => {
    await waiting(10 * LANE_SLOTS, SLOW, (index) => (index < 30 ? "a.test" : `b-${index % 2}.test`));
    await waiting(1, "src_other", () => "other.test");
    await db.update(recordings).set({ slow: true });
    const { most, mostOfHost, order, lane, answerAll } = startLane(SLOW);
    await vi.waitFor(() => expect(order).toHaveLength(LANE_SLOTS));
    // Thirty of one host came first. Before it has answered, it gets no more than its part.
    expect(mostOfHost()).toBe(LANE_SLOTS_PER_HOST);
    expect(order.filter((host) => host === "a.test")).toHaveLength(LANE_SLOTS_PER_HOST);
    await answerAll();
    expect(await lane).toBeUndefined();
    expect({ most: most(), mostOfHost: mostOfHost() }).toEqual({ most: LANE_SLOTS, mostOfHost: LANE_SLOTS });
    expect(order).not.toContain("other.test");
    expect(await db.$count(recordings, eq(recordings.state, "completed"))).toBe(10 * LANE_SLOTS);
  });

  it("asks one host only so often for all sources of an organization, and looks again later", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const lanes: string[] = [];
    for (let index = 0; index < ORGANIZATION_SLOTS_PER_HOST; index += 1) {
      const { id } = await mintSource(db, organizationId, {});
      await waiting(LANE_SLOTS, id, () => "one-host.test", organizationId);
      lanes.push(id);
    }
    const { id: elsewhere } = await mintOrganization(db);
    const { id: stranger } = await mintSource(db, elsewhere, {});
    await waiting(1, stranger, () => "one-host.test", elsewhere);
    await db.update(recordings).set({ slow: true });
    const under = () => started.reduce((sum, { order }) => sum + order.length, 0);
    const started = lanes.splice(0, ORGANIZATION_SLOTS_PER_HOST / LANE_SLOTS_PER_HOST).map((id) => startLane(id));
    await vi.waitFor(() => expect(under()).toBe(ORGANIZATION_SLOTS_PER_HOST));
    // The other lanes find no room: they end, to look again, and hold nothing.
    for (const sourceId of lanes) {
      const { lane, order } = startLane(sourceId);
      expect(await lane).toBeGreaterThan(Date.now());
      expect(order).toEqual([]);
    }
    // The bound is the organization's own.
    const other = startLane(stranger);
    await vi.waitFor(() => expect(other.order).toHaveLength(1));
    await Promise.all([other, ...started].map(({ answerAll }) => answerAll()));
  });

  it("takes the next in line where other lanes have as much of a host as they may", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { id: other } = await mintSource(db, organizationId, {});
    await waiting(ORGANIZATION_SLOTS_PER_HOST, other, () => "one-host.test", organizationId);
    await db.update(recordings).set({ slow: true, leaseUntil: Date.now() + 10 * MINUTE });
    const { id: sourceId } = await mintSource(db, organizationId, {});
    await waiting(LANE_SLOTS, sourceId, () => "one-host.test", organizationId);
    await waiting(2, sourceId, (index) => `free-${index}.test`, organizationId);
    await db.update(recordings).set({ slow: true });
    const { lane, order, answerAll } = startLane(sourceId);
    await vi.waitFor(() => expect(order.toSorted()).toEqual(["free-0.test", "free-1.test"]));
    await answerAll();
    expect(await lane).toBeGreaterThan(Date.now());
    expect(order).toHaveLength(2);
  });

  it("finds its recordings by source, however many others wait", async () => {
    const plans = await plansOf(env.DB, () => startLane("src_none").lane);
    expect(plans.join("\n")).toContain("recordings_slow");
  });

  it("is woken as an object, and answers before its work is done", async () => {
    const sourceId = `src_${crypto.randomUUID()}`;
    const [message] = await waiting(1, sourceId, () => "late.test");
    await db.update(recordings).set({ slow: true });
    line.audio = wav;
    await env.SOURCE_LANES.get(env.SOURCE_LANES.idFromName(sourceId)).wake(sourceId);
    await vi.waitFor(async () => {
      const rows = await db.select().from(recordings).where(eq(recordings.id, message!.recordingId));
      expect(rows).toMatchObject([{ state: "completed", attempts: 1 }]);
    }, 20_000);
  });
});

describe("what an isolate knows of servers", () => {
  const asked = (organizationId: string, sourceId: string, host: string) => ({
    organizationId,
    sourceId,
    url: `https://${host}/a.wav`,
  });

  it("is that none is fast that was not, and holds for ten minutes, by source and host", () => {
    const known = newKnownServers();
    expect(known.whyLane(asked("o", "a", "h"), 0)).toMatch(/^unknown: /);
    known.wasFast("a", ["h"], 0);
    expect(known.whyLane(asked("o", "a", "h"), 10 * MINUTE - 1)).toBeUndefined();
    expect(known.whyLane(asked("o", "b", "h"), 0)).toMatch(/^unknown: /);
    expect(known.whyLane(asked("o", "a", "i"), 0)).toMatch(/^unknown: /);
    expect(known.whyLane(asked("o", "a", "h"), 10 * MINUTE)).toMatch(/^unknown: /);
    expect(known.fastHostsOf("a", 1)).toEqual(["h"]);
    expect(known.fastHostsOf("b", 1)).toEqual([]);
  });

  it("is for a minute that an organization kept a consumer waiting, and the server is unknown again", () => {
    const known = newKnownServers();
    known.wasFast("a", ["h", "i"], 0);
    known.wasFast("b", ["h"], 0);
    known.wasSlow(asked("o", "a", "h"), "timeout: x", 0);
    expect(known.whyLane(asked("o", "a", "i"), MINUTE - 1)).toBe("timeout: x");
    expect(known.whyLane(asked("p", "b", "h"), 0)).toBeUndefined();
    expect(known.whyLane(asked("o", "a", "i"), MINUTE)).toBeUndefined();
    expect(known.whyLane(asked("o", "a", "h"), MINUTE)).toMatch(/^unknown: /);
  });

  it("is bounded", () => {
    const known = newKnownServers();
    known.wasFast("a", ["h"], 0);
    for (let index = 0; index < 1_000; index += 1) known.wasFast("b", [`h-${index}`], 0);
    expect(known.whyLane(asked("o", "a", "h"), 0)).toMatch(/^unknown: /);
    expect(known.whyLane(asked("o", "b", "h-0"), 0)).toBeUndefined();
  });
});

/** A body that the runtime inflates: 200 MiB on less than one. The service is of test/vitest.config.ts. */
function bomb(type: string, head: Uint8Array) {
  const { COMPRESSED } = env as typeof env & { COMPRESSED: Fetcher };
  const query = new URLSearchParams({ mib: "200", type, head: toBase64(head) });
  return COMPRESSED.fetch(`https://compressed.test/?${query.toString()}`);
}

describe("a real gzip bomb", () => {
  it("that is a recording ends while the runtime inflates it", async () => {
    const opened = await fetchAudio({
      url: "https://bomb.test/a.wav",
      fetch: () => bomb("audio/wav", sineWav(1).slice(0, 4_000)),
      guardPolicy: { allowPrivateAddresses: true, ownHosts: [] },
      now: () => Date.now(),
      maxBytes: MAX_RECORDING_BYTES,
    });
    if (!opened.ok) throw new Error(opened.error.reason);
    const stored = await storeAudio(env.BUCKET, "recordings/org/real-bomb/1", opened.value, MAX_RECORDING_BYTES);
    expect(stored).toMatchObject({
      ok: false,
      error: { kind: "refused", reason: expect.stringContaining("33554432 bytes") },
    });
    expect(await env.BUCKET.head("recordings/org/real-bomb/1")).toBeNull();
  });

  it("that is a platform's answer ends at the 8 MiB that an answer may have", async () => {
    const deps = {
      now: () => Date.now(),
      guardPolicy: { allowPrivateAddresses: true, ownHosts: [] },
      fetch: () => bomb("application/json", new TextEncoder().encode('{"calls":[')),
    };
    expect(await askJson("https://bomb.test/", {}, deps)).toMatchObject({
      ok: false,
      error: { kind: "not_ready", reason: "bomb.test sent more than 8388608 bytes" },
    });
  });
});

describe("a compressed body", () => {
  it.each([
    ["whose length is known ends at eight MiB", { "content-length": "100000" }, 8],
    ["ends at a multiple of its length", { "content-length": String(MIB) }, 20],
    ["of unknown length ends at 32 MiB", {}, 32],
  ])(
    "%s when it inflates without end, for good and with its reason",
    async (_, length: Record<string, string>, limit) => {
      const { taken, stream } = swelling();
      const headers = { "content-type": "audio/wav", "content-encoding": "gzip", ...length };
      const opened = await fetchAudio({
        url: "https://bomb.test/a.wav",
        fetch: async () => new Response(stream, { headers, encodeBody: "manual" }),
        guardPolicy: { allowPrivateAddresses: true, ownHosts: [] },
        now: () => Date.now(),
        maxBytes: MAX_RECORDING_BYTES,
      });
      if (!opened.ok) throw new Error(opened.error.reason);
      const stored = await storeAudio(env.BUCKET, "recordings/org/bomb/1", opened.value, MAX_RECORDING_BYTES);
      expect(stored).toMatchObject({ ok: false, error: { kind: "refused" } });
      if (!stored.ok) expect(stored.error.reason).toMatch(/^too_large: .*compressed.* inflated to more than/);
      expect(taken.bytes).toBeLessThan((limit + 2) * MIB);
      expect(await env.BUCKET.head("recordings/org/bomb/1")).toBeNull();
    },
  );
});
