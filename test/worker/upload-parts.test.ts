import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { sha256Hex } from "../../src/lib/hmac";
import { DAY } from "../../src/lib/time";
import { ATTEMPTS } from "../../src/sources/uploads/part-rows";
import { ACT_AT_NOON, mintApiKey, mintOrganization } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { formOf, noiseWav, send } from "./uploading";

const db = openDatabase(env.DB);
const PART = 8 * 1024 * 1024;

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

type Part = { number: number; offset: number; size: number; received: boolean; url: string };

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  const settings = { autoAnalyze: false };
  await createCampaign({ db }, { organizationId: organization.id, name: "Renewals", settings }, ACT_AT_NOON);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ask = (method: string, path: string, body?: object, key = organization.key) =>
  send(line, method, path, {
    key,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });

async function begun(size: number, more: object = {}): Promise<{ id: string; parts: Part[] }> {
  const made = await ask("POST", "/v1/part-uploads", { file_name: "shift.wav", size, campaign_id: "1", ...more });
  expect(made.status).toBe(201);
  return made.body;
}

/** Without a key: the link is the credential. */
const put = (part: Part | undefined, file: Uint8Array<ArrayBuffer>) =>
  send(line, "PUT", part?.url ?? "", { body: file.slice(part?.offset, (part?.offset ?? 0) + (part?.size ?? 0)) });

const complete = (id: string) => ask("POST", `/v1/part-uploads/${id}/complete`);
const recordings = () =>
  db.select().from(schema.recordings).where(eq(schema.recordings.organizationId, organization.id));
const rows = () => db.select().from(schema.uploadParts).where(eq(schema.uploadParts.organizationId, organization.id));
const objects = async () => (await env.BUCKET.list({ prefix: `uploads/${organization.id}` })).objects;

async function arrivedWhole(file: Uint8Array<ArrayBuffer>): Promise<void> {
  await line.run();
  expect(await recordings()).toMatchObject([{ state: "completed", size: file.length, sha256: await sha256Hex(file) }]);
  expect(await objects()).toEqual([]);
  expect(await rows()).toEqual([]);
}

