import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { sha256Hex } from "../../src/lib/hmac";
import { newId } from "../../src/lib/id";
import { MINUTE } from "../../src/lib/time";
import type { IngestMessage } from "../../src/queues/messages";
import { sweepUploadedFiles } from "../../src/sources";
import { mintApiKey, mintCampaign, mintOrganization, mintSource } from "../factories";
import { newPipeline, QUEUES, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { formOf, noiseWav, piecesOf, send, type Answer, type FileContent, type Sending } from "./uploading";

const db = openDatabase(env.DB);
const WAV = sineWav(2);

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaign: Awaited<ReturnType<typeof mintCampaign>>;

beforeEach(async () => {
  line = newPipeline();
  // Whoever is asked for a recording while uploads are at work was not meant to be.
  line.audio = () => new Response("nobody should ask", { status: 500 });
  organization = await mintOrganization(db);
  campaign = await mintCampaign(db, organization.id);
});

afterEach(() => vi.restoreAllMocks());

const upload = (sending: Sending, path = "/v1/uploads") =>
  send(line, "POST", path, { key: organization.key, ...sending });

const uploadForm = (fields: Record<string, string>, ...files: [string, FileContent][]) =>
  upload({ body: formOf(fields, ...(files.length > 0 ? files : [["call.wav", WAV] as [string, FileContent]])) });

const get = (path: string, key = organization.key) => send(line, "GET", path, { key });

const calls = () => db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
const recordings = () =>
  db.select().from(schema.recordings).where(eq(schema.recordings.organizationId, organization.id));
const objects = async (prefix = `uploads/${organization.id}`) => (await env.BUCKET.list({ prefix })).objects;

async function leavesNothing(): Promise<void> {
  await line.run();
  expect(await objects()).toEqual([]);
  expect(await calls()).toEqual([]);
  expect(line.sent).toEqual([]);
}

function fieldsOf(answer: Answer): string[] {
  return answer.body.errors.map((one: { field: string }) => one.field);
}

describe("an upload", { timeout: 30_000 }, () => {
  it("becomes a call with its recording and its task, and nothing stays behind", async () => {
    const fields = {
      campaign_id: "1",
      external_id: "call-4711",
      direction: "outgoing",
      from: "+5491167950079",
      to: "300",
      started_at: "2026-02-10T10:30:45-03:00",
      duration_seconds: "2",
      operator: "Marta Gómez",
      account: "sales",
      status: "answered",
      notes: "from the old archive",
      "custom[ticket]": "T-1",
    };
    const made = await uploadForm(fields, ["C:\\calls\\año.wav", WAV]);
    expect(made.status).toBe(201);
    const { id, call_id: callId, task_id: taskId, inbound_id: inboundId, files } = made.body;
    expect(files).toMatchObject([{ id, file_name: "año.wav", media_type: "audio/wav", size: WAV.length }]);
    await line.run();
    const call = await get(`/v1/calls/${callId}`);
    expect(call.body).toMatchObject({
      id: callId,
      external_id: "call-4711",
      campaign_id: campaign.id,
      source: { kind: "internal" },
      state: "completed",
      quarantine: null,
      direction: "outbound",
      from: "+5491167950079",
      from_e164: "+5491167950079",
      to: "300",
      started_at: "2026-02-10T13:30:45.000Z",
      ended_at: "2026-02-10T13:30:47.000Z",
      duration_seconds: 2,
      operator: { name: "Marta Gómez" },
      provider_status: "answered",
      custom: { notes: "from the old archive", ticket: "T-1", file_name: "año.wav" },
      task: { id: taskId, campaign_id: campaign.id },
    });
    expect(call.body.recordings).toMatchObject([
      { id: files[0].recording_id, state: "completed", sha256: await sha256Hex(WAV), size_bytes: WAV.length },
    ]);
    expect(call.body.analyses).toMatchObject([{ state: "completed" }]);
    expect(await objects()).toEqual([]);
    expect((await get(`/v1/uploads/${id}`)).body).toMatchObject({
      state: "completed",
      call_id: callId,
      task_id: taskId,
      received: WAV.length,
      campaign_id: campaign.id,
    });
    expect((await get(`/v1/inbound/${inboundId}`)).body).toMatchObject({
      outcome: "accepted",
      path: `/v1/uploads/${id}`,
    });
    const source = await get(`/v1/sources/${call.body.source.id}`);
    expect(source.body).toMatchObject({ kind: "internal", webhook_url: "https://trunkline.test/v1/uploads" });
    const [stored] = await recordings();
    expect(new Uint8Array(await (await env.BUCKET.get(stored!.key!))!.arrayBuffer())).toEqual(WAV);
  });

  it("doubles nothing when it comes again, and adds another file of the same call", async () => {
    const first = await uploadForm({ campaign_id: campaign.id, external_id: "7" });
    await line.run();
    const again = await uploadForm({ campaign_id: campaign.id, external_id: "7" });
    expect(again.status).toBe(201);
    expect(again.body.call_id).toBe(first.body.call_id);
    expect(again.body.task_id).toBe(first.body.task_id);
    expect(again.body.files[0].recording_id).toBe(first.body.files[0].recording_id);
    expect(await objects()).toEqual([]);
    await line.run();
    expect(await calls()).toHaveLength(1);
    expect(await recordings()).toHaveLength(1);
    const other = await uploadForm({ external_id: "7" }, ["b.wav", sineWav(1)]);
    await line.run();
    expect(other.body.call_id).toBe(first.body.call_id);
    expect(await recordings()).toHaveLength(2);
    expect((await get(`/v1/tasks`)).body.data).toHaveLength(1);
  });

  it("doubles nothing when both copies come before either is worked on, in any order", async () => {
    await uploadForm({ external_id: "8", campaign_id: "1" });
    await uploadForm({ external_id: "8", campaign_id: "1" });
    line.sent.reverse();
    await line.run();
    expect(await recordings()).toMatchObject([{ state: "completed" }]);
    expect((await get(`/v1/tasks`)).body.data).toHaveLength(1);
  });

  it("holds several recordings of one call, and each upload without an external id is a call of its own", async () => {
    const made = await uploadForm({ campaign_id: "1" }, ["a.wav", sineWav(1)], ["b.wav", sineWav(2)]);
    expect(made.body.files).toHaveLength(2);
    await line.run();
    expect(await calls()).toMatchObject([{ id: made.body.call_id, externalId: made.body.id }]);
    expect((await recordings()).map((one) => one.state)).toEqual(["completed", "completed"]);
    await uploadForm({ campaign_id: "1" });
    await line.run();
    expect(await calls()).toHaveLength(2);
  });

  it("may be the audio itself, with the fields in the query", async () => {
    const query = "?campaign_id=1&external_id=raw-1&custom%5Bticket%5D=9&file_name=x%2Fcall.wav";
    const made = await upload({ body: WAV, headers: { "content-type": "audio/wav" } }, `/v1/uploads${query}`);
    expect(made.status).toBe(201);
    expect(made.body.files).toMatchObject([{ file_name: "call.wav" }]);
    await line.run();
    expect(await calls()).toMatchObject([{ externalId: "raw-1", custom: { ticket: "9", file_name: "call.wav" } }]);
    expect(await recordings()).toMatchObject([{ sha256: await sha256Hex(WAV) }]);
  });

  it("streams a file larger than a part, byte for byte", async () => {
    // What is heard in noise is not asked: analysing megabytes of it takes seconds.
    await db
      .update(schema.campaigns)
      .set({ settings: { autoAnalyze: false } })
      .where(eq(schema.campaigns.id, campaign.id));
    const file = noiseWav(20 * 1024 * 1024 + 17);
    const made = await upload(
      { body: piecesOf(file, 700_001), headers: { "content-type": "audio/wav" } },
      "/v1/uploads?campaign_id=1",
    );
    expect(made.status).toBe(201);
    await line.run();
    expect(await recordings()).toMatchObject([
      { state: "completed", size: file.length, sha256: await sha256Hex(file) },
    ]);
    expect(await objects()).toEqual([]);
  });

  it("belongs to the source it names, and meets that source's own notices", async () => {
    const audian = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    const made = await uploadForm({ source_id: audian.id, external_id: "9" });
    await line.run();
    expect(await calls()).toMatchObject([
      { id: made.body.call_id, sourceId: audian.id, sourceKind: "audian", campaignId: campaign.id },
    ]);
    expect(await recordings()).toMatchObject([{ state: "completed" }]);
    const own = await send(line, "POST", "/v1/sources", {
      key: organization.key,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kind: "internal", name: "Archive" }),
    });
    // The first one of an organization is the one uploads go to without naming any.
    expect(own.body).toMatchObject({ webhook_url: "https://trunkline.test/v1/uploads", secret: null });
    const second = await send(line, "POST", "/v1/sources", {
      key: organization.key,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kind: "internal", name: "Archive 2", campaign_id: campaign.id }),
    });
    const path = new URL(second.body.webhook_url);
    expect((await upload({ body: formOf({}, ["a.wav", WAV]) }, `${path.pathname}${path.search}`)).status).toBe(201);
    await line.run();
    expect((await calls()).map((one) => one.sourceId)).toContain(second.body.id);
    const guide = await get(`/v1/sources/${second.body.id}/guide`);
    expect(guide.body.snippets[0].text).toContain(second.body.webhook_url);
    expect(
      (await send(line, "POST", `/webhook/internal/${second.body.id}`, { key: organization.key, body: "{}" })).status,
    ).toBe(404);
    expect((await send(line, "POST", "/webhook/internal/", { key: organization.key, body: "{}" })).status).toBe(404);
  });

  it("waits in quarantine without a campaign, its recording kept", async () => {
    await uploadForm({ external_id: "q" });
    await line.run();
    expect(await calls()).toMatchObject([{ quarantine: "no_campaign" }]);
    expect(await recordings()).toMatchObject([{ state: "completed" }]);
  });
});

