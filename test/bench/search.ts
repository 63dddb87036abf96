import { makeOrganization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import type { Table } from "./table.ts";

/**
 * Searches among many calls, one after another. `cpuMs` is of the whole workerd process, the simulated D1 that runs the
 * queries included; `worst` the dearest of the groups of requests that the clock of the process can tell apart.
 */
export type SearchFigures = { calls: number; kinds: Record<string, { mean: number; worst: number }> };

/** What people look for. Every call has the first two words, one in fifty the third, one in 10,000 the last. */
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
/** Calls of one statement. */
const AT_ONCE = 5_000;

/** Fills both databases with calls, as if they had come and been indexed, and searches them. */
export async function measureSearch({ calls, groups }: { calls: number; groups: number }): Promise<SearchFigures> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    const organization = await makeOrganization(server, { urls: [], events: [] });
    await fill(server, organization.id, calls);
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

async function fill(server: Server, organizationId: string, calls: number): Promise<void> {
  const [db, search] = [await server.miniflare.getD1Database("DB"), await server.miniflare.getD1Database("SEARCH")];
  const { id: campaignId } = (await db.prepare("SELECT id FROM campaigns LIMIT 1").first<{ id: string }>()) ?? {
    id: "",
  };
  const now = Date.now();
  for (let from = 0; from < calls; from += AT_ONCE) {
    const counted = `WITH RECURSIVE counted(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM counted
      WHERE n < ${Math.min(calls, from + AT_ONCE) - 1})`;
    const row = `((${Math.floor(now / 1000)} - ${calls} + n) * 1024) * 2048`;
    const words = `'hello thanks for calling' || iif(n % 50 = 0, ' refund', '') || iif(n % 10000 = 0, ' chargeback', '')`;
    const scope = `'${token(organizationId)} statecompleted' || iif(n % 20 = 0, ' ${token(campaignId)}', '')`;
    await db
      .prepare(
        `${counted} INSERT INTO calls (id, organization_id, source_id, source_kind, external_id, campaign_id, state,
            from_raw, started_at, custom, ranks, terminal, finalize_at, version, writer, created_at, updated_at)
          SELECT 'call_bench' || n, ?, 'src_bench', 'audian', 'bench' || n, iif(n % 20 = 0, ?, NULL), 'completed',
            printf('555-%04d', n % 10000), (${Math.floor(now / 1000)} - ${calls} + n) * 1000, '{}', '{}', 'completed', 0,
            1, 'bench', 0, 0 FROM counted`,
      )
      .bind(organizationId, campaignId)
      .run();
    await search.batch([
      search.prepare(
        `${counted} INSERT INTO search_rows (row, call_id, stamp) SELECT ${row}, 'call_bench' || n, 1000 FROM counted`,
      ),
      search.prepare(
        `${counted} INSERT INTO search_calls (rowid, scope, number, operator, tags, words)
          SELECT ${row}, ${scope}, ${backwardsNumber()}, '', '', ${words} FROM counted`,
      ),
    ]);
  }
  await db.prepare("DELETE FROM search_marks").run();
  await search.prepare("UPDATE search_build SET ended_at = 1").run();
}

/** SQL for the digits of `555-%04d` backwards, as the index has numbers. */
function backwardsNumber(): string {
  const digit = (place: number) => `(n / ${place} % 10)`;
  return `${digit(1)} || ${digit(10)} || ${digit(100)} || ${digit(1000)} || '555'`;
}

/** An id as the index has it. */
function token(id: string): string {
  return id.replace(/[^a-z0-9]/g, "");
}
