import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, numberAt, request } from "../api-client.ts";
import { Trouble } from "../trouble.ts";
import type { Connection } from "./connect.ts";
import { Progress } from "./progress.ts";

const INTERVAL = 300;
/** Milliseconds in which one more call is there, or something is wrong. */
const PATIENCE = 60_000;
const BAR = 30;
const MOST = 100;

/** The number behind `--calls`; undefined where it is not given. */
export function countIn(args: readonly string[]): number | undefined {
  const at = args.findIndex((one) => one === "--calls" || one.startsWith("--calls="));
  if (at === -1) return undefined;
  const text = args[at]?.split("=")[1] ?? args[at + 1] ?? "";
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST)
    throw new Trouble(`--calls takes a number from 1 to ${MOST}, as in \`npm run demo -- --calls 30\``);
  return count;
}

/** `npm run demo -- --calls 30`: loads sample calls, as the button on Home does, and shows how far they are. */
export async function loadSampleCalls(connection: Connection, count: number): Promise<number> {
  const progress = new Progress();
  try {
    progress.waitFor(barOf(0, count));
    const api = { token: connection.apiKey };
    const answer = await request(connection.url, "/v1/samples", { ...api, method: "POST", body: { calls: count } });
    const sent = numberAt(expectSuccess(answer, "loading sample calls"), ["sent"]);
    let [done, since] = [-1, Date.now()];
    while (done < count) {
      const state = expectSuccess(await request(connection.url, "/v1/samples", api), "reading sample calls");
      const analysed = numberAt(state, ["analysed"]);
      if (analysed > done) [done, since] = [analysed, Date.now()];
      else if (Date.now() - since > PATIENCE)
        throw new Trouble(`${count - done} calls are not analysed: look at ${connection.stateDir}/server.log`);
      progress.waitFor(barOf(Math.min(done, count), count));
      if (done < count) await sleep(INTERVAL);
    }
    progress.print(`${count} sample calls are at ${connection.url}/dashboard/calls; ${sent} of them are new.`);
    progress.print(`Home has a button that removes them: ${connection.url}/dashboard`);
    return 0;
  } finally {
    progress.stop();
  }
}

function barOf(done: number, all: number): string {
  const full = Math.round((done / all) * BAR);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${done} of ${all} calls analysed`;
}
