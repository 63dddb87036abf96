import type { LoadJob, LoadResult } from "./load.ts";
import { markOf, type Notice } from "./notices.ts";
import { cpuSeconds } from "./process-cpu.ts";
import type { Server } from "./server.ts";
import { percentile } from "./statistics.ts";
import type { Subprocess } from "./subprocess.ts";

export type IngestFigure = "perSecond" | "p50" | "p99" | "cpuMs" | "loadCpuShare" | "failed";

/** The target of requests, and what makes them: one for each mark, signed when it is made. */
export type IngestSubject = { server: Server; notice: (mark: string) => Notice };

/** Different requests in rotation: enough that no answer comes from a cache of the same request. */
const POOL = 500;

/** Sends a subject its requests for some seconds, as fast as it answers. */
export async function ingestTrial(
  load: Subprocess,
  { server, notice }: IngestSubject,
  plan: { connections: number; seconds: number },
): Promise<Record<IngestFigure, number>> {
  const notices = Array.from({ length: POOL }, (_, number) => notice(markOf("ingest", number)));
  const job: LoadJob = { url: server.url, notices, ...plan };
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
}
