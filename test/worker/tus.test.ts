import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { sha256Hex, toBase64 } from "../../src/lib/hmac";
import { DAY } from "../../src/lib/time";
import { createCampaign } from "../../src/campaigns";
import { MAX_OPEN_UPLOADS } from "../../src/sources/uploads/begin";
import { mintApiKey, mintCampaign, mintOrganization, ACT_AT_NOON } from "../factories";
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
  await createCampaign({ db }, { organizationId: organization.id, name: "Renewals", settings }, ACT_AT_NOON);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const encode = (text: string) => toBase64(new TextEncoder().encode(text));
const metadataOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${encode(value)}`)
    .join(",");

const ask = (method: string, path: string, headers: Record<string, string> = TUS, body?: BodyInit) =>
  send(line, method, path, { key: organization.key, headers, ...(body !== undefined && { body }) });

async function begin(size: number, fields: Record<string, string> = { campaign_id: "1", filename: "shift.wav" }) {
  const headers = { ...TUS, "upload-length": String(size), "upload-metadata": metadataOf(fields) };
  return ask("POST", "/v1/uploads/tus", headers);
}

async function begun(size: number, fields?: Record<string, string>): Promise<string> {
  const made = await begin(size, fields);
  expect(made.status).toBe(201);
  return made.headers.get("location")!;
}

const patch = (path: string, offset: number, body: BodyInit) =>
  ask("PATCH", path, { ...BYTES, "upload-offset": String(offset) }, body);

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/** The bytes, of which the last `kept` come once `go` is over; `reached` when these are asked for, or never will be. */
function heldBack(
  bytes: Uint8Array,
  kept: number,
  reached: () => void,
  go: Promise<unknown>,
): ReadableStream<Uint8Array> {
  const pieces = [bytes.slice(0, -kept), bytes.slice(-kept)];
  return new ReadableStream({
    async pull(controller) {
      if (pieces.length === 1) {
        reached();
        await go;
      }
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
    cancel: reached,
  });
}

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
    expect([answer.status, answer.body]).toEqual([200, ""]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "tus-version": "1.0.0",
      "tus-resumable": "1.0.0",
      "tus-extension":
        "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration,concatenation",
      "tus-checksum-algorithm": "sha1,sha256,sha512,md5",
      "tus-max-size": String(4 * 1024 ** 3),
    });
  });

  it("goes from creation to its call", async () => {
    const file = noiseWav(100_000);
    const fields = {
      campaign_id: "1",
      external_id: "t-1",
      filename: "turno ñ.wav",
      filetype: "audio/wav",
      operator: "Ana",
    };
    const path = await begun(file.length, fields);
    const fresh = await ask("HEAD", path);
    expect(fresh.status).toBe(200);
    expect(Object.fromEntries(fresh.headers)).toMatchObject({
      "upload-offset": "0",
      "upload-length": "100000",
      "upload-metadata": metadataOf(fields),
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
    const ended = await ask("HEAD", path);
    expect([ended.headers.get("upload-offset"), ended.headers.get("upload-metadata")]).toEqual([
      "100000",
      metadataOf(fields),
    ]);
    // By the API an upload that is complete cannot be aborted; tus forgets it, and its call stays.
    expect((await ask("DELETE", path.replace("/tus/", "/"))).status).toBe(409);
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("HEAD", path)).status).toBe(404);
    expect((await ask("DELETE", path)).status).toBe(409);
    expect((await ask("GET", `/v1/calls/${done.call_id}`)).body.recordings).toMatchObject([{ state: "completed" }]);
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
    const misplaced = await patch(path, 100, file.slice(100));
    expect([misplaced.status, offsetOf(misplaced)]).toEqual([409, 0]);
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
    expect((await begin(4 * 1024 ** 3 + 1)).status).toBe(413);
    for (const [length, metadata] of [
      [String(4 * 1024 ** 3 + 1), "a b c"],
      ["9".repeat(30), "campaign_id OTk="],
    ] as const) {
      const headers = { ...TUS, "upload-length": length, "upload-metadata": metadata, "upload-concat": "half" };
      expect((await ask("POST", "/v1/uploads/tus", headers)).status).toBe(413);
    }
    expect((await begin(9, { campaign_id: "99" })).status).toBe(422);
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

  // Each case: what the two bring, how many bytes there are in all, and where both begin.
  it.each([
    ["the whole of a small file", 90_000, 0, 90_000],
    ["the beginning of a file, below a part", 90_000, 0, 50_000],
    ["the end of a file, behind a tail", 90_000, 50_000, 90_000],
    ["a part and more", PART + 4_000_000, 0, PART + 2_000_000],
    ["the second part, behind a tail", 2 * PART + 9_000, PART + 5_000, 2 * PART + 5_000],
    ["the last part", 2 * PART, PART + 5_000, 2 * PART],
  ])("keeps the bytes of the writer that was told so and no others: %s", async (_, size, from, to) => {
    const [one, other] = [noiseWav(size, 21), noiseWav(size, 22)];
    // They have in common what was there before, and nothing behind it.
    other.set(one.subarray(0, Math.max(from, 44)));
    const path = await begun(size, { campaign_id: "1", external_id: `race-${from}-${to}` });
    if (from > 0) expect((await patch(path, 0, one.slice(0, from))).status).toBe(204);
    // Both have sent all they have before either may write to the row.
    const ready = [deferred(), deferred()];
    const both = Promise.all(ready.map(({ promise }) => promise));
    const answers = await Promise.all(
      [one, other].map((file, index) =>
        patch(path, from, heldBack(file.slice(from, to), 1, ready[index]!.resolve, both)),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((first, second) => first - second)).toEqual([204, 409]);
    const winner = answers[0]!.status === 204 ? one : other;
    if (to < size) expect((await patch(path, to, winner.slice(to))).status).toBe(204);
    await arrivedWhole(winner);
  });

  it("is not ended by the loser's bytes, though they are no audio", async () => {
    const file = noiseWav(9_000, 23);
    const path = await begun(file.length);
    const page = new TextEncoder().encode(`<html>${"x".repeat(8_994)}`);
    const held = deferred();
    const late = patch(
      path,
      0,
      heldBack(page, 8_990, () => undefined, held.promise),
    );
    expect((await patch(path, 0, file.slice(0, 5_000))).status).toBe(204);
    held.resolve();
    expect((await late).status).toBe(409);
    expect((await patch(path, 5_000, file.slice(5_000))).status).toBe(204);
    await arrivedWhole(file);
  });

  it.each([
    ["sha1", "SHA-1", PART + 10_000],
    ["sha256", "SHA-256", 10_000],
    ["sha512", "SHA-512", 10_000],
    ["md5", "MD5", 10_000],
  ])("keeps bytes that add up to their checksum, and none that do not: %s", async (name, algorithm, length) => {
    const file = noiseWav(length + 60_000, 31);
    const digestOf = async (bytes: Uint8Array<ArrayBuffer>) =>
      `${name} ${toBase64(new Uint8Array(await crypto.subtle.digest(algorithm, bytes)))}`;
    const checked = (offset: number, body: BodyInit, checksum: string) =>
      ask("PATCH", path, { ...BYTES, "upload-offset": String(offset), "upload-checksum": checksum }, body);
    const path = await begun(file.length);
    const first = file.slice(0, length);
    const damaged = first.slice();
    // In its head too, where it stops being audio: it was the line that did that, not the sender.
    damaged.set([0, 0, 0, 0]);
    const refused = await checked(0, damaged, await digestOf(first));
    expect([refused.status, refused.body.type]).toEqual([460, "urn:trunkline:problem:checksum-mismatch"]);
    expect(refused.headers.get("tus-resumable")).toBe("1.0.0");
    const cut = piecesOf(first.subarray(0, 9_000), 1_000, true);
    expect((await checked(0, cut, await digestOf(first))).status).toBe(400);
    expect(offsetOf(await ask("HEAD", path))).toBe(0);
    expect(await objects()).toEqual([]);
    const taken = await checked(0, first, await digestOf(first));
    expect([taken.status, offsetOf(taken)]).toEqual([204, first.length]);
    const rest = file.slice(first.length);
    const wrong = await checked(first.length, rest, await digestOf(first));
    expect([wrong.status, offsetOf(await ask("HEAD", path))]).toEqual([460, first.length]);
    expect((await checked(first.length, rest, await digestOf(rest))).status).toBe(204);
    await arrivedWhole(file);
  });

  it("ends when what adds up to its checksum is no audio", async () => {
    const page = new TextEncoder().encode(`<html>${"x".repeat(9_000)}`);
    const path = await begun(page.length);
    const checksum = `sha1 ${toBase64(new Uint8Array(await crypto.subtle.digest("SHA-1", page)))}`;
    const answer = await ask("PATCH", path, { ...BYTES, "upload-offset": "0", "upload-checksum": checksum }, page);
    expect(answer.status).toBe(415);
    expect((await ask("HEAD", path)).status).toBe(404);
    expect(await objects()).toEqual([]);
  });

  it("refuses a checksum it cannot read or compute, at creation too", async () => {
    const path = await begun(9_000);
    for (const checksum of ["crc32 AAAA", "sha1", "sha1 *", "sha1 AAAA AAAA", "", "toString AAAA"]) {
      const headers = { ...BYTES, "upload-offset": "0", "upload-length": "9000", "upload-checksum": checksum };
      expect(`${checksum} ${(await ask("PATCH", path, headers, noiseWav(9_000))).status}`).toBe(`${checksum} 400`);
      expect((await ask("POST", "/v1/uploads/tus", headers, noiseWav(9_000))).status).toBe(400);
    }
    const headers = { ...BYTES, "upload-length": "9000", "upload-checksum": "sha1 AAAA" };
    const made = await ask("POST", "/v1/uploads/tus", headers, noiseWav(9_000));
    expect([made.status, made.headers.get("location")]).toEqual([
      460,
      expect.stringMatching("^https://trunkline.test/v1/uploads/tus/upl_"),
    ]);
  });

  it("keeps metadata of unknown names with its call", async () => {
    const file = noiseWav(9_000);
    const fields = { campaign_id: "1", nonlatin: "słońce", "custom[colour]": "red", filename: "a.wav" };
    const path = await begun(file.length, fields);
    await patch(path, 0, file);
    await line.run();
    const call = await ask("GET", `/v1/calls/${(await progress(path)).call_id}`);
    expect(call.body.custom).toEqual({ nonlatin: "słońce", colour: "red", file_name: "a.wav" });
  });

  it("refuses another type of body, and headers that cannot be read", async () => {
    const unreadable: Record<string, string>[] = [
      { "upload-length": "9000", "upload-concat": "half" },
      { "upload-concat": "final;" },
      { "upload-concat": "final;/v1/uploads/tus/upl_1 /v1/uploads/tus/upl_2" },
      { "upload-defer-length": "2" },
      { "upload-defer-length": "1", "upload-length": "9" },
    ];
    for (const headers of unreadable)
      expect((await ask("POST", "/v1/uploads/tus", { ...TUS, ...headers })).status).toBe(400);
    const typed = { ...TUS, "upload-length": "9000", "content-type": "audio/wav", "content-length": "9000" };
    expect((await ask("POST", "/v1/uploads/tus", typed, noiseWav(9_000))).status).toBe(415);
    expect((await ask("GET", "/v1/uploads")).body.data).toEqual([]);
  });

  it("takes headers as clients write them: a parameter behind the type, a comma behind the metadata", async () => {
    const file = noiseWav(9_000);
    const typed = { ...TUS, "content-type": "Application/Offset+Octet-Stream; charset=UTF-8" };
    const headers = { ...typed, "upload-length": "9000", "upload-metadata": `${metadataOf({ campaign_id: "1" })}, ` };
    const made = await ask("POST", "/v1/uploads/tus", headers, file.slice(0, 5_000));
    expect([made.status, offsetOf(made)]).toEqual([201, 5_000]);
    const rest = { ...typed, "upload-offset": "5000" };
    expect((await ask("PATCH", made.headers.get("location")!, rest, file.slice(5_000))).status).toBe(204);
    await arrivedWhole(file);
  });

  it("goes on where an upload that was begun before tails had names stands", async () => {
    const file = noiseWav(PART + 60_000, 41);
    const path = await begun(file.length);
    await patch(path, 0, file.slice(0, PART + 10_000));
    const id = path.split("/").at(-1)!;
    const [row] = await db.select().from(schema.uploads).where(eq(schema.uploads.id, id));
    const tail = await env.BUCKET.get(row!.tail!);
    await env.BUCKET.put(`${row!.key}.tail-${PART + 10_000}`, await tail!.arrayBuffer());
    await env.BUCKET.delete(row!.tail!);
    await db.update(schema.uploads).set({ tail: null, partNumbers: 0 }).where(eq(schema.uploads.id, id));
    expect((await patch(path, PART + 10_000, file.slice(PART + 10_000))).status).toBe(204);
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

  it("becomes its call even if no client asks again", async () => {
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

  it("is not found by another organization", async () => {
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
