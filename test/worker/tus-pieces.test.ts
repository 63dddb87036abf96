import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { createCampaign } from "../../src/campaigns";
import { sha256Hex, toBase64 } from "../../src/lib/hmac";
import { ACT_AT_NOON, mintOrganization } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { noiseWav, send } from "./uploading";

const db = openDatabase(env.DB);
const PART = 8 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
const BYTES = { ...TUS, "content-type": "application/offset+octet-stream" };
const CAMPAIGN = `campaign_id ${toBase64(new TextEncoder().encode("1"))}`;

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  const settings = { autoAnalyze: false };
  await createCampaign({ db }, { organizationId: organization.id, name: "Renewals", settings }, ACT_AT_NOON);
});

const ask = (method: string, path: string, headers: Record<string, string> = TUS, body?: BodyInit) =>
  send(line, method, path, { key: organization.key, headers, ...(body !== undefined && { body }) });

const create = (headers: Record<string, string>) => ask("POST", "/v1/uploads/tus", { ...TUS, ...headers });

const patch = (path: string, offset: number, body: Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) =>
  ask("PATCH", path, { ...BYTES, "upload-offset": String(offset), ...more }, body);

const recordings = () =>
  db.select().from(schema.recordings).where(eq(schema.recordings.organizationId, organization.id));
const objects = async () => (await env.BUCKET.list({ prefix: `uploads/${organization.id}` })).objects;

async function arrivedWhole(file: Uint8Array<ArrayBuffer>): Promise<void> {
  await line.run();
  expect(await recordings()).toMatchObject([{ state: "completed", size: file.length, sha256: await sha256Hex(file) }]);
  expect(await objects()).toEqual([]);
}

/** A piece with these bytes in it; its address. */
async function piece(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const made = await create({ "upload-length": String(bytes.length), "upload-concat": "partial" });
  expect(made.status).toBe(201);
  const path = made.headers.get("location")!;
  const middle = Math.floor(bytes.length / 2);
  expect((await patch(path, 0, bytes.slice(0, middle))).status).toBe(204);
  expect((await patch(path, middle, bytes.slice(middle))).status).toBe(204);
  return path;
}

const together = (paths: readonly string[]) =>
  create({ "upload-concat": `final;${paths.join(" ")}`, "upload-metadata": CAMPAIGN });

describe("a file in pieces", { timeout: 60_000 }, () => {
  it("becomes one call, however it was cut, and the pieces are gone", async () => {
    const file = noiseWav(2 * PART + 500_000, 3);
    const cuts = [0, 10, PART + 70_000, PART + 70_001, 2 * PART + 70_001, file.length];
    const paths: string[] = [];
    for (let at = 1; at < cuts.length; at += 1) paths.push(await piece(file.slice(cuts[at - 1], cuts[at])));
    const described = await ask("HEAD", paths[0]!);
    expect(described.headers.get("upload-concat")).toBe("partial");
    await line.run();
    expect(await recordings()).toEqual([]);
    // One address is whole, the others are paths, as clients give back what they got.
    const named = paths.map((path, index) => (index === 0 ? path : new URL(path).pathname));
    const made = await together(named);
    expect([made.status, made.headers.get("upload-offset")]).toEqual([201, String(file.length)]);
    const whole = made.headers.get("location")!;
    const shown = await ask("HEAD", whole);
    expect(shown.headers.get("upload-concat")).toBe(`final;${named.join(" ")}`);
    expect(shown.headers.get("upload-length")).toBe(String(file.length));
    expect((await patch(whole, file.length, new Uint8Array(1))).status).toBe(403);
    await arrivedWhole(file);
    for (const path of paths) expect((await ask("HEAD", path)).status).toBe(404);
    // The answer was lost: the same pieces are the same upload, and no second call.
    const again = await together(named);
    expect([again.status, again.headers.get("location")]).toEqual([201, whole]);
    await line.run();
    expect(await db.select().from(schema.calls).where(eq(schema.calls.organizationId, organization.id))).toHaveLength(
      1,
    );
  });

  it("becomes one call when it is put together twice at once", async () => {
    const file = noiseWav(PART + 9_000, 5);
    const paths = [await piece(file.slice(0, 5_000)), await piece(file.slice(5_000))];
    const answers = await Promise.all([together(paths), together(paths)]);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await together(paths)).status).toBe(201);
    await arrivedWhole(file);
  });

  it("goes on where putting it together broke off", async () => {
    const file = noiseWav(2 * PART + 9_000, 7);
    const paths = [await piece(file.slice(0, PART + 3_000)), await piece(file.slice(PART + 3_000))];
    const second = paths[1]!.split("/").at(-1)!;
    const get = line.env.BUCKET.get.bind(line.env.BUCKET);
    const away = vi
      .spyOn(line.env.BUCKET, "get")
      .mockImplementation(((key: string, options: R2GetOptions) =>
        key.endsWith(second) ? Promise.resolve(null) : get(key, options)) as typeof get);
    expect((await together(paths)).status).toBe(409);
    away.mockRestore();
    expect((await together(paths)).status).toBe(201);
    await arrivedWhole(file);
  });

  it("is refused when a piece is missing, unfinished, no piece, or another organization's", async () => {
    const file = noiseWav(20_000);
    const first = await piece(file.slice(0, 10_000));
    const unfinished = await create({ "upload-length": "10000", "upload-concat": "partial" });
    const ordinary = await create({ "upload-length": "10000", "upload-metadata": CAMPAIGN });
    expect((await together([first, unfinished.headers.get("location")!])).status).toBe(400);
    expect((await together([first, ordinary.headers.get("location")!])).status).toBe(400);
    expect((await together([first, "/v1/uploads/tus/upl_00000000000000000000000000"])).status).toBe(400);
    const other = await mintOrganization(db);
    const headers = { ...TUS, "upload-concat": `final;${first}` };
    expect((await send(line, "POST", "/v1/uploads/tus", { key: other.key, headers })).status).toBe(400);
    const bytes = { ...BYTES, "upload-concat": `final;${first}` };
    expect((await ask("POST", "/v1/uploads/tus", bytes, file)).status).toBe(403);
    await line.run();
    expect(await recordings()).toEqual([]);
  });

  it("is refused as no audio when it is put together", async () => {
    const page = new TextEncoder().encode(`<html>${"x".repeat(20_000)}</html>`);
    const made = await together([await piece(page.slice(0, 9_000)), await piece(page.slice(9_000))]);
    expect(made.status).toBe(415);
  });
});