describe("a form as clients write it", () => {
  const typed = "Content-Type: audio/wav\r\n";
  it.each([
    [".NET: no file name, names without quotes", `${typed}Content-Disposition: form-data; name=file`, null],
    [
      "a buffer without a name",
      'Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream',
      null,
    ],
    [
      "a folded disposition",
      `Content-Disposition: form-data; name="file"; \r\n filename="folded a.wav"\r\n${typed}`.trimEnd(),
      "folded a.wav",
    ],
    [
      "JavaMail: a folded content type",
      'Content-Type: audio/wav; \r\n\tname="b.wav"\r\nContent-Transfer-Encoding: binary\r\nContent-Disposition: form-data; name="file"; filename="b.wav"',
      "b.wav",
    ],
    ["a semicolon at the end", `${typed}Content-Disposition: form-data; name="file"; filename="c.wav";`, "c.wav"],
  ])("is read: %s", async (_, head, fileName) => {
    const boundary = "--5f2c-form";
    const before = `--${boundary}\r\nContent-Disposition: form-data; name=campaign_id\r\n\r\n1\r\n--${boundary}\r\n${head}\r\n\r\n`;
    const body = new Blob([before, WAV, `\r\n--${boundary}--`]);
    const headers = { "content-type": `multipart/form-data; boundary="${boundary}"` };
    const made = await upload({ body, headers });
    expect(made.status).toBe(201);
    expect(made.body.files).toMatchObject([{ file_name: fileName, size: WAV.length }]);
  });
});

