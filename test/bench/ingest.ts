import type { LoadJob, LoadResult } from "./load.ts";
import { anuraNotice, audianNotice, markOf, type Notice } from "./notices.ts";
import { makeOrganization } from "./organization.ts";
import { cpuSeconds } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { interleave, percentile } from "./statistics.ts";
import type { Subprocess } from "./subprocess.ts";

export type IngestPlan = { rounds: number; seconds: number; connections: number };

export type IngestFigures = {
  perSecond: number;
  p50: number;
  p99: number;
  cpuMs: number;
  loadCpuShare: number;
  failed: number;
};

export type IngestSubject = "floor" | "hmac" | "anura";

const SECRET = "whsec_the_floor_has_a_secret_of_its_own";
/** Different requests in rotation: enough that nothing is answered from having seen the very same one just before. */
const POOL = 500;

/**
 * What taking a request in costs. No queue has a consumer here, in neither Worker: what is sent is taken by the local
 * queue and dropped, so that the work behind the queue, which in production runs elsewhere, costs the figures nothing.
 */
export async function measureIngest(load: Subprocess, plan: IngestPlan): Promise<Record<IngestSubject, IngestFigures>> {
  const floor = await startServer({ config: "test/bench/floor/wrangler.toml", consumers: false, vars: { SECRET } });
  const ours = await startServer({ config: "wrangler.toml", consumers: false });
  try {
    await migrate(ours);
    const organization = await makeOrganization(ours, { urls: [], events: [] });
    const pool = (make: (mark: string) => Notice) =>
      Array.from({ length: POOL }, (_, number) => make(markOf("ingest", number)));
    const subjects: Record<IngestSubject, { server: Server; notices: () => Notice[] }> = {
      floor: { server: floor, notices: () => pool((mark) => audianNotice("/", SECRET, mark)) },
      hmac: {
        server: ours,
        notices: () => pool((mark) => audianNotice(organization.sourcePath, organization.sourceSecret, mark)),
      },
      anura: {
        server: ours,
        notices: () =>
          pool((mark) => anuraNotice(organization.apiKey, organization.campaign, mark, "http://127.0.0.1:9/audio.mp3")),
      },
    };
    const trial = async (name: IngestSubject, seconds: number): Promise<IngestFigures> => {
      const { server, notices } = subjects[name];
      const job: LoadJob = { url: server.url, notices: notices(), connections: plan.connections, seconds };
      const before = cpuSeconds(server.pid);
      const result = await load.ask<LoadResult>("run", job);
      return {
        perSecond: (result.answered * 1000) / result.elapsed,
        p50: percentile(result.latencies, 0.5),
        p99: percentile(result.latencies, 0.99),
        cpuMs: ((cpuSeconds(server.pid) - before) * 1000) / result.answered,
        loadCpuShare: (result.ownCpu * 1000) / result.elapsed,
        failed: result.failed,
      };
    };
    const names: IngestSubject[] = ["floor", "hmac", "anura"];
    for (const name of names) await trial(name, plan.seconds);
    return await interleave(plan.rounds, names, (name) => trial(name, plan.seconds));
  } finally {
    await Promise.all([floor.stop(), ours.stop()]);
  }
}