describe("a length that comes last", { timeout: 60_000 }, () => {
  const begun = async (more: Record<string, string> = {}) =>
    (await create({ "upload-defer-length": "1", "upload-metadata": CAMPAIGN, ...more })).headers.get("location")!;

  it.each([
    ["with the last bytes", 9_000, 9_000],
    ["alone, behind a small file", 90, 0],
    ["alone, behind a whole part", PART, 0],
    ["alone, behind a part and a tail", PART + 5_000, 0],
  ])("%s", async (_, size, last) => {
    const file = noiseWav(size + last, 9);
    const path = await begun();
    const shown = await ask("HEAD", path);
    expect([shown.headers.get("upload-defer-length"), shown.headers.get("upload-length")]).toEqual(["1", null]);
    expect((await patch(path, 0, file.slice(0, size))).status).toBe(204);
    const ended = await patch(path, size, file.slice(size), { "upload-length": String(file.length) });
    expect([ended.status, ended.headers.get("upload-offset")]).toEqual([204, String(file.length)]);
    expect((await ask("HEAD", path)).headers.get("upload-length")).toBe(String(file.length));
    await arrivedWhole(file);
  });

  it("of a piece that is put together with another", async () => {
    const file = noiseWav(PART + 5_000, 11);
    const path = await begun({ "upload-concat": "partial" });
    await patch(path, 0, file.slice(0, PART + 1_000));
    await patch(path, PART + 1_000, new Uint8Array(0), { "upload-length": String(PART + 1_000) });
    expect((await together([path, await piece(file.slice(PART + 1_000))])).status).toBe(201);
    await arrivedWhole(file);
  });

  it("stays, and is not less than what is here or nothing at all", async () => {
    const file = noiseWav(9_000);
    const path = await begun();
    await patch(path, 0, file.slice(0, 5_000));
    expect((await patch(path, 5_000, new Uint8Array(0), { "upload-length": "4000" })).status).toBe(400);
    expect((await patch(path, 5_000, new Uint8Array(0), { "upload-length": "0" })).status).toBe(422);
    expect((await patch(path, 5_000, new Uint8Array(0), { "upload-length": "9".repeat(20) })).status).toBe(413);
    expect((await patch(path, 5_000, new Uint8Array(0), { "upload-length": "x" })).status).toBe(400);
    expect((await patch(path, 5_000, new Uint8Array(0), { "upload-length": "9000" })).status).toBe(204);
    expect((await patch(path, 5_000, file.slice(5_000), { "upload-length": "9001" })).status).toBe(400);
    expect((await patch(path, 5_000, file.slice(5_000))).status).toBe(204);
    await arrivedWhole(file);
  });
});
