import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { readFixture } from "../../scripts/demo/serve-recording.ts";
import { cleanUp, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { PYTHON } from "./receiver.ts";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "clients", "batch-files.py");

describe("the printed batch function: AuthentiVoice's", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-batch-"));
  let place: Place;
  let running: Running | undefined;

  before(
    async () => {
      place = await newPlace();
      running = await nodeStart(place);
    },
    { timeout: 300_000 },
  );
  after(async () => {
    await cleanUp(place, running);
    rmSync(folder, { recursive: true, force: true });
  });

  test("has every file analysed, and gives the results in the order of the files", { timeout: 120_000 }, async () => {
    assert.ok(running);
    const audio = readFixture("two-party-call.mp3");
    const names = ["one.mp3", "two.mp3", "three.mp3"];
    const paths = names.map((name) => join(folder, name));
    for (const path of paths) writeFileSync(path, audio);
    const { url, apiKey, campaignId } = running.connection;
    const env = { ...process.env, TRUNKLINE_URL: url, TRUNKLINE_KEY: apiKey, CAMPAIGN: campaignId };
    const { stdout } = await run(PYTHON, [SCRIPT, ...paths], { env });
    const results = JSON.parse(stdout) as Record<string, unknown>[];
    assert.deepEqual(
      results.map(({ state, reference_id: reference, reason }) => ({ state, reference, reason })),
      names.map((reference) => ({ state: "completed", reference, reason: null })),
    );
    assert.equal(new Set(results.map(({ id }) => id)).size, names.length);
  });
});