describe("an upload that is refused", () => {
  it("is no audio: 415 at once, whatever its name and type", async () => {
    for (const content of ["<html><body>Please log in</body></html>", '{"error":"no"}', new Uint8Array(9_000)]) {
      const made = await uploadForm({ campaign_id: "1" }, ["call.mp3", content]);
      expect(made.status).toBe(content instanceof Uint8Array ? 201 : 415);
      if (made.status === 415) expect(made.body.detail).toMatch(/^This is no audio: /);
    }
    // Binary without any signature may be raw samples, and is only known by its declared type.
    const raw = await upload({ body: new Uint8Array(9_000), headers: { "content-type": "application/octet-stream" } });
    expect(raw.status).toBe(415);
    expect(await objects()).toHaveLength(1);
  });

  it("is an empty file: 422 in the same words, however it was to come", async () => {
    const ways = [
      await uploadForm({ campaign_id: "1" }, ["call.mp3", ""]),
      await upload({ body: new Uint8Array(0), headers: { "content-type": "audio/wav" } }),
      await upload({ headers: { "tus-resumable": "1.0.0", "upload-length": "0" } }, "/v1/uploads/tus"),
    ];
    for (const { status, body } of ways) {
      expect([status, body.errors?.map(({ message }: { message: string }) => message)]).toEqual([
        422,
        ["an empty file is no recording"],
      ]);
    }
    expect(await objects()).toEqual([]);
  });

  it("names every field that is wrong", async () => {
    const wrong = await uploadForm({
      direction: "sideways",
      started_at: "yesterday",
      duration_seconds: "-1",
      colour: "red",
      external_id: "x".repeat(201),
    });
    expect(wrong.status).toBe(422);
    expect(fieldsOf(wrong).toSorted()).toEqual([
      "colour",
      "direction",
      "duration_seconds",
      "external_id",
      "started_at",
    ]);
    expect(fieldsOf(await uploadForm({ campaign_id: "99" }))).toEqual(["campaign_id"]);
    expect(fieldsOf(await uploadForm({ outcome: "maybe" }))).toEqual(["outcome"]);
    expect(fieldsOf(await uploadForm({ source_id: "src_x" }))).toEqual(["source_id"]);
    expect(fieldsOf(await upload({ body: formOf({ campaign_id: "1" }) }))).toEqual(["file"]);
    const twice = new FormData();
    for (const value of ["1", "2"]) twice.append("campaign_id", value);
    expect(fieldsOf(await upload({ body: twice }))).toEqual(["campaign_id"]);
    await leavesNothing();
  });

  it("says something that is no UTF-8: two such names would become one call or operator", async () => {
    const form = [
      '--b\r\nContent-Disposition: form-data; name="external_id"\r\n\r\ncaf',
      '\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n',
      "\r\n--b--\r\n",
    ];
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    for (const latin of [[0xe9], [0xe8, 0x80]]) {
      const body = new Blob([form[0]!, new Uint8Array(latin), form[1]!, WAV, form[2]!]);
      const answer = await upload({ body: await body.arrayBuffer(), headers });
      expect([answer.status, fieldsOf(answer)]).toEqual([422, ["external_id"]]);
    }
    await leavesNothing();
  });

  it("leaves no file of a form that goes wrong after it", async () => {
    const form = formOf({}, ["a.wav", WAV]);
    form.append("campaign_id", "99");
    expect((await upload({ body: form })).status).toBe(422);
    const two = formOf({ campaign_id: "1" }, ["a.wav", WAV], ["b.wav", "<html>"]);
    expect((await upload({ body: two })).status).toBe(415);
    const stray = formOf({ campaign_id: "1" }, ["a.wav", WAV]);
    stray.append("photo", new File([WAV], "p.wav"));
    expect((await upload({ body: stray })).status).toBe(422);
    await leavesNothing();
  });

  it("is too much: a huge field, many fields, eleven files", async () => {
    expect((await uploadForm({ notes: "n".repeat(20_000) })).status).toBe(413);
    const many = Object.fromEntries(Array.from({ length: 190 }, (_, index) => [`custom[${index}]`, "x".repeat(400)]));
    expect((await uploadForm(many)).status).toBe(413);
    const files = Array.from({ length: 11 }, (_, index): [string, FileContent] => [`${index}.wav`, sineWav(1)]);
    expect((await uploadForm({ campaign_id: "1" }, ...files)).status).toBe(413);
    const declared = { "content-type": "audio/wav", "content-length": String(2 * 1024 ** 3) };
    expect((await upload({ body: piecesOf(WAV, 1_000), headers: declared })).status).toBe(413);
    await leavesNothing();
  });

  it("is cut off: by the connection, and by a missing last boundary", async () => {
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    const head = new TextEncoder().encode(
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n',
    );
    const bytes = new Uint8Array(head.length + 100_000);
    bytes.set(head);
    bytes.set(noiseWav(100_000), head.length);
    for (const breaks of [true, false])
      expect((await upload({ body: piecesOf(bytes, 9_999, breaks), headers })).status).toBe(400);
    const raw = await upload({
      body: piecesOf(noiseWav(100_000), 9_999, true),
      headers: { "content-type": "audio/wav" },
    });
    expect(raw.status).toBe(400);
    expect((await upload({ body: "x", headers: { "content-type": "multipart/form-data" } })).status).toBe(400);
    expect((await upload({ body: "{}", headers: { "content-type": "application/json" } })).status).toBe(415);
    await leavesNothing();
  });

  it("could not be kept: 503, and nothing is", async () => {
    const prepare = line.env.DB.prepare.bind(line.env.DB);
    vi.spyOn(line.env.DB, "prepare").mockImplementation((text) => {
      if (text.startsWith('insert into "uploads"')) throw new Error("the database is away");
      return prepare(text);
    });
    const failed = await uploadForm({ campaign_id: "1" });
    expect(failed.status).toBe(503);
    expect(failed.headers.get("retry-after")).toBe("30");
    vi.restoreAllMocks();
    expect((await get("/v1/uploads")).body.data).toEqual([]);
    await leavesNothing();
  });

  it("could not be announced: 503, and a call all the same where only the queue's answer was lost", async () => {
    const queued = line.env.INGEST_QUEUE.send;
    line.env.INGEST_QUEUE.send = async (...message: Parameters<typeof queued>) => {
      await queued(...message);
      throw new Error("the answer was lost");
    };
    expect((await uploadForm({ campaign_id: "1" })).status).toBe(503);
    line.env.INGEST_QUEUE.send = queued;
    await line.run();
    expect(await recordings()).toMatchObject([{ state: "completed" }]);
  });

  it("is kept though what is left over cannot be deleted", async () => {
    vi.spyOn(line.env.BUCKET, "delete").mockRejectedValue(new Error("R2 is away"));
    const made = await uploadForm({ campaign_id: "1" }, ["a.wav", WAV], ["the same.wav", WAV]);
    expect(made.status).toBe(201);
    vi.restoreAllMocks();
    await line.run();
    expect(await recordings()).toMatchObject([{ state: "completed" }]);
  });

  it("could not be stored: the parts R2 has of it are given up", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const begin = line.env.BUCKET.createMultipartUpload.bind(line.env.BUCKET);
    const begun: R2MultipartUpload[] = [];
    vi.spyOn(line.env.BUCKET, "createMultipartUpload").mockImplementation(async (key, options) => {
      const made = await begin(key, options);
      begun.push(made);
      const uploadPart = made.uploadPart.bind(made);
      made.uploadPart = async (number, ...rest) => {
        if (number === 2) throw new Error("R2 is away");
        return uploadPart(number, ...rest);
      };
      return made;
    });
    const size = 17 * 1024 * 1024;
    const headers = { "content-type": "audio/wav" };
    expect((await upload({ body: noiseWav(size), headers }, "/v1/uploads?campaign_id=1")).status).toBe(503);
    expect(begun).toHaveLength(1);
    const left = env.BUCKET.resumeMultipartUpload(begun[0]!.key, begun[0]!.uploadId);
    await expect(left.uploadPart(2, new Uint8Array(9))).rejects.toThrow(/10024/);
  });

  it("says nothing more for a minute: its sender is gone", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';
      const head = new TextEncoder().encode(start);
      const silent = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(head) });
      const asked = upload({ body: silent, headers: { "content-type": "multipart/form-data; boundary=b" } });
      const answers: Answer[] = [];
      void asked.then((one) => answers.push(one));
      for (let rounds = 0; rounds < 50 && answers.length === 0; rounds += 1) {
        await vi.advanceTimersByTimeAsync(5_000);
        await get("/v1/uploads");
      }
      expect(answers).toMatchObject([{ status: 400 }]);
    } finally {
      vi.useRealTimers();
    }
    await leavesNothing();
  });

  it("is of a paused source", async () => {
    const source = await mintSource(db, organization.id, { state: "paused" });
    expect((await uploadForm({ source_id: source.id })).status).toBe(409);
    await leavesNothing();
  });
});

