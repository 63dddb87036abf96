import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { noise } from "./audio-files.ts";
import { cleanUp, eventually, killEverything, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

// What the public suites of tus 1.0.0 ask of a server (tusd's own tests and the conformance cases by extension), asked of
// a running one in our words. Their files are a dozen letters of text; ours must be audio, so the bytes are a recording's.
// One of their cases is answered otherwise: an empty file is refused, because it is no recording.

const MEGABYTE = 1024 * 1024;
const VERSION = { "Tus-Resumable": "1.0.0" };
const BYTES = { ...VERSION, "Content-Type": "application/offset+octet-stream" };

type Headers = Record<string, string>;

describe("tus 1.0.0, as the suites of its other servers ask", () => {
  let place: Place;
  let running: Running;
  let metadata = "";
  const file = noise(12_000, 1);

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const body = { name: "Archive", settings: { auto_analyze: false } };
    const made = await request(running.connection.url, "/v1/campaigns", { method: "POST", token: key(), body });
    metadata = `campaign_id ${base64(textAt(made.body, ["id"]))}`;
  });
  after(() => cleanUp(place, running));

  const key = () => running.connection.apiKey;
  const base = () => `${running.connection.url}/v1/uploads/tus`;
  const ask = (method: string, url: string, headers: Headers = VERSION, body?: Uint8Array<ArrayBuffer> | string) =>
    fetch(url, { method, headers: { "X-API-Key": key(), ...headers }, ...(body !== undefined && { body }) });
  const create = (headers: Headers, body?: Uint8Array<ArrayBuffer> | string) =>
    ask("POST", base(), { ...VERSION, "Upload-Metadata": metadata, ...headers }, body);
  const head = (url: string) => ask("HEAD", url);
  const patch = (url: string, offset: number, body: Uint8Array<ArrayBuffer>, more: Headers = {}) =>
    ask("PATCH", url, { ...BYTES, "Upload-Offset": String(offset), ...more }, body);

  async function begun(length: number, more: Headers = {}): Promise<string> {
    const made = await create({ "Upload-Length": String(length), ...more });
    assert.equal(made.status, 201);
    return made.headers.get("location") ?? "";
  }

  async function assertHead(url: string, expected: Record<string, string | null>): Promise<void> {
    const answer = await head(url);
    assert.equal(answer.status, 200);
    for (const [name, value] of Object.entries(expected)) assert.equal(answer.headers.get(name), value, name);
  }

  async function assertStatus(asked: Promise<Response>, status: number, name = ""): Promise<Response> {
    const answer = await asked;
    assert.equal(answer.status, status, name);
    assert.equal(answer.headers.get("tus-resumable"), "1.0.0");
    return answer;
  }

  test("options: 200 without a version and a key, everything announced", async () => {
    for (const url of [base(), `${base()}/upl_00000000000000000000000000`]) {
      const answer = await fetch(url, { method: "OPTIONS" });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("tus-version"), "1.0.0");
      assert.deepEqual(answer.headers.get("tus-extension")?.split(",").toSorted(), [
        "checksum",
        "concatenation",
        "creation",
        "creation-defer-length",
        "creation-with-upload",
        "expiration",
        "termination",
      ]);
      assert.match(answer.headers.get("tus-checksum-algorithm") ?? "", /^sha1(,[a-z0-9]+)*$/);
      assert.equal(Number(answer.headers.get("tus-max-size")), 4 * 1024 ** 3);
    }
  });

  test("version: anything but 1.0.0 is answered 412 with the one we speak", async () => {
    const url = await begun(file.length);
    for (const version of ["99.99.99", "0.0.1", "0.2.2", undefined]) {
      const headers: Headers = version === undefined ? {} : { "Tus-Resumable": version };
      for (const asked of [
        ask("HEAD", url, headers),
        ask("PATCH", url, { ...BYTES, "Tus-Resumable": version ?? "", "Upload-Offset": "0" }, file),
        ask("DELETE", url, headers),
        ask("POST", base(), { ...headers, "Upload-Length": "9" }),
      ]) {
        const answer = await assertStatus(asked, 412);
        assert.equal(answer.headers.get("tus-version"), "1.0.0");
      }
    }
  });

  test("creation: a whole address, the metadata again, an end, and two uploads are two addresses", async () => {
    const sent = "filename dGVzdC50eHQ=,filetype dGV4dC9wbGFpbg==,content-type dGV4dC9wbGFpbg==,size MTAw,empty";
    const made = await create({ "Upload-Length": "100", "Upload-Metadata": sent });
    assert.equal(made.status, 201);
    const url = made.headers.get("location") ?? "";
    assert.match(url, /^https?:\/\/.+\/upl_[0-9a-z]{26}$/);
    assert.ok(Date.parse(made.headers.get("upload-expires") ?? "") > Date.now());
    await assertHead(url, {
      "upload-offset": "0",
      "upload-length": "100",
      "upload-metadata": sent,
      "cache-control": "no-store",
      "tus-resumable": "1.0.0",
      "upload-defer-length": null,
    });
    assert.notEqual(await begun(100), await begun(100));
  });

  test("creation: what is refused, and how", async () => {
    const cases: [string, Headers, number][] = [
      ["a negative length", { "Upload-Length": "-1" }, 400],
      ["no length", {}, 400],
      ["two answers about the length", { "Upload-Length": "100", "Upload-Defer-Length": "1" }, 400],
      ["another deferral", { "Upload-Defer-Length": "2" }, 400],
      ["too long", { "Upload-Length": "1125899906842624" }, 413],
      ["too long and malformed", { "Upload-Length": "1125899906842624", "Upload-Metadata": "a b c" }, 413],
      ["empty", { "Upload-Length": "0" }, 422],
      ["metadata that is no base64", { "Upload-Length": "100", "Upload-Metadata": "filename not_base64!!!" }, 400],
      ["a name twice", { "Upload-Length": "100", "Upload-Metadata": "filename dGVzdA==,filename dGVzdA==" }, 400],
    ];
    for (const [name, headers, status] of cases) {
      const answer = await assertStatus(create(headers), status, name);
      const body: unknown = await answer.json();
      assert.ok(isObject(body) && typeof body.detail === "string" && body.detail !== "", name);
    }
  });

  test("HEAD, PATCH, DELETE and GET of what is not there", async () => {
    for (const name of ["upl_00000000000000000000000000", "non-existent-upload-id-12345"]) {
      const url = `${base()}/${name}`;
      const missing = await assertStatus(head(url), 404);
      assert.equal(missing.headers.get("upload-offset"), null);
      await assertStatus(patch(url, 0, file), 404);
      await assertStatus(ask("DELETE", url), 404);
      await assertStatus(ask("GET", url), 404);
    }
  });

  test("PATCH: by pieces, resumed where HEAD says, and as POST", async () => {
    const url = await begun(file.length);
    const first = await assertStatus(patch(url, 0, file.subarray(0, 4_000)), 204);
    assert.equal(first.headers.get("upload-offset"), "4000");
    const misplaced = await assertStatus(patch(url, 0, file.subarray(0, 4_000)), 409);
    assert.equal(misplaced.headers.get("upload-offset"), "4000");
    await assertHead(url, { "upload-offset": "4000" });
    const override = { ...BYTES, "Upload-Offset": "4000", "X-HTTP-Method-Override": "PATCH" };
    const second = await assertStatus(ask("POST", url, override, file.subarray(4_000, 11_900)), 204);
    assert.equal(second.headers.get("upload-offset"), "11900");
    await assertStatus(patch(url, 11_900, file.subarray(11_900)), 204);
    await assertHead(url, { "upload-offset": "12000", "upload-length": "12000" });
    // Nothing more to a whole one; and one byte more is too many.
    await assertStatus(patch(url, 12_000, file.subarray(0, 0)), 204);
    await assertStatus(patch(url, 12_000, file.subarray(0, 1)), 413);
  });

  test("PATCH: what is refused, and nothing moves", async () => {
    const url = await begun(5_000);
    await assertStatus(ask("PATCH", url, { ...VERSION, "Upload-Offset": "0" }, file), 415);
    await assertStatus(ask("PATCH", url, { ...BYTES, "Content-Type": "text/plain", "Upload-Offset": "0" }, file), 415);
    await assertStatus(ask("PATCH", url, BYTES, file.subarray(0, 10)), 400);
    await assertStatus(patch(url, -5, file.subarray(0, 10)), 400);
    await assertStatus(patch(url, 0, file), 413);
    await assertStatus(patch(url, 0, file.subarray(0, 10), { "Upload-Length": "200" }), 400);
    await assertHead(url, { "upload-offset": "0", "upload-length": "5000" });
  });

  test("creation with upload: some bytes, all bytes, bytes of another type", async () => {
    const some = await create({ ...BYTES, "Upload-Length": "12000" }, file.subarray(0, 5_000));
    assert.deepEqual([some.status, some.headers.get("upload-offset")], [201, "5000"]);
    await assertHead(some.headers.get("location") ?? "", { "upload-offset": "5000", "upload-length": "12000" });
    const all = await create({ ...BYTES, "Upload-Length": "12000" }, file);
    assert.deepEqual([all.status, all.headers.get("upload-offset")], [201, "12000"]);
    await assertHead(all.headers.get("location") ?? "", { "upload-offset": "12000", "upload-length": "12000" });
    await assertStatus(create({ "Content-Type": "text/plain", "Upload-Length": "12000" }, file), 415);
    await assertStatus(create({ ...BYTES, "Upload-Length": "5000" }, file), 413);
  });

  test("a deferred length: unknown, then set once", async () => {
    const made = await create({ "Upload-Defer-Length": "1" });
    const url = made.headers.get("location") ?? "";
    await assertHead(url, { "upload-defer-length": "1", "upload-offset": "0", "upload-length": null });
    await assertStatus(patch(url, 0, file.subarray(0, 5_000)), 204);
    await assertStatus(patch(url, 5_000, file.subarray(5_000, 6_000), { "Upload-Length": "12000" }), 204);
    await assertHead(url, { "upload-defer-length": null, "upload-offset": "6000", "upload-length": "12000" });
    await assertStatus(patch(url, 6_000, file.subarray(6_000), { "Upload-Length": "20000" }), 400);
    await assertStatus(patch(url, 6_000, file.subarray(6_000)), 204);
    // The length alone, after the last byte.
    const late = (await create({ "Upload-Defer-Length": "1" })).headers.get("location") ?? "";
    await assertStatus(patch(late, 0, file), 204);
    await assertStatus(patch(late, 12_000, file.subarray(0, 0), { "Upload-Length": "12000" }), 204);
    await assertHead(late, { "upload-offset": "12000", "upload-length": "12000" });
  });

  test("checksums: each algorithm, a wrong one keeps nothing, an unknown one is refused", async () => {
    const announced = (await fetch(base(), { method: "OPTIONS" })).headers.get("tus-checksum-algorithm") ?? "";
    for (const algorithm of announced.split(",")) {
      const sum = `${algorithm} ${createHash(algorithm).update(file).digest("base64")}`;
      const url = await begun(file.length);
      const wrong = { "Upload-Checksum": `${algorithm} AAAAAAAAAAAAAAAAAAAAAAAAAAA=` };
      await assertStatus(patch(url, 0, file, wrong), 460, algorithm);
      await assertHead(url, { "upload-offset": "0" });
      await assertStatus(patch(url, 0, file, { "Upload-Checksum": sum }), 204, algorithm);
      const made = await create({ ...BYTES, "Upload-Length": "12000", "Upload-Checksum": sum }, file);
      assert.deepEqual([made.status, made.headers.get("upload-offset")], [201, "12000"]);
    }
    const url = await begun(file.length);
    for (const unreadable of ["crc32 AAAAAA==", "sha1", "sha1 *", "sha1AAAA"])
      await assertStatus(patch(url, 0, file, { "Upload-Checksum": unreadable }), 400, unreadable);
    await assertHead(url, { "upload-offset": "0" });
  });

  test("termination: of an open upload and of a complete one", async () => {
    const open = await begun(file.length);
    await patch(open, 0, file.subarray(0, 4_000));
    const whole = await begun(file.length);
    await patch(whole, 0, file);
    for (const url of [open, whole]) {
      await assertStatus(ask("DELETE", url), 204);
      await assertStatus(head(url), 404);
      await assertStatus(patch(url, 4_000, file.subarray(4_000)), 404);
      await assertStatus(ask("GET", url), 404);
    }
  });

  test("GET of what is complete, with and without a version; an open one has no content yet", async () => {
    const url = await begun(file.length);
    await patch(url, 0, file.subarray(0, 4_000));
    await assertStatus(ask("GET", url), 409);
    await patch(url, 4_000, file.subarray(4_000));
    for (const headers of [VERSION, {}]) {
      const answer = await assertStatus(ask("GET", url, headers), 200);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(file));
      assert.equal(answer.headers.get("content-length"), "12000");
      assert.match(answer.headers.get("content-disposition") ?? "", /^inline; filename=/);
    }
  });

  async function piece(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const url = await begun(bytes.length, { "Upload-Concat": "partial" });
    await assertHead(url, { "upload-concat": "partial" });
    await assertStatus(patch(url, 0, bytes), 204);
    return url;
  }

  test("concatenation: three pieces in parallel are one file", async () => {
    const pieces = await Promise.all(
      [file.subarray(0, 5_000), file.subarray(5_000, 5_007), file.subarray(5_007)].map(piece),
    );
    const final = `final;${pieces.join(" ")}`;
    const made = await create({ "Upload-Concat": final });
    assert.equal(made.status, 201);
    const url = made.headers.get("location") ?? "";
    await assertHead(url, { "upload-offset": "12000", "upload-length": "12000", "upload-concat": final });
    await assertStatus(patch(url, 0, file.subarray(0, 4)), 403);
    assert.ok(Buffer.from(await (await ask("GET", url)).arrayBuffer()).equals(file));
  });

  test("concatenation: what is refused, and how", async () => {
    const whole = await piece(file);
    const unfinished = await begun(100, { "Upload-Concat": "partial" });
    await patch(unfinished, 0, file.subarray(0, 10));
    await assertStatus(create({ "Upload-Concat": `final;${unfinished}` }), 400);
    await assertStatus(create({ "Upload-Concat": `final;${base()}/non-existent-partial-12345` }), 400);
    await assertStatus(create({ "Upload-Concat": `final;${base()}/upl_00000000000000000000000000` }), 400);
    await assertStatus(create({ "Upload-Concat": "final;" }), 400);
    await assertStatus(create({ "Upload-Concat": "half", "Upload-Length": "9" }), 400);
    await assertStatus(create({ "Upload-Concat": `final;${whole}`, "Upload-Length": "12000" }), 400);
    await assertStatus(create({ ...BYTES, "Upload-Concat": `final;${whole}` }, file), 403);
  });

  test("SIGKILL in the middle of a chunk: what was kept stays, and the rest goes on from there", async () => {
    const large = noise(40 * MEGABYTE + 5, 2);
    const url = await begun(large.length);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        for (let at = 0; at < 25 * MEGABYTE; at += MEGABYTE) controller.enqueue(large.subarray(at, at + MEGABYTE));
        await never;
      },
    });
    const headers = { "X-API-Key": key(), ...BYTES, "Upload-Offset": "0" };
    void fetch(url, { method: "PATCH", headers, body, duplex: "half" } as RequestInit).catch(() => undefined);
    // Whole parts count while the request is still coming.
    await eventually(
      "the first parts",
      () => received(url),
      (bytes) => bytes >= 16 * MEGABYTE,
      60_000,
    );
    await killEverything(running, place);
    running = await nodeStart(place);
    const kept = await received(url);
    assert.ok(kept >= 16 * MEGABYTE && kept <= 25 * MEGABYTE, `${kept} bytes were kept`);
    await assertStatus(patch(url, kept, large.subarray(kept)), 204);
    await assertOneCall(url, large);
  });

  test("SIGKILL while pieces are put together: asked again, they are one file and one call", async () => {
    const large = noise(48 * MEGABYTE + 7, 3);
    const cuts = [0, 16 * MEGABYTE + 1, 32 * MEGABYTE + 2, large.length];
    const pieces: string[] = [];
    for (const [index, end] of cuts.slice(1).entries()) pieces.push(await piece(large.subarray(cuts[index], end)));
    const final = { "Upload-Concat": `final;${pieces.join(" ")}` };
    for (const pause of [20, 100, 250]) {
      void create(final).catch(() => undefined);
      await sleep(pause);
      await killEverything(running, place);
      running = await nodeStart(place);
    }
    const made = await eventually(
      "the whole file",
      () => create(final),
      ({ status }) => status === 201,
      60_000,
    );
    const url = made.headers.get("location") ?? "";
    await assertHead(url, { "upload-offset": String(large.length), "upload-length": String(large.length) });
    await assertOneCall(url, large);
  });

  const never = new Promise<never>(() => undefined);
  const received = async (url: string) => Number((await head(url)).headers.get("upload-offset"));

  /** The upload became one call, with one recording of these bytes, and no second one was made of it. */
  async function assertOneCall(url: string, bytes: Buffer): Promise<void> {
    const id = url.split("/").at(-1) ?? "";
    const get = (path: string) => request(running.connection.url, path, { token: key() });
    const callId = textAt((await get(`/v1/uploads/${id}`)).body, ["call_id"]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await eventually(
      `the recording of ${callId}`,
      () => get(`/v1/calls/${callId}`),
      ({ body }) => {
        const recordings = valueAt(body, ["recordings"]);
        return (
          Array.isArray(recordings) &&
          recordings.length === 1 &&
          isObject(recordings[0]) &&
          recordings[0].sha256 === sha256
        );
      },
      60_000,
    );
    const { body } = await get("/v1/recordings?limit=100");
    const all = valueAt(body, ["data"]);
    assert.ok(Array.isArray(all));
    assert.equal(all.filter((one) => isObject(one) && one.sha256 === sha256).length, 1);
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
