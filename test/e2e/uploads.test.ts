import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { Upload, type UploadOptions } from "tus-js-client";
import { isObject, request, textAt, valueAt, type Answer } from "../../scripts/api-client.ts";
import { uploadScript } from "../../src/platforms/asterisk/guide-upload-script.ts";
import { noise } from "./audio-files.ts";
import { cleanUp, eventually, killEverything, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;

type Proxy = { port: number; cuts(): number; close(): void };

describe("uploads, by the clients people use", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-uploads-"));
  let place: Place;
  let running: Running;
  let campaign = "";
  let proxy: Proxy | undefined;

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    // What is heard in noise is not asked.
    const body = { name: "Archive", settings: { auto_analyze: false } };
    const made = await request(running.connection.url, "/v1/campaigns", { method: "POST", token: key(), body });
    campaign = textAt(made.body, ["id"]);
  });
  after(async () => {
    await cleanUp(place, running);
    proxy?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const key = () => running.connection.apiKey;
  const get = (path: string): Promise<Answer> => request(running.connection.url, path, { token: key() });

  /** The call's recordings once each is at rest. */
  async function recordingsOf(callId: string): Promise<unknown[]> {
    const call = await eventually(
      `the recordings of ${callId}`,
      () => get(`/v1/calls/${callId}`),
      ({ body }) => {
        const found = valueAt(body, ["recordings"]);
        return (
          Array.isArray(found) && found.length > 0 && found.every((one) => isObject(one) && one.state !== "pending")
        );
      },
      60_000,
    );
    return valueAt(call.body, ["recordings"]) as unknown[];
  }

  async function assertSameBytes(callId: string, file: Buffer): Promise<void> {
    const recordings = await recordingsOf(callId);
    assert.equal(recordings.length, 1);
    assert.equal(valueAt(recordings[0], ["sha256"]), createHash("sha256").update(file).digest("hex"));
    const heard = await fetch(textAt(recordings[0], ["audio_url"]));
    assert.ok(Buffer.from(await heard.arrayBuffer()).equals(file), "the audio that plays is another file");
  }

  test("tus-js-client: 25 MB, the connection cut in the middle, resumed, byte for byte", async () => {
    const file = noise(25 * MEGABYTE, 1);
    proxy = await cuttingProxy(place.port, 13 * MEGABYTE);
    const endpoint = `http://127.0.0.1:${proxy.port}/v1/uploads/tus`;
    const offsets: number[] = [];
    const progress: number[] = [];
    await new Promise<void>((resolve, reject) => {
      new Upload(file, {
        endpoint,
        headers: { "X-API-Key": key() },
        metadata: { filename: "turno ñ.wav", filetype: "audio/wav", campaign_id: campaign, external_id: "cut" },
        retryDelays: [1_000, 1_000, 2_000],
        onProgress: (sent) => progress.push(sent),
        onAfterResponse: (asked, answered) => {
          if (asked.getMethod() === "HEAD") offsets.push(Number(answered.getHeader("Upload-Offset")));
        },
        onSuccess: () => resolve(),
        onError: reject,
      }).start();
    });
    assert.equal(proxy.cuts(), 1);
    // All that came through before the cut is kept: whole parts, and what of the next one had arrived. The client asks
    // again where it asked before all of that was written.
    const kept = offsets.at(-1) ?? 0;
    assert.ok(kept >= 8 * MEGABYTE && kept <= 13 * MEGABYTE, `${offsets.join(", ")} bytes were kept`);
    assert.equal(progress.at(-1), file.length);
    const upload = firstOf((await get("/v1/uploads?limit=1")).body, "data");
    assert.equal(textAt(upload, ["state"]), "completed");
    const callId = textAt(upload, ["call_id"]);
    await assertSameBytes(callId, file);
    const call = await get(`/v1/calls/${callId}`);
    assert.equal(textAt(call.body, ["custom", "file_name"]), "turno ñ.wav");
  });

  test("tus-js-client: small chunks, the server killed between two, gone on with after its restart", async () => {
    const file = noise(10 * MEGABYTE + 12_345, 2);
    const options = { headers: { "X-API-Key": key() }, chunkSize: 3 * MEGABYTE };
    const uploadUrl = await new Promise<string>((resolve, reject) => {
      const first = new Upload(file, {
        ...options,
        endpoint: `${running.connection.url}/v1/uploads/tus`,
        metadata: { campaign_id: campaign, external_id: "chunks" },
        onError: reject,
        onShouldRetry: () => false,
        onChunkComplete: (_size, accepted) => {
          if (accepted >= 6 * MEGABYTE) void first.abort().then(() => resolve(first.url ?? ""));
        },
      });
      first.start();
    });
    await killEverything(running, place);
    running = await nodeStart(place);
    const asked: number[] = [];
    await new Promise<void>((resolve, reject) =>
      new Upload(file, {
        ...options,
        uploadUrl,
        onAfterResponse: (_, answered) => void asked.push(Number(answered.getHeader("Upload-Offset"))),
        onSuccess: () => resolve(),
        onError: reject,
      }).start(),
    );
    assert.equal(asked[0], 6 * MEGABYTE, "what had arrived was there after the restart");
    const upload = await get(new URL(uploadUrl).pathname.replace("/tus/", "/"));
    await assertSameBytes(textAt(upload.body, ["call_id"]), file);
  });

  test("tus-js-client: an upload terminated by its sender is gone", async () => {
    const options = { headers: { "X-API-Key": key() }, chunkSize: MEGABYTE };
    const url = await new Promise<string>((resolve, reject) => {
      const upload = new Upload(noise(2 * MEGABYTE, 3), {
        ...options,
        endpoint: `${running.connection.url}/v1/uploads/tus`,
        metadata: { campaign_id: campaign },
        onError: reject,
        onChunkComplete: () => void upload.abort().then(() => resolve(upload.url ?? "")),
      });
      upload.start();
    });
    await Upload.terminate(url, options);
    assert.equal(textAt((await get(new URL(url).pathname.replace("/tus/", "/"))).body, ["state"]), "aborted");
    const headers = { "X-API-Key": key(), "Tus-Resumable": "1.0.0" };
    assert.equal((await fetch(url, { method: "HEAD", headers })).status, 404);
  });

  // The cases of the client's own end-to-end tests, with audio in the place of text.
  for (const uploadDataDuringCreation of [false, true])
    test(`tus-js-client: metadata in any alphabet, ended, then terminated; bytes at creation: ${uploadDataDuringCreation}`, async () => {
      const file = noise(2 * MEGABYTE + 5, uploadDataDuringCreation ? 6 : 7);
      const metadata = { nonlatin: "słońce", number: "100", filename: "hello.wav", filetype: "audio/wav" };
      const upload = await uploaded(file, { metadata, uploadDataDuringCreation });
      const url = upload.url ?? "";
      const headers = { "X-API-Key": key(), "Tus-Resumable": "1.0.0" };
      const head = await fetch(url, { method: "HEAD", headers });
      assert.equal(head.headers.get("upload-offset"), String(file.length));
      assert.equal(head.headers.get("upload-length"), String(file.length));
      assert.deepEqual(head.headers.get("upload-metadata")?.split(",").toSorted(), [
        "filename aGVsbG8ud2F2",
        "filetype YXVkaW8vd2F2",
        "nonlatin c8WCb8WEY2U=",
        "number MTAw",
      ]);
      const { body } = await get(new URL(url).pathname.replace("/tus/", "/"));
      await assertSameBytes(textAt(body, ["call_id"]), file);
      await upload.abort(true);
      assert.equal((await fetch(url, { method: "HEAD", headers })).status, 404);
      assert.equal((await get(`/v1/calls/${textAt(body, ["call_id"])}`)).status, 200);
    });

  test("tus-js-client: three pieces in parallel are one call", async () => {
    const file = noise(19 * MEGABYTE + 3, 8);
    const upload = await uploaded(file, { metadata: { campaign_id: campaign }, parallelUploads: 3 });
    const { body } = await get(new URL(upload.url ?? "").pathname.replace("/tus/", "/"));
    await assertSameBytes(textAt(body, ["call_id"]), file);
  });

  test("tus-js-client: a stream whose length is not known before its end", async () => {
    const file = noise(9 * MEGABYTE + 3, 9);
    const options = { metadata: { campaign_id: campaign }, uploadLengthDeferred: true, chunkSize: 4 * MEGABYTE };
    const upload = await uploaded(Readable.from(piecesOf(file)), options);
    const { body } = await get(new URL(upload.url ?? "").pathname.replace("/tus/", "/"));
    await assertSameBytes(textAt(body, ["call_id"]), file);
  });

  /** The upload once all of it is sent. */
  function uploaded(file: Buffer | Readable, options: UploadOptions): Promise<Upload> {
    return new Promise((resolve, reject) => {
      const upload = new Upload(file, {
        endpoint: `${running.connection.url}/v1/uploads/tus`,
        headers: { "X-API-Key": key() },
        ...options,
        onSuccess: () => resolve(upload),
        onError: reject,
      });
      upload.start();
    });
  }

  test("tus-js-client: a file that is no audio is refused with the reason", async () => {
    const failure = await new Promise<Error>((resolve, reject) =>
      new Upload(Buffer.from(`<html>${"x".repeat(9_000)}</html>`), {
        endpoint: `${running.connection.url}/v1/uploads/tus`,
        headers: { "X-API-Key": key() },
        metadata: { campaign_id: campaign },
        retryDelays: [],
        onSuccess: () => reject(new Error("it was taken")),
        onError: resolve,
      }).start(),
    );
    assert.match(failure.message, /415/);
    assert.match(failure.message, /This is no audio/);
  });

  test("curl -F and curl --data-binary, as the guide prints them", async () => {
    const path = join(folder, "grabación.wav");
    const file = noise(9 * MEGABYTE + 77, 4);
    writeFileSync(path, file);
    const url = `${running.connection.url}/v1/uploads`;
    const form = [
      "-F",
      `campaign_id=${campaign}`,
      "-F",
      "external_id=by-form",
      "-F",
      "operator=Marta Gómez",
      "-F",
      `file=@${path}`,
    ];
    const posted = JSON.parse(
      (await run("curl", ["-sS", "-X", "POST", url, "-H", `X-API-Key: ${key()}`, ...form])).stdout,
    ) as unknown;
    assert.equal(textAt(firstOf(posted, "files"), ["file_name"]), "grabación.wav");
    await assertSameBytes(textAt(posted, ["call_id"]), file);
    const query = `${url}?campaign_id=${campaign}&external_id=by-body`;
    const sent = [
      "-sS",
      "-X",
      "POST",
      query,
      "-H",
      `X-API-Key: ${key()}`,
      "-H",
      "Content-Type: audio/wav",
      "--data-binary",
      `@${path}`,
    ];
    await assertSameBytes(textAt(JSON.parse((await run("curl", sent)).stdout) as unknown, ["call_id"]), file);
  });

  test("the script that Asterisk runs: its recording joins the call of its source", async () => {
    const body = { kind: "asterisk", name: "PBX", campaign_id: campaign };
    const source = await request(running.connection.url, "/v1/sources", { method: "POST", token: key(), body });
    const sourceId = textAt(source.body, ["id"]);
    const file = noise(MEGABYTE + 7, 5);
    const name = `external-101-541155550100-20260210-103045-1770719445.12 "a';.wav`;
    writeFileSync(join(folder, name), file);
    writeFileSync(join(folder, "key"), key());
    writeFileSync(join(folder, "script"), uploadScript(running.connection.url, sourceId));
    const variables = {
      PATH: process.env.PATH ?? "",
      TRUNKLINE_KEY_FILE: join(folder, "key"),
      TRUNKLINE_SPOOL: join(folder, "spool"),
    };
    await run("/bin/sh", [join(folder, "script"), join(folder, name), "1770719440.7"], { env: variables });
    const upload = firstOf((await get("/v1/uploads?limit=1")).body, "data");
    assert.equal(textAt(upload, ["source_id"]), sourceId);
    assert.equal(textAt(upload, ["file_name"]), name);
    const callId = textAt(upload, ["call_id"]);
    await assertSameBytes(callId, file);
    const call = await get(`/v1/calls/${callId}`);
    assert.equal(textAt(call.body, ["external_id"]), "1770719440.7");
    assert.equal(textAt(call.body, ["source", "kind"]), "asterisk");
  });

  test("the bridge: a folder's recordings, once the settings name a campaign that there is", async () => {
    const recordings = join(folder, "recordings");
    mkdirSync(recordings);
    const file = noise(200_000, 9);
    const name = "20260820-140509_Ana Gómez.wav";
    writeFileSync(join(recordings, name), file);
    const rested = Date.now() / 1_000 - 120;
    utimesSync(join(recordings, name), rested, rested);
    const round = async (campaignOfFolder: string) => {
      const settings = {
        trunkline: running.connection.url,
        campaign: campaignOfFolder,
        namePattern: "^(?<at>\\d{8}-\\d{6})_(?<operator>.+)\\.wav$",
        recordings,
        state: join(folder, "bridge-state.json"),
      };
      writeFileSync(join(folder, "bridge.json"), JSON.stringify(settings));
      const bridge = join(import.meta.dirname, "..", "..", "tools", "bridge", "bridge.js");
      const environment = { ...process.env, TRUNKLINE_API_KEY: key() };
      const { stdout } = await run(process.execPath, [bridge, join(folder, "bridge.json"), "--once"], {
        env: environment,
      });
      return JSON.parse(/{.*}/.exec(stdout)?.[0] ?? "{}") as { uploaded: number; refused: number };
    };
    const wrong = await round("no such campaign");
    assert.deepEqual([wrong.uploaded, wrong.refused], [0, 1]);
    const right = await round(campaign);
    assert.deepEqual([right.uploaded, right.refused], [1, 0]);
    assert.equal((await round(campaign)).uploaded, 0);
    const all = valueAt((await get("/v1/calls?limit=100")).body, ["data"]) as unknown[];
    const [call, ...others] = all.filter((one) => textAt(one, ["external_id"]).startsWith("folder:"));
    assert.deepEqual(others, []);
    assert.equal(textAt(call, ["operator", "name"]), "Ana Gómez");
    assert.equal(textAt(call, ["started_at"]), "2026-08-20T17:05:09.000Z");
    await assertSameBytes(textAt(call, ["id"]), file);
  });
});

function firstOf(value: unknown, list: string): unknown {
  const found = valueAt(value, [list]);
  return Array.isArray(found) ? found[0] : undefined;
}

function* piecesOf(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length; at += 3 * MEGABYTE) yield file.subarray(at, at + 3 * MEGABYTE);
}

/** Passes everything on to a port, but closes the connection of one client once so many bytes have gone up. */
async function cuttingProxy(port: number, limit: number): Promise<Proxy> {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let passed = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.on("data", (chunk) => {
      passed += chunk.length;
      if (cuts === 0 && passed > limit) {
        cuts = 1;
        client.destroy();
      } else if (!upstream.write(chunk)) {
        client.pause();
        upstream.once("drain", () => client.resume());
      }
    });
    client.on("close", () => upstream.destroy());
    upstream.on("data", (chunk) => client.write(chunk)).on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, cuts: () => cuts, close };
}