describe("whose an upload is", () => {
  it("asks for a key, and finds nothing of another organization's", async () => {
    const other = await mintOrganization(db);
    const foreign = await mintCampaign(db, other.id);
    const source = await mintSource(db, other.id);
    expect((await send(line, "POST", "/v1/uploads", { body: formOf({}, ["a.wav", WAV]) })).status).toBe(401);
    expect(fieldsOf(await uploadForm({ campaign_id: foreign.id }))).toEqual(["campaign_id"]);
    expect(fieldsOf(await uploadForm({ source_id: source.id }))).toEqual(["source_id"]);
    const { id } = (await uploadForm({ campaign_id: "1" })).body;
    expect((await get(`/v1/uploads/${id}`, other.key)).status).toBe(404);
    expect((await send(line, "DELETE", `/v1/uploads/${id}`, { key: other.key })).status).toBe(404);
    expect((await get("/v1/uploads", other.key)).body.data).toEqual([]);
    expect((await send(line, "DELETE", `/v1/uploads/${id}`, { key: organization.key })).status).toBe(409);
  });

  it("lets a key of one campaign upload into it and see that, and nothing else", async () => {
    const second = await mintCampaign(db, organization.id, "Sales");
    const limited = (await mintApiKey(db, { organizationId: organization.id, campaignId: second.id })).key;
    const mine = await upload({ key: limited, body: formOf({}, ["a.wav", WAV]) });
    expect(mine.status).toBe(201);
    const others = await uploadForm({ campaign_id: "1" });
    expect((await upload({ key: limited, body: formOf({ campaign_id: "1" }, ["a.wav", WAV]) })).status).toBe(403);
    const anura = await mintSource(db, organization.id, { kind: "audian", campaignId: campaign.id });
    expect((await upload({ key: limited, body: formOf({ source_id: anura.id }, ["a.wav", WAV]) })).status).toBe(403);
    await line.run();
    expect((await calls()).find((one) => one.id === mine.body.call_id)).toMatchObject({
      campaignId: second.id,
      quarantine: null,
    });
    expect((await get("/v1/uploads", limited)).body.data).toMatchObject([{ id: mine.body.id }]);
    expect((await get(`/v1/uploads/${others.body.id}`, limited)).status).toBe(404);
    expect((await get("/v1/uploads", organization.key)).body.data).toHaveLength(2);
    for (const path of ["/v1/calls", "/tasks", `/tasks/${mine.body.task_id}`, `/tags/${mine.body.task_id}`])
      expect((await get(path, limited)).status).toBe(403);
    const external = await send(line, "POST", "/upload/", { key: limited, body: formOf({}, ["a.wav", WAV]) });
    expect(external.status).toBe(200);
  });
});

