import { deliverStage, post, type Ends, type Subject } from "./burst.ts";
import { pooled, type Latencies } from "./latencies.ts";
import { markOf } from "./notices.ts";
import { quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { interleave, mapValues, percentile, repeated, type Repeated } from "./statistics.ts";
import { FLOOR_SECRET, floorSubject, oursSubject } from "./subjects.ts";

export type DeliveryPlan = {
  rounds: number;
  /** Deliveries of one burst, by number of endpoints: the calls are so many fewer. */
  burst: number;
  connections: number;
  /** The paced part: calls a second, and for how long. */
  rate: number;
  seconds: number;
};

/**
 * `whole`: from the first 2xx of a burst on. `stage`: from the nudge on, events recorded. `p50` is of the paced part.
 * Processor time is per delivery, until nothing is left to do; it bears a busy machine better than rates do.
 */
export type DeliveryFigure = "wholePerSecond" | "wholeCpuMs" | "stagePerSecond" | "stageCpuMs" | "p50" | "lost";

export type DeliveryFigures = Repeated<DeliveryFigure> & { latencies: Latencies };

export const DELIVERY_SUBJECTS = ["bare floor", "durable each", "durable grouped", "ours"] as const;
export type DeliverySubject = (typeof DELIVERY_SUBJECTS)[number];

/** Deliveries a second that the paced part never passes: a queue that grows would be measured, not a latency. */
const CALM = 200;

/** Deliveries to so many endpoints, from the POST of the call on, and from the recorded event on. */
export async function measureDelivery(
  ends: Ends,
  receiverUrl: string,
  endpoints: number,
  plan: DeliveryPlan,
): Promise<Record<DeliverySubject, DeliveryFigures>> {
  const vars = { SECRET: FLOOR_SECRET, RECEIVER_URL: receiverUrl };
  const servers: Server[] = [];
  const start = async (config: string, more: Record<string, string> = {}): Promise<Server> => {
    const server = await startServer({ config, ...(config === "wrangler.toml" ? {} : { vars: { ...vars, ...more } }) });
    servers.push(server);
    return server;
  };
  try {
    const bare = await start("test/bench/floor/wrangler.toml");
    const each = await start("test/bench/durable/wrangler.toml", { OUTCOME: "each" });
    const grouped = await start("test/bench/durable/wrangler.toml", { OUTCOME: "grouped" });
    const ours = await start("wrangler.toml");
    await migrate(ours);
    const urls = Array.from({ length: endpoints }, (_, endpoint) => `${receiverUrl}/${endpoint}`);
    const subjects: Record<DeliverySubject, Subject> = {
      "bare floor": floorSubject(bare, endpoints),
      "durable each": floorSubject(each, endpoints),
      "durable grouped": floorSubject(grouped, endpoints),
      ours: await oursSubject(ours, urls),
    };
    let phase = 0;
    const trial = async (name: DeliverySubject, part = 1) => {
      const subject = subjects[name];
      const marks = (count: number) => {
        phase += 1;
        return Array.from({ length: count }, (_, number) => markOf(`turn${phase}`, number));
      };
      const calls = Math.ceil((plan.burst * part) / subject.perCall);
      const { connections, seconds } = plan;
      const rate = Math.min(plan.rate, CALM / subject.perCall);
      await quiet(subject.server.pid);
      const whole = await post(ends, subject, marks(calls), { connections });
      const stage = await deliverStage(ends.receiver, subject, marks(calls));
      const pacedCalls = marks(rate * seconds * part);
      const paced = await post(ends, subject, pacedCalls, { connections, rate });
      const figures: Record<DeliveryFigure, number> = {
        wholePerSecond: whole.perSecond,
        wholeCpuMs: whole.cpuMs,
        stagePerSecond: stage.perSecond,
        stageCpuMs: stage.cpuMs,
        p50: percentile(paced.latencies, 0.5),
        lost: whole.lost + stage.lost + paced.lost,
      };
      return { figures, latencies: paced.latencies, calls: pacedCalls.length };
    };
    for (const name of DELIVERY_SUBJECTS) await trial(name, WARM_UP);
    const trials = await interleave(plan.rounds, DELIVERY_SUBJECTS, (name) => trial(name));
    return mapValues(trials, (turns) => ({
      ...repeated(turns.map(({ figures }) => figures)),
      latencies: pooled(turns),
    }));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** What goes before the turns that count, as a share of one. */
const WARM_UP = 0.25;
