import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, it } from "vitest";
import { createCampaign } from "../../src/campaigns";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { toBase64 } from "../../src/lib/hmac";
import { uploadContent } from "../../src/sources";
import { ACT_AT_NOON, mintApiKey, mintCampaign, mintOrganization } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { formOf, noiseWav, send } from "./uploading";

const db = openDatabase(env.DB);
const TUS = { "tus-resumable": "1.0.0" };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  const settings = { autoAnalyze: false };
  await createCampaign({ db }, { organizationId: organization.id, name: "Renewals", settings }, ACT_AT_NOON);
});

const get = (path: string, headers: Record<string, string> = {}, key = organization.key) =>
  send(line, "GET", path, { key, headers });

async function posted(file: Uint8Array<ArrayBuffer>, fields: Record<string, string> = {}): Promise<string> {
  const body = formOf({ campaign_id: "1", ...fields }, ["a.wav", file]);
  const made = await send(line, "POST", "/v1/uploads", { key: organization.key, body });
  expect(made.status).toBe(201);
  return made.body.id;
}

async function resumed(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const metadata = `campaign_id ${toBase64(new TextEncoder().encode("1"))}`;
  const headers = { ...TUS, "upload-length": String(file.length), "upload-metadata": metadata };
  const made = await send(line, "POST", "/v1/uploads/tus", { key: organization.key, headers });
  const path = made.headers.get("location")!;
  const bytes = { ...TUS, "content-type": "application/offset+octet-stream", "upload-offset": "0" };
  await send(line, "PATCH", path, { key: organization.key, headers: bytes, body: file });
  return path.split("/").at(-1)!;
}

/** `text()` of an answer is no audio: its length is that of the file where every byte is one character. */
const ascii = (size: number) => noiseWav(size).map((byte, at) => (at < 44 ? byte : 0x41 + (byte % 26)));

it.each([
  ["in one request", posted],
  ["resumably", resumed],
])("of a file that came %s: before its recording is made, after it, and in parts", async (_, upload) => {
  const file = ascii(20_000);
  const id = await upload(file);
  for (const step of ["before", "after"]) {
    if (step === "after") await line.run();
    const path = `/v1/uploads/tus/${id}`;
    const answer = await get(path);
    expect([step, answer.status]).toEqual([step, 200]);
    expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
    expect(answer.headers.get("content-length")).toBe("20000");
    expect(answer.headers.get("content-type")).toBe("audio/wav");
    expect(answer.body.slice(-1_000)).toBe(new TextDecoder().decode(file.slice(-1_000)));
    const part = await get(path, { range: "bytes=100-199" });
    expect([part.status, part.body]).toEqual([206, new TextDecoder().decode(file.slice(100, 200))]);
    expect((await get(path, { "if-none-match": answer.headers.get("etag")! })).status).toBe(304);
  }
  expect((await env.BUCKET.list({ prefix: `uploads/${organization.id}` })).objects).toEqual([]);
});

it.each(["head", "get"])("is there while its recording is made just before the %s of its file", async (asked) => {
  const id = await posted(ascii(9_000));
  const bucket = new Proxy(env.BUCKET, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (name === asked) await line.run();
        return Reflect.apply(value, target, given);
      };
    },
  });
  const name = { organizationId: organization.id, id, campaignLimit: null, reach: FULL_REACH };
  const request = { method: "GET", range: null, ifRange: null, ifNoneMatch: null };
  expect(await uploadContent({ db, bucket }, name, request)).toMatchObject({ ok: true, value: { status: 200 } });
  expect(await bucket.head(`uploads/${organization.id}/${id}`)).toBeNull();
});

it("is the recording's where the same file came twice, and of an upload whose row is older", async () => {
  const file = ascii(20_000);
  await posted(file, { external_id: "twice" });
  const second = await posted(file, { external_id: "twice" });
  await line.run();
  expect((await get(`/v1/uploads/tus/${second}`)).headers.get("content-length")).toBe("20000");
  const alone = await posted(ascii(9_000));
  await line.run();
  const call = { campaign_id: null };
  await db.update(schema.uploads).set({ call }).where(eq(schema.uploads.id, alone));
  expect((await get(`/v1/uploads/tus/${alone}`)).headers.get("content-length")).toBe("9000");
});

it("is not there of an upload that is open, aborted, another organization's or beyond a key's campaign", async () => {
  const headers = { ...TUS, "upload-length": "9000" };
  const open = await send(line, "POST", "/v1/uploads/tus", { key: organization.key, headers });
  const id = open.headers.get("location")!.split("/").at(-1)!;
  expect((await get(`/v1/uploads/tus/${id}`)).status).toBe(409);
  expect((await send(line, "DELETE", `/v1/uploads/${id}`, { key: organization.key })).status).toBe(204);
  expect((await get(`/v1/uploads/tus/${id}`)).status).toBe(404);

  const whole = await posted(ascii(9_000));
  await line.run();
  const other = await mintOrganization(db);
  const elsewhere = await mintCampaign(db, organization.id, "Elsewhere");
  const limited = await mintApiKey(db, { organizationId: organization.id, campaignId: elsewhere.id });
  const writer = await mintApiKey(db, { organizationId: organization.id, scopes: ["uploads:write"] });
  const path = `/v1/uploads/tus/${whole}`;
  expect((await get(path, {}, other.key)).status).toBe(404);
  expect([403, 404]).toContain((await get(path, {}, limited.key)).status);
  // Whoever may only upload hears nothing.
  expect((await get(path, {}, writer.key)).status).toBe(403);
  expect((await send(line, "GET", path)).status).toBe(401);
  const asked = await send(line, "HEAD", `/v1/uploads/tus/${whole}`, { key: writer.key, headers: TUS });
  expect([asked.status, asked.headers.get("upload-offset")]).toEqual([200, "9000"]);
});
