import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, test } from "node:test";
import { commonSettings, HOUR, loadBridge, putRecording, type Bridge } from "./bridge-place.ts";
import { startTus } from "./tus-server.ts";

// The bridge where there is no database: recordings of a folder, which may be a mounted MinIO or SFTP server.

describe("the bridge, from a folder", () => {
  let bridge: Bridge;
  let tus: Awaited<ReturnType<typeof startTus>>;
  let at: string;
  before(async () => {
    bridge = await loadBridge("run.js", "settings.js");
  });
  beforeEach(async () => {
    tus = await startTus();
    at = mkdtempSync(join(tmpdir(), "bridge-"));
  });
  afterEach(() => {
    tus.stop();
    rmSync(at, { recursive: true, force: true });
  });
  const folderSettings = (more: object = {}) =>
    bridge.checkSettings({ ...commonSettings(at, tus.url), ...more }, { TRUNKLINE_API_KEY: "tk_key" });
  const put = (file: string, content = file, ago = HOUR) => putRecording(at, file, content, ago);

  test("uploads every recording once, with what its path says", async () => {
    const settings = folderSettings({
      namePattern: "^(?<campaign>[^/]+)/(?<at>\\d{8}-\\d{6})_(?<operator>[^_]+)_(?<direction>[ES])_(?<from>\\+?\\d+)",
    });
    put("12/20260820-140509_Ana Gómez_S_+5491167950079.WAV");
    put("otra/20260820-140509_Luz_E_300 'x'+y.mp3");
    put("plain.ogg");
    put("notes.txt");
    put(".hidden.wav");
    put("empty.wav", "");
    put("growing.wav", "g", 10_000);
    symlinkSync(join(at, "recordings"), join(at, "recordings", "12", "circle"));
    symlinkSync("/etc/hostname", join(at, "recordings", "outside.wav"));
    const round = () => bridge.runOnce(settings, { log: () => undefined });
    assert.deepEqual(await round(), { uploaded: 3, waiting: 2, refused: 0, given_up: 0 });
    const said = tus.uploads.map(({ metadata }) => metadata);
    const [ana, luz, plain] = said;
    const { external_id: id, ...facts } = ana ?? {};
    assert.match(id ?? "", /^folder:12\/20260820-140509_Ana Gómez_S_\+5491167950079\.WAV:\d+-\d+$/);
    assert.deepEqual(facts, {
      filename: "20260820-140509_Ana Gómez_S_+5491167950079.WAV",
      campaign_id: "8",
      started_at: "2026-08-20T17:05:09.000Z",
      operator: "Ana Gómez",
      direction: "outbound",
      from: "+5491167950079",
    });
    assert.deepEqual([luz?.["campaign_id"], luz?.["folder_campaign"], luz?.["direction"]], ["7", "otra", "inbound"]);
    assert.ok(Math.abs(Date.parse(plain?.["started_at"] ?? "") - (Date.now() - HOUR)) < 5_000, "when it was written");
    put("growing.wav", "grown");
    put("plain.ogg", "another recording of the same name");
    assert.deepEqual(await round(), { uploaded: 2, waiting: 1, refused: 0, given_up: 0 });
    assert.deepEqual(await round(), { uploaded: 0, waiting: 1, refused: 0, given_up: 0 });
    const ids = tus.uploads.map(({ metadata }) => metadata["external_id"]);
    assert.equal(new Set(ids).size, 5);
  });

  test("takes nothing twice when the folder was not mounted for a while, and nothing for gone that it cannot read", async () => {
    const settings = folderSettings();
    put("deep/in/a.wav");
    const round = () => bridge.runOnce(settings, { log: () => undefined });
    assert.equal((await round()).uploaded, 1);
    renameSync(join(at, "recordings", "deep"), join(at, "away"));
    assert.equal((await round()).uploaded, 0);
    renameSync(join(at, "away"), join(at, "recordings", "deep"));
    assert.equal((await round()).uploaded, 0);
    rmSync(join(at, "recordings"), { recursive: true });
    await assert.rejects(round(), /ENOENT/);
  });

  test("needs no driver and no password of a database, and takes no pattern that says nothing", () => {
    const settings = { trunkline: tus.url, campaign: "7", recordings: at, state: join(at, "state.json") };
    const environment = { TRUNKLINE_API_KEY: "tk_key" };
    assert.ok(bridge.checkSettings(settings, environment));
    assert.throws(() => bridge.checkSettings({ ...settings, namePattern: "(" }, environment), /regular expression/);
    assert.throws(() => bridge.checkSettings({ ...settings, namePattern: "(?<agent>.+)" }, environment), /not agent/);
    assert.throws(() => bridge.checkSettings({ ...settings, namePattern: ".+" }, environment), /groups/);
  });
});
