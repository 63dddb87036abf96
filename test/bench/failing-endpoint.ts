import { post, type Ends } from "./burst.ts";
import { markOf } from "./notices.ts";
import { quiet } from "./process-cpu.ts";
import { migrate, startServer } from "./server.ts";
import { interleave, percentile } from "./statistics.ts";
import { oursSubject } from "./subjects.ts";

export type FailingPlan = { rounds: number; connections: number; rate: number; seconds: number };

/** Latencies from the 2xx to the nine receivers that answer; `refusals` are the requests the tenth turned down. */
export type FailingFigures = { p50: number; p99: number; cpuMs: number; lost: number; refusals: number };

export type FailingSubject = "healthy" | "failing";

const OTHERS = 9;

/** The effect of a tenth endpoint on nine others: once it takes everything, once it answers 503 to everything. */
export async function measureFailing(
  ends: Ends,
  receiverUrl: string,
  plan: FailingPlan,
): Promise<Record<FailingSubject, FailingFigures>> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    let phase = 0;
    const marks = (count: number) => {
      phase += 1;
      return Array.from({ length: count }, (_, number) => markOf(`tenth${phase}`, number));
    };
    const trial = async (name: FailingSubject): Promise<FailingFigures> => {
      // A new organization each time, so that the circuit of the failing endpoint is closed when the calls begin.
      const subject = await oursSubject(
        server,
        Array.from({ length: OTHERS }, (_, endpoint) => `${receiverUrl}/${endpoint}`),
        { silent: [name === "failing" ? `${receiverUrl}/fails/9` : `${receiverUrl}/ignored/9`] },
      );
      // The first call starts the objects and makes their tables.
      await post(ends, subject, marks(1), { connections: 1 });
      await quiet(server.pid);
      const { connections, rate, seconds } = plan;
      const { latencies, cpuMs, lost } = await post(ends, subject, marks(rate * seconds), { connections, rate });
      return {
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        cpuMs,
        lost,
        refusals: await ends.receiver.ask<number>("refusals"),
      };
    };
    for (const name of ["healthy", "failing"] as const) await trial(name);
    return await interleave(plan.rounds, ["healthy", "failing"], trial);
  } finally {
    await server.stop();
  }
}
