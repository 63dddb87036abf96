import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { expectSuccess, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { databaseIn, rowsOf } from "../fixtures/state/manifest.ts";
import { arrivalsOf } from "./calls.ts";
import { cleanUp, eventually, killEverything, newPlace, nodeStart, type Place, type Running } from "./trunkline.ts";

const PATIENCE = 120_000;

// As docs/operate/backup-and-restore.md has it, with a copy of the local database in the place of Time Travel.
describe("a database that was put back to an earlier time", () => {
  const copies = mkdtempSync(join(tmpdir(), "trunkline-restore-"));
  const copy = join(copies, "backup.sqlite");
  let place: Place;
  let running: Running;
  let source = "";

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const body = { kind: "external", name: "Dialler", campaign_id: running.connection.campaignId };
    const { url, apiKey } = running.connection;
    const made = await request(url, "/v1/sources", { method: "POST", token: apiKey, body });
    source = textAt(made.body, ["id"]);
  });
  after(async () => {
    await cleanUp(place, running);
    rmSync(copies, { recursive: true, force: true });
  });

  async function notify(notice: Record<string, unknown>): Promise<string> {
    const { url, apiKey } = running.connection;
    const body = { external_id: "restored", direction: "inbound", from: "+541155550100", ...notice };
    const options = { method: "POST", token: apiKey, body };
    const answer = expectSuccess(await request(url, `/webhook/external/${source}`, options), "sending a notice");
    return textAt(answer, ["call_id"]);
  }

  /** The call's events, once every one of them was delivered and accepted. */
  async function delivered(callId: string, count: number): Promise<string[]> {
    const { url, apiKey } = running.connection;
    const listed = await eventually(
      `${count} events of ${callId}`,
      async () => {
        const { body } = await request(url, `/v1/calls/${callId}/events?limit=200`, { token: apiKey });
        const data = valueAt(body, ["data"]);
        return (Array.isArray(data) ? data : []).map((one) => textAt(one, ["id"]));
      },
      (ids) => ids.length >= count,
      PATIENCE,
    );
    await eventually(
      `deliveries of ${callId}`,
      async () => (await arrivalsOf(running.connection, callId)).filter((one) => one.status === 200),
      (taken) => listed.every((id) => taken.some((one) => one.id === id && one.verified)),
      PATIENCE,
    );
    return listed;
  }

  test("gives its numbers out again, and no new event is taken for one that was seen", async () => {
    const callId = await notify({ outcome: "completed", duration_seconds: 20 });
    const first = await delivered(callId, 2);
    await killEverything(running, place);
    // Opened and closed by us, what stands beside the file is in it.
    rowsOf(databaseIn(place.stateDir), "PRAGMA wal_checkpoint(TRUNCATE)");
    copyFileSync(databaseIn(place.stateDir), copy);

    running = await nodeStart(place);
    await notify({ outcome: "unknown", operator: "Ana Ruiz" });
    const lost = (await delivered(callId, first.length + 1)).slice(first.length);
    await killEverything(running, place);
    rowsOf(databaseIn(place.stateDir), "PRAGMA wal_checkpoint(TRUNCATE)");
    copyFileSync(copy, databaseIn(place.stateDir));
    const db = new DatabaseSync(databaseIn(place.stateDir));
    db.exec("UPDATE endpoints SET version = version + 1000");
    db.close();

    running = await nodeStart(place);
    await notify({ outcome: "unknown", operator: "Marta Gómez" });
    const since = (await delivered(callId, first.length + 1)).slice(first.length);
    assert.ok(lost.length > 0 && since.every((id) => !lost.includes(id)));
    const arrivals = (await arrivalsOf(running.connection, callId)).filter((one) => one.status === 200);
    assert.deepEqual([...new Set(arrivals.map((one) => one.id))], [...first, ...lost, ...since]);
    const seqOf = (id: string | undefined) => arrivals.find((one) => one.id === id)?.seq;
    assert.equal(seqOf(since[0]), seqOf(lost[0]), "the number came again");
  });
});
