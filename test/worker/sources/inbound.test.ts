import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { FULL_REACH } from "../../../src/identity";
import { openDatabase, runBatch } from "../../../src/db/client";
import { writeRow, writeRows } from "../../../src/db/rows";
import { newId } from "../../../src/lib/id";
import type { IngestMessage } from "../../../src/queues/messages";
import {
  inboundBodyKey,
  logInbound,
  readInbound,
  redactHeaders,
  relogInbound,
  replayInbound,
  searchInbound,
} from "../../../src/sources";

import { ACT_AT_NOON } from "../../factories";

const { DB, BUCKET } = env as typeof env & { DB: D1Database; BUCKET: R2Bucket };
const db = openDatabase(DB);
const T0 = Date.parse("2026-02-10T13:00:00Z");

function message(changes: Partial<IngestMessage> = {}): IngestMessage {
  const receivedAt = changes.receivedAt ?? T0;
  return {
    id: newId("inb", receivedAt),
    organizationId: "org_1",
    sourceId: "src_1",
    sourceKind: "anura",
    receivedAt,
    path: "/webhook/anura/",
    form: "notice",
    headers: { "content-type": "application/json" },
    body: new Uint8Array([0, 1, 2, 255]),
    bodyKey: null,
    bodySize: 4,
    verdict: "accepted",
    reason: null,
    status: 200,
    campaignLimit: "cmp_1",
    replay: false,
    ...changes,
  };
}

async function log(
  given: IngestMessage,
  outcome: Parameters<typeof logInbound>[0][number]["outcome"] = "accepted",
  callId: string | null = "call_1",
) {
  await runBatch(db, writeRows(db, logInbound([{ message: given, outcome, reason: given.reason, callId }])));
  return given;
}

async function read(id: string, organizationId = "org_1") {
  const found = await readInbound(db, BUCKET, { reach: FULL_REACH, organizationId, id });
  return found.ok ? found.value : undefined;
}

describe("the log", () => {
  it("keeps a request as it came, bytes included", async () => {
    const { id } = await log(message());
    expect(await read(id)).toMatchObject({
      id,
      outcome: "accepted",
      callId: "call_1",
      replays: 0,
      body: new Uint8Array([0, 1, 2, 255]),
    });
  });

  it("takes the first word, so that a redelivery changes nothing", async () => {
    const given = await log(message());
    await log(given, "ignored", null);
    expect(await read(given.id)).toMatchObject({ outcome: "accepted", callId: "call_1" });
  });

  it("takes a replay's word and a dead letter's instead", async () => {
    const given = await log(message(), "refused", null);
    await log({ ...given, replay: true }, "accepted", "call_2");
    expect(await read(given.id)).toMatchObject({ outcome: "accepted", callId: "call_2" });
    await runBatch(db, [
      writeRow(db, relogInbound({ message: given, outcome: "dead", reason: "given_up", callId: null })),
    ]);
    expect(await read(given.id)).toMatchObject({ outcome: "dead", reason: "given_up", callId: "call_2" });
  });

  it("is closed to other organizations", async () => {
    const { id } = await log(message());
    expect(await read(id, "org_2")).toBeUndefined();
    expect(await replayOne({ organizationId: "org_2", id })).toMatchObject({
      ok: false,
      error: { kind: "not_found" },
    });
  });
});

/** A replay and, where it is possible, the message it sent. */
async function replayOne(target: { organizationId: string; id: string }) {
  const sent: IngestMessage[] = [];
  const inbox = { put: async (one: IngestMessage) => void sent.push(one) };
  const replayed = await replayInbound({ db, bucket: BUCKET, inbox }, { ...target, reach: FULL_REACH }, ACT_AT_NOON);
  return replayed.ok ? { ok: true, value: sent[0] } : replayed;
}