describe("a notice that names an upload as its recording", () => {
  /** A notice of an Audian source, past the edge: call `callId` has a recording at `url`. */
  async function notice(source: { id: string; organizationId: string }, callId: string, url: string): Promise<void> {
    const data = { call_id: callId, recording_id: "r1", recording_url: url };
    const body = new TextEncoder().encode(JSON.stringify({ id: "evt_1", event: "call.completed", data }));
    const message: IngestMessage = {
      id: newId("inb", Date.now()),
      organizationId: source.organizationId,
      sourceId: source.id,
      sourceKind: "audian",
      receivedAt: Date.now(),
      path: `/webhook/audian/${source.id}`,
      form: "notice",
      headers: {},
      body: Uint8Array.from(body),
      bodyKey: null,
      bodySize: body.length,
      verdict: "accepted",
      reason: null,
      status: 200,
      campaignLimit: null,
      replay: false,
    };
    await line.deliver(QUEUES.ingest, [message]);
    await line.run();
  }

  const bySource = (sourceId: string) =>
    db.select().from(schema.recordings).where(eq(schema.recordings.sourceId, sourceId));
  const BLOCKED = { state: "failed", reason: expect.stringMatching(/^blocked_url: /), key: null };

  it("reaches neither another organization's, nor another call's, nor its own", async () => {
    const other = await mintOrganization(db);
    const theirs = await mintSource(db, other.id, { campaignId: (await mintCampaign(db, other.id)).id });
    const [mine, second] = [
      await mintSource(db, organization.id, { campaignId: campaign.id }),
      await mintSource(db, organization.id, { campaignId: campaign.id }),
    ];
    const { id } = (await uploadForm({ source_id: mine.id, external_id: "c1" })).body;
    // The file is here, its row names its call, and nobody has worked on either.
    const held = line.sent.splice(0);
    await notice(theirs, "c1", `upload:${id}`);
    await notice(second, "c1", `upload:${id}`);
    await notice(mine, "c2", `upload:${id}`);
    await notice(mine, "c1", `upload:${id}`);
    expect(await bySource(theirs.id)).toMatchObject([BLOCKED]);
    expect(await bySource(second.id)).toMatchObject([BLOCKED]);
    expect(await bySource(mine.id)).toMatchObject([BLOCKED, BLOCKED]);
    expect(await objects()).toHaveLength(1);
    line.sent.push(...held);
    await line.run();
    expect((await bySource(mine.id)).filter((one) => one.state === "completed")).toMatchObject([
      { url: `upload:${id}` },
    ]);
  });

  it("is not fetched by any spelling", async () => {
    const source = await mintSource(db, organization.id, { campaignId: campaign.id });
    const urls = ["upload:", "UPLOAD:upl_x", " upload:x", "upload://upl_x", "upload:upl_00000000000000000000000000"];
    for (const [index, url] of urls.entries()) await notice(source, `c${index}`, url);
    expect(await bySource(source.id)).toMatchObject(urls.map(() => BLOCKED));
  });
});

