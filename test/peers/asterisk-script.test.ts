import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { uploadScript } from "../../src/platforms/asterisk/guide-upload-script.ts";

// The script that the guide and docs/use/connect-asterisk.md print, run by /bin/sh as Asterisk runs it. Based on:
// asterisk, apps/app_mixmonitor.c (`^{X}` becomes the variable when MixMonitor is called, MIXMONITOR_FILENAME being set
// already; the command runs by `/bin/sh -c` once the file is closed, at most 1,023 bytes of it, and its exit code is not
// looked at; `.wav49` is written as `.WAV`), formats/format_wav_gsm.c (a header of 60 bytes), main/app.c (the last
// argument keeps its quotes), and FreePBX's sub-record-check (the command is MIXMON_POST, the file `MIXMON_DIR YEAR/MONTH/DAY/CALLFILENAME.MON_FMT`).

const KEY = "tk_key-for-the-script-only";
const NAME = "external-101-541155550100-20260210-103045-1770719445.12.wav";
const AUDIO = "RIFF".padEnd(400, "a");

type Sent = { headers: Record<string, unknown>; fields: Map<string, string>; file: { name: string; bytes: number } };

let folder: string;
let server: Server;
let answers: number[];
let sent: Sent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trunkline-script-"));
  await mkdir(join(folder, "monitor"));
  await writeFile(join(folder, "key"), `${KEY}\n`);
  await writeFile(join(folder, "monitor", NAME), AUDIO);
  answers = [];
  sent = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => void take(request, Buffer.concat(chunks), response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await writeFile(
    join(folder, "script"),
    uploadScript(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "src_1"),
  );
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function take(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const status = request.url === "/v1/uploads" ? (answers.shift() ?? 201) : 404;
  const form = await readForm(request.headers["content-type"] ?? "", body);
  if (status === 201) sent.push({ headers: request.headers, ...form });
  response.writeHead(status).end("{}");
}

async function readForm(type: string, body: Buffer): Promise<Omit<Sent, "headers">> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  const file = form.get("file") as File;
  const fields = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { fields: new Map(fields), file: { name: file.name, bytes: file.size } };
}