describe("listing", () => {
  beforeAll(async () => {
    for (let index = 0; index < 6; index += 1) {
      const given = message({
        organizationId: "org_list",
        receivedAt: T0 + index * 1_000,
        sourceId: index % 2 ? "src_odd" : "src_even",
      });
      await log(given, index < 3 ? "accepted" : "ignored", `call_${index}`);
    }
  });

  const search = (query: object, limit = 10) =>
    searchInbound(db, { reach: FULL_REACH, organizationId: "org_list", limit, order: "newest", filter: {}, ...query });
  const calls = (page: Awaited<ReturnType<typeof search>>) => page.rows.map((row) => row.callId);

  it("is newest first, page by page, without bodies", async () => {
    const first = await search({}, 4);
    const second = await search({ after: first.next ?? "" }, 4);
    expect(calls(first)).toEqual(["call_5", "call_4", "call_3", "call_2"]);
    expect(calls(second)).toEqual(["call_1", "call_0"]);
    expect(second.next).toBeNull();
    expect(first.rows[0]).not.toHaveProperty("body");
  });

  it("filters by outcome, source, call and time", async () => {
    const list = async (filter: object) => calls(await search({ filter })).toReversed();
    expect(await list({ outcome: "ignored" })).toEqual(["call_3", "call_4", "call_5"]);
    expect(await list({ sourceId: "src_odd" })).toEqual(["call_1", "call_3", "call_5"]);
    expect(await list({ callId: "call_2" })).toEqual(["call_2"]);
    expect(await list({ from: T0 + 2_000, until: T0 + 4_000 })).toEqual(["call_2", "call_3"]);
    expect(await list({ outcome: "dead" })).toEqual([]);
  });
});

describe("replay", () => {
  it("gives the same message, marked, and counts", async () => {
    const given = await log(message({ verdict: "refused", reason: "missing_fields", status: 422 }), "refused", null);
    for (const replays of [1, 2]) {
      const replay = await replayOne(given);
      expect(replay).toEqual({
        ok: true,
        value: { ...given, verdict: "accepted", reason: null, replay: true, campaignLimit: null },
      });
      expect(await read(given.id)).toMatchObject({ replays });
    }
  });

  it("points to a large body in R2 as long as it is there", async () => {
    const id = newId("inb", T0);
    const bodyKey = inboundBodyKey("org_1", id);
    await BUCKET.put(bodyKey, new Uint8Array([9, 9]));
    const given = await log(message({ id, body: null, bodyKey, bodySize: 2 }));
    expect(await read(id)).toMatchObject({ body: new Uint8Array([9, 9]) });
    expect(await replayOne(given)).toMatchObject({ ok: true, value: { body: null, bodyKey } });
    await BUCKET.delete(bodyKey);
    expect(await replayOne(given)).toMatchObject({ ok: false, error: { kind: "conflict" } });
    expect(await read(id)).toMatchObject({ body: undefined });
  });

  it.each([
    ["a wrong signature", { status: 401, verdict: "refused" as const }],
    ["a body that was not kept", { status: 413, body: null, verdict: "refused" as const }],
    ["no source", { sourceId: null }],
    ["a handshake", { reason: "handshake" }],
  ])("is refused for %s", async (_name, changes) => {
    const given = await log(message(changes), "refused", null);
    expect(await replayOne(given)).toMatchObject({ ok: false, error: { kind: "conflict" } });
    expect(await read(given.id)).toMatchObject({ replays: 0 });
  });

  it("works for an empty body, which was kept", async () => {
    const given = await log(message({ body: new Uint8Array(0), bodySize: 0, status: 400 }), "refused", null);
    expect(await replayOne(given)).toMatchObject({ ok: true, value: { body: new Uint8Array(0) } });
  });
});

describe("redactHeaders", () => {
  it("drops what could authenticate", () => {
    const secrets = {
      Authorization: "Bearer x",
      "Proxy-Authorization": "x",
      "X-API-Key": "x",
      "X-Auth-Token": "x",
      Cookie: "x",
      "X-Audian-Signature": "x",
      "X-Hub-Signature-256": "x",
      "Webhook-Signature": "x",
      "X-Webhook-Secret": "x",
      "X-Password": "x",
      "X-Pass": "x",
      "X-Sign": "x",
      "Content-Digest": "x",
    };
    const kept = redactHeaders(
      new Headers({ ...secrets, "User-Agent": "Anura", "Content-Type": "application/json", "X-Audian-Timestamp": "1" }),
    );
    expect(kept).toEqual({ "content-type": "application/json", "user-agent": "Anura", "x-audian-timestamp": "1" });
  });

  it("keeps few and short ones, and always the content type", () => {
    const headers = new Headers(Array.from({ length: 100 }, (_, index) => [`a-${index}`, "v".repeat(2_000)]));
    headers.set("Content-Type", "multipart/form-data; boundary=zzz");
    const kept = redactHeaders(headers);
    expect(Object.keys(kept)).toHaveLength(40);
    expect(kept["content-type"]).toBe("multipart/form-data; boundary=zzz");
    expect(Math.max(...Object.values(kept).map((value) => value.length))).toBe(500);
  });
});
