import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { recordings } from "../../src/db/schema";
import { jobDeps } from "../../src/jobs";
import { workOnSlowLane } from "../../src/pipeline";
import { newSlowServers } from "../../src/pipeline/slow-servers";
import { LANE_SLOTS, LANE_SLOTS_PER_HOST } from "../../src/pipeline/slow-lane";
import { DAY, MINUTE } from "../../src/lib/time";
import { fetchAudio, MAX_RECORDING_BYTES, storeAudio, webAudio } from "../../src/recordings";
import { mintCall, mintOrganization, mintRecording } from "../factories";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";

// Counted and put in order, not timed: how often a slow server is asked in the way of others, and who is asked before
// whom.

const db = openDatabase(env.DB);
const MIB = 1024 * 1024;
const SLOW = "src_slow";

let line: Pipeline;
let woken: string[];

beforeEach(async () => {
  await env.DB.exec("DELETE FROM recordings");
  woken = [];
  const lanes = {
    idFromName: (name: string) => name,
    get: (name: string) => ({ wake: async () => void woken.push(name), ask: async () => undefined }),
  };
  line = newPipeline({ SOURCE_LANES: lanes as never });
});

afterEach(() => void vi.restoreAllMocks());

/** Recordings to be fetched, each of a call of its own; `host` by number. */
async function waiting(count: number, sourceId: string, host: (index: number) => string) {
  const { id: organizationId } = await mintOrganization(db);
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

const never = () => new Promise<Response>(() => undefined);
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

describe("recordings whose server keeps us waiting", () => {
  it.each([
    ["one host, ten times the slots", () => "hang.test"],
    ["a host for each", (index: number) => `hang-${index}.test`],
  ])("are asked for once in the way of others, and then in the lane of their source: %s", async (_, host) => {
    const asked: string[] = [];
    line.audio = (url) => {
      asked.push(new URL(url).host);
      return url.includes("hang") ? (never() as never) : wav();
    };
    const slow = await waiting(60, `${SLOW}_${host(1)}`, host);
    const [neighbour] = await waiting(1, "src_fine", () => "fine.test");
    for (let at = 0; at < slow.length; at += 5) await line.deliver(QUEUES.recordings, slow.slice(at, at + 5));
    await line.deliver(QUEUES.recordings, [neighbour]);
    // One batch found out; the eleven after it, and the neighbour, waited for nobody.
    expect(asked.filter((one) => one.includes("hang"))).toHaveLength(5);
    expect(asked.at(-1)).toBe("fine.test");
    const rows = await db.select().from(recordings);
    expect(rows.filter(({ sourceId }) => sourceId === "src_fine")).toMatchObject([{ state: "completed" }]);
    const left = rows.filter(({ sourceId }) => sourceId !== "src_fine");
    expect(left.every(({ slow: isSlow, state, attempts }) => isSlow && state === "pending" && attempts === 0)).toBe(
      true,
    );
    expect(new Set(woken)).toEqual(new Set([`${SLOW}_${host(1)}`]));
  });

  it.each([
    ["drips", dripping, 1 * MIB],
    ["swells", swelling, 40 * MIB],
  ])("whose body %s are cut short and handed over", async (_, body, most) => {
    const { taken, stream } = body();
    line.audio = () => new Response(stream, { headers: { "content-type": "audio/wav" } });
    const messages = await waiting(1, `src_${most}`, () => `body-${most}.test`);
    expect(await line.deliver(QUEUES.recordings, messages)).toEqual({ acked: 1, retried: 0 });
    expect(taken.bytes).toBeLessThan(most);
    expect(woken).toEqual([`src_${most}`]);
    expect(await db.select().from(recordings)).toMatchObject([{ slow: true, state: "pending", attempts: 0 }]);
  });

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
  it("asks of each host only so often at once, and of all only so often, at ten times the slots", async () => {
    await waiting(10 * LANE_SLOTS, SLOW, (index) => (index < 30 ? "a.test" : `b-${index % 2}.test`));
    await waiting(1, "src_other", () => "other.test");
    await db.update(recordings).set({ slow: true });
    const underWay: { host: string; answer: () => void }[] = [];
    const order: string[] = [];
    let most = 0;
    let mostOfHost = 0;
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
        most = Math.max(most, underWay.length);
        mostOfHost = Math.max(mostOfHost, underWay.filter((other) => other.host === host).length);
      });
    const deps = laneDeps(fetch);
    const state = { isDone: false };
    const lane = workOnSlowLane(deps, SLOW, { until: Date.now() + 10 * MINUTE, woken: never as never }).finally(() => {
      state.isDone = true;
    });
    while (!state.isDone) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay[0]?.answer();
    }
    expect(await lane).toBe(false);
    expect({ most, mostOfHost }).toEqual({ most: LANE_SLOTS, mostOfHost: LANE_SLOTS_PER_HOST });
    // Thirty of one host came first, and did not come before the others.
    expect(order.slice(0, LANE_SLOTS).filter((host) => host === "a.test")).toHaveLength(LANE_SLOTS_PER_HOST);
    expect(order).not.toContain("other.test");
    expect(await db.$count(recordings, eq(recordings.state, "completed"))).toBe(10 * LANE_SLOTS);
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

describe("what an isolate remembers of slow servers", () => {
  it("holds for a minute, by source and by host, and is bounded", () => {
    const servers = newSlowServers();
    servers.remember(["source a", "host h"], "timeout: x", 0);
    expect(servers.reasonFor(["source b", "host h"], MINUTE - 1)).toBe("timeout: x");
    expect(servers.reasonFor(["source b", "host i"], 0)).toBeUndefined();
    expect(servers.reasonFor(["source a"], MINUTE)).toBeUndefined();
    for (let index = 0; index < 1_000; index += 1) servers.remember([`host ${index}`], "timeout: y", 0);
    expect(servers.reasonFor(["source a", "host h"], 1)).toBeUndefined();
    expect(servers.reasonFor(["host 0"], 1)).toBe("timeout: y");
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
