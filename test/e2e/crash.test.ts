import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readEvents } from "../../scripts/demo/follow.ts";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { groupMembers } from "../../scripts/start/process-group.ts";
import { arrivalsOf, assertInOrder, idsFound, isComplete, makeCall, misbehave, USUAL_EVENTS } from "./calls.ts";
import {
  cleanUp,
  eventually,
  killEverything,
  killStartOnly,
  newPlace,
  npmStart,
  recordedGroups,
  waitUntilGone,
  type Place,
  type Running,
} from "./trunkline.ts";

// A delivery that was in flight when the power went is tried again when its lease is over.
const RECOVERY = 120_000;

describe("killed in the middle", () => {
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

  const isHealthy = () =>
    fetch(`${running.connection.url}/health`).then(
      ({ status }) => status === 200,
      () => false,
    );

  test("SIGKILL after the 2xx and before any delivery loses nothing", async () => {
    // The receiver takes so long that nothing can have been delivered when the kill comes.
    await misbehave(running.connection, { delayMs: 600_000 });
    const calls: string[] = [];
    // Killed at different stages: some calls are all but done, the last one's 2xx has only just been sent.
    for (const pause of [1500, 400, 150, 50, 20, 0]) {
      calls.push(await makeCall(running.connection, recording.url, truth));
      await sleep(pause);
    }
    const killedAt = Date.now();
    await killEverything(running, place);

    running = await npmStart(place);
    for (const callId of calls) {
      const arrivals = await eventually(
        `deliveries of ${callId}`,
        () => arrivalsOf(running.connection, callId),
        isComplete,
        RECOVERY,
      );
      assertInOrder(arrivals);
      assert.ok(arrivals.every((one) => Date.parse(one.receivedAt) > killedAt));
      assert.deepEqual(
        (await readEvents(running.connection, callId)).map((event) => event.type),
        USUAL_EVENTS,
      );
    }
    await eventually(
      "calls in the search index",
      () => idsFound(running.connection),
      (found) => calls.every((id) => found.includes(id)),
      RECOVERY,
    );
  });

  test("a start that was killed alone leaves nothing behind, and the next one goes on", async () => {
    const groups = recordedGroups(place);
    killStartOnly(running);
    await running.exited;
    await waitUntilGone(groups);

    running = await npmStart(place);
    const callId = await makeCall(running.connection, recording.url, truth);
    assertInOrder(await eventually("deliveries", () => arrivalsOf(running.connection, callId), isComplete, RECOVERY));
  });

  for (const [what, victim] of [
    ["the runtime", /workerd/],
    ["the process that serves the Worker", /scripts\/host\.ts/],
  ] as const) {
    test(`${what} killed under a running start is replaced, and the call it had accepted goes on`, async () => {
      const callId = await makeCall(running.connection, recording.url, truth);
      const members = recordedGroups(place).flatMap(groupMembers);
      const killed = members.filter(({ command }) => victim.test(command));
      assert.ok(killed.length > 0, `nothing to kill among ${JSON.stringify(members)}`);
      for (const { pid } of killed) process.kill(pid, "SIGKILL");
      assertInOrder(await eventually("deliveries", () => arrivalsOf(running.connection, callId), isComplete, RECOVERY));
      // The deliveries may have been made before the kill: then the successor may still be coming up.
      await eventually("health", isHealthy, (healthy) => healthy, RECOVERY);
    });
  }
});
