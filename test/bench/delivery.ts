import { deliverStage, post, type Ends, type Subject } from "./burst.ts";
import { markOf } from "./notices.ts";
import { quiet } from "./process-cpu.ts";
import { migrate, startServer } from "./server.ts";
import { interleave, percentile } from "./statistics.ts";
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
 * `whole`: from the first 2xx of a burst on. `stage`: from the nudge on, events recorded. Latencies are of the paced
 * part. Processor time is per delivery, until nothing is left to do; it bears a busy machine better than rates do.
 */
export type DeliveryFigures = {
  wholePerSecond: number;
  wholeCpuMs: number;
  stagePerSecond: number;
  stageCpuMs: number;
  p50: number;
  p99: number;
  lost: number;
};

export type DeliverySubject = "floor" | "ours";

/** Deliveries a second that the paced part never passes: a queue that grows would be measured, not a latency. */
const CALM = 200;

/** Deliveries to so many endpoints, from the POST of the call on, and from the recorded event on. */
export async function measureDelivery(
  ends: Ends,
  receiverUrl: string,
  endpoints: number,
  plan: DeliveryPlan,
): Promise<Record<DeliverySubject, DeliveryFigures>> {
  const floor = await startServer({
    config: "test/bench/floor/wrangler.toml",
    vars: { SECRET: FLOOR_SECRET, RECEIVER_URL: receiverUrl },
  });
  const ours = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(ours);
    const urls = Array.from({ length: endpoints }, (_, endpoint) => `${receiverUrl}/${endpoint}`);
    const subjects: Record<DeliverySubject, Subject> = {
      floor: floorSubject(floor, endpoints),
      ours: await oursSubject(ours, urls),
    };
    let phase = 0;
    const trial = async (name: DeliverySubject): Promise<DeliveryFigures> => {
      const subject = subjects[name];
      const marks = (count: number) => {
        phase += 1;
        return Array.from({ length: count }, (_, number) => markOf(`${name}${phase}`, number));
      };
      const calls = Math.ceil(plan.burst / subject.perCall);
      const { connections, seconds } = plan;
      const rate = Math.min(plan.rate, CALM / subject.perCall);
      await quiet(subject.server.pid);
      const whole = await post(ends, subject, marks(calls), { connections });
      const stage = await deliverStage(ends.receiver, subject, marks(calls));
      const paced = await post(ends, subject, marks(rate * seconds), { connections, rate });
      return {
        wholePerSecond: whole.perSecond,
        wholeCpuMs: whole.cpuMs,
        stagePerSecond: stage.perSecond,
        stageCpuMs: stage.cpuMs,
        p50: percentile(paced.latencies, 0.5),
        p99: percentile(paced.latencies, 0.99),
        lost: whole.lost + stage.lost + paced.lost,
      };
    };
    for (const name of ["floor", "ours"] as const) await trial(name);
    return await interleave(plan.rounds, ["floor", "ours"], trial);
  } finally {
    await Promise.all([floor.stop(), ours.stop()]);
  }
}
