import { PLATFORMS, platformOf } from "../../src/platforms";
import { createExecutionContext, env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { callIdOf, taskIdOf } from "../../src/calls";
import { openDatabase } from "../../src/db/client";
import { ingestEdge } from "../../src/ingest";
import { hmac, toHex } from "../../src/lib/hmac";
import type { IngestMessage } from "../../src/queues/messages";
import { defaultSourceOf, createSource, deleteSource, rotateSecret, updateSource } from "../../src/sources";
import { mintApiKey, mintOrganization, TEST_MASTER_KEYS, ACT_AT_NOON } from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { FULL_REACH, systemAct } from "../../src/identity";

type TestEnv = Env & { DB: D1Database; BUCKET: R2Bucket };
const testEnv = env as unknown as TestEnv;
const db = openDatabase(testEnv.DB);

let clock = Date.parse("2026-02-10T14:00:00Z");
let inbox: IngestMessage[] = [];
let lines: Record<string, unknown>[] = [];
let queries = 0;
let broken: "nothing" | "inbox" | "database" = "nothing";
let app = makeApp();

// Counts what an answer waits for of the database: refusals are counted behind it (limits.test.ts), which asks for
// the owners of their sources by a list, and then writes.
const countingDb = new Proxy(testEnv.DB, {
  get(target, property) {
    if (property === "prepare" || property === "batch") {
      if (broken === "database") throw new Error("D1 is away");
    }
    if (property === "prepare") {
      return (statement: string) => {
        if (!/source_counts|json_each/.test(statement)) queries += 1;
        return target.prepare(statement);
      };
    }
    const value: unknown = Reflect.get(target, property);
    return typeof value === "function" ? value.bind(target) : value;
  },
});

function makeApp() {
  return ingestEdge(() => ({
    db: openDatabase(countingDb),
    bucket: testEnv.BUCKET,
    inbox: {
      put: async (message) => {
        if (broken === "inbox") throw new Error("the queue is away");
        inbox.push(structuredClone(message));
      },
    },
    masterKeys: TEST_MASTER_KEYS,
    now: () => clock,
    limits: { proven: async () => true, refused: async () => true },
    waitUntil: () => {},
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: () => Promise.reject(new Error("ingest fetches nothing in these tests")),
    pause: async () => {},
    publicAddressOf: (request) => request.url,
    log: (line) => void lines.push(line),
  }));
}

beforeEach(() => {
  clock += 3_600_000;
  inbox = [];
  lines = [];
  queries = 0;
  broken = "nothing";
  app = makeApp();
});

async function send(
  path: string,
  init: RequestInit,
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const request = new Request(`https://trunkline.test${path}`, init);
  const response = await app.fetch(request, testEnv, createExecutionContext());
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

function post(key: string | undefined, body: BodyInit, headers: Record<string, string> = {}, path = "/webhook/anura/") {
  const auth: Record<string, string> = key === undefined ? {} : { "X-API-Key": key };
  return send(path, { method: "POST", headers: { "Content-Type": "application/json", ...auth, ...headers }, body });
}

describe("Anura's webhook, as the seed sets it up", () => {
  it("accepts the seed's body, keeps it and answers with the ids the call will have", async () => {
    const organization = await mintOrganization(db);
    const { status, headers, body } = await post(organization.key, renderAnura());
    const sourceId = await defaultSourceOf("anura", organization.id);
    const message = inbox[0];
    expect(inbox).toHaveLength(1);
    expect(message).toMatchObject({
      organizationId: organization.id,
      sourceId,
      sourceKind: "anura",
      receivedAt: clock,
      path: "/webhook/anura/",
      verdict: "accepted",
      reason: null,
      status: 200,
      bodyKey: null,
      campaignLimit: null,
      replay: false,
    });
    expect(new TextDecoder().decode(message?.body ?? undefined)).toBe(renderAnura());
    expect(JSON.stringify(message?.headers)).not.toContain(organization.key);
    const reading = await PLATFORMS.anura.read(message?.body as Uint8Array<ArrayBuffer>, "application/json", {
      id: sourceId,
      organizationId: organization.id,
      settings: { time_zone: "Asia/Tokyo" },
    });
    const externalId = reading.ok && reading.value.kind === "calls" ? reading.value.facts[0]?.externalId : undefined;
    const callId = await callIdOf({ organizationId: organization.id, sourceId, externalId: externalId ?? "" });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({
      success: true,
      status: "accepted",
      message: expect.any(String),
      call_id: callId,
      task_id: taskIdOf(callId),
      inbound_id: message?.id,
      recording_downloaded: false,
    });
  });

  it("answers a duplicate with the same call, and keeps both", async () => {
    const { key } = await mintOrganization(db);
    const first = await post(key, renderAnura());
    const second = await post(key, renderAnura(), {}, "/webhook/anura");
    expect(second.body).toMatchObject({ call_id: first.body.call_id, task_id: first.body.task_id });
    expect(second.body.inbound_id).not.toBe(first.body.inbound_id);
    expect(inbox).toHaveLength(2);
  });

  it.each([
    ["X-API-Key", ""],
    ["Authorization", "Bearer "],
    ["Authorization", "bearer  "],
    ["X-Auth-Token", ""],
  ])("takes the key from %s %j", async (header, prefix) => {
    const { key } = await mintOrganization(db);
    expect((await post(undefined, renderAnura(), { [header]: `${prefix}${key}` })).status).toBe(200);
  });

  it("passes on the campaign a key is limited to", async () => {
    const organization = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: organization.id, campaignId: "cmp_1" });
    await post(key, renderAnura());
    expect(inbox[0]?.campaignLimit).toBe("cmp_1");
  });

  it("says it is healthy", async () => {
    const { status, body } = await send("/webhook/anura/health", { method: "GET" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "ok", webhook_ready: true });
  });

  it.each([
    ["GET", "/webhook/anura", "POST"],
    ["PUT", "/webhook/anura/", "POST"],
    ["OPTIONS", "/webhook/anura/", "POST"],
    ["POST", "/webhook/anura/health", "GET, HEAD"],
    ["GET", "/webhook/audian/src_1", "POST"],
    ["PUT", "/webhook/audian/src_1/", "POST"],
    ["HEAD", "/webhook/voicesense/src_1", "POST, PUT"],
    ["DELETE", "/webhook/voicesense/src_1/", "POST, PUT"],
  ])("answers 405 to %s %s", async (method, path, allow) => {
    const { status, headers } = await send(path, { method });
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe(allow);
    expect(inbox).toEqual([]);
  });

  it("has a path of its own for each further source, for its own organization's keys only", async () => {
    const mine = await mintOrganization(db);
    const other = await mintOrganization(db);
    const made = await createSource(
      { db, masterKeys: TEST_MASTER_KEYS },
      PLATFORMS.anura,
      { reach: FULL_REACH, organizationId: mine.id, name: "Anura, second office" },
      systemAct(clock),
    );
    if (!made.ok) throw new Error("not made");
    const path = `/webhook/anura/${made.value.source.id}`;
    const postTo = (to: string, key: string) =>
      send(to, {
        method: "POST",
        headers: { "x-api-key": key, "content-type": "application/json" },
        body: renderAnura(),
      });
    expect((await postTo(path, mine.key)).status).toBe(200);
    expect(inbox.at(-1)).toMatchObject({
      sourceId: made.value.source.id,
      organizationId: mine.id,
      verdict: "accepted",
    });
    for (const [to, key] of [
      [path, other.key],
      [`/webhook/anura/src_${"0".repeat(26)}`, mine.key],
    ] as const) {
      expect((await postTo(to, key)).status).toBe(404);
    }
    expect(inbox.at(-2)).toMatchObject({ organizationId: other.id, sourceId: null, verdict: "refused" });
  });
});

