import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { sha256Hex, toBase64 } from "../../src/lib/hmac";
import { DAY } from "../../src/lib/time";
import { createCampaign } from "../../src/campaigns";
import { MAX_OPEN_UPLOADS } from "../../src/sources/uploads/begin";
import { mintApiKey, mintCampaign, mintOrganization, NOON } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { noiseWav, piecesOf, send, type Answer } from "./uploading";

const db = openDatabase(env.DB);
const PART = 8 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
const BYTES = { ...TUS, "content-type": "application/offset+octet-stream" };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  // What is heard in noise is not asked: analysing megabytes of it takes seconds.
  const settings = { autoAnalyze: false };
  await createCampaign(db, { organizationId: organization.id, name: "Renewals", settings }, NOON);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const encode = (text: string) => toBase64(new TextEncoder().encode(text));
const metadataOf = (said: Record<string, string>) =>
  Object.entries(said)
    .map(([name, value]) => `${name} ${encode(value)}`)
    .join(",");

const ask = (method: string, path: string, headers: Record<string, string> = TUS, body?: BodyInit) =>
  send(line, method, path, { key: organization.key, headers, ...(body !== undefined && { body }) });

async function begin(size: number, said: Record<string, string> = { campaign_id: "1", filename: "shift.wav" }) {
  const headers = { ...TUS, "upload-length": String(size), "upload-metadata": metadataOf(said) };
  return ask("POST", "/v1/uploads/tus", headers);
}

async function begun(size: number, said?: Record<string, string>): Promise<string> {
  const made = await begin(size, said);
  expect(made.status).toBe(201);
  return made.headers.get("location")!;
}

const patch = (path: string, offset: number, body: BodyInit) =>
  ask("PATCH", path, { ...BYTES, "upload-offset": String(offset) }, body);
const offsetOf = (answer: Answer) => Number(answer.headers.get("upload-offset"));
const progress = async (path: string) => (await ask("GET", path.replace("/tus/", "/"))).body;
const recordings = () =>
  db.select().from(schema.recordings).where(eq(schema.recordings.organizationId, organization.id));
const objects = async () => (await env.BUCKET.list({ prefix: `uploads/${organization.id}` })).objects;

async function arrivedWhole(file: Uint8Array<ArrayBuffer>): Promise<void> {
  await line.run();
  expect(await recordings()).toMatchObject([{ state: "completed", size: file.length, sha256: await sha256Hex(file) }]);
  expect(await objects()).toEqual([]);
}

