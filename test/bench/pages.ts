import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, request, textAt } from "../../scripts/api-client.ts";
import { createOwner } from "../../scripts/start/demo-owner.ts";
import { SESSION_COOKIE } from "../../src/lib/http/session-cookie.ts";
import { bringCalls } from "./bring-calls.ts";
import { fillCalls, fillTasks } from "./many-calls.ts";
import { fillReports } from "./many-reviews.ts";
import { makeOrganization, type Organization } from "./organization.ts";
import { cpuOfEach, quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { meanOf, percentile } from "./statistics.ts";
import type { Subprocess } from "./subprocess.ts";
import type { Cell, Table } from "./table.ts";

/**
 * Pages looked at one after another by an owner, among few calls and among many, and reviewers who are each given the
 * next call of a queue as long. `mean` and `p95` are CPU milliseconds of the whole workerd process, D1 included, and so is
 * `first`: of the look before all others, each page after the ones above it. `trips` are the round trips to D1, those for the
 * session or the key included.
 */
export type PageFigures = {
  calls: number;
  pages: Record<string, { first: number; few: PageCost; many: PageCost }>;
  take: PageCost;
};
type PageCost = { mean: number; p95: number; trips: number; kilobytes: number };

/** What dashboards are allowed (CPU ms: among few calls, and among 100,000). */
export const BUDGET = { few: 15, many: 50, trips: 4 };

/** Real calls, with their recording and analysis. */
const FEW = 20;
/** Looks at every page, and takes of a review, before any is measured: what they need, and share, was compiled by then. */
const WARMING = 60;
const PATIENCE = 60_000;
/** Milliseconds between steps of what follows a review: its event is drained, indexed and delivered. */
const SETTLING = 100;

type Known = Organization & { callId: string; campaignId: string };

const PAGES: Record<string, (known: Known) => string> = {
  Home: () => "",
  Calls: () => "/calls",
  "Calls, last week": () => "/calls?when=week",
  "Calls, a campaign": ({ campaignId }) => `/calls?campaign=${campaignId}`,
  "Calls, words said": () => "/calls?q=hello+thanks",
  "Calls, a rare word": () => "/calls?q=hello+chargeback",
  "A call": ({ callId }) => `/calls/${callId}`,
  "Unassigned calls": () => "/unassigned",
  Tasks: () => "/tasks",
  Operators: () => "/operators",
  Campaigns: () => "/campaigns",
  Sources: () => "/sources",
  Webhooks: () => "/webhooks",
  "A webhook's deliveries": ({ endpointIds }) => `/webhooks/${endpointIds[0]}`,
  "Inbound log": () => "/inbound",
  "Reports, a month": () => "/reports",
  "Reports, a year by operator": () => "/reports?when=year&by=operator",
  "Reports, a year by criterion": () => "/reports?when=year&by=criterion",
  "Usage and cost": () => "/settings/usage",
  "Audit log": () => "/settings/audit-log",
};

/** Asks each page so many times among few calls, then the same among `calls`. */
export async function measurePages(
  load: Subprocess,
  receiverUrl: string,
  { calls, looks }: { calls: number; looks: number },
): Promise<PageFigures> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    const organization = await makeOrganization(server, { urls: [`${receiverUrl}/0`], events: ["*"] });
    await bringCalls(server, load, organization, { receiverUrl, phase: "pages", calls: FEW });
    const known = await lookAround(server, organization);
    const cookie = await signIn(server, organization.id);
    const visits = Object.values(PAGES).map(
      (address) => () => look(server, `/dashboard${address(known)}`, { headers: { cookie } }),
    );
    const costs = async () => {
      const found: PageCost[] = [];
      for (const visit of visits) found.push(await costOfEach(server, repeat(visit, looks)));
      return found;
    };
    const first = await cpuOfEach(server.pid, visits);
    await warm(visits);
    const few = await costs();
    await fillCalls(server, organization.id, calls);
    await fillReports(server, organization.id);
    await warm(visits);
    const many = await costs();
    const pages = Object.keys(PAGES).map(
      (name, at) => [name, { first: first[at]!, few: few[at]!, many: many[at]! }] as const,
    );
    await fillTasks(server, organization.id);
    const take = await costOfTaking(server, organization, looks);
    return { calls, pages: Object.fromEntries(pages), take };
  } finally {
    await server.stop();
  }
}

export function pagesTable({ calls, pages, take }: PageFigures): Table {
  const many = calls.toLocaleString("en");
  return {
    name: "pages",
    title: "What a page costs",
    head: [
      "",
      "CPU ms, first look",
      `CPU ms, ${FEW} calls`,
      "p95",
      `CPU ms, ${many} calls`,
      "p95",
      "D1 round trips",
      "kB of HTML",
      "within the budget",
    ],
    rows: [
      ...Object.entries(pages).map(([name, { first, few, many: of }]): Cell[] => [
        name,
        first,
        few.mean,
        few.p95,
        of.mean,
        of.p95,
        Math.max(few.trips, of.trips),
        of.kilobytes,
        beyond(few, of),
      ]),
      // Its budget is that of few calls, however long the queue.
      ["The next review is taken", "", "", "", take.mean, take.p95, take.trips, take.kilobytes, beyond(take, take)],
    ],
  };
}

