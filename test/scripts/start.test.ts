import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { checkProject } from "../../scripts/start/check-project.ts";
import { forgetProcesses, reclaimLeftovers, rememberProcesses } from "../../scripts/start/leftovers.ts";
import { LogFile } from "../../scripts/start/log-file.ts";
import { checkPort } from "../../scripts/start/port.ts";
import { groupMembers, stopGroup } from "../../scripts/start/process-group.ts";
import { keepSecrets, readSecrets } from "../../scripts/start/secrets.ts";
import { readSettings } from "../../scripts/start/settings.ts";
import { prepareStateFolder, readJsonFile, writeJsonFile } from "../../scripts/start/state-folder.ts";
import { Trouble } from "../../scripts/trouble.ts";
import { PROJECT } from "../../scripts/wrangler.ts";

describe("the parts of npm start", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunkline-start-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("PORT and STATE_DIR are read, and a wrong PORT is named", () => {
    assert.deepEqual(readSettings({}, "/project"), {
      port: 8787,
      stateDir: "/project/.trunkline",
      url: "http://localhost:8787",
      localUrl: "http://127.0.0.1:8787",
      publicUrl: "http://localhost:8787",
      transcribeUrl: "",
      traces: false,
    });
    assert.equal(readSettings({ STATE_DIR: "elsewhere" }, "/project").stateDir, "/project/elsewhere");
    for (const PORT of ["0", "65536", "-1", "80.5", "http", "8787 ", "0x50"])
      assert.throws(() => readSettings({ PORT }, "/project"), Trouble);
  });

  test("PUBLIC_URL is kept as it is typed, and what is no address is named", () => {
    const read = (PUBLIC_URL: string) => readSettings({ PUBLIC_URL }, "/project").publicUrl;
    assert.equal(read("https://Calls.Example.com:443/"), "https://Calls.Example.com:443");
    assert.equal(read("https://example.com/trunkline"), "https://example.com/trunkline");
    assert.equal(read(" "), "http://localhost:8787");
    for (const wrong of ["calls.example.com", "ftp://example.com", "https://u:p@example.com", "https://e.com/?a=1"])
      assert.throws(() => read(wrong), /PUBLIC_URL must be an address/);
  });

  test("TRACES is a switch", () => {
    assert.equal(readSettings({ TRACES: "true" }, "/project").traces, true);
    assert.throws(() => readSettings({ TRACES: "yes" }, "/project"), /TRACES must be/);
  });

  test("an incomplete checkout is named", () => {
    checkProject(PROJECT);
    assert.throws(() => checkProject(folder), /npm ci/);
  });

  test("a busy port is named with its holder", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await assert.rejects(checkPort(port), new RegExp(`port ${port} is busy`));
    if (process.platform === "linux") await assert.rejects(checkPort(port), new RegExp(`process ${process.pid}`));
    await new Promise((resolve) => server.close(resolve));
    await checkPort(port);
  });

  test("the state folder is made; what cannot be one is named", () => {
    const deep = join(folder, "a", "b");
    prepareStateFolder(deep);
    assert.ok(statSync(deep).isDirectory());
    writeFileSync(join(folder, "file"), "");
    assert.throws(() => prepareStateFolder(join(folder, "file")), Trouble);
    assert.throws(() => prepareStateFolder(join(folder, "file", "below")), Trouble);
    if (process.platform === "linux") assert.throws(() => prepareStateFolder("/proc/trunkline/below"), Trouble);
  });

  test("JSON files are private, replaced whole, and damage is named", () => {
    assert.equal(readJsonFile(folder, "dev.json"), null);
    writeJsonFile(folder, "dev.json", { apiKey: "tk" });
    assert.equal(statSync(join(folder, "dev.json")).mode & 0o777, 0o600);
    assert.deepEqual(readJsonFile(folder, "dev.json"), { apiKey: "tk" });
    for (const text of ["", "{", "[]", "null"]) {
      writeFileSync(join(folder, "dev.json"), text);
      assert.throws(() => readJsonFile(folder, "dev.json"), /dev\.json is damaged/);
    }
  });

  test("secrets are made once and kept; they are not made anew beside data", () => {
    const first = keepSecrets(folder);
    assert.equal(statSync(first.path).mode & 0o777, 0o600);
    assert.deepEqual(keepSecrets(folder), first);
    assert.match(readSecrets(first.path).MASTER_KEYS, /^1:[A-Za-z0-9+/]{43}=$/);
    mkdirSync(join(folder, "state"));
    assert.deepEqual(keepSecrets(folder), first);
    writeFileSync(first.path, "MASTER_KEYS=short\n");
    assert.throws(() => keepSecrets(folder), /damaged/);
    rmSync(first.path);
    assert.throws(() => keepSecrets(folder), /missing/);
  });

  test("leftovers of a killed start are ended; strangers who got the number are not", async () => {
    // Looks like the project's wrangler to whoever reads its command line.
    const script = "setInterval(() => {}, 1000)";
    const ours = spawn(process.execPath, ["-e", script, join(PROJECT, "node_modules", "wrangler")], {
      detached: true,
      stdio: "ignore",
    });
    const stranger = spawn(process.execPath, ["-e", script], { detached: true, stdio: "ignore" });
    const groups = [ours.pid ?? 0, stranger.pid ?? 0];
    try {
      rememberProcesses(folder, groups);
      assert.equal(await reclaimLeftovers(folder, PROJECT), true);
      assert.deepEqual(
        groups.map((group) => groupMembers(group).length),
        [0, 1],
      );
      assert.equal(existsSync(join(folder, "start.pid")), false);
      assert.equal(await reclaimLeftovers(folder, PROJECT), false);
    } finally {
      for (const group of groups) await stopGroup(group, 100);
    }
    writeFileSync(join(folder, "start.pid"), '{"pid":');
    assert.equal(await reclaimLeftovers(folder, PROJECT), false);
    forgetProcesses(folder);
  });

  test("a group that will not end is ended", async () => {
    const stubborn = spawn(
      process.execPath,
      ["-e", "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"],
      {
        detached: true,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    await new Promise((resolve) => stubborn.stdout.once("data", resolve));
    await stopGroup(stubborn.pid ?? 0, 200);
    assert.deepEqual(groupMembers(stubborn.pid ?? 0), []);
  });

  test("the log keeps its last lines at hand and does not grow for ever", () => {
    const path = join(folder, "server.log");
    writeFileSync(path, "x".repeat(10_000_001));
    const log = new LogFile(path);
    log.writeLine("one");
    log.writeLine("");
    log.writeLine("two");
    assert.deepEqual(log.lastLines(2), ["one", "two"]);
    assert.equal(readFileSync(path, "utf8"), "one\n\ntwo\n");
    assert.equal(statSync(`${path}.1`).size, 10_000_001);
  });
});
