import type { Counters } from "./counted/counters.ts";
import type { LoadResult } from "./load.ts";
import { anuraNotice, markOf } from "./notices.ts";
import { makeOrganization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import type { Receipt } from "./receiver.ts";
import { migrate, startServer, type Server } from "./server.ts";
import type { Subprocess } from "./subprocess.ts";

/**
 * Everything the bindings did for one normal call, or for many at once divided by their number. `cpuMs` is of the whole
 * workerd process, simulated D1, R2, queues and objects included: more than production would bill.
 */
export type CallOperations = {
  perCall: Counters;
  written: Record<string, number>;
  events: string[];
  deliveries: number;
  cpuMs: number;
};

export type OperationsFigures = {
  /** Calls that come one at a time: nothing is shared, which is the dearest a call can be. */
  alone: CallOperations;
  /** Calls that come together, so that queue batches, drains and alarms are shared. */
  together: CallOperations;
  /** One run of the cron with nothing to do. */
  idleSweep: Counters;
};

const EVENTS = [
  "call.completed",
  "recording.completed",
  "task.created",
  "analysis.created",
  "analysis.completed",
  "call.processed",
];
const PATIENCE = 60;

/** The normal call: Anura's notice, its recording fetched, kept and analysed, six events to one endpoint. */
export async function countOperations(
  load: Subprocess,
  receiver: Subprocess,
  receiverUrl: string,
  plan: { alone: number; together: number },
): Promise<OperationsFigures> {
  const server = await startServer({ config: "wrangler.toml", main: "test/bench/counted/index.ts" });
  try {
    await migrate(server);
    const { apiKey, campaign } = await makeOrganization(server, { urls: [`${receiverUrl}/0`], events: ["*"] });
    const call = async (phase: string, numbers: number[]): Promise<Receipt[]> => {
      await receiver.ask("reset");
      const notices = numbers.map((number) =>
        anuraNotice(apiKey, campaign, markOf(phase, number), `${receiverUrl}/audio.mp3`),
      );
      const { failed } = await load.ask<LoadResult>("run", { url: server.url, notices, connections: numbers.length });
      if (failed > 0) throw new Error("a call was not taken");
      const receipts = await receiver.ask<Receipt[]>("collect", {
        expected: numbers.length * EVENTS.length,
        seconds: PATIENCE,
      });
      if (receipts.length !== numbers.length * EVENTS.length)
        throw new Error(`${receipts.length} deliveries of ${numbers.length} calls came`);
      await quiet(server.pid);
      return receipts;
    };
    // The first call makes the source, the operator and the object's tables, and warms the key.
    await call("first", [0]);

    let receipts: Receipt[] = [];
    let cpuBefore = await resetCounters(server);
    for (let number = 0; number < plan.alone; number += 1) receipts = [...receipts, ...(await call("alone", [number]))];
    const alone = await perCall(server, receipts, plan.alone, cpuBefore);

    cpuBefore = await resetCounters(server);
    receipts = await call(
      "together",
      Array.from({ length: plan.together }, (_, number) => number),
    );
    const together = await perCall(server, receipts, plan.together, cpuBefore);

    await resetCounters(server);
    await fetch(`${server.url}/bench/sweep`, { method: "POST" });
    const idleSweep = (await countersOf(server)).counters;
    return { alone, together, idleSweep };
  } finally {
    await server.stop();
  }
}

async function perCall(server: Server, receipts: Receipt[], calls: number, cpuBefore: number): Promise<CallOperations> {
  const cpuMs = ((cpuSeconds(server.pid) - cpuBefore) * 1000) / calls;
  const { counters, written } = await countersOf(server);
  const types = receipts.flatMap(({ type }) => type ?? []);
  const missing = EVENTS.filter((type) => types.filter((one) => one === type).length !== calls);
  if (missing.length > 0) throw new Error(`not delivered once per call: ${missing.join(", ")}`);
  const divided = Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [name, value / calls]),
  ) as Counters;
  return {
    perCall: divided,
    written: Object.fromEntries(Object.entries(written).map(([name, rows]) => [name, rows / calls])),
    events: [...new Set(types)],
    deliveries: receipts.length / calls,
    cpuMs,
  };
}

export async function countersOf(server: Server): Promise<{ counters: Counters; written: Record<string, number> }> {
  return (await (await fetch(`${server.url}/bench/counters`)).json()) as {
    counters: Counters;
    written: Record<string, number>;
  };
}

/** Starts counting anew, and gives the processor seconds used so far. */
export async function resetCounters(server: Server): Promise<number> {
  await fetch(`${server.url}/bench/reset`, { method: "POST" });
  return cpuSeconds(server.pid);
}