function beyond(few: PageCost, many: PageCost): string {
  const broken = [
    ...(few.p95 > BUDGET.few ? [`${BUDGET.few} ms`] : []),
    ...(many.p95 > BUDGET.many ? [`${BUDGET.many} ms`] : []),
    ...(Math.max(few.trips, many.trips) > BUDGET.trips ? [`${BUDGET.trips} round trips`] : []),
  ];
  return broken.length === 0 ? "yes" : `no: ${broken.join(", ")}`;
}

function repeat<T>(one: T, times: number): T[] {
  return Array.from({ length: times }, () => one);
}

/** All pages in turn, so that none is measured while what it shares with later ones is still being compiled. */
async function warm(visits: readonly (() => Promise<Answered>)[]): Promise<void> {
  for (const visit of repeat(visits, WARMING).flat()) await visit();
}

const SCORECARD = {
  name: "Bench",
  definition: {
    pass_percent: 80,
    sections: [
      { id: "opening", title: "Opening", criteria: [{ id: "greeting", text: "Gives their name", kind: "yes_no" }] },
    ],
  },
};

/** What it costs to be given the next review of the queue, by somebody else each time. */
async function costOfTaking(server: Server, organization: Organization, times: number): Promise<PageCost> {
  const post = async (path: string, body: object) =>
    expectSuccess(
      await request(server.url, path, { method: "POST", token: organization.apiKey, body }),
      `POST ${path}`,
    );
  const { id } = (await post("/v1/scorecards", SCORECARD)) as { id: string };
  await post(`/v1/scorecards/${id}/publish`, {});
  const takers: (() => Promise<Answered>)[] = [];
  for (let at = 0; at < WARMING + times; at += 1) {
    const made = await post("/v1/api-keys", { name: `Reviewer ${at}`, scopes: ["reviews:write"] });
    const headers = { "x-api-key": textAt(made, ["key"]), "content-type": "application/json" };
    takers.push(() => look(server, "/v1/reviews/take", { method: "POST", headers, body: "{}" }));
  }
  for (const take of takers.splice(0, WARMING)) await take();
  return costOfEach(server, takers, { settled: SETTLING });
}

/** What each of these costs (`cpuOfEach`), once all before is done. */
async function costOfEach(
  server: Server,
  asks: readonly (() => Promise<Answered>)[],
  options?: { settled: number },
): Promise<PageCost> {
  await quiet(server.pid);
  let last: Answered = { trips: 0, kilobytes: 0 };
  const spent = await cpuOfEach(
    server.pid,
    asks.map((ask) => async () => {
      last = await ask();
    }),
    options,
  );
  return { mean: meanOf(spent), p95: percentile(spent, 0.95), ...last };
}

type Answered = { trips: number; kilobytes: number };

async function look(server: Server, path: string, init: RequestInit): Promise<Answered> {
  const answer = await fetch(`${server.url}${path}`, { ...init, redirect: "manual" });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${text.slice(0, 300)}`);
  return {
    trips: Number(answer.headers.get("x-d1-round-trips") ?? Number.NaN),
    kilobytes: Buffer.byteLength(text) / 1000,
  };
}

/** The cookie of an owner who is signed in. */
export async function signIn(server: Server, organizationId: string): Promise<string> {
  const { adminToken } = server.secrets;
  const owner = await createOwner({ url: server.url, adminToken }, organizationId);
  const answer = await fetch(`${server.url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: server.url, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ email: owner.ownerEmail, password: owner.ownerPassword }),
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${SESSION_COOKIE}=`));
  if (cookie === undefined) throw new Error(`sign-in was answered ${answer.status}: ${await answer.text()}`);
  return cookie.slice(0, cookie.indexOf(";"));
}

/** What the pages show, once all calls were analysed. */
async function lookAround(server: Server, organization: Organization): Promise<Known> {
  const { apiKey: token } = organization;
  const list = async (path: string) =>
    (expectSuccess(await request(server.url, path, { token }), `GET ${path}`) as { data: unknown[] }).data;
  for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(200)) {
    const [call] = await list("/v1/calls?limit=1");
    const [campaign] = await list("/v1/campaigns?limit=1");
    if ((await list(`/v1/analyses?state=completed&limit=${FEW}`)).length === FEW) {
      await quiet(server.pid);
      return { ...organization, callId: textAt(call, ["id"]), campaignId: textAt(campaign, ["id"]) };
    }
  }
  throw new Error("the calls were not analysed");
}
