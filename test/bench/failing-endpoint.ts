import { post, type Ends } from "./burst.ts";
import { pooled, type Latencies } from "./latencies.ts";
import { markOf } from "./notices.ts";
import { quiet } from "./process-cpu.ts";
import { migrate, startServer } from "./server.ts";
import { interleave, mapValues, percentile, repeated, type Repeated } from "./statistics.ts";
import { oursSubject } from "./subjects.ts";

export type FailingPlan = { rounds: number; connections: number; rate: number; seconds: number };

/** `refusals` are the requests the tenth turned down. */
type FailingFigure = "p50" | "cpuMs" | "lost" | "refusals";

/** Latencies are from the 2xx to the nine receivers that answer. */
export type FailingFigures = Repeated<FailingFigure> & { latencies: Latencies };

export type FailingSubject = "healthy" | "failing";

const OTHERS = 9;
/** Seconds of the turn before those that count. */
const WARM_UP = 2;

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
    const trial = async (name: FailingSubject, seconds: number) => {
      // A new organization each time, so that the circuit of the failing endpoint is closed when the calls begin.
      const subject = await oursSubject(
        server,
        Array.from({ length: OTHERS }, (_, endpoint) => `${receiverUrl}/${endpoint}`),
        { silent: [name === "failing" ? `${receiverUrl}/fails/9` : `${receiverUrl}/ignored/9`] },
      );
      // The first call starts the objects and makes their tables.
      await post(ends, subject, marks(1), { connections: 1 });
      await quiet(server.pid);
      const { connections, rate } = plan;
      const calls = marks(rate * seconds);
      const { latencies, cpuMs, lost } = await post(ends, subject, calls, { connections, rate });
      const refusals = await ends.receiver.ask<number>("refusals");
      const figures = { p50: percentile(latencies, 0.5), cpuMs, lost, refusals };
      return { figures, latencies, calls: calls.length };
    };
    for (const name of ["healthy", "failing"] as const) await trial(name, WARM_UP);
    const trials = await interleave(plan.rounds, ["healthy", "failing"] as const, (name) => trial(name, plan.seconds));
    return mapValues(trials, (turns) => ({
      ...repeated(turns.map(({ figures }) => figures)),
      latencies: pooled(turns),
    }));
  } finally {
    await server.stop();
  }
}
