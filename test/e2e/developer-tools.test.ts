import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { readFixture } from "../../scripts/demo/serve-recording.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { cleanUp, eventually, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

const PATIENCE = 60_000;

describe("npm run trunkline, on npm start", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-tools-"));
  const started: ChildProcess[] = [];
  let place: Place;
  let running: Running | undefined;
  let receiver: { server: Server; port: number; got: { headers: Record<string, string>; body: string }[] };

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    receiver = await startReceiver();
    writeFileSync(join(folder, "call.mp3"), readFixture("two-party-call.mp3"));
  });
  after(async () => {
    for (const child of started) child.kill("SIGKILL");
    receiver?.server.close().closeAllConnections();
    await cleanUp(place, running);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Begins a command, as `npm run trunkline` does. */
  function begin(args: string[], env: Record<string, string> = { STATE_DIR: place.stateDir }) {
    const { TRUNKLINE_URL: _, TRUNKLINE_KEY: __, ...inherited } = process.env;
    const child = spawn(process.execPath, ["scripts/trunkline.ts", ...args], {
      cwd: PROJECT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...inherited, ...env },
    });
    started.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (more: string) => (output += more));
    const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
    return { child, output: () => output, ended };
  }

  async function run(args: string[], env?: Record<string, string>): Promise<{ code: number | null; output: string }> {
    const { output, ended } = begin(args, env);
    const code = await ended;
    return { code, output: output() };
  }

  async function uploadOne(reference: string): Promise<string> {
    const { code, output } = await run(["upload", join(folder, "call.mp3"), "--reference", reference]);
    assert.equal(code, 0, output);
    assert.match(output, /^call\.mp3 {2}█{24} {2}100 % {2}call_[0-9a-z]{26}$/m);
    return /call_[0-9a-z]{26}/.exec(output)?.[0] ?? "";
  }

  test("listen forwards what a webhook would be sent, rightly signed; calls --follow shows it", async () => {
    const events = "call.completed,call.processed";
    const listening = begin(["listen", String(receiver.port), "--events", events]);
    const following = begin(["calls", "--follow"]);
    const says = (what: { output(): string }, text: string) =>
      eventually(
        `"${text}"`,
        async () => what.output(),
        (output) => output.includes(text),
        PATIENCE,
      );
    const secret = /signing secret: (\S+)/.exec(await says(listening, "signing secret: "))?.[1] ?? "";
    await says(following, "waiting for calls");
    const callId = await uploadOne("heard");
    await eventually(
      "both events",
      async () => receiver.got.length,
      (count) => count >= 2,
      PATIENCE,
    );
    const verified = receiver.got.map(({ headers, body }) => new Webhook(secret).verify(body, headers));
    assert.deepEqual(
      verified.map((one) => (one as { type: string }).type),
      events.split(","),
    );
    await says(listening, `${"call.processed".padEnd(22)} 200`);
    await says(following, `${"call.processed".padEnd(20)}  ${callId}`);
    for (const { child, ended } of [listening, following]) {
      child.kill("SIGINT");
      assert.equal(await ended, 0);
    }
    const listed = await run(["calls", "--limit", "5"]);
    assert.equal(listed.code, 0, listed.output);
    assert.ok(listed.output.includes(callId), listed.output);
  });

  test("trigger sends an example to the only webhook, and replay sends a call's events again", async () => {
    const triggered = await run(["trigger", "call.completed"]);
    assert.equal(triggered.code, 0, triggered.output);
    assert.match(triggered.output, /^call\.completed to \S+: delivered, answered 200$/m);
    const unknown = await run(["trigger", "call.imagined"]);
    assert.equal(unknown.code, 1);
    const callId = await uploadOne("replayed");
    await eventually(
      "a delivery of the call",
      () => run(["replay", callId, "--dry-run"]),
      ({ code, output }) => code === 0 && /^[1-9]\d* deliveries of \S+, 0 sent again$/m.test(output),
      PATIENCE,
    );
    const replayed = await run(["replay", callId]);
    assert.equal(replayed.code, 0, replayed.output);
    assert.match(replayed.output, /, [1-9]\d* sent again$/m);
  });

  test("says in one line what is wrong, and helps", async () => {
    const { url, apiKey } = running!.connection;
    const cases: [string[], Record<string, string>, RegExp][] = [
      [["dance"], {}, /^trunkline: there is no command dance/],
      [["listen"], {}, /^trunkline: listen takes one argument/],
      [["listen", "nowhere"], { STATE_DIR: place.stateDir }, /^trunkline: "nowhere" is no port/],
      [["upload", join(folder, "missing.mp3")], { STATE_DIR: place.stateDir }, /^trunkline: there is no file/],
      [["calls", "--limit", "many"], { STATE_DIR: place.stateDir }, /^trunkline: --limit must be a number/],
      [["calls"], { STATE_DIR: folder }, /^trunkline: nothing to talk to: run npm start/],
      [["calls"], { TRUNKLINE_URL: url }, /^trunkline: set both TRUNKLINE_URL and TRUNKLINE_KEY/],
      [["calls"], { TRUNKLINE_URL: url, TRUNKLINE_KEY: "tk_wrong" }, /^trunkline: GET \/v1\/calls: /],
      [["calls", "--wrong"], {}, /^trunkline: .*--wrong/],
    ];
    for (const [args, env, line] of cases) {
      const { code, output } = await run(args, env);
      assert.equal(code, 1, `${args.join(" ")}: ${output}`);
      assert.match(output, line);
    }
    const elsewhere = await run(["calls", "--limit", "1"], { TRUNKLINE_URL: `${url}/`, TRUNKLINE_KEY: apiKey });
    assert.equal(elsewhere.code, 0, elsewhere.output);
    for (const command of ["listen", "trigger", "replay", "upload", "calls"]) {
      const { code, output } = await run([command, "--help"], {});
      assert.equal(code, 0);
      assert.ok(output.startsWith(`npm run trunkline -- ${command}`), output);
    }
  });

  async function startReceiver() {
    const got: { headers: Record<string, string>; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (more: string) => (body += more));
      request.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        got.push({ headers, body });
        response.end("ok");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { server, port: (server.address() as AddressInfo).port, got };
  }
});