describe("the log of uploads", () => {
  it("replays one whose recording was given up, and the file is still there", async () => {
    const made = await uploadForm({ campaign_id: "1" }, ["a.wav", WAV], ["the same again.wav", WAV]);
    expect(await objects()).toHaveLength(1);
    const [noticed] = line.sent.splice(0);
    await line.deliver(QUEUES.ingest, [noticed?.body]);
    line.sent.splice(0);
    await db
      .update(schema.recordings)
      .set({ state: "failed", reason: "platform: away" })
      .where(eq(schema.recordings.callId, made.body.call_id));
    const replayed = await send(line, "POST", `/v1/inbound/${made.body.inbound_id}/replay`, { key: organization.key });
    expect(replayed.status).toBe(202);
    await line.run();
    expect(await recordings()).toMatchObject([{ state: "completed", sha256: await sha256Hex(WAV) }]);
    expect(await objects()).toEqual([]);
  });
});

describe("the sweep of uploaded files", () => {
  it("deletes what lay about for a week, and nothing younger", async () => {
    await uploadForm({ campaign_id: "1" });
    expect(await objects()).toHaveLength(1);
    await sweepUploadedFiles(env.BUCKET, Date.now() + 7 * 24 * 60 * MINUTE - MINUTE, { pages: 10 });
    expect(await objects()).toHaveLength(1);
    await sweepUploadedFiles(env.BUCKET, Date.now() + 7 * 24 * 60 * MINUTE + MINUTE, { pages: 10 });
    expect(await objects()).toEqual([]);
    await line.run();
    expect(await recordings()).toMatchObject([{ state: "failed", reason: expect.stringMatching(/^gone: /) }]);
  });
});
