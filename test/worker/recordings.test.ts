import { env } from "cloudflare:workers";
import { eq, sql, type SQL } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { writeRow } from "../../src/db/rows";
import { recordings } from "../../src/db/schema";
import { expiredWork, postpone, takeNudges } from "../../src/db/work";
import type { CallRecord } from "../../src/pipeline/consequences";
import { endsAlone } from "../../src/pipeline/ends";
import { giveUpOnRecording, workOnRecording, type RecordingDeps } from "../../src/pipeline/recording";
import { FULL_REACH } from "../../src/identity";
import { sha256Hex } from "../../src/lib/hmac";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/lib/time";
import type { RecordingMessage } from "../../src/queues/messages";
import {
  attemptKey,
  claimRecording,
  completeRecording,
  failRecording,
  findRecording,
  hasAddress,
  recordingFailed,
  recordingWon,
  RECORDING_LEASE,
  recordingWork,
  serveAudio,
  sweepOrphans,
  type RecordingRow,
  webAudio,
  type WebAudioDeps,
} from "../../src/recordings";
import { plansOf } from "./query-plan";

const db = openDatabase(env.DB);
const bucket = env.BUCKET;
const START = Date.parse("2026-03-01T10:00:00Z");
const URL_OF_FILE = "https://pbx.example.com/rec/1.wav";

let serial = 0;
let now = START;

beforeEach(async () => {
  now = START;
  await env.DB.exec("DELETE FROM recordings");
});

async function newRecording(values: Partial<RecordingRow> = {}) {
  serial += 1;
  const row: RecordingRow = {
    callId: `call_c${serial}`,
    id: `rec_c${serial}_1`,
    organizationId: "org_1",
    sourceId: "src_1",
    sourceKind: "anura",
    externalId: `x${serial}`,
    url: URL_OF_FILE,
    state: "pending",
    reason: null,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: 0,
    giveUpAt: now + DAY,
    slow: false,
    key: null,
    size: null,
    sha256: null,
    mediaType: null,
    createdAt: now,
    completedAt: null,
    ...values,
  };
  await db.insert(recordings).values(row);
  return { organizationId: row.organizationId, callId: row.callId, recordingId: row.id };
}

async function read(name: RecordingMessage): Promise<RecordingRow> {
  const row = await findRecording(db, { ...name, reach: FULL_REACH });
  if (!row) throw new Error("the recording is gone");
  return row;
}

async function keysOf(name: RecordingMessage): Promise<string[]> {
  const listed = await bucket.list({ prefix: `recordings/${name.organizationId}/${name.recordingId}/` });
  return listed.objects.map((object) => object.key);
}

/** A WAV of `size` bytes whose samples differ from place to place, so that a lost or doubled piece changes the hash. */
function wav(size: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) file[index] = (index * 31 + (index >> 13)) & 255;
  const view = new DataView(file.buffer);
  for (const [offset, mark] of [
    [0, "RIFF"],
    [8, "WAVE"],
    [12, "fmt "],
    [36, "data"],
  ] as const) {
    for (let index = 0; index < 4; index += 1) view.setUint8(offset + index, mark.charCodeAt(index));
  }
  view.setUint32(16, 16, true);
  view.setUint32(40, size - 44, true);
  return file;
}

/** A body that comes in pieces, and then ends, breaks or stands still. */
function pieces(file: Uint8Array, size: number, then: "end" | "break" | "stall" = "end") {
  let offset = 0;
  const state = { cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (offset < file.length) {
        controller.enqueue(file.slice(offset, offset + size));
        offset += size;
      } else if (then === "end") controller.close();
      else if (then === "break") controller.error(new Error("Network connection lost."));
      else await new Promise(() => undefined);
    },
    cancel() {
      state.cancelled = true;
    },
  });
  return { stream, state };
}

type Reply = (url: URL, headers: Headers) => Response | Promise<Response>;

/** Answers with one reply after the other, the last one for ever; `asked` are the URLs, `sent` the headers. */
function server(...replies: Reply[]) {
  const asked: string[] = [];
  const sent: Headers[] = [];
  const fake: typeof fetch = async (input, init) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)];
    const request = new Request(input, init);
    expect(request.redirect).toBe("manual");
    asked.push(request.url);
    sent.push(request.headers);
    return reply ? reply(new URL(request.url), request.headers) : Response.error();
  };
  return { fake, asked, sent };
}

