import { deliverStage, post, type Ends, type Subject } from "./burst.ts";
import { markOf } from "./notices.ts";
import { quiet } from "./process-cpu.ts";
import { migrate, startServer } from "./server.ts";
import { interleave, mapValues, repeated, type Repeated } from "./statistics.ts";
import { oursSubject } from "./subjects.ts";

export type ShardsPlan = { rounds: number; burst: number };

/** From the recorded event on, to a receiver that answers at once and to one that takes its time. */
type ShardsFigure = "perSecond" | "cpuMs" | "slowPerSecond" | "lost";
export type ShardsFigures = Repeated<ShardsFigure>;

export type ShardsSubject = "one" | "four";

/** One endpoint whose calls go through one object, and one whose calls spread over four. */
export async function measureShards(
  ends: Ends,
  receiverUrl: string,
  plan: ShardsPlan,
): Promise<Record<ShardsSubject, ShardsFigures>> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    let phase = 0;
    const marks = (count: number) => {
      phase += 1;
      return Array.from({ length: count }, (_, number) => markOf(`shards${phase}`, number));
    };
    const subjectsWith = async (shards: number) => ({
      prompt: await oursSubject(server, [`${receiverUrl}/0`], { shards }),
      slow: await oursSubject(server, [`${receiverUrl}/slow/0`], { shards }),
    });
    const subjects: Record<ShardsSubject, { prompt: Subject; slow: Subject }> = {
      one: await subjectsWith(1),
      four: await subjectsWith(4),
    };
    const trial = async (name: ShardsSubject): Promise<Record<ShardsFigure, number>> => {
      const { prompt, slow } = subjects[name];
      await quiet(server.pid);
      const promptly = await deliverStage(ends.receiver, prompt, marks(plan.burst));
      const slowly = await deliverStage(ends.receiver, slow, marks(plan.burst));
      return {
        perSecond: promptly.perSecond,
        cpuMs: promptly.cpuMs,
        slowPerSecond: slowly.perSecond,
        lost: promptly.lost + slowly.lost,
      };
    };
    for (const { prompt, slow } of Object.values(subjects)) {
      // What is laid in the outbox is copied from a call that came the whole way.
      for (const subject of [prompt, slow]) await post(ends, subject, marks(1), { connections: 1 });
    }
    for (const name of ["one", "four"] as const) await trial(name);
    return mapValues(await interleave(plan.rounds, ["one", "four"] as const, trial), repeated);
  } finally {
    await server.stop();
  }
}
