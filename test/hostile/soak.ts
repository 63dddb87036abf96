import { setTimeout as sleep } from "node:timers/promises";
import { readTruth, serveRecording } from "../../scripts/demo/serve-recording.ts";
import { arrivalsOf, assertInOrder, isComplete, makeCall } from "../e2e/calls.ts";
import { eventually } from "../e2e/trunkline.ts";
import type { Connection } from "../../scripts/demo/connect.ts";
import type { Harness } from "./harness.ts";

/** Steady traffic: every call that was acknowledged is delivered, whole and in order, and nothing ended meanwhile. */
export const soak: Harness = {
  name: "soak",
  async run({ running, long }) {
    const truth = readTruth();
    const recording = await serveRecording();
    const calls: string[] = [];
    try {
      for (let at = 0; at < (long ? 1200 : 20); at += 1) {
        calls.push(await makeCall(running.connection, recording.url, truth));
        await sleep(250);
      }
      const faults = await faultsOf(running.connection, calls);
      const ends = running.output().match(/crashed unexpectedly|starting another/g) ?? [];
      faults.push(...ends.map(() => "the runtime ended"));
      return { figure: `${calls.length} calls, ${ends.length} ends, ${faults.length} lost or out of order`, faults };
    } finally {
      recording.close();
    }
  },
};

/** What is wrong with the deliveries of each of these calls. */
export async function faultsOf(connection: Connection, calls: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const call of calls) {
    try {
      assertInOrder(await eventually(`deliveries of ${call}`, () => arrivalsOf(connection, call), isComplete, 240_000));
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  return faults;
}
