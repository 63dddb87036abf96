import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isObject, request, valueAt } from "../../scripts/api-client.ts";
import { readDeliveries, readEvents } from "../../scripts/demo/follow.ts";
import { readTruth } from "../../scripts/demo/serve-recording.ts";
import { isMigrated } from "../../scripts/start/migrated.ts";
import { tryListening } from "../../scripts/start/port.ts";
import { arrivalsOf, assertInOrder, USUAL_EVENTS } from "./calls.ts";
import {
  cleanUp,
  newPlace,
  nodeStart,
  npmRun,
  npmStart,
  pressCtrlC,
  recordedGroups,
  waitUntilGone,
  type Place,
  type Running,
} from "./trunkline.ts";

describe("one call, end to end, on npm start", () => {
  let place: Place;
  let running: Running;
  let callId = "";

  before(async () => {
    place = await newPlace({ isNew: true });
    running = await npmStart(place);
  });
  after(() => cleanUp(place, running));

  test("npm run demo shows every step and exits 0", async () => {
    const { code, output } = await npmRun(["run", "demo"], place);
    assert.equal(code, 0, output);
    callId = /\bcall_[0-9a-z]+/.exec(output)?.[0] ?? "";
    const steps = USUAL_EVENTS.map((type) =>
      output.search(new RegExp(`^ +[\\d.]+ s +\\+[\\d.]+ m?s +${type.replace(".", "\\.")}`, "m")),
    );
    assert.ok(
      steps.every((at) => at > 0),
      output,
    );
    assert.deepEqual(
      steps,
      steps.toSorted((left, right) => left - right),
    );
    assert.equal(output.match(/signature verified/g)?.length, USUAL_EVENTS.length, output);
  });

  test("the call's events are the six usual ones, and the receiver verified them in order", async () => {
    const events = await readEvents(running.connection, callId);
    assert.deepEqual(
      events.map((event) => event.type),
      USUAL_EVENTS,
    );
    assert.deepEqual(
      events.map((event) => event.seq),
      [1, 2, 3, 4, 5, 6],
    );
    const deliveries = await readDeliveries(running.connection, callId);
    assert.deepEqual(
      deliveries.map((one) => one.id),
      events.map((event) => event.id),
    );
    assertInOrder(await arrivalsOf(running.connection, callId));
  });

  test("the talk times are those of the recording, within 0.3 s on each channel", async () => {
    const truth = readTruth();
    const events = await readEvents(running.connection, callId);
    const completed = events.find((event) => event.type === "analysis.completed");
    const talk = valueAt(completed?.data, ["analysis", "measures", "talk_seconds"]) as number[];
    assert.equal(talk.length, truth.talkSeconds.length);
    truth.talkSeconds.forEach((known, channel) => {
      assert.ok(
        Math.abs((talk[channel] ?? 0) - known) <= 0.3,
        `channel ${channel}: ${talk[channel]} s, known ${known} s`,
      );
    });
  });

  test("the recording plays at its signed link, in parts too", async () => {
    const call = await request(running.connection.url, `/v1/calls/${callId}`, { token: running.connection.apiKey });
    const recordings = valueAt(call.body, ["recordings"]);
    const recording: unknown = Array.isArray(recordings) ? recordings[0] : null;
    assert.ok(isObject(recording) && typeof recording.audio_url === "string");
    const whole = await fetch(recording.audio_url);
    assert.equal(whole.status, 200);
    assert.equal((await whole.arrayBuffer()).byteLength, recording.size_bytes);
    const part = await fetch(recording.audio_url, { headers: { range: "bytes=0-99" } });
    assert.equal(part.status, 206);
    assert.equal((await part.arrayBuffer()).byteLength, 100);
  });

  test("Ctrl-C stops everything it started", async () => {
    const groups = recordedGroups(place);
    assert.ok(groups.length > 0);
    await pressCtrlC(running);
    assert.match(running.output(), /stopping …\s+stopped\s*$/);
    await waitUntilGone(groups);
    assert.equal(await tryListening(place.port), null);
  });

  test("starting again keeps the data, the key and the receiver's address", async () => {
    const { apiKey, organizationId, campaignId, receiverUrl } = running.connection;
    assert.ok(isMigrated(place.stateDir), "what wrangler wrote of the migrations is not what the next start reads");
    running = await nodeStart(place);
    const again = running.connection;
    assert.deepEqual(
      {
        apiKey: again.apiKey,
        organizationId: again.organizationId,
        campaignId: again.campaignId,
        receiverUrl: again.receiverUrl,
      },
      { apiKey, organizationId, campaignId, receiverUrl },
    );
    assert.equal((await readEvents(again, callId)).length, USUAL_EVENTS.length);
    assert.equal((await readDeliveries(again, callId)).length, USUAL_EVENTS.length);
    assert.equal((await npmRun(["run", "demo"], place)).code, 0);
  });

  test("a stop that was asked for is a success", async () => {
    assert.equal(await pressCtrlC(running), 0, running.output());
    assert.deepEqual(recordedGroups(place), []);
  });
});
