import { expectSuccess, request, textAt } from "../../scripts/api-client.ts";
import { bringCalls } from "./bring-calls.ts";
import type { Counters } from "./counted/counters.ts";
import { countersOf, resetCounters } from "./operations.ts";
import { makeOrganization, type Organization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import type { Subprocess } from "./subprocess.ts";
import type { Cell, Table } from "./table.ts";

/** What one request of each kind costs: `cpuMs` of the whole workerd process, the simulated bindings included. */
export type RequestFigures = Record<string, { cpuMs: number; counters: Counters }>;

type Known = Organization & { callIds: readonly string[]; analysisId: string; campaignId: string };
type Asked = { method: string; path: string; body?: unknown };
type Kind = (known: Known, turn: number) => Asked;

const CALLS = 30;
const PATIENCE = 60_000;

/**
 * The ten operations that programs ask most, each as an ordinary key asks it: its quota is counted, changes are audited,
 * and every `POST` has an `Idempotency-Key`.
 */
const KINDS: Record<string, Kind> = {
  "GET /v1/calls": () => ({ method: "GET", path: "/v1/calls?limit=50" }),
  "GET /v1/calls/{id}": ({ callIds }, turn) => ({ method: "GET", path: `/v1/calls/${at(callIds, turn)}` }),
  "GET /v1/search": () => ({ method: "GET", path: "/v1/search?q=hello" }),
  "GET /v1/recordings": () => ({ method: "GET", path: "/v1/recordings?limit=50" }),
  "GET /v1/analyses/{id}": ({ analysisId }) => ({ method: "GET", path: `/v1/analyses/${analysisId}` }),
  "GET /v1/endpoints/{id}/log": ({ endpointIds }) => ({
    method: "GET",
    path: `/v1/endpoints/${at(endpointIds, 0)}/log?limit=50`,
  }),
  "POST /v1/campaigns": (_, turn) => ({ method: "POST", path: "/v1/campaigns", body: { name: `Bench ${turn}` } }),
  "PATCH /v1/campaigns/{id}": ({ campaignId }, turn) => ({
    method: "PATCH",
    path: `/v1/campaigns/${campaignId}`,
    body: { name: `Bench again ${turn}` },
  }),
  "POST /v1/calls/{id}/tags": ({ callIds }, turn) => ({
    method: "POST",
    path: `/v1/calls/${at(callIds, turn)}/tags`,
    body: { tags: [`turn ${turn}`] },
  }),
  "POST /v1/bulk, 30 calls": ({ callIds }, turn) => ({
    method: "POST",
    path: "/v1/bulk",
    body: { action: "tag", tags: [`bulk ${turn}`], calls: callIds },
  }),
};

/** Asks each of the operations so many times, one after another, once what they look at is there. */
export async function measureRequests(
  load: Subprocess,
  receiverUrl: string,
  { turns }: { turns: number },
): Promise<RequestFigures> {
  const server = await startServer({ config: "wrangler.toml", main: "test/bench/counted/index.ts" });
  try {
    await migrate(server);
    const organization = await makeOrganization(server, { urls: [`${receiverUrl}/0`], events: ["*"] });
    await bringCalls(server, load, organization, { receiverUrl, phase: "requests", calls: CALLS });
    const known = await lookAround(server, organization);
    const figures: RequestFigures = {};
    for (const [name, kind] of Object.entries(KINDS)) {
      await ask(server, known, kind(known, turns));
      await quiet(server.pid);
      const before = await resetCounters(server);
      for (let turn = 0; turn < turns; turn += 1) await ask(server, known, kind(known, turn));
      // What a change leads to is part of what it costs.
      await quiet(server.pid);
      const cpuMs = ((cpuSeconds(server.pid) - before) * 1000) / turns;
      const { counters } = await countersOf(server);
      const each = Object.entries(counters).map(([counter, value]) => [counter, value / turns] as const);
      figures[name] = { cpuMs, counters: Object.fromEntries(each) as Counters };
    }
    return figures;
  } finally {
    await server.stop();
  }
}

export function requestsTable(figures: RequestFigures): Table {
  return {
    name: "requests",
    title: "What a request costs, with quota, idempotency and audit",
    head: [
      "",
      "CPU ms",
      "D1 statements",
      "in batches",
      "rows read",
      "rows written",
      "R2 operations",
      "object requests",
    ],
    rows: Object.entries(figures).map(([name, { cpuMs, counters }]): Cell[] => [
      name,
      cpuMs,
      counters.d1Queries,
      counters.d1Batches,
      counters.d1RowsRead,
      counters.d1RowsWritten,
      counters.r2ClassA + counters.r2ClassB,
      counters.objectRequests,
    ]),
  };
}

/** What the operations ask for, once all of it is there. */
async function lookAround(server: Server, organization: Organization): Promise<Known> {
  const { apiKey: token } = organization;
  const get = async (path: string) => expectSuccess(await request(server.url, path, { token }), `GET ${path}`);
  const until = Date.now() + PATIENCE;
  for (;;) {
    await quiet(server.pid);
    const calls = idsIn(await get(`/v1/calls?limit=${CALLS}`));
    const analyses = idsIn(await get("/v1/analyses?state=completed&limit=1"));
    const [analysisId] = analyses;
    if (calls.length === CALLS && analysisId !== undefined) {
      const campaignId = idsIn(await get("/v1/campaigns?limit=1"))[0] ?? "";
      return { ...organization, callIds: calls, analysisId, campaignId };
    }
    if (Date.now() > until) throw new Error(`${calls.length} calls are there, and ${analyses.length} analyses`);
  }
}

async function ask(server: Server, { apiKey }: Known, { method, path, body }: Asked): Promise<void> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      "x-api-key": apiKey,
      ...(method === "POST" && { "idempotency-key": crypto.randomUUID() }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
}

function idsIn(page: unknown): string[] {
  const { data } = page as { data: unknown[] };
  return data.map((one) => textAt(one, ["id"]));
}

function at(ids: readonly string[], turn: number): string {
  return ids[turn % ids.length] ?? "";
}
