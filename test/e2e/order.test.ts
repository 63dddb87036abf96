import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readEvents } from "../../scripts/demo/follow.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { arrivalsOf, assertInOrder, isComplete, makeCall, misbehave } from "./calls.ts";
import { cleanUp, eventually, newPlace, npmStart, type Place, type Running } from "./trunkline.ts";

const CALLS = 10;
// The standard schedule waits 5 s before the second attempt, a fifth more or less.
const LONGEST_WAIT = 6000;
const SHORTEST_WAIT = 4000;

describe("a receiver that fails at random", () => {
  const truth = readTruth();
  let place: Place;
  let running: Running;
  let recording: Awaited<ReturnType<typeof serveRecording>>;

  before(async () => {
    place = await newPlace();
    running = await npmStart(place);
    recording = await serveRecording();
  });
  after(async () => {
    recording.close();
    await cleanUp(place, running);
  });

  test("per call strictly in order; no call waits for another's retry", async () => {
    const { connection } = running;
    // Each delivery fails once at most: its third attempt would be five minutes away.
    await misbehave(connection, { failRate: 0.4, failsEach: 1 });
    const calls: string[] = [];
    for (let made = 0; made < CALLS; made += 1) calls.push(await makeCall(connection, recording.url, truth));

    const seen: { callId: string; failed: number; late: number }[] = [];
    for (const callId of calls) {
      const arrivals = await eventually(
        `deliveries of ${callId}`,
        () => arrivalsOf(connection, callId),
        isComplete,
        90_000,
      );
      assertInOrder(arrivals);
      const failed = arrivals.filter((one) => one.status !== 200).length;
      const events = await readEvents(connection, callId);
      const lastTaken = Date.parse(arrivals.findLast((one) => one.status === 200)?.receivedAt ?? "");
      const lastRecorded = events.at(-1)?.recordedAt ?? Number.NaN;
      seen.push({ callId, failed, late: lastTaken - lastRecorded });
    }
    const failures = seen.reduce((sum, { failed }) => sum + failed, 0);
    assert.ok(failures >= 5, `only ${failures} failures: this run proved nothing`);
    // A call waits for its own failures. Had one waited for the others' too, it would be late by all of their waits:
    // half of these is left to a slow machine.
    for (const { callId, failed, late } of seen) {
      const most = failed * LONGEST_WAIT + ((failures - failed) * SHORTEST_WAIT) / 2;
      assert.ok(late <= most, `${callId}: ${late} ms late after ${failed} of ${failures} failures`);
    }
  });
});
