import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { groupMembers, signalGroup } from "../../scripts/start/process-group.ts";
import { PROJECT } from "../../scripts/wrangler.ts";
import { makeCall } from "../e2e/calls.ts";
import { eventually, killEverything, npmStart, recordedGroups, waitUntilGone, type Place } from "../e2e/trunkline.ts";
import type { Ground, Harness } from "./harness.ts";
import { faultsOf } from "./soak.ts";

const VICTIMS = { runtime: /workerd/, host: /scripts\/host\.ts/ } as const;

/** SIGKILL of everything, of the runtime, of what serves it, and while starting: no acknowledged call is lost. */
export const crash: Harness = {
  name: "crash",
  async run(ground) {
    const truth = readTruth();
    const recording = await serveRecording();
    const calls: string[] = [];
    const kinds = ["everything", "runtime", "host", "starting"] as const;
    const rounds = ground.long ? 60 : 4;
    try {
      for (let round = 0; round < rounds; round += 1) {
        const kind = kinds[round % kinds.length] ?? "everything";
        const kill = new AbortController();
        const sending = (async () => {
          while (!kill.signal.aborted) {
            const call = await makeCall(ground.running.connection, recording.url, truth).catch(() => undefined);
            if (call !== undefined) calls.push(call);
            await sleep(150);
          }
        })();
        await sleep(200 + ground.random() * 1500);
        await killSome(ground, kind);
        kill.abort();
        await sending;
      }
      const faults = await faultsOf(ground.running.connection, calls);
      return {
        figure: `${rounds} kills, ${calls.length} acknowledged calls, ${faults.length} lost or out of order`,
        faults,
      };
    } finally {
      recording.close();
    }
  },
};

async function killSome(ground: Ground, kind: "everything" | "starting" | keyof typeof VICTIMS): Promise<void> {
  if (kind === "runtime" || kind === "host") {
    // The first group serves; the second, where there is one yet, waits to take over from it.
    for (const { pid, command } of recordedGroups(ground.place).slice(0, 1).flatMap(groupMembers))
      if (VICTIMS[kind].test(command)) process.kill(pid, "SIGKILL");
    await untilHealthy(ground.place);
    return;
  }
  await killEverything(ground.running, ground.place);
  if (kind === "starting") await killWhileStarting(ground.place, ground.random() * 3000);
  ground.running = await npmStart(ground.place);
}

async function killWhileStarting(place: Place, after: number): Promise<void> {
  const child = spawn(process.execPath, ["scripts/start.ts"], {
    cwd: PROJECT,
    detached: true,
    stdio: "ignore",
    env: { ...process.env, PORT: String(place.port), STATE_DIR: place.stateDir },
  });
  await sleep(after);
  const groups = [child.pid ?? 0, ...recordedGroups(place)].filter((group) => group > 1);
  for (const group of groups) signalGroup(group, "SIGKILL");
  await waitUntilGone(groups);
}

async function untilHealthy({ port }: Place): Promise<void> {
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually("health after a kill", ask, (ok) => ok, 120_000);
}