describe("what is not a call", () => {
  it.each([
    ["another hook", renderAnura().replace(/\}$/, ',"hooktrigger":"START"}'), "hook_ignored"],
    ["an unrecorded call", renderAnura({ wasrecorded: "false" }), "not_recorded"],
  ])("is answered 200 and kept: %s", async (_name, body, reason) => {
    const { key } = await mintOrganization(db);
    const answer = await post(key, body);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      success: true,
      status: "ignored",
      reason,
      call_id: null,
      task_id: null,
      inbound_id: inbox[0]?.id,
    });
    expect(inbox[0]).toMatchObject({ verdict: "ignored", reason, status: 200 });
  });
});

/** What each answer has of its own. */
const ANEW = { inbound_id: null, request_id: null };

describe("what is refused", () => {
  it("looks the same for a missing and a wrong key, and reads no body", async () => {
    const missing = await post(undefined, renderAnura());
    const wrong = await post(`tk_${"0".repeat(40)}`, renderAnura());
    const odd = await post("not a key", renderAnura());
    for (const answer of [missing, wrong, odd]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect({ ...answer.body, ...ANEW }).toEqual({ ...missing.body, ...ANEW });
    }
    expect(inbox.map((message) => message.reason)).toEqual(["missing_key", "unknown_key", "unknown_key"]);
    for (const message of inbox)
      expect(message).toMatchObject({
        organizationId: "",
        sourceId: null,
        body: null,
        verdict: "refused",
        status: 401,
      });
  });

  it("refuses two keys of two organizations", async () => {
    const [one, two] = [await mintOrganization(db), await mintOrganization(db)];
    expect((await post(one.key, renderAnura(), { "X-Auth-Token": two.key })).status).toBe(401);
    expect((await post(one.key, renderAnura(), { "X-Auth-Token": one.key })).status).toBe(200);
  });

  it("refuses a body over the cap, declared or not, without keeping it", async () => {
    const { key } = await mintOrganization(db);
    const huge = "x".repeat(PLATFORMS.anura.bodyCap + 1);
    const { readable, writable } = new TransformStream();
    const pumping = new Blob([huge])
      .stream()
      .pipeTo(writable)
      .catch(() => undefined);
    expect((await post(key, huge)).status).toBe(413);
    expect((await post(key, readable)).status).toBe(413);
    await pumping;
    for (const message of inbox) expect(message).toMatchObject({ body: null, bodyKey: null, status: 413 });
    expect((await post(undefined, huge)).status).toBe(401);
  });

  it("refuses headers beyond 16 kB before anything else", async () => {
    const { key } = await mintOrganization(db);
    queries = 0;
    expect((await post(key, renderAnura(), { "X-Padding": "x".repeat(17_000) })).status).toBe(431);
    expect(queries).toBe(0);
    expect(JSON.stringify(inbox[0]).length).toBeLessThan(2_000);
  });

  it("answers 415 to another content type and keeps the body", async () => {
    const { key } = await mintOrganization(db);
    expect((await post(key, renderAnura(), { "Content-Type": "text/plain" })).status).toBe(415);
    expect(inbox[0]?.bodySize).toBe(renderAnura().length);
    expect(inbox[0]?.body).not.toBeNull();
  });

  it("answers 400 with a hint to the seed's body as printed, and keeps it", async () => {
    const { key } = await mintOrganization(db);
    const { status, body } = await post(key, renderAnura({}, null));
    expect(status).toBe(400);
    expect(body).toMatchObject({ title: "Bad Request", status: 400, reason: "invalid_json", inbound_id: inbox[0]?.id });
    expect(body.message).toContain("<YOUR_CAMPAIGN_ID>");
    expect(new TextDecoder().decode(inbox[0]?.body ?? undefined)).toContain("<YOUR_CAMPAIGN_ID>");
  });

  it("answers 422 naming every missing field", async () => {
    const { key } = await mintOrganization(db);
    const { status, body } = await post(
      key,
      JSON.stringify({ dialtime: "2026-02-10 10:30:45", direction: "outbound" }),
    );
    expect(status).toBe(422);
    const fields = (body.errors as { field: string }[]).map((error) => error.field);
    expect(fields).toEqual(expect.arrayContaining(["calling", "called", "status", "campaign_id"]));
    for (const field of fields) expect(body.message).toContain(field);
    expect(inbox[0]).toMatchObject({ verdict: "refused", reason: "missing_fields", status: 422 });
  });

  it("keeps ten unowned ones a minute, logs that once, and starts anew the next minute", async () => {
    for (let index = 0; index < 15; index += 1) expect((await post(undefined, "{}")).status).toBe(401);
    expect(inbox).toHaveLength(10);
    expect(lines).toEqual([expect.objectContaining({ event: "refusals_sampled", reason: "missing_key" })]);
    clock += 60_000;
    await post(undefined, "{}");
    expect(inbox).toHaveLength(11);
  });

  it("keeps those of a good key far longer, since calls are behind them", async () => {
    const { key } = await mintOrganization(db);
    for (let index = 0; index < 15; index += 1) expect((await post(key, "{}")).status).toBe(422);
    expect(inbox).toHaveLength(15);
  });

  it("stays the same refusal when it cannot be kept", async () => {
    const { key } = await mintOrganization(db);
    broken = "inbox";
    const answer = await post(key, "{}");
    expect(answer.status).toBe(422);
    expect(answer.body.inbound_id).toBeNull();
    expect(lines).toEqual([expect.objectContaining({ event: "refusal_not_kept" })]);
  });
});

