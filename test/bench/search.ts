import { fillCalls } from "./many-calls.ts";
import { makeOrganization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import type { Table } from "./table.ts";

/**
 * Searches among many calls, one after another. `cpuMs` is of the whole workerd process, the simulated D1 that runs the
 * queries included; `worst` the dearest of the groups of requests that the clock of the process can tell apart.
 */
export type SearchFigures = { calls: number; kinds: Record<string, { mean: number; worst: number }> };

/** What people look for (many-calls.ts says how many calls have what). */
const QUERIES: Record<string, string> = {
  "words of every call": "q=hello+thanks",
  "words of every call, one campaign": "q=hello&campaign_id=1",
  "a word of one call in fifty": "q=refund",
  "a word of one call in 10,000, and a common one": "q=hello+chargeback",
  "the end of a number": "q=555-0042",
  "a word that no call has": "q=zeppelin",
};

/** Requests of a group: the clock of a process has ten milliseconds. */
const GROUP = 10;

/** Fills both databases with calls, as if they had come and been indexed, and searches them. */
export async function measureSearch({ calls, groups }: { calls: number; groups: number }): Promise<SearchFigures> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    const organization = await makeOrganization(server, { urls: [], events: [] });
    await fillCalls(server, organization.id, calls);
    const kinds: SearchFigures["kinds"] = {};
    for (const [name, query] of Object.entries(QUERIES)) {
      await ask(server, organization.apiKey, query);
      await quiet(server.pid);
      const spent: number[] = [];
      for (let group = 0; group < groups; group += 1) {
        const before = cpuSeconds(server.pid);
        for (let time = 0; time < GROUP; time += 1) await ask(server, organization.apiKey, query);
        spent.push(((cpuSeconds(server.pid) - before) * 1000) / GROUP);
      }
      kinds[name] = { mean: spent.reduce((sum, one) => sum + one, 0) / groups, worst: Math.max(...spent) };
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
    head: ["", "mean", "dearest ten requests"],
    rows: Object.entries(kinds).map(([name, { mean, worst }]) => [name, mean, worst]),
  };
}

async function ask(server: Server, apiKey: string, query: string): Promise<void> {
  const answer = await fetch(`${server.url}/v1/search?${query}`, { headers: { "x-api-key": apiKey } });
  if (answer.status !== 200) throw new Error(`a search was answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
}