describe("a resumable upload", { timeout: 60_000 }, () => {
  it("says what it can do, to anyone", async () => {
    const answer = await send(line, "OPTIONS", "/v1/uploads/tus");
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "tus-version": "1.0.0",
      "tus-resumable": "1.0.0",
      "tus-extension": "creation,creation-with-upload,termination,expiration",
      "tus-max-size": String(1024 ** 3),
    });
  });

  it("goes from creation to its call", async () => {
    const file = noiseWav(100_000);
    const said = {
      campaign_id: "1",
      external_id: "t-1",
      filename: "turno ñ.wav",
      filetype: "audio/wav",
      operator: "Ana",
    };
    const path = await begun(file.length, said);
    const fresh = await ask("HEAD", path);
    expect(fresh.status).toBe(200);
    expect(Object.fromEntries(fresh.headers)).toMatchObject({
      "upload-offset": "0",
      "upload-length": "100000",
      "upload-metadata": metadataOf(said),
      "upload-expires": expect.any(String),
      "cache-control": "no-store",
      "tus-resumable": "1.0.0",
    });
    const first = await patch(path, 0, file.slice(0, 60_000));
    expect([first.status, offsetOf(first)]).toEqual([204, 60_000]);
    expect(await progress(path)).toMatchObject({
      state: "open",
      received: 60_000,
      size: 100_000,
      file_name: "turno ñ.wav",
    });
    const second = await patch(path, 60_000, file.slice(60_000));
    expect([second.status, offsetOf(second)]).toEqual([204, 100_000]);
    const done = await progress(path);
    expect(done).toMatchObject({
      state: "completed",
      received: 100_000,
      call_id: expect.any(String),
      expires_at: null,
    });
    await arrivedWhole(file);
    const call = await ask("GET", `/v1/calls/${done.call_id}`);
    expect(call.body).toMatchObject({
      external_id: "t-1",
      operator: { name: "Ana" },
      custom: { file_name: "turno ñ.wav" },
    });
    expect((await ask("HEAD", path)).headers.get("upload-offset")).toBe("100000");
    expect((await ask("DELETE", path)).status).toBe(409);
  });

  it("is the same file however it is cut: pieces below, at and across the size of a part", async () => {
    const file = noiseWav(2 * PART + 5_000, 3);
    for (const [index, cuts] of [
      [PART],
      [1, 4_095, 4_096, PART - 1, PART + 1],
      [3_000_000, 7_000_000, PART, 2 * PART],
      [2 * PART, file.length - 1],
    ].entries()) {
      const path = await begun(file.length, { campaign_id: "1", external_id: `cut-${index}` });
      let offset = 0;
      for (const cut of [...cuts, file.length]) {
        const answer = await patch(path, offset, piecesOf(file.subarray(offset, cut), 1_000_003));
        expect([answer.status, offsetOf(answer)]).toEqual([204, cut]);
        offset = cut;
      }
    }
    await line.run();
    const kept = await recordings();
    expect(kept).toHaveLength(4);
    for (const one of kept) expect(one).toMatchObject({ size: file.length, sha256: await sha256Hex(file) });
    // The same content under the same name: all four are the same recording of their calls.
    expect(new Set(kept.map((one) => one.externalId)).size).toBe(1);
    expect(await objects()).toEqual([]);
  });

  it("keeps what had arrived when the connection breaks, and goes on from there", async () => {
    const file = noiseWav(PART + 3_000_000, 5);
    const path = await begun(file.length);
    await patch(path, 0, piecesOf(file.subarray(0, PART + 1_500_000), 100_000, true));
    const offset = offsetOf(await ask("HEAD", path));
    expect(offset).toBe(PART + 1_500_000);
    expect((await patch(path, offset, file.slice(offset))).status).toBe(204);
    await arrivedWhole(file);
  });

  it("meets the same file sent in one request as one recording", async () => {
    const file = noiseWav(PART + 10, 9);
    const path = await begun(file.length, { campaign_id: "1", external_id: "same" });
    await patch(path, 0, file);
    await line.run();
    const headers = { "content-type": "audio/wav" };
    const again = await ask("POST", "/v1/uploads?campaign_id=1&external_id=same", headers, file);
    expect(again.status).toBe(201);
    await arrivedWhole(file);
  });

  it("may send its first bytes with its creation, and say its method in a header", async () => {
    const file = noiseWav(9_000);
    const headers = { ...BYTES, "upload-length": "9000", "upload-metadata": metadataOf({ campaign_id: "1" }) };
    const made = await ask("POST", "/v1/uploads/tus", headers, file.slice(0, 5_000));
    expect([made.status, offsetOf(made)]).toEqual([201, 5_000]);
    const override = { ...BYTES, "upload-offset": "5000", "x-http-method-override": "PATCH" };
    const rest = await ask("POST", made.headers.get("location")!, override, file.slice(5_000));
    expect([rest.status, offsetOf(rest)]).toEqual([204, 9_000]);
    await arrivedWhole(file);
  });

  it("refuses bytes that do not fit: another offset, too many, another type, another version", async () => {
    const file = noiseWav(9_000);
    const path = await begun(9_000);
    expect((await patch(path, 100, file.slice(100))).status).toBe(409);
    expect((await patch(path, 0, noiseWav(9_001))).status).toBe(413);
    expect((await patch(path, 0, piecesOf(noiseWav(20_000), 5_000))).status).toBe(413);
    expect((await ask("PATCH", path, { ...TUS, "upload-offset": "0" }, file)).status).toBe(415);
    expect((await ask("PATCH", path, BYTES, file)).status).toBe(400);
    const old = await ask("PATCH", path, { ...BYTES, "tus-resumable": "0.2.2", "upload-offset": "0" }, file);
    expect([old.status, old.headers.get("tus-version")]).toEqual([412, "1.0.0"]);
    const other = await ask(
      "PATCH",
      "/v1/uploads/tus/upl_00000000000000000000000000",
      { ...BYTES, "upload-offset": "0" },
      file,
    );
    expect(other.status).toBe(404);
  });

  it("refuses a creation that says nothing sensible", async () => {
    expect((await ask("POST", "/v1/uploads/tus")).status).toBe(400);
    expect((await ask("POST", "/v1/uploads/tus", { ...TUS, "upload-length": "-1" })).status).toBe(400);
    expect((await begin(0)).status).toBe(422);
    expect((await begin(1024 ** 3 + 1)).status).toBe(413);
    expect((await begin(9, { campaign_id: "99" })).status).toBe(422);
    expect((await begin(9, { colour: "red" })).body.errors).toMatchObject([{ field: "colour" }]);
    for (const metadata of ["a b c", "a *", "a YQ==,a YQ==", ",", "operator Y2Fm6Q=="]) {
      const headers = { ...TUS, "upload-length": "9", "upload-metadata": metadata };
      expect((await ask("POST", "/v1/uploads/tus", headers)).status).toBe(400);
    }
    expect((await ask("GET", "/v1/uploads")).body.data).toEqual([]);
  });

  it("ends at its first bytes when it is no audio, and forgets them", async () => {
    const page = new TextEncoder().encode(`<html>${"x".repeat(20_000)}</html>`);
    const path = await begun(page.length);
    // Too few to tell, then enough.
    expect((await patch(path, 0, page.slice(0, 50))).status).toBe(204);
    const refused = await patch(path, 50, page.slice(50));
    expect(refused.status).toBe(415);
    expect(refused.body.detail).toMatch(/^This is no audio: the file is an HTML page/);
    expect((await ask("HEAD", path)).status).toBe(404);
    expect(await progress(path)).toMatchObject({ state: "aborted", call_id: null });
    expect(await objects()).toEqual([]);
    expect(line.sent).toEqual([]);
  });

  it("is one of so many that may be open at a time, however many begin at once", async () => {
    const [row] = await db
      .select()
      .from(schema.uploads)
      .where(eq(schema.uploads.id, (await begun(9)).split("/").at(-1)!));
    for (let made = 1; made < MAX_OPEN_UPLOADS - 1; made += 1) {
      // Ended and expired ones do not count.
      const others = [{ state: "open" }, { state: "completed" }, { state: "open", expiresAt: 1 }] as const;
      for (const [index, other] of others.entries())
        await db.insert(schema.uploads).values({ ...row!, id: `upl_${made}_${index}`, ...other });
    }
    const answers = await Promise.all([begin(9), begin(9), begin(9)]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 409, 409]);
    const other = await mintOrganization(db);
    const headers = { ...TUS, "upload-length": "9" };
    expect((await send(line, "POST", "/v1/uploads/tus", { key: other.key, headers })).status).toBe(201);
    expect((await ask("DELETE", answers.find(({ status }) => status === 201)!.headers.get("location")!)).status).toBe(
      204,
    );
    expect((await begin(9)).status).toBe(201);
    // The sweep of other tests is not to be busy with these.
    await db.delete(schema.uploads).where(eq(schema.uploads.organizationId, organization.id));
  });

  it("begins at an address with a slash at its end, too", async () => {
    const headers = { ...TUS, "upload-length": "9000" };
    const made = await ask("POST", "/v1/uploads/tus/", headers);
    expect(made.status).toBe(201);
    expect((await patch(made.headers.get("location")!, 0, noiseWav(9_000))).status).toBe(204);
    expect((await send(line, "POST", "/v1/uploads/tus/", { headers })).status).toBe(401);
  });

  it("is given up by its sender", async () => {
    const path = await begun(2 * PART);
    await patch(path, 0, noiseWav(PART + 100));
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("DELETE", path)).status).toBe(404);
    expect((await patch(path, PART + 100, new Uint8Array(9))).status).toBe(404);
    expect(await objects()).toEqual([]);
    const second = await begun(100);
    expect((await ask("DELETE", second.replace("/tus/", "/"))).status).toBe(204);
  });

  it("lets one of two writers at the same place win, and ends in the right file", async () => {
    const file = noiseWav(PART + 4_000_000, 7);
    const path = await begun(file.length);
    const answers = await Promise.all([
      patch(path, 0, piecesOf(file.subarray(0, 5_000_000), 100_000)),
      patch(path, 0, piecesOf(file.subarray(0, 5_000_000), 300_000)),
    ]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([204, 409]);
    const offset = offsetOf(await ask("HEAD", path));
    expect(offset).toBe(5_000_000);
    await patch(path, offset, file.slice(offset));
    await arrivedWhole(file);
  });

  it("becomes its call though the crash came between its last byte and its notice", async () => {
    const file = noiseWav(PART + 9_000, 11);
    const path = await begun(file.length);
    const { send: working } = line.env.INGEST_QUEUE;
    line.env.INGEST_QUEUE.send = () => Promise.reject(new Error("the queue is away"));
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect((await patch(path, 0, file)).status).toBeGreaterThanOrEqual(500);
    line.env.INGEST_QUEUE.send = working;
    // A client that asks hears that all bytes are here and comes no more: the question itself must finish it.
    expect(offsetOf(await ask("HEAD", path))).toBe(file.length);
    await arrivedWhole(file);
  });

  it("becomes its call though nobody asks any more", async () => {
    const file = noiseWav(9_000);
    const path = await begun(file.length);
    const { send: working } = line.env.INGEST_QUEUE;
    line.env.INGEST_QUEUE.send = () => Promise.reject(new Error("the queue is away"));
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    await patch(path, 0, file);
    line.env.INGEST_QUEUE.send = working;
    vi.setSystemTime(Date.now() + 11 * 60_000);
    await line.cron();
    expect(await progress(path)).toMatchObject({ state: "completed" });
    await arrivedWhole(file);
  });

  it("stays the call it became though the crash came between its notice and its row", async () => {
    for (const size of [9_000, PART + 9_000]) {
      const file = noiseWav(size);
      const path = await begun(file.length, { campaign_id: "1", external_id: `late-${size}` });
      await patch(path, 0, file);
      const done = await progress(path);
      await line.run();
      expect(await objects()).toEqual([]);
      const crashed = { state: "open" as const, callId: done.call_id, expiresAt: Date.now() + 600_000 };
      const row = eq(schema.uploads.id, done.id);
      await db.update(schema.uploads).set(crashed).where(row);
      const asked = await ask("HEAD", path);
      expect([asked.status, offsetOf(asked)]).toEqual([200, size]);
      expect(await progress(path)).toMatchObject({ state: "completed", call_id: done.call_id });
      await db
        .update(schema.uploads)
        .set({ ...crashed, expiresAt: Date.now() - 1 })
        .where(row);
      await line.cron();
      expect(await progress(path)).toMatchObject({ state: "completed", call_id: done.call_id });
    }
  });

  it("is swept though another one cannot be", async () => {
    const poisoned = await begun(9_000);
    await patch(poisoned, 0, noiseWav(5_000));
    const idle = await begun(9_000);
    await db
      .update(schema.uploads)
      .set({ callId: "call_x", r2UploadId: "nothing R2 ever gave", expiresAt: 1 })
      .where(eq(schema.uploads.id, poisoned.split("/").at(-1)!));
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.setSystemTime(Date.now() + DAY + 60_000);
    const head = vi.spyOn(line.env.BUCKET, "head").mockRejectedValue(new Error("R2 is away"));
    await line.cron();
    head.mockRestore();
    await db
      .update(schema.uploads)
      .set({ state: "aborted" })
      .where(eq(schema.uploads.id, poisoned.split("/").at(-1)!));
    expect(await progress(idle)).toMatchObject({ state: "aborted" });
  });

  it("is forgotten after a day, in D1 and in R2", async () => {
    const path = await begun(2 * PART);
    await patch(path, 0, noiseWav(PART + 100));
    vi.setSystemTime(Date.now() + DAY - 60_000);
    await line.cron();
    expect(await progress(path)).toMatchObject({ state: "open" });
    vi.setSystemTime(Date.now() + 120_000);
    expect((await patch(path, PART + 100, new Uint8Array(9))).status).toBe(404);
    await line.cron();
    expect(await progress(path)).toMatchObject({ state: "aborted" });
    expect(await objects()).toEqual([]);
  });

  it("goes back to its last whole part when what lay beyond it is lost", async () => {
    const file = noiseWav(PART + 9_000, 13);
    const path = await begun(file.length);
    await patch(path, 0, file.slice(0, PART + 100));
    for (const { key } of await objects()) await env.BUCKET.delete(key);
    expect((await patch(path, PART + 100, file.slice(PART + 100))).status).toBe(409);
    expect(offsetOf(await ask("HEAD", path))).toBe(PART);
    expect((await patch(path, PART, file.slice(PART))).status).toBe(204);
    await arrivedWhole(file);
  });

  it("is nobody else's", async () => {
    const other = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id, "Sales");
    const limited = await mintApiKey(db, { organizationId: organization.id, campaignId: campaign.id });
    const path = await begun(100);
    for (const key of [other.key, limited.key]) {
      for (const method of ["HEAD", "PATCH", "DELETE"]) {
        const headers = method === "PATCH" ? { ...BYTES, "upload-offset": "0" } : TUS;
        const answer = await send(line, method, path, { key, headers, ...(method === "PATCH" && { body: "x" }) });
        expect(`${method} ${answer.status}`).toBe(`${method} 404`);
      }
    }
    expect((await send(line, "HEAD", path, { headers: TUS })).status).toBe(401);
    const headers = { ...TUS, "upload-length": "9000" };
    const made = await send(line, "POST", "/v1/uploads/tus", { key: limited.key, headers });
    expect(made.status).toBe(201);
    const written = await send(line, "PATCH", made.headers.get("location")!, {
      key: limited.key,
      headers: { ...BYTES, "upload-offset": "0" },
      body: noiseWav(9_000),
    });
    expect(written.status).toBe(204);
    await line.run();
    const rows = await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id));
    expect(rows).toMatchObject([{ campaignId: campaign.id, quarantine: null }]);
  });
});