describe("durability", () => {
  it.each(["inbox", "database"] as const)("asks for the request again when the %s is away", async (part) => {
    const { key } = await mintOrganization(db);
    broken = part;
    const { status, headers, body } = await post(key, renderAnura());
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("30");
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({ status: 503, reason: "not_kept" });
    expect(inbox).toEqual([]);
    broken = "nothing";
    expect((await post(key, renderAnura())).status).toBe(200);
  });

  it("asks for it again when an ignored one cannot be kept", async () => {
    const { key } = await mintOrganization(db);
    broken = "inbox";
    expect((await post(key, renderAnura({ wasrecorded: "false" }))).status).toBe(503);
  });

  it("puts a body over 100 kB in R2 and its key in the message", async () => {
    const { key, id } = await mintOrganization(db);
    const large = renderAnura().replace(/\}$/, `,"padding":"${"x".repeat(150_000)}"}`);
    expect((await post(key, large)).status).toBe(200);
    const message = inbox[0];
    expect(message).toMatchObject({
      body: null,
      bodyKey: `inbound/${id}/${message?.id}`,
      bodySize: large.length,
      verdict: "accepted",
    });
    expect(await (await testEnv.BUCKET.get(message?.bodyKey ?? ""))?.text()).toBe(large);
  });

  it("keeps every message below what a queue takes", async () => {
    const { key } = await mintOrganization(db);
    const headers = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`a-${index}`, "v".repeat(480)]));
    for (const padding of [90_000, 99_000, 99_500, 100_000]) {
      await post(key, renderAnura().replace(/\}$/, `,"padding":"${"x".repeat(padding)}"}`), headers);
    }
    for (const message of inbox) {
      const text = JSON.stringify({ ...message, body: null }).length;
      expect(text + (message.body?.byteLength ?? 0)).toBeLessThan(120_000);
      // A view would carry its whole buffer along.
      expect(message.body?.buffer.byteLength ?? 0).toBe(message.body?.byteLength ?? 0);
    }
  });
});