const file =
  (bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response(bytes, { headers: { "content-length": String(bytes.length), ...headers } });
const redirect =
  (location: string): Reply =>
  () =>
    new Response("moved", { status: 302, headers: { location } });
const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response(code === 204 ? null : "no", { status: code, headers });

type Changes = Partial<RecordingDeps & WebDeps>;
type WebDeps = Pick<WebAudioDeps, "accessFor" | "timeouts">;

function depsOf(fake: typeof fetch, { accessFor, timeouts, ...changes }: Changes = {}) {
  const nudged: { message: RecordingMessage; delay: number | undefined }[] = [];
  const deps: RecordingDeps = {
    db,
    bucket,
    openers: {
      "https:": webAudio({
        fetch: fake,
        now: () => (changes.now ?? (() => now))(),
        guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
        timeouts: timeouts ?? { headers: 100, stall: 100, total: 10 * SECOND },
        ...(accessFor && { accessFor }),
      }),
    },
    now: () => now,
    random: () => 0,
    nudges: {
      recordings: async (messages, delay) => void nudged.push(...messages.map((message) => ({ message, delay }))),
    },
    dependents: { completed: async () => ({}), failed: async () => ({}) },
    writeEnd: endsAlone(changes.db ?? db, () => now),
    ...changes,
  };
  return { deps, nudged };
}

async function tryOnce(reply: Reply, changes: Changes = {}, values: Partial<RecordingRow> = {}) {
  const name = await newRecording(values);
  const { fake, asked, sent } = server(reply);
  const { deps, nudged } = depsOf(fake, changes);
  const outcome = await workOnRecording(deps, name);
  return { name, outcome, row: await read(name), keys: await keysOf(name), asked, sent, nudged };
}

describe("a file that is there", () => {
  it("is stored with its hash, size and type, whatever type the server claims", async () => {
    const bytes = wav(300_000);
    const { outcome, row, keys } = await tryOnce(file(bytes, { "content-type": "text/html" }));
    expect(outcome.kind).toBe("completed");
    expect(row).toMatchObject({
      state: "completed",
      size: 300_000,
      sha256: await sha256Hex(bytes),
      mediaType: "audio/wav",
      reason: null,
      completedAt: START,
    });
    expect(keys).toEqual([row.key]);
    const object = await bucket.get(row.key ?? "");
    expect(object?.httpMetadata?.contentType).toBe("audio/wav");
    expect(await sha256Hex(await object!.arrayBuffer())).toBe(row.sha256);
  });

  it.each([
    ["less than a part", 200_000, 7_777],
    ["exactly one part", 8 * 1024 * 1024, 1024 * 1024],
    ["one byte more than a part", 8 * 1024 * 1024 + 1, 999_983],
    ["two parts and a bit", 17 * 1024 * 1024 + 5, 9 * 1024 * 1024],
  ])("without a length: %s", async (_what, size, piece) => {
    const bytes = wav(size);
    const { row } = await tryOnce(() => new Response(pieces(bytes, piece).stream));
    expect(row).toMatchObject({ state: "completed", size, sha256: await sha256Hex(bytes) });
    expect((await bucket.head(row.key ?? ""))?.size).toBe(size);
  });

  it("is not held to the length of a compressed body", async () => {
    const bytes = wav(5000);
    const { row } = await tryOnce(
      () =>
        new Response(pieces(bytes, 500).stream, { headers: { "content-length": "77", "content-encoding": "x-zip" } }),
    );
    expect(row).toMatchObject({ state: "completed", size: 5000 });
  });

  it("is kept under its declared type when the content has no signature", async () => {
    const raw = new Uint8Array(8000).fill(0x80);
    const { row } = await tryOnce(file(raw, { "content-type": "audio/PCMU; rate=8000" }));
    expect(row).toMatchObject({ state: "completed", mediaType: "audio/pcmu" });
  });
});

describe("a file that is not there yet", () => {
  const page = Uint8Array.from(new TextEncoder().encode("<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>"));
  const empty = wav(44);
  it.each<[string, Reply, string]>([
    ["404", status(404), "not_there: the server answered 404"],
    ["202", status(202), "not_there: the server answered 202"],
    ["204", status(204), "not_there: the server answered 204"],
    ["401", status(401), "not_allowed: the server answered 401"],
    ["403", status(403), "not_allowed: the server answered 403"],
    ["503", status(503), "server_error: the server answered 503"],
    ["530", status(530), "server_error: the server answered 530"],
    ["418", status(418), "unexpected_answer: the server answered 418"],
    ["no bytes", file(new Uint8Array(0)), "empty: the file has no bytes yet"],
    ["no body", () => new Response(null), "empty: the file has no bytes yet"],
    ["a WAV header and nothing else", file(empty), "empty: the file is a header of 44 bytes without sound"],
    [
      "an XML error page as audio",
      file(page, { "content-type": "audio/wav" }),
      'not_audio: the server sent an XML page ("NoSuchKey")',
    ],
    [
      "unknown bytes",
      file(new Uint8Array(900), { "content-type": "application/octet-stream" }),
      "not_audio: the file is in no audio format we know, and is called application/octet-stream",
    ],
    [
      "a dead connection",
      () => Promise.reject(new Error("Network connection lost.")),
      "unreachable: pbx.example.com could not be reached: Network connection lost.",
    ],
    [
      "no answer in time",
      () => new Promise(() => undefined),
      "timeout: pbx.example.com did not answer within 1 seconds",
    ],
    [
      "a redirect to nowhere",
      () => new Response(null, { status: 302 }),
      "redirects: pbx.example.com redirects without saying where",
    ],
    ["a redirect loop", redirect(URL_OF_FILE), "redirects: the address led further more than 3 times"],
  ])("%s", async (_what, reply, reason) => {
    const { outcome, row, keys, nudged, name } = await tryOnce(reply);
    expect(outcome).toEqual({ kind: "postponed", dueAt: START + 5 * SECOND, reason });
    expect(row).toMatchObject({ state: "pending", attempts: 1, leaseUntil: 0, dueAt: START + 5 * SECOND, reason });
    expect(nudged).toEqual([{ message: name, delay: 5 }]);
    expect(keys).toEqual([]);
  });

  it("is asked for later when the server says so", async () => {
    const { row } = await tryOnce(status(429, { "retry-after": "600" }));
    expect(row.dueAt).toBe(START + 10 * MINUTE);
  });

  it("is fetched once it is there, and not before it is due", async () => {
    const name = await newRecording();
    const { fake, asked } = server(status(404), file(wav(1000)));
    const { deps } = depsOf(fake);
    expect((await workOnRecording(deps, name)).kind).toBe("postponed");
    now += 4 * SECOND;
    expect(await workOnRecording(deps, name)).toEqual({ kind: "idle" });
    now += SECOND;
    expect((await workOnRecording(deps, name)).kind).toBe("completed");
    expect(await workOnRecording(deps, name)).toEqual({ kind: "idle" });
    expect(asked).toHaveLength(2);
    expect(await read(name)).toMatchObject({ state: "completed", attempts: 2, reason: null });
  });

  it("fails with its last reason when there is no time left for another try", async () => {
    const { outcome, row } = await tryOnce(status(404), {}, { attempts: 20, giveUpAt: START + 29 * MINUTE });
    expect(outcome.kind).toBe("failed");
    expect(row).toMatchObject({ state: "failed", reason: "not_there: the server answered 404", completedAt: START });
  });
});

describe("a file that does not arrive whole", () => {
  it.each<[string, () => Response, string]>([
    [
      "shorter than announced",
      () => new Response(pieces(wav(5000), 999).stream, { headers: { "content-length": "9000" } }),
      "truncated: 9000 bytes were announced and 5000 came",
    ],
    [
      "longer than announced",
      () => new Response(pieces(wav(9000), 999).stream, { headers: { "content-length": "5000" } }),
      "truncated: 5000 bytes were announced and more came",
    ],
    [
      "broken off, of known length",
      () => new Response(pieces(wav(9000), 999, "break").stream, { headers: { "content-length": "99999" } }),
      "interrupted: Network connection lost.",
    ],
    [
      "broken off, of unknown length",
      () => new Response(pieces(wav(9000), 999, "break").stream),
      "interrupted: Network connection lost.",
    ],
    [
      "broken off in the second part",
      () => new Response(pieces(wav(9 * 1024 * 1024), 500_000, "break").stream),
      "interrupted: Network connection lost.",
    ],
    [
      "broken off within its first bytes",
      () => new Response(pieces(wav(100), 50, "break").stream),
      "interrupted: Network connection lost.",
    ],
    ["stalled", () => new Response(pieces(wav(9000), 999, "stall").stream), "timeout: no data for 1 seconds"],
    [
      "stalled, of known length",
      () => new Response(pieces(wav(9000), 999, "stall").stream, { headers: { "content-length": "99999" } }),
      "timeout: no data for 1 seconds",
    ],
    ["stalled at once", () => new Response(pieces(wav(0 + 44), 44, "stall").stream), "timeout: no data for 1 seconds"],
  ])("%s", async (_what, reply, reason) => {
    const { outcome, row, keys } = await tryOnce(reply);
    expect(outcome).toMatchObject({ kind: "postponed", reason });
    expect(row).toMatchObject({ state: "pending", key: null });
    expect(keys).toEqual([]);
  });

  it("is cut off when it trickles for longer than a download may take", async () => {
    let time = START;
    const name = await newRecording();
    const { fake } = server(() => new Response(pieces(wav(9000), 10).stream));
    const { deps } = depsOf(fake, { now: () => (time += 20), timeouts: { headers: 100, stall: 100, total: 2000 } });
    expect(await workOnRecording(deps, name)).toMatchObject({
      kind: "postponed",
      reason: "timeout: the file had not arrived whole in the time there is for it",
    });
  });
});

describe("a file that will not be taken", () => {
  it("fails at once when it is gone for good", async () => {
    const { row } = await tryOnce(status(410));
    expect(row).toMatchObject({ state: "failed", reason: "gone: the server says the file was removed for good (410)" });
  });

  it("fails when it says it is too large, without reading it", async () => {
    const body = pieces(wav(5000), 500);
    const { row } = await tryOnce(() => new Response(body.stream, { headers: { "content-length": "5000" } }), {
      maxBytes: 4999,
    });
    expect(row).toMatchObject({ state: "failed", reason: "too_large: the file has 5000 bytes; 4999 are allowed" });
    expect(body.state.cancelled).toBe(true);
  });

  it("fails when it turns out too large, and leaves nothing behind", async () => {
    const body = pieces(wav(10 * 1024 * 1024), 500_000);
    const { row, keys } = await tryOnce(() => new Response(body.stream), { maxBytes: 9 * 1024 * 1024 });
    expect(row).toMatchObject({
      state: "failed",
      reason: "too_large: the file is larger than the 9437184 bytes allowed",
    });
    expect(body.state.cancelled).toBe(true);
    expect(keys).toEqual([]);
  });

  it("fails without a request when its own address is forbidden", async () => {
    const { row, asked } = await tryOnce(file(wav(100)), {}, { url: "https://169.254.169.254/latest" });
    expect(row).toMatchObject({
      state: "failed",
      reason: "blocked_url: 169.254.169.254 is not a public address (link-local)",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    "https://127.0.0.1/a",
    "http://cdn.example.com/a",
    "//localhost/a",
    "https://[::ffff:10.0.0.1]/a",
    "file:///etc/passwd",
  ])("fails when a chain of redirects ends at %s", async (location) => {
    const name = await newRecording();
    const { fake, asked } = server(redirect("/second"), redirect("https://cdn.example.com/third"), redirect(location));
    const outcome = await workOnRecording(depsOf(fake).deps, name);
    expect(outcome.kind).toBe("failed");
    expect((await read(name)).reason).toMatch(/^blocked_url: /);
    expect(asked).toEqual([URL_OF_FILE, "https://pbx.example.com/second", "https://cdn.example.com/third"]);
  });
});

describe("what a provider adds", () => {
  it("goes to the provider's hosts only, and not along with a redirect", async () => {
    const name = await newRecording();
    const { fake, sent } = server(redirect("https://cdn.example.com/1.wav?token=t"), file(wav(1000)));
    const credentialsFor = (url: URL) => (url.hostname === "pbx.example.com" ? { "x-api-key": "secret" } : undefined);
    const { deps } = depsOf(fake, { accessFor: async () => ({ credentialsFor }) });
    expect((await workOnRecording(deps, name)).kind).toBe("completed");
    expect(sent.map((headers) => headers.get("x-api-key"))).toEqual(["secret", null]);
    expect(sent[1]?.get("accept")).toMatch(/^audio\/\*/);
  });

  it("finds the link inside a JSON answer, and has it checked like any other", async () => {
    const linkIn = (_url: URL, reply: unknown) => (reply as { url?: string }).url;
    const accessFor = async () => ({ linkIn });
    const linking =
      (url: string | undefined): Reply =>
      () =>
        Response.json({ url });
    const good = await newRecording();
    const { fake, asked } = server(linking("https://media.example.com/1.wav?token=t"), file(wav(1000)));
    expect((await workOnRecording(depsOf(fake, { accessFor }).deps, good)).kind).toBe("completed");
    expect(asked[1]).toBe("https://media.example.com/1.wav?token=t");
    expect((await tryOnce(linking("https://10.0.0.1/1.wav"), { accessFor })).row.reason).toMatch(
      /^blocked_url: 10\.0\.0\.1 /,
    );
    expect((await tryOnce(linking(undefined), { accessFor })).outcome).toMatchObject({
      kind: "postponed",
      reason: "not_there: pbx.example.com answered without a link to the audio",
    });
    const endless: Reply = () =>
      new Response(pieces(new Uint8Array(200_000).fill(32), 5000).stream, {
        headers: { "content-type": "application/json" },
      });
    expect((await tryOnce(endless, { accessFor })).outcome.kind).toBe("postponed");
  });
});

describe("claims", () => {
  it("belong to one attempt at a time, and to none once the lease is over", async () => {
    const name = await newRecording();
    const claims = await Promise.all([1, 2, 3].map(() => claimRecording(db, name, now)));
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
    expect(await claimRecording(db, name, now + RECORDING_LEASE - 1)).toBeUndefined();
    expect(await claimRecording(db, name, now + RECORDING_LEASE)).toMatchObject({ attempts: 2 });
  });

  it("are not had by another organization, without an address, before time, or of finished work", async () => {
    const name = await newRecording();
    expect(await claimRecording(db, { ...name, organizationId: "org_2" }, now)).toBeUndefined();
    expect(await claimRecording(db, await newRecording({ url: null }), now)).toBeUndefined();
    expect(await claimRecording(db, await newRecording({ dueAt: now + 1 }), now)).toBeUndefined();
    expect(await claimRecording(db, await newRecording({ state: "failed" }), now)).toBeUndefined();
  });

  it("write one row, because they leave the index of open work alone, and the cron reads that index", async () => {
    const name = await newRecording();
    // The claim's own columns, run bare: drizzle keeps D1's row counts to itself.
    const claim = env.DB.prepare(
      "UPDATE recordings SET attempts = attempts + 1, claims = claims + 1, nudge_after = 5, lease_until = ?1 WHERE call_id = ?2 AND id = ?3 AND state = 'pending' RETURNING *",
    );
    expect((await claim.bind(1, name.callId, name.recordingId).run()).meta.rows_written).toBe(1);
    for (const query of [
      () => takeNudges(db, recordingWork, now, 5, hasAddress),
      () => expiredWork(db, recordingWork, now, 5),
    ])
      expect((await plansOf(env.DB, query)).join("\n")).toContain("recordings_pending");
  });

  it("lose when the row moved on: neither completing, failing nor postponing touches it", async () => {
    const name = await newRecording();
    const stale = await claimRecording(db, name, now);
    const current = await claimRecording(db, name, now + RECORDING_LEASE);
    if (!stale || !current) throw new Error("both were due");
    const stored = { key: "recordings/a", size: 1, sha256: "00", mediaType: "audio/wav" };
    await runBatch(db, [writeRow(db, completeRecording(stale, stored, now))]);
    await runBatch(db, [writeRow(db, failRecording(stale, "late", now))]);
    await runBatch(db, [postpone(db, recordingWork, stale, now, { reason: "late" })]);
    expect(await read(name)).toEqual({ ...current });
    await runBatch(db, [writeRow(db, completeRecording(current, stored, now))]);
    expect(await read(name)).toMatchObject({ state: "completed", key: "recordings/a" });
  });

  it("guard the dependents of their own batch and of no other", async () => {
    const holds = async (guard: ReturnType<typeof sql>) =>
      (await db.all<{ one: number }>(sql`SELECT 1 AS one WHERE ${guard}`)).length === 1;
    const won = await newRecording();
    const claimed = (await claimRecording(db, won, now))!;
    await runBatch(db, [
      writeRow(
        db,
        completeRecording(claimed, { key: "recordings/k", size: 1, sha256: "00", mediaType: "audio/wav" }, now),
      ),
    ]);
    expect(await holds(recordingWon(won.recordingId, won.callId, "recordings/k"))).toBe(true);
    expect(await holds(recordingWon(won.recordingId, won.callId, "recordings/other"))).toBe(false);
    const lost = await newRecording();
    const first = (await claimRecording(db, lost, now))!;
    const second = (await claimRecording(db, lost, now + RECORDING_LEASE))!;
    await runBatch(db, [writeRow(db, failRecording(second, "gone", now))]);
    expect(await holds(recordingFailed(second))).toBe(true);
    expect(await holds(recordingFailed(first))).toBe(false);
  });
});

describe("the batch that ends a recording", () => {
  const leading = (write: SQL, when: SQL): { record: CallRecord } => {
    const stream = { stream: { id: "call_x", organizationId: "org_x" }, facts: [], guard: sql`FALSE` };
    return { record: { facts: stream, rows: [{ write, when }], processed: stream } };
  };
  const note = (text: string) => leading(sql`UPDATE recordings SET external_id = ${text}`, sql`external_id = 'mark'`);
  const mark = () => newRecording({ url: null, state: "failed", externalId: "mark" });

  it("carries the dependents, made from the row as it will be", async () => {
    const marked = await mark();
    const { outcome } = await tryOnce(file(wav(1000)), {
      dependents: {
        completed: async (row) => note(`${row.state} ${row.size}`),
        failed: async () => ({}),
      },
    });
    expect(outcome.kind).toBe("completed");
    expect((await read(marked)).externalId).toBe("completed 1000");
    const again = await mark();
    await tryOnce(status(410), {
      dependents: {
        completed: async () => ({}),
        failed: async (row) => note(row.reason.slice(0, 4)),
      },
    });
    expect((await read(again)).externalId).toBe("gone");
  });

  it("takes the object along when it fails, and leaves the recording due for the redelivered message", async () => {
    const name = await newRecording();
    const broken = async () => leading(sql`INSERT INTO no_such_table SELECT 1`, sql`TRUE`);
    const { deps } = depsOf(server(file(wav(1000))).fake, { dependents: { completed: broken, failed: broken } });
    await expect(workOnRecording(deps, name)).rejects.toThrow();
    expect(await keysOf(name)).toEqual([]);
    expect(await read(name)).toMatchObject({ state: "pending", leaseUntil: 0, attempts: 1 });
    const { deps: mended } = depsOf(server(file(wav(1000))).fake);
    expect((await workOnRecording(mended, name)).kind).toBe("completed");
  });

  it("counts as done when only its answer was lost", async () => {
    const name = await newRecording();
    let batches = 0;
    const losing = async (statements: D1PreparedStatement[]) => {
      await env.DB.batch(statements);
      batches += 1;
      throw new Error("D1_ERROR: Network connection lost.");
    };
    const binding = { prepare: (query: string) => env.DB.prepare(query), batch: losing } as unknown as D1Database;
    const { deps } = depsOf(server(file(wav(1000))).fake, { db: openDatabase(binding) });
    expect((await workOnRecording(deps, name)).kind).toBe("completed");
    expect(batches).toBe(1);
    expect(await keysOf(name)).toEqual([(await read(name)).key]);
  });

  it("loses to an erasure, and takes its object along", async () => {
    const name = await newRecording();
    const erase = async () => {
      await db.delete(recordings).where(eq(recordings.callId, name.callId));
      return {};
    };
    const { deps } = depsOf(server(file(wav(1000))).fake, {
      dependents: { completed: erase, failed: async () => ({}) },
    });
    expect(await workOnRecording(deps, name)).toEqual({ kind: "lost" });
    expect(await keysOf(name)).toEqual([]);
  });

  it("lets a broken bucket through to the queue, with the claim given back", async () => {
    const name = await newRecording();
    const refusing = new Proxy(bucket, {
      get: (target, key) =>
        key === "put" ? () => Promise.reject(new Error("put: 10001")) : (Reflect.get(target, key) as unknown),
    });
    const { deps } = depsOf(server(file(wav(500_000))).fake, { bucket: refusing });
    await expect(workOnRecording(deps, name)).rejects.toThrow("10001");
    expect(await read(name)).toMatchObject({ state: "pending", leaseUntil: 0, dueAt: now });
  });
});

describe("the rounds of the cron", () => {
  it("find what is due and unclaimed, and apart from it what is over", async () => {
    const due = await newRecording({ dueAt: now - 5 });
    await newRecording({ dueAt: now + 5 });
    await newRecording({ leaseUntil: now + 5 });
    await newRecording({ url: null });
    await newRecording({ state: "completed" });
    const over = await newRecording({ giveUpAt: now - 1 });
    const never = await newRecording({ url: null, giveUpAt: now - 2 });
    const named = (rows: RecordingRow[]) =>
      rows.map(({ organizationId, callId, id }) => ({ organizationId, callId, recordingId: id }));
    expect(named(await takeNudges(db, recordingWork, now, 10, hasAddress))).toEqual([due]);
    expect(named(await expiredWork(db, recordingWork, now, 10))).toEqual([never, over]);
  });

  it("give up with the reason of the last try, or say that no address ever came; once", async () => {
    const { deps } = depsOf(server(status(500)).fake);
    const over = await newRecording({ giveUpAt: now, reason: "not_there: the server answered 404" });
    const outcomes = await Promise.all([giveUpOnRecording(deps, over), giveUpOnRecording(deps, over)]);
    expect(outcomes.map((outcome) => outcome.kind).toSorted()).toEqual(["failed", "idle"]);
    expect((await read(over)).reason).toBe("not_there: the server answered 404");
    const never = await newRecording({ url: null, giveUpAt: now });
    await giveUpOnRecording(deps, never);
    expect(await read(never)).toMatchObject({
      state: "failed",
      reason: "no_link: the platform never said where the recording is",
    });
    expect(await giveUpOnRecording(deps, await newRecording())).toEqual({ kind: "idle" });
  });

  it("sweep objects that no row knows, and none younger than a day", async () => {
    const { row } = await tryOnce(file(wav(1000)));
    const orphan = attemptKey(row, now);
    const stray = attemptKey({ organizationId: "org_9", id: "rec_none_1" }, now);
    await bucket.put(orphan, "x");
    await bucket.put(stray, "x");
    expect(await sweepOrphans(db, bucket, Date.now(), { pages: 3 })).toMatchObject({ deleted: 0, finished: true });
    await sweepOrphans(db, bucket, Date.now() + DAY + HOUR, { pages: 3 });
    expect(await bucket.head(orphan)).toBeNull();
    expect(await bucket.head(stray)).toBeNull();
    expect(await bucket.head(row.key ?? "")).not.toBeNull();
  });

  it("sweep on from where they stopped, and start over at the end", async () => {
    const later = Date.now() + DAY + HOUR;
    await sweepOrphans(db, bucket, later, { pages: 10 });
    const { row } = await tryOnce(file(wav(1000)));
    for (const organizationId of ["org_3", "org_4", "org_5"])
      await bucket.put(attemptKey({ organizationId, id: "rec_none_1" }, now), "x");
    const sweeps = [];
    for (let round = 0; round < 3; round += 1)
      sweeps.push(await sweepOrphans(db, bucket, later, { pages: 1, pageSize: 2 }));
    expect(sweeps).toEqual([
      { seen: 2, deleted: 1, finished: false },
      { seen: 2, deleted: 2, finished: true },
      { seen: 1, deleted: 0, finished: true },
    ]);
    expect(await bucket.head(row.key ?? "")).not.toBeNull();
  });
});

describe("playing a recording", () => {
  const plain = { method: "GET", range: null, ifRange: null, ifNoneMatch: null };
  const bytes = wav(1000);

  async function kept() {
    const { row } = await tryOnce(file(bytes));
    return { row, etag: `"${row.sha256}"` };
  }
  const bodyOf = async (answer: { body: ReadableStream | null }) =>
    new Uint8Array(await new Response(answer.body).arrayBuffer());

  it("sends the whole with what a player needs to know", async () => {
    const { row, etag } = await kept();
    const answer = await serveAudio({ db, bucket }, row, plain);
    expect(answer.status).toBe(200);
    expect(answer.headers).toEqual({
      "content-type": "audio/wav",
      "content-disposition": `inline; filename="${row.id}.wav"`,
      "content-length": "1000",
      "accept-ranges": "bytes",
      etag,
      "cache-control": "private, max-age=300",
      "x-content-type-options": "nosniff",
    });
    expect(await bodyOf(answer)).toEqual(bytes);
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=100-199", 100, 200],
    ["bytes=990-", 990, 1000],
    ["bytes=-10", 990, 1000],
    ["bytes=900-9999", 900, 1000],
  ])("sends a part: %s", async (range, start, end) => {
    const { row } = await kept();
    const answer = await serveAudio({ db, bucket }, row, { ...plain, range });
    expect(answer.status).toBe(206);
    expect(answer.headers).toMatchObject({
      "content-length": String(end - start),
      "content-range": `bytes ${start}-${end - 1}/1000`,
    });
    expect(await bodyOf(answer)).toEqual(bytes.slice(start, end));
  });

  it("refuses a part behind the end, and sends all when several are asked for", async () => {
    const { row } = await kept();
    const beyond = await serveAudio({ db, bucket }, row, { ...plain, range: "bytes=1000-" });
    expect(beyond).toMatchObject({
      status: 416,
      body: null,
      headers: { "content-range": "bytes */1000", "content-length": "0" },
    });
    const several = await serveAudio({ db, bucket }, row, { ...plain, range: "bytes=0-1,5-9" });
    expect(several.status).toBe(200);
    await several.body?.cancel();
  });

  it("continues only the very same file", async () => {
    const { row, etag } = await kept();
    const same = await serveAudio({ db, bucket }, row, { ...plain, range: "bytes=5-9", ifRange: etag });
    expect(same.status).toBe(206);
    await same.body?.cancel();
    for (const ifRange of ['"other"', `W/${etag}`, "Sun, 01 Mar 2026 10:00:00 GMT"]) {
      const other = await serveAudio({ db, bucket }, row, { ...plain, range: "bytes=5-9", ifRange });
      expect(other.status).toBe(200);
      await other.body?.cancel();
    }
  });

  it("says when the listener has it already", async () => {
    const { row, etag } = await kept();
    for (const ifNoneMatch of [etag, `W/${etag}`, `"a", ${etag}`, "*"]) {
      expect(await serveAudio({ db, bucket }, row, { ...plain, ifNoneMatch })).toMatchObject({
        status: 304,
        body: null,
      });
    }
    const fresh = await serveAudio({ db, bucket }, row, { ...plain, ifNoneMatch: '"a"' });
    expect(fresh.status).toBe(200);
    await fresh.body?.cancel();
  });

  it("answers HEAD with the headers of the whole", async () => {
    const { row } = await kept();
    const answer = await serveAudio({ db, bucket }, row, { ...plain, method: "HEAD", range: "bytes=0-1" });
    expect(answer).toMatchObject({ status: 200, body: null, headers: { "content-length": "1000" } });
  });

  it("has nothing to send of a recording that is not kept", async () => {
    const pending = await read(await newRecording());
    expect((await serveAudio({ db, bucket }, pending, plain)).status).toBe(404);
    const { row } = await kept();
    await bucket.delete(row.key ?? "");
    for (const request of [plain, { ...plain, range: "bytes=0-1" }, { ...plain, method: "HEAD" }]) {
      expect((await serveAudio({ db, bucket }, row, request)).status).toBe(404);
    }
  });
});
