import { ingestTrial, type IngestFigure, type IngestSubject } from "./ingest-trial.ts";
import { anuraNotice, audianNotice } from "./notices.ts";
import { makeOrganization } from "./organization.ts";
import { migrate, startServer } from "./server.ts";
import { interleave, mapValues, repeated, type Repeated } from "./statistics.ts";
import { FLOOR_SECRET } from "./subjects.ts";
import type { Subprocess } from "./subprocess.ts";

export type IngestPlan = { rounds: number; seconds: number; connections: number };

export type IngestName = "floor" | "Audian (HMAC)" | "Anura (API key)";

export type IngestFigures = Repeated<IngestFigure>;

/**
 * What taking a request in costs. No queue has a consumer here, in neither Worker: what is sent is taken by the local
 * queue and dropped, so that the work behind the queue, which in production runs elsewhere, costs the figures nothing.
 */
export async function measureIngest(load: Subprocess, plan: IngestPlan): Promise<Record<IngestName, IngestFigures>> {
  const vars = { SECRET: FLOOR_SECRET };
  const floor = await startServer({ config: "test/bench/floor/wrangler.toml", consumers: false, vars });
  const ours = await startServer({ config: "wrangler.toml", consumers: false });
  try {
    await migrate(ours);
    const { apiKey, campaign, sourcePath, sourceSecret } = await makeOrganization(ours, { urls: [], events: [] });
    const subjects: Record<IngestName, IngestSubject> = {
      floor: { server: floor, notice: (mark) => audianNotice("/", FLOOR_SECRET, mark) },
      "Audian (HMAC)": { server: ours, notice: (mark) => audianNotice(sourcePath, sourceSecret, mark) },
      "Anura (API key)": {
        server: ours,
        notice: (mark) => anuraNotice(apiKey, campaign, mark, "http://127.0.0.1:9/audio.mp3"),
      },
    };
    const names: IngestName[] = ["floor", "Audian (HMAC)", "Anura (API key)"];
    for (const name of names) await ingestTrial(load, subjects[name], plan);
    const trials = await interleave(plan.rounds, names, (name) => ingestTrial(load, subjects[name], plan));
    return mapValues(trials, repeated);
  } finally {
    await Promise.all([floor.stop(), ours.stop()]);
  }
}