describe("the database", () => {
  it("is not asked while the key is warm, and is asked again after a minute", async () => {
    const { key } = await mintOrganization(db);
    await post(key, renderAnura());
    expect(queries).toBeGreaterThan(0);
    queries = 0;
    for (let index = 0; index < 20; index += 1) expect((await post(key, renderAnura())).status).toBe(200);
    expect(queries).toBe(0);
    clock += 60_001;
    await post(key, renderAnura());
    expect(queries).toBeGreaterThan(0);
  });

  it("refuses a revoked key within a minute", async () => {
    const { key, apiKeyId } = await mintOrganization(db);
    expect((await post(key, renderAnura())).status).toBe(200);
    await testEnv.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE id = ?").bind(apiKeyId).run();
    clock += 60_001;
    expect((await post(key, renderAnura())).status).toBe(401);
  });

  it("is not asked about what cannot be a key, nor twice about the same wrong one", async () => {
    await post("not-a-key", "{}");
    expect(queries).toBe(0);
    const wrong = `tk_${"1".repeat(40)}`;
    await post(wrong, "{}");
    const asked = queries;
    expect(asked).toBeGreaterThan(0);
    await post(wrong, "{}");
    expect(queries).toBe(asked);
  });
});

describe("Audian's webhook", () => {
  const EVENT = {
    id: "evt_1",
    event: "call.completed",
    timestamp: "2026-02-10T14:00:00Z",
    data: { call_id: "c-1", duration: 60 },
  };

  async function makeSource(changes: object = {}) {
    const organization = await mintOrganization(db);
    const made = await createSource(
      { db, masterKeys: TEST_MASTER_KEYS },
      PLATFORMS.audian,
      { reach: FULL_REACH, organizationId: organization.id, name: "Audian", ...changes },
      systemAct(clock),
    );
    if (!made.ok || made.value.secret === null) throw new Error("no source");
    queries = 0;
    return { organizationId: organization.id, id: made.value.source.id, secret: made.value.secret };
  }

  async function deliver(
    source: { id: string; secret: string },
    body = JSON.stringify(EVENT),
    at = clock,
    sent = body,
    path = `/webhook/audian/${source.id}`,
  ) {
    const timestamp = String(Math.floor(at / 1000));
    const signature = toHex(await hmac("SHA-256", source.secret, new TextEncoder().encode(`${timestamp}.${body}`)));
    const headers = {
      "Content-Type": "application/json",
      "X-Audian-Timestamp": timestamp,
      "X-Audian-Signature": signature,
    };
    return send(path, { method: "POST", headers, body: sent });
  }

  it("takes a signed event, with and without a trailing slash", async () => {
    const source = await makeSource();
    for (const path of [`/webhook/audian/${source.id}`, `/webhook/audian/${source.id}/`]) {
      const { status, body } = await deliver(source, undefined, undefined, undefined, path);
      const callId = await callIdOf({ organizationId: source.organizationId, sourceId: source.id, externalId: "c-1" });
      expect(status).toBe(200);
      expect(body).toEqual({ received: true, status: "accepted", call_ids: [callId], inbound_id: inbox.at(-1)?.id });
    }
    expect(inbox[0]).toMatchObject({
      organizationId: source.organizationId,
      sourceId: source.id,
      sourceKind: "audian",
      verdict: "accepted",
    });
    expect(inbox[0]?.headers).not.toHaveProperty("x-audian-signature");
  });

  it("refuses a tampered body and keeps it under its organization", async () => {
    const source = await makeSource();
    const tampered = JSON.stringify({ ...EVENT, data: { call_id: "c-2" } });
    const { status } = await deliver(source, JSON.stringify(EVENT), clock, tampered);
    expect(status).toBe(401);
    expect(inbox[0]).toMatchObject({
      organizationId: source.organizationId,
      sourceId: source.id,
      verdict: "refused",
      reason: "wrong_signature",
      status: 401,
    });
    expect(new TextDecoder().decode(inbox[0]?.body ?? undefined)).toBe(tampered);
  });

  it("keeps no large body whose sender proved nothing", async () => {
    const source = await makeSource();
    await deliver({ ...source, secret: "whsec_wrong" }, "x".repeat(200_000));
    expect(inbox[0]).toMatchObject({ body: null, bodyKey: null, bodySize: 200_000, status: 401 });
  });

  it("refuses stale, future and missing signatures before it asks the database", async () => {
    const source = await makeSource();
    for (const at of [clock - 302_000, clock + 302_000])
      expect((await deliver(source, undefined, at)).status).toBe(401);
    expect((await send(`/webhook/audian/${source.id}`, { method: "POST", body: "{}" })).status).toBe(401);
    expect(queries).toBe(0);
  });

  it("takes either secret during a rotation, without asking the database when warm", async () => {
    const source = await makeSource();
    const rotated = await rotateSecret(
      { db, masterKeys: TEST_MASTER_KEYS },
      platformOf,
      { reach: FULL_REACH, organizationId: source.organizationId, id: source.id },
      { keepPrevious: true },
      ACT_AT_NOON,
    );
    if (!rotated.ok) throw new Error("not rotated");
    expect((await deliver(source)).status).toBe(200);
    queries = 0;
    expect((await deliver({ ...source, secret: rotated.value.secret })).status).toBe(200);
    expect((await deliver(source)).status).toBe(200);
    expect(queries).toBe(0);
  });

  it("takes a secret that was put in place while the old one is warm", async () => {
    const source = await makeSource();
    expect((await deliver(source)).status).toBe(200);
    const rotated = await rotateSecret(
      { db, masterKeys: TEST_MASTER_KEYS },
      platformOf,
      { ...source, reach: FULL_REACH },
      { keepPrevious: false },
      ACT_AT_NOON,
    );
    if (!rotated.ok) throw new Error("not rotated");
    clock += 6_000;
    expect((await deliver({ ...source, secret: rotated.value.secret })).status).toBe(200);
    expect((await deliver(source)).status).toBe(401);
  });

  it("asks the database no more than every five seconds, however many wrong signatures come", async () => {
    const source = await makeSource();
    const wrong = { ...source, secret: "whsec_wrong" };
    for (let second = 0; second < 12; second += 1) {
      clock += 1_000;
      expect((await deliver(wrong)).status).toBe(401);
      expect((await deliver(wrong)).status).toBe(401);
    }
    expect(queries).toBe(3);
  });

  it("answers 404 for a source that is unknown, deleted or of another kind", async () => {
    const source = await makeSource();
    const anura = { id: await defaultSourceOf("anura", source.organizationId), secret: "whsec_x" };
    await createSource(
      { db, masterKeys: TEST_MASTER_KEYS },
      PLATFORMS.anura,
      { reach: FULL_REACH, organizationId: source.organizationId, name: "Anura" },
      systemAct(clock),
    );
    await deleteSource({ db }, { ...source, reach: FULL_REACH }, systemAct(clock));
    for (const target of [source, anura, { id: "src_none", secret: "whsec_x" }])
      expect((await deliver(target)).status).toBe(404);
    // The consumer finds out whose source the path names, if anybody's.
    expect(inbox[0]).toMatchObject({ organizationId: "", sourceId: source.id, body: null, status: 404 });
  });

  it("keeps what comes while the source is paused", async () => {
    const source = await makeSource();
    await updateSource(
      { db, masterKeys: TEST_MASTER_KEYS },
      platformOf,
      { ...source, reach: FULL_REACH },
      { state: "paused" },
      ACT_AT_NOON,
    );
    const { status, body } = await deliver(source);
    expect(status).toBe(200);
    expect(body).toMatchObject({ received: true, status: "ignored", reason: "source_paused", call_ids: [] });
    expect(inbox[0]).toMatchObject({ verdict: "ignored", reason: "source_paused" });
    expect(inbox[0]?.body).not.toBeNull();
  });

  it("ignores other events and refuses one without a call", async () => {
    const source = await makeSource();
    const ringing = await deliver(source, JSON.stringify({ ...EVENT, event: "call.ringing" }));
    expect(ringing).toMatchObject({
      status: 200,
      body: { received: true, status: "ignored", reason: "event_ignored" },
    });
    const nameless = await deliver(source, JSON.stringify({ ...EVENT, data: {} }));
    expect(nameless.status).toBe(422);
    expect(inbox.map((message) => message.verdict)).toEqual(["ignored", "refused"]);
  });

  it("asks for the event again when it cannot be kept", async () => {
    const source = await makeSource();
    broken = "inbox";
    expect((await deliver(source)).status).toBe(503);
  });
});
