import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Notice } from "./notices.ts";
import { answerParent } from "./subprocess.ts";

/**
 * Posts notices over kept-open connections. One of `seconds` (for as long, over and over) and `once` (each one once).
 */
export type LoadJob = {
  url: string;
  notices: Notice[];
  connections: number;
  seconds?: number;
  /** Notices a second; without it, as fast as the answers come. */
  rate?: number;
};

/** Times in milliseconds. `answeredAt` is by mark, in time since the epoch, where each notice was sent once. */
export type LoadResult = {
  answered: number;
  failed: number;
  elapsed: number;
  latencies: number[];
  answeredAt: Record<string, number>;
  /** Processor seconds that this generator used: near `elapsed`, it and not the Worker was the limit. */
  ownCpu: number;
};

async function run(job: LoadJob): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
  const result: LoadResult = { answered: 0, failed: 0, elapsed: 0, latencies: [], answeredAt: {}, ownCpu: 0 };
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = job.seconds === undefined ? Infinity : start + job.seconds * 1000;
  let next = 0;

  async function connection(): Promise<void> {
    for (;;) {
      const number = next;
      next += 1;
      if (job.seconds === undefined ? number >= job.notices.length : performance.now() >= end) return;
      if (job.rate !== undefined) await sleep(Math.max(0, start + (number * 1000) / job.rate - performance.now()));
      const notice = job.notices[number % job.notices.length];
      if (!notice) return;
      const sentAt = performance.now();
      const ok = await post(agent, job.url, notice);
      const doneAt = performance.now();
      if (!ok) result.failed += 1;
      result.answered += 1;
      result.latencies.push(doneAt - sentAt);
      if (job.seconds === undefined) result.answeredAt[notice.mark] = performance.timeOrigin + doneAt;
    }
  }

  await Promise.all(Array.from({ length: job.connections }, connection));
  result.elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  result.ownCpu = (user + system) / 1e6;
  agent.destroy();
  return result;
}

function post(agent: Agent, url: string, notice: Notice): Promise<boolean> {
  return new Promise((resolve) => {
    const length = Buffer.byteLength(notice.body);
    const headers = { ...notice.headers, "content-length": length };
    const outgoing = request(
      `${url}${notice.path}`,
      { method: "POST", agent, headers, timeout: 20_000 },
      (response) => {
        response.once("end", () => resolve(response.statusCode === 200));
        response.once("error", () => resolve(false));
        response.resume();
      },
    );
    outgoing.once("timeout", () => outgoing.destroy());
    outgoing.once("error", () => resolve(false));
    outgoing.end(notice.body);
  });
}

answerParent({ run });
