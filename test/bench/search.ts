import { fillCalls } from "./many-calls.ts";
import { makeOrganization } from "./organization.ts";
import { cpuOfEach, quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { meanOf, percentile } from "./statistics.ts";
import type { Table } from "./table.ts";

/**
 * Searches among many calls, one after another. `cpuMs` is of the whole workerd process, the simulated D1 that runs the
 * queries included.
 */
export type SearchFigures = { calls: number; kinds: Record<string, { mean: number; p95: number; worst: number }> };

/** What people look for (many-calls.ts says how many calls have what). */
const QUERIES: Record<string, string> = {
  "words of every call": "q=hello+thanks",
  "words of every call, one campaign": "q=hello&campaign_id=1",
  "a word of one call in fifty": "q=refund",
  "a word of one call in 10,000, and a common one": "q=hello+chargeback",
  "the end of a number": "q=555-0042",
  "a word that no call has": "q=zeppelin",
  "a risk of 70 and more, which three calls in ten have": "risk_min=70",
  "a risk of 99 and more, and words of every call": "risk_min=99&q=hello",
  "two scores, between words of every call": "q=hello&score=Stress>=20&score=Stress<35.5",
};

/** Fills both databases with calls, as if they had come and been indexed, and searches them. */
export async function measureSearch({ calls, requests }: { calls: number; requests: number }): Promise<SearchFigures> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    const organization = await makeOrganization(server, { urls: [], events: [] });
    await fillCalls(server, organization.id, calls);
    const kinds: SearchFigures["kinds"] = {};
    for (const [name, query] of Object.entries(QUERIES)) {
      await ask(server, organization.apiKey, query);
      await quiet(server.pid);
      const asks = Array.from({ length: requests }, () => () => ask(server, organization.apiKey, query));
      const spent = await cpuOfEach(server.pid, asks);
      kinds[name] = { mean: meanOf(spent), p95: percentile(spent, 0.95), worst: Math.max(...spent) };
    }
    return { calls, kinds };
  } finally {
    await server.stop();
  }
}

export function searchTable({ calls, kinds }: SearchFigures): Table {
  return {
    name: "search",
    title: `CPU ms of a search among ${calls.toLocaleString("en")} calls, its page of 50 calls included`,
    head: ["", "mean", "p95", "dearest"],
    rows: Object.entries(kinds).map(([name, { mean, p95, worst }]) => [name, mean, p95, worst]),
  };
}

async function ask(server: Server, apiKey: string, query: string): Promise<void> {
  const answer = await fetch(new URL(`/v1/search?${query}`, server.url), { headers: { "x-api-key": apiKey } });
  if (answer.status !== 200) throw new Error(`a search was answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
}