function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const variables = {
    PATH: process.env.PATH ?? "",
    TZ: "UTC",
    TRUNKLINE_KEY_FILE: join(folder, "key"),
    TRUNKLINE_SPOOL: join(folder, "spool"),
    TRUNKLINE_MONITOR: join(folder, "monitor"),
    TRUNKLINE_PAUSE: "0",
    ...env,
  };
  return new Promise((resolve) => {
    execFile("/bin/sh", [join(folder, "script"), ...args], { env: variables }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}

async function spool(): Promise<string[]> {
  return (await readdir(join(folder, "spool"))).map((name) => name.replace(/^.*\./, ".")).toSorted();
}

describe("the script for Asterisk", () => {
  test("uploads a recording with the facts in its name", async () => {
    assert.equal((await run([NAME, "1770719440.7", "Lucía Fernández"])).code, 0);
    assert.deepEqual(
      [...(sent[0]?.fields ?? [])],
      [
        ["source_id", "src_1"],
        ["external_id", "1770719440.7"],
        ["direction", "inbound"],
        ["from", "541155550100"],
        ["to", "101"],
        ["started_at", "2026-02-10T10:30:45+00:00"],
        ["operator", "Lucía Fernández"],
      ],
    );
    assert.deepEqual(sent[0]?.file, { name: NAME, bytes: AUDIO.length });
    assert.equal(sent[0]?.headers["x-api-key"], KEY);
    assert.deepEqual(await spool(), []);
  });

  test("names the call by the uniqueid where no linkedid is given, and sends the clock's zone", async () => {
    await run([join(folder, "monitor", NAME)], { TZ: "<-03>3" });
    assert.equal(sent[0]?.fields.get("external_id"), "1770719445.12");
    assert.equal(sent[0]?.fields.get("started_at"), "2026-02-10T10:30:45-03:00");
  });

  test("sends a recording of another name as well", async () => {
    const odd = "a b;$(touch x)'\",=é.wav";
    await writeFile(join(folder, "monitor", odd), AUDIO);
    await run([odd, "77.1", "@/etc/hostname"]);
    assert.deepEqual(
      [...(sent[0]?.fields ?? [])],
      [
        ["source_id", "src_1"],
        ["external_id", "77.1"],
        ["operator", "@/etc/hostname"],
      ],
    );
    assert.equal(sent[0]?.file.bytes, AUDIO.length);
    assert.deepEqual(await readdir(join(folder, "monitor")), [odd, NAME].toSorted());
  });

  test("finds what Asterisk was told to write as .wav49", async () => {
    await writeFile(join(folder, "monitor", NAME.replace(/wav$/, "WAV")), AUDIO);
    await run([join(folder, "monitor", `${NAME}49`), "1.1"]);
    assert.deepEqual(sent[0]?.file, { name: NAME.replace(/wav$/, "WAV"), bytes: AUDIO.length });
    assert.equal(sent[0]?.fields.get("from"), "541155550100");
  });

  test("sends no recording without sound, and none that is not there", async () => {
    await writeFile(join(folder, "monitor", "empty.wav"), "x".repeat(44));
    await writeFile(join(folder, "monitor", "empty-in-gsm.WAV"), "x".repeat(60));
    for (const name of ["empty.wav", "empty-in-gsm.WAV", "nowhere.wav"]) assert.equal((await run([name])).code, 0);
    assert.equal(sent.length, 0);
    assert.deepEqual(await spool(), []);
  });

  test("tries again at once where the server is busy", async () => {
    answers = [503, 429];
    await run([NAME]);
    assert.equal(sent.length, 1);
    assert.deepEqual(await spool(), []);
  });

  test("keeps what cannot be sent, and sends it with the next call, oldest first", async () => {
    answers = [503, 503, 503];
    assert.equal((await run([NAME, "1.1"])).code, 0);
    assert.equal(sent.length, 0);
    assert.deepEqual(await spool(), [".job"]);
    // Names begin with the second they were made in: as if an hour had passed.
    const [name = ""] = await readdir(join(folder, "spool"));
    await rename(
      join(folder, "spool", name),
      join(
        folder,
        "spool",
        name.replace(/^\d+/, (at) => String(Number(at) - 3_600)),
      ),
    );
    await run([NAME, "2.2"]);
    assert.deepEqual(
      sent.map(({ fields }) => fields.get("external_id")),
      ["1.1", "2.2"],
    );
    assert.deepEqual(await spool(), []);
  });

  test("keeps it if the server does not answer, and sends it when it is run without a recording", async () => {
    const { port } = server.address() as AddressInfo;
    const nowhere = { TRUNKLINE_URL: "http://127.0.0.1:1" };
    await run([NAME], nowhere);
    await run([], nowhere);
    assert.deepEqual(await spool(), [".job"]);
    await run([], { TRUNKLINE_URL: `http://127.0.0.1:${port}` });
    assert.equal(sent.length, 1);
    assert.deepEqual(await spool(), []);
  });

  test("keeps it while the key is wrong or the source paused, and gives up what is not wanted", async () => {
    answers = [401, 409, 409, 422];
    await run([NAME]);
    assert.deepEqual(await spool(), [".job"]);
    await run([]);
    assert.deepEqual(await spool(), [".refused"]);
    await run([]);
    assert.equal(sent.length, 0);
  });

  test("does not block the queue behind a recording that is gone", async () => {
    await writeFile(join(folder, "monitor", "gone.wav"), AUDIO);
    answers = [503, 503, 503];
    await run(["gone.wav"]);
    await rm(join(folder, "monitor", "gone.wav"));
    await run([NAME]);
    assert.equal(sent.length, 1);
    assert.deepEqual(await spool(), [".refused"]);
  });

  test("lets one run send at a time, and breaks a lock that a crash left behind", async () => {
    await mkdir(join(folder, "spool", ".lock"), { recursive: true });
    await run([NAME]);
    assert.equal(sent.length, 0);
    const hours = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(folder, "spool", ".lock"), hours, hours);
    await run([]);
    assert.equal(sent.length, 1);
    assert.deepEqual(await spool(), []);
  });

  test("hides its key from other users", async () => {
    const shim = join(folder, "bin");
    await mkdir(shim);
    await writeFile(join(shim, "curl"), `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/args"\nprintf 201\n`);
    await chmod(join(shim, "curl"), 0o755);
    await run([NAME], { PATH: `${shim}:${process.env.PATH}` });
    const args = await readFile(join(folder, "args"), "utf8");
    assert.match(args, /v1\/uploads/);
    assert.doesNotMatch(args, new RegExp(KEY));
  });

  test("is the one that the documentation prints", async () => {
    const page = await readFile(join(import.meta.dirname, "../../docs/use/connect-asterisk.md"), "utf8");
    assert.ok(page.includes(uploadScript("https://calls.example.com", "src_…")));
  });
});
