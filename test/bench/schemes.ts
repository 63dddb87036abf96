import { expectSuccess, request, textAt } from "../../scripts/api-client.ts";
import type { IngestFigures, IngestPlan } from "./ingest.ts";
import { ingestTrial, type IngestSubject } from "./ingest-trial.ts";
import { anuraNotice, audianNotice, type Notice } from "./notices.ts";
import { makeOrganization } from "./organization.ts";
import { SIGNERS, type Signer } from "./signers.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { interleave, mapValues, repeated } from "./statistics.ts";
import { FLOOR_SECRET } from "./subjects.ts";
import type { Subprocess } from "./subprocess.ts";

export type SchemeFigures = Record<string, IngestFigures>;

/**
 * What each way of proving a sender costs, each with a usual notice of a platform that uses it, against the same floor
 * as `ingest`: the floor checks one HMAC-SHA256 and reads nothing.
 */
export async function measureSchemes(load: Subprocess, plan: IngestPlan): Promise<SchemeFigures> {
  const vars = { SECRET: FLOOR_SECRET };
  const floor = await startServer({ config: "test/bench/floor/wrangler.toml", consumers: false, vars });
  const ours = await startServer({ config: "wrangler.toml", consumers: false });
  try {
    await migrate(ours);
    const { apiKey, campaign, sourcePath, sourceSecret } = await makeOrganization(ours, { urls: [], events: [] });
    const subjects: Record<string, IngestSubject> = {
      floor: { server: floor, notice: (mark) => audianNotice("/", FLOOR_SECRET, mark) },
      "API key (Anura)": {
        server: ours,
        notice: (mark) => anuraNotice(apiKey, campaign, mark, "http://127.0.0.1:9/audio.mp3"),
      },
      "HMAC-SHA256 hex, timestamp (Audian)": {
        server: ours,
        notice: (mark) => audianNotice(sourcePath, sourceSecret, mark),
      },
    };
    for (const signer of SIGNERS)
      subjects[signer.name] = { server: ours, notice: await noticesOf(ours, apiKey, signer) };
    const names = Object.keys(subjects);
    const trial = (name: string) => ingestTrial(load, subjects[name]!, plan);
    for (const name of names) {
      const { failed } = await trial(name);
      if (failed > 0) throw new Error(`${name}: ${failed} requests were not taken`);
    }
    return mapValues(await interleave(plan.rounds, names, trial), repeated);
  } finally {
    await Promise.all([floor.stop(), ours.stop()]);
  }
}

async function noticesOf(server: Server, apiKey: string, signer: Signer): Promise<(mark: string) => Notice> {
  const { kind, secret, settings } = signer;
  const body = { kind, name: signer.name, secret, settings };
  const made = await request(server.url, "/v1/sources", { method: "POST", token: apiKey, body });
  const path = `/webhook/${kind}/${textAt(expectSuccess(made, "POST /v1/sources"), ["id"])}`;
  return (mark) => ({ path, mark, ...signer.sign(mark, `${server.url}${path}`) });
}
