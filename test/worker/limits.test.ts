import { PLATFORMS } from "../../src/platforms";
import { createExecutionContext, env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { sourceCounts } from "../../src/db/schema";
import { ingestEdge, type IngestDeps } from "../../src/ingest";
import { hmac, toHex } from "../../src/lib/hmac";
import type { IngestMessage } from "../../src/queues/messages";
import { createSource } from "../../src/sources";
import { mintOrganization, TEST_MASTER_KEYS } from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { FULL_REACH, systemAct } from "../../src/identity";

type TestEnv = Env & { DB: D1Database; BUCKET: R2Bucket };
const testEnv = env as unknown as TestEnv;
const db = openDatabase(testEnv.DB);

let clock = Date.parse("2026-02-10T14:00:00Z");
let inbox: IngestMessage[] = [];
let behind: Promise<unknown>[] = [];
let timers: { at: number; ring: () => void }[] = [];
let asked: string[] = [];
let bodiesRead = 0;
let queries = 0;
let away = false;

const watchedDb = new Proxy(testEnv.DB, {
  get(target, property) {
    if (property === "prepare" && away) throw new Error("D1 is away");
    if (property === "prepare") return (text: string) => ((queries += 1), target.prepare(text));
    const value: unknown = Reflect.get(target, property);
    return typeof value === "function" ? value.bind(target) : value;
  },
});

function isolate(limits: Partial<IngestDeps["limits"]> = {}) {
  const app = ingestEdge(() => ({
    db: openDatabase(watchedDb),
    bucket: testEnv.BUCKET,
    inbox: { put: async (message) => void inbox.push(structuredClone(message)) },
    masterKeys: TEST_MASTER_KEYS,
    now: () => clock,
    limits: {
      proven: async (sourceId) => (asked.push(`proven ${sourceId}`), limits.proven?.(sourceId) ?? true),
      refused: async (name) => (asked.push(`refused ${name}`), limits.refused?.(name) ?? true),
    },
    waitUntil: (work) => void behind.push(work),
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: () => Promise.reject(new Error("ingest fetches nothing in these tests")),
    pause: (milliseconds) => new Promise((ring) => timers.push({ at: clock + milliseconds, ring: () => ring() })),
    publicAddressOf: (request) => request.url,
    log: () => {},
  }));
  return (path: string, init: RequestInit) =>
    app.fetch(new Request(`https://trunkline.test${path}`, init), testEnv, createExecutionContext());
}

/** Lets the clock go on, and rings what it passes. */
async function pass(milliseconds: number): Promise<void> {
  clock += milliseconds;
  const due = timers.filter(({ at }) => at <= clock);
  timers = timers.filter(({ at }) => at > clock);
  for (const { ring } of due) ring();
  await settle();
}

/** Waits for what goes on behind the answers, but for timers. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await testEnv.DB.prepare("SELECT 1").run();
}

async function counted(organizationId: string): Promise<Record<string, number>> {
  const rows = await db.select().from(sourceCounts).where(eq(sourceCounts.organizationId, organizationId));
  const counts: Record<string, number> = {};
  for (const { sourceId, outcome, reason, requests } of rows) {
    const name = [sourceId, outcome, reason].filter((part) => part !== "").join(" ");
    counts[name] = (counts[name] ?? 0) + requests;
  }
  return counts;
}

/** A body that says whether anyone read it. */
function watchedBody(text: string): ReadableStream {
  return new ReadableStream(
    {
      pull(controller) {
        bodiesRead += 1;
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

type Fetch = ReturnType<typeof isolate>;

function anura(fetch: Fetch, key: string | undefined, address = "203.0.113.7", body: BodyInit = renderAnura()) {
  const headers = {
    "content-type": "application/json",
    "cf-connecting-ip": address,
    ...(key === undefined ? {} : { "x-api-key": key }),
  };
  return fetch("/webhook/anura/", { method: "POST", headers, body });
}

async function makeAudian() {
  const organization = await mintOrganization(db);
  const made = await createSource(
    { db, masterKeys: TEST_MASTER_KEYS },
    PLATFORMS.audian,
    { reach: FULL_REACH, organizationId: organization.id, name: "Audian" },
    systemAct(clock),
  );
  if (!made.ok || made.value.secret === null) throw new Error("no source");
  return { organizationId: organization.id, id: made.value.source.id, secret: made.value.secret };
}

async function audian(
  fetch: Fetch,
  source: { id: string; secret: string },
  {
    address = "203.0.113.7",
    body = '{"id":"e","event":"call.completed","timestamp":"2026-02-10T14:00:00Z","data":{"call_id":"c-1"}}',
    at = clock,
    extra = {},
  }: { address?: string; body?: string; at?: number; extra?: Record<string, string> } = {},
) {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = toHex(await hmac("SHA-256", source.secret, new TextEncoder().encode(`${timestamp}.${body}`)));
  const headers = {
    "content-type": "application/json",
    "cf-connecting-ip": address,
    "x-audian-timestamp": timestamp,
    "x-audian-signature": signature,
    ...extra,
  };
  return fetch(`/webhook/audian/${source.id}`, { method: "POST", headers, body: watchedBody(body) });
}

beforeEach(async () => {
  clock += 3_600_000;
  [inbox, behind, timers, asked] = [[], [], [], []];
  bodiesRead = 0;
  queries = 0;
  away = false;
  await db.delete(sourceCounts);
});

describe("counting refusals", () => {
  it("counts every one, also those the log leaves out, within five seconds of the first", async () => {
    const fetch = isolate();
    for (let index = 0; index < 40; index += 1) expect((await anura(fetch, undefined)).status).toBe(401);
    expect(inbox).toHaveLength(10);
    await settle();
    expect(await counted("")).toEqual({ "refused missing_key": 1 });
    await pass(4_999);
    expect(await counted("")).toEqual({ "refused missing_key": 40 });
    await pass(60_000);
    expect(await counted("")).toEqual({ "refused missing_key": 40 });
  });

  it("writes little: one statement for many, and no more than one every four seconds", async () => {
    const fetch = isolate();
    for (let second = 0; second < 32; second += 1) {
      for (let index = 0; index < 5; index += 1) await anura(fetch, undefined);
      await pass(1_000);
    }
    expect(queries).toBeLessThanOrEqual(10);
    await pass(8_000);
    expect(await counted("")).toEqual({ "refused missing_key": 160 });
  });

  it("is flushed by the next request, of whatever kind, when its timer died", async () => {
    const { key } = await mintOrganization(db);
    const fetch = isolate();
    for (let index = 0; index < 3; index += 1) await anura(fetch, undefined);
    await settle();
    timers = [];
    clock += 11_000;
    expect((await anura(fetch, key)).status).toBe(200);
    await settle();
    expect(await counted("")).toEqual({ "refused missing_key": 3 });
  });

  it("keeps the counts while the database is away, and answers all the same", async () => {
    const fetch = isolate();
    away = true;
    for (let index = 0; index < 5; index += 1) expect((await anura(fetch, undefined)).status).toBe(401);
    for (let turn = 0; turn < 10; turn += 1) await pass(2_000);
    away = false;
    expect(await counted("")).toEqual({});
    await anura(fetch, undefined);
    await pass(10_000);
    expect(await counted("")).toEqual({ "refused missing_key": 6 });
  });

  it("waits for nothing", async () => {
    const fetch = isolate();
    await anura(fetch, undefined);
    await anura(fetch, undefined);
    // The second one's timer has not rung, and will not.
    expect(behind).toHaveLength(2);
  });

  it("shows a source's owner the requests that were refused before the source", async () => {
    const source = await makeAudian();
    const fetch = isolate();
    await audian(fetch, source, { at: clock - 3_600_000 });
    await audian(fetch, { ...source, secret: "whsec_wrong" });
    await fetch(`/webhook/audian/${source.id}`, { method: "POST", body: "{}" });
    await audian(fetch, { ...source, id: `src_${"0".repeat(26)}` });
    await pass(10_000);
    expect(await counted(source.organizationId)).toEqual({
      [`${source.id} refused timestamp_out_of_window`]: 1,
      [`${source.id} refused wrong_signature`]: 1,
      [`${source.id} refused missing_signature`]: 1,
    });
    expect(await counted("")).toEqual({ "refused unknown_source": 1 });
  });

  it("takes bounded room for made-up sources, and counts them together", async () => {
    const fetch = isolate();
    for (let index = 0; index < 1_500; index += 1) {
      await fetch(`/webhook/audian/src_${String(index).padStart(26, "0")}`, { method: "POST", body: "{}" });
    }
    await pass(10_000);
    expect(await counted("")).toEqual({ "refused missing_signature": 1_500 });
  });

  it("does not count what the consumer counts", async () => {
    const { id, key } = await mintOrganization(db);
    const fetch = isolate();
    await anura(fetch, key);
    await anura(fetch, key, undefined, renderAnura({ wasrecorded: "false" }));
    await pass(10_000);
    expect(await counted(id)).toEqual({});
  });
});

describe("what is kept of senders who proved nothing", () => {
  it("is small, and never in R2", async () => {
    const source = await makeAudian();
    const fetch = isolate();
    const wrong = { ...source, secret: "whsec_wrong" };
    const extra = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x-${index}`, "v".repeat(450)]));
    await audian(fetch, wrong, { body: "x".repeat(99_000), extra });
    await audian(fetch, wrong, { body: "x".repeat(8_000), extra });
    expect(inbox.map((message) => [message.body?.length, message.bodyKey, message.proven])).toEqual([
      [undefined, null, false],
      [8_000, null, false],
    ]);
    for (const message of inbox) expect(JSON.stringify(message.headers).length).toBeLessThan(5_000);
    expect((await testEnv.BUCKET.list({ prefix: "inbound/" })).objects).toEqual([]);
  });

  it("is sixty a minute of one isolate, however many sources and reasons there are", async () => {
    const fetch = isolate();
    for (let index = 0; index < 12; index += 1) {
      const source = await makeAudian();
      for (let again = 0; again < 12; again += 1) await audian(fetch, { ...source, secret: "whsec_wrong" });
    }
    expect(inbox).toHaveLength(60);
    expect(new Set(inbox.map((message) => message.organizationId)).size).toBe(6);
    const { key } = await mintOrganization(db);
    await anura(fetch, key, undefined, "{}");
    expect(inbox).toHaveLength(61);
  });
});

describe("the limit of refusals", () => {
  const never = { refused: async () => false };

  it("turns an address away at that path: unread, without the database, until the minute is over", async () => {
    const source = await makeAudian();
    const fetch = isolate(never);
    clock = Math.floor(clock / 60_000) * 60_000 + 20_000;
    expect((await audian(fetch, { ...source, secret: "whsec_wrong" })).status).toBe(401);
    await settle();
    [bodiesRead, queries, asked] = [0, 0, []];
    const answer = await audian(fetch, source);
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("40");
    expect(await answer.json()).toMatchObject({ status: 429, reason: "too_many_refusals" });
    expect([bodiesRead, queries, asked]).toEqual([0, 0, []]);
    clock += 40_000;
    expect((await audian(fetch, source)).status).toBe(200);
    await pass(10_000);
    expect(await counted(source.organizationId)).toMatchObject({ [`${source.id} refused too_many_refusals`]: 1 });
  });

  it("shuts out no other address and no other source", async () => {
    const [source, other] = [await makeAudian(), await makeAudian()];
    const fetch = isolate(never);
    await audian(fetch, { ...source, secret: "whsec_wrong" });
    expect((await audian(fetch, source, { address: "203.0.113.8" })).status).toBe(200);
    expect((await audian(fetch, other)).status).toBe(200);
    expect((await audian(fetch, source)).status).toBe(429);
  });

  it("shuts out one key on a path that organizations share", async () => {
    const { key } = await mintOrganization(db);
    const fetch = isolate(never);
    const wrong = `tk_${"0".repeat(40)}`;
    for (const bad of [undefined, wrong]) {
      expect((await anura(fetch, bad)).status).toBe(401);
      expect((await anura(fetch, bad)).status).toBe(429);
    }
    expect((await anura(fetch, key)).status).toBe(200);
    expect(asked.filter((name) => name.includes(wrong))).toEqual([]);
  });

  it("limits an address that tries key after key, each new, to one look-up a second", async () => {
    const [known, cold] = [await mintOrganization(db), await mintOrganization(db)];
    const fetch = isolate(never);
    clock = Math.floor(clock / 60_000) * 60_000 + 20_000;
    expect((await anura(fetch, known.key)).status).toBe(200);
    const guess = (index: number) => anura(fetch, `tk_${String(index).padStart(40, "0")}`);
    expect((await guess(0)).status).toBe(401);
    expect((await guess(1)).status).toBe(401);
    await settle();
    queries = 0;
    const statuses = new Set<number>();
    for (let index = 2; index < 962; index += 1) statuses.add((await guess(index)).status);
    expect([...statuses]).toEqual([429]);
    expect(queries).toBe(0);
    expect((await anura(fetch, known.key)).status).toBe(200);
    expect((await anura(fetch, `tk_${"1".repeat(40)}`, "203.0.113.8")).status).toBe(401);
    expect((await anura(fetch, cold.key)).status).toBe(429);
    clock += 1_000;
    expect((await anura(fetch, cold.key)).status).toBe(200);
    clock += 1_000;
    expect((await guess(963)).status).toBe(401);
    expect((await guess(964)).status).toBe(429);
    clock += 40_000;
    expect((await guess(965)).status).toBe(401);
  });

  it("limits an address that tries source after source, and lets the known ones pass", async () => {
    const [source, other] = [await makeAudian(), await makeAudian()];
    const fetch = isolate(never);
    clock = Math.floor(clock / 60_000) * 60_000 + 20_000;
    expect((await audian(fetch, source)).status).toBe(200);
    const guess = (index: number) =>
      audian(fetch, { id: `src_${String(index).padStart(26, "0")}`, secret: "whsec_wrong" });
    expect((await guess(0)).status).toBe(404);
    expect((await guess(1)).status).toBe(404);
    await settle();
    queries = 0;
    for (let index = 2; index < 200; index += 1) expect((await guess(index)).status).toBe(429);
    expect(queries).toBe(0);
    expect((await audian(fetch, source)).status).toBe(200);
    clock += 1_000;
    expect((await audian(fetch, other)).status).toBe(200);
  });

  it("counts an IPv6 sender by its /64", async () => {
    const fetch = isolate(never);
    expect((await anura(fetch, undefined, "2001:db8:1:2::1")).status).toBe(401);
    expect((await anura(fetch, undefined, "2001:db8:1:2:ffff::9")).status).toBe(429);
    expect((await anura(fetch, undefined, "2001:db8:1:3::1")).status).toBe(401);
  });

  it("never shuts out who proved themselves, however often their notices are refused", async () => {
    const { key } = await mintOrganization(db);
    const fetch = isolate(never);
    for (let index = 0; index < 3; index += 1) expect((await anura(fetch, key, undefined, "{}")).status).toBe(422);
    expect(asked.filter((name) => name.startsWith("refused"))).toEqual([]);
  });

  it("treats all senders alike where no address is known", async () => {
    const fetch = isolate(never);
    for (let index = 0; index < 3; index += 1)
      expect((await fetch("/webhook/anura/", { method: "POST" })).status).toBe(401);
  });

  it("remembers a bounded number of them", async () => {
    const fetch = isolate(never);
    const address = (index: number) => `198.51.${Math.floor(index / 250)}.${index % 250}`;
    for (let index = 0; index < 1_100; index += 1) await anura(fetch, undefined, address(index));
    expect((await anura(fetch, undefined, address(1_099))).status).toBe(429);
    expect((await anura(fetch, undefined, address(0))).status).toBe(401);
  });
});

describe("the limit of a source", () => {
  it("counts only proven requests, and says when to come again", async () => {
    const source = await makeAudian();
    let left = 2;
    const fetch = isolate({ proven: async () => (left -= 1) >= 0 });
    for (let index = 0; index < 5; index += 1) await audian(fetch, { ...source, secret: "whsec_wrong" });
    expect(asked.filter((name) => name.startsWith("proven"))).toEqual([]);
    expect([(await audian(fetch, source)).status, (await audian(fetch, source)).status]).toEqual([200, 200]);
    const answer = await audian(fetch, source);
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("60");
    expect(await answer.json()).toMatchObject({ reason: "too_many_requests" });
    expect(inbox.at(-1)).toMatchObject({
      verdict: "refused",
      reason: "too_many_requests",
      organizationId: source.organizationId,
    });
    expect(inbox.at(-1)?.body).not.toBeNull();
    await pass(10_000);
    expect(await counted(source.organizationId)).toMatchObject({ [`${source.id} refused too_many_requests`]: 1 });
  });

  it("is of each source alone, on a shared path too", async () => {
    const [one, other] = [await mintOrganization(db), await mintOrganization(db)];
    const fetch = isolate();
    await anura(fetch, one.key);
    await anura(fetch, other.key);
    expect(new Set(asked).size).toBe(2);
  });
});