describe("a file that comes by part links", { timeout: 60_000 }, () => {
  it.each([
    ["less than a part", 9_000],
    ["a part", PART],
    ["some parts", 2 * PART + 70_000],
  ])("becomes one call: %s, in any order", async (_, size) => {
    const file = noiseWav(size, 3);
    const { id, parts } = await begun(size, { external_id: "e-1", custom: { ticket: "T-1" } });
    expect(parts.map(({ offset }) => offset)).toEqual(parts.map((__, index) => index * PART));
    for (const part of parts.toReversed()) expect((await put(part, file)).status).toBe(204);
    const listed = await ask("GET", `/v1/part-uploads/${id}`);
    expect(listed.body).toMatchObject({ state: "open", received: size });
    expect(listed.body.parts.every(({ received }: Part) => received)).toBe(true);
    const done = await complete(id);
    expect([done.status, done.body.state]).toEqual([200, "completed"]);
    await arrivedWhole(file);
    const call = await ask("GET", `/v1/calls/${done.body.call_id}`);
    expect(call.body).toMatchObject({ external_id: "e-1", custom: { ticket: "T-1", file_name: "shift.wav" } });
    // The answer was lost.
    expect((await complete(id)).body).toEqual(done.body);
    expect((await ask("GET", `/v1/part-uploads/${id}`)).body.parts).toEqual([]);
    expect((await put(parts[0], file)).status).toBe(404);
  });

  it("is the same recording as the same file sent in one request", async () => {
    const file = noiseWav(PART + 70_000, 5);
    const body = formOf({ campaign_id: "1", external_id: "same" }, ["a.wav", file]);
    await send(line, "POST", "/v1/uploads", { key: organization.key, body });
    await line.run();
    const { id, parts } = await begun(file.length, { external_id: "same" });
    for (const part of parts) await put(part, file);
    expect((await complete(id)).status).toBe(200);
    await arrivedWhole(file);
  });

  it("waits for what is missing, and takes a part again", async () => {
    const file = noiseWav(2 * PART + 9, 7);
    const { id, parts } = await begun(file.length);
    const wrong = noiseWav(file.length, 8);
    expect((await put(parts[0], wrong)).status).toBe(204);
    expect((await put(parts[2], file)).status).toBe(204);
    const early = await complete(id);
    expect([early.status, early.body.detail]).toEqual([409, "These parts are not here yet: 2."]);
    expect((await ask("GET", `/v1/uploads/${id}`)).body).toMatchObject({ state: "open", received: PART + 9 });
    // The first again, and the fresh links work as the first ones did.
    const { body } = await ask("GET", `/v1/part-uploads/${id}`);
    for (const number of [1, 2]) expect((await put(body.parts[number - 1], file)).status).toBe(204);
    expect((await complete(id)).status).toBe(200);
    await arrivedWhole(file);
  });

  it("is never a mixture: of two that write one part at once, one whole part counts", async () => {
    const [one, other] = [noiseWav(PART + 9, 9), noiseWav(PART + 9, 10)];
    const { id, parts } = await begun(PART + 9);
    const answers = await Promise.all([put(parts[0], one), put(parts[0], other), put(parts[1], one)]);
    expect(answers.map(({ status }) => status).filter((status) => status !== 204 && status !== 409)).toEqual([]);
    expect((await complete(id)).status).toBe(200);
    await line.run();
    const [recording] = await recordings();
    const mixed = new Uint8Array([...other.slice(0, PART), ...one.slice(PART)]);
    expect([await sha256Hex(one), await sha256Hex(mixed)]).toContain(recording?.sha256);
  });

  it("of less than a part is not ended by two at once either", async () => {
    const file = noiseWav(9_000, 11);
    const { id, parts } = await begun(file.length);
    const answers = await Promise.all([put(parts[0], file), put(parts[0], file)]);
    expect(answers.map(({ status }) => status)).toContain(204);
    expect((await complete(id)).status).toBe(200);
    await arrivedWhole(file);
  });

  it("becomes one call when it is completed twice at once, and though nobody asks after a crash", async () => {
    const file = noiseWav(PART + 9, 13);
    const { id, parts } = await begun(file.length, { external_id: "twice" });
    for (const part of parts) await put(part, file);
    const answers = await Promise.all([complete(id), complete(id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await arrivedWhole(file);

    const second = await begun(file.length, { external_id: "crash" });
    for (const part of second.parts) await put(part, file);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(line.env.BUCKET, "resumeMultipartUpload").mockImplementation(() => {
      throw new Error("R2 is away");
    });
    expect((await complete(second.id)).status).toBe(500);
    vi.restoreAllMocks();
    vi.setSystemTime(Date.now() + 11 * 60_000);
    await line.cron();
    expect((await ask("GET", `/v1/uploads/${second.id}`)).body).toMatchObject({ state: "completed" });
  });
});

describe("what is refused of part links", () => {
  it("a file that is none, too large, of nobody's campaign, or with fields we do not know", async () => {
    const fields = { file_name: "a.wav", campaign_id: "1" };
    const begin = async (body: object) => (await ask("POST", "/v1/part-uploads", { ...fields, ...body })).status;
    expect(await begin({ size: 0 })).toBe(422);
    expect(await begin({ size: -1 })).toBe(422);
    expect(await begin({})).toBe(422);
    expect(await begin({ size: 4 * 1024 ** 3 + 1 })).toBe(413);
    expect(await begin({ size: 9, campaign_id: "99" })).toBe(422);
    expect(await begin({ size: 9, colour: "red" })).toBe(422);
    expect((await ask("GET", "/v1/uploads")).body.data).toEqual([]);
  });

  it("a first part that is no audio, which ends the upload; a part that is shorter or longer than it is", async () => {
    const page = Uint8Array.from(new TextEncoder().encode(`<html>${"x".repeat(20_000)}</html>`));
    const wrong = await begun(page.length);
    expect((await put(wrong.parts[0], page)).body.detail).toMatch(/^This is no audio: the file is an HTML page/);
    expect((await ask("GET", `/v1/uploads/${wrong.id}`)).body.state).toBe("aborted");
    const file = noiseWav(9_000);
    const { id, parts } = await begun(file.length);
    for (const [body, status] of [
      [file.slice(1), 400],
      [noiseWav(9_001), 413],
      [new Uint8Array(0), 400],
    ] as const)
      expect((await send(line, "PUT", parts[0]!.url, { body })).status).toBe(status);
    expect((await complete(id)).status).toBe(409);
    expect((await ask("DELETE", `/v1/uploads/${id}`)).status).toBe(204);
    expect((await put(parts[0], file)).status).toBe(404);
    expect((await complete(id)).status).toBe(404);
    expect(await objects()).toEqual([]);
  });

  it("a link that was changed in any place, or is too old", async () => {
    const file = noiseWav(9_000);
    const { parts } = await begun(file.length);
    const url = new URL(parts[0]!.url);
    const other = await mintOrganization(db);
    const changed = [
      url.href.replace("/parts/1", "/parts/2"),
      url.href.replace(organization.id, other.id),
      url.href.replace(/expires=\d+/, "expires=9999999999"),
      url.href.replace(/signature=./, "signature=*"),
      `${url.origin}${url.pathname}`,
    ];
    for (const one of changed) expect([one, (await send(line, "PUT", one, { body: file })).status]).toEqual([one, 403]);
    const later = vi.spyOn(Date, "now").mockReturnValue(Date.now() + DAY);
    const answer = await send(line, "PUT", url.href, { body: file });
    later.mockRestore();
    expect([answer.status, answer.body.detail]).toEqual([403, "This link has expired; ask for a fresh one."]);
  });

  it("links to who may not upload, and what tus would do with such an upload", async () => {
    const { id } = await begun(PART + 9);
    const other = await mintOrganization(db);
    const reader = await mintApiKey(db, { organizationId: organization.id, scopes: ["uploads:read"] });
    for (const [method, path] of [
      ["GET", `/v1/part-uploads/${id}`],
      ["POST", `/v1/part-uploads/${id}/complete`],
    ] as const) {
      expect((await ask(method, path, undefined, other.key)).status).toBe(404);
      expect((await ask(method, path, undefined, reader.key)).status).toBe(403);
    }
    const headers = {
      "tus-resumable": "1.0.0",
      "content-type": "application/offset+octet-stream",
      "upload-offset": "0",
    };
    for (const method of ["HEAD", "PATCH"])
      expect((await send(line, method, `/v1/uploads/tus/${id}`, { key: organization.key, headers })).status).toBe(403);
  });

  it("a part that was begun too often, since R2 has so many numbers only", async () => {
    const file = noiseWav(PART + 9);
    const { id, parts } = await begun(file.length);
    expect((await put(parts[1], file)).status).toBe(204);
    await db.update(schema.uploadParts).set({ attempts: ATTEMPTS }).where(eq(schema.uploadParts.uploadId, id));
    expect((await put(parts[1], file)).status).toBe(409);
  });
});
