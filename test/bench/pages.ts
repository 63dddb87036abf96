import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, request, textAt } from "../../scripts/api-client.ts";
import { createOwner } from "../../scripts/start/demo-owner.ts";
import { SESSION_COOKIE } from "../../src/lib/http/session-cookie.ts";
import { bringCalls } from "./bring-calls.ts";
import { fillCalls } from "./many-calls.ts";
import { fillReports } from "./many-reviews.ts";
import { makeOrganization, type Organization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import type { Subprocess } from "./subprocess.ts";
import type { Cell, Table } from "./table.ts";

/**
 * Pages looked at one after another by an owner, among few calls and among many. `mean` and `worst` are CPU milliseconds
 * of the whole workerd process, D1 included; `worst` is of the dearest of the groups of requests that the clock of the
 * process can tell apart. `trips` are the page's round trips to D1, its session's included.
 */
export type PageFigures = {
  calls: number;
  pages: Record<string, { few: PageCost; many: PageCost }>;
};
type PageCost = { mean: number; worst: number; trips: number; kilobytes: number };

/** What dashboards are allowed (CPU ms: among few calls, and among 100,000). */
export const BUDGET = { few: 15, many: 50, trips: 4 };

/** Real calls, with their recording and analysis. */
const FEW = 20;
/** Requests of a group: the clock of a process has ten milliseconds. */
const GROUP = 10;
const PATIENCE = 60_000;

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

/** Asks each page so many groups of times among few calls, then the same among `calls`. */
export async function measurePages(
  load: Subprocess,
  receiverUrl: string,
  { calls, groups }: { calls: number; groups: number },
): Promise<PageFigures> {
  const server = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(server);
    const organization = await makeOrganization(server, { urls: [`${receiverUrl}/0`], events: ["*"] });
    await bringCalls(server, load, organization, { receiverUrl, phase: "pages", calls: FEW });
    const known = await lookAround(server, organization);
    const cookie = await signIn(server, organization.id);
    const costs = async () => {
      const found = new Map<string, PageCost>();
      for (const [name, address] of Object.entries(PAGES))
        found.set(name, await costOf(server, cookie, `/dashboard${address(known)}`, groups));
      return found;
    };
    const few = await costs();
    await fillCalls(server, organization.id, calls);
    await fillReports(server, organization.id);
    const many = await costs();
    const pages = Object.keys(PAGES).map((name) => [name, { few: few.get(name)!, many: many.get(name)! }] as const);
    return { calls, pages: Object.fromEntries(pages) };
  } finally {
    await server.stop();
  }
}

export function pagesTable({ calls, pages }: PageFigures): Table {
  const many = calls.toLocaleString("en");
  return {
    name: "pages",
    title: "What a page costs",
    head: [
      "",
      `CPU ms, ${FEW} calls`,
      "dearest ten",
      `CPU ms, ${many} calls`,
      "dearest ten",
      "D1 round trips",
      "kB of HTML",
      "within the budget",
    ],
    rows: Object.entries(pages).map(([name, { few, many: of }]): Cell[] => [
      name,
      few.mean,
      few.worst,
      of.mean,
      of.worst,
      Math.max(few.trips, of.trips),
      of.kilobytes,
      beyond(few, of),
    ]),
  };
}

function beyond(few: PageCost, many: PageCost): string {
  const broken = [
    ...(few.worst > BUDGET.few ? [`${BUDGET.few} ms`] : []),
    ...(many.worst > BUDGET.many ? [`${BUDGET.many} ms`] : []),
    ...(Math.max(few.trips, many.trips) > BUDGET.trips ? [`${BUDGET.trips} round trips`] : []),
  ];
  return broken.length === 0 ? "yes" : `no: ${broken.join(", ")}`;
}

/** What a page costs, asked in so many groups of requests. */
export async function costOf(server: Server, cookie: string, path: string, groups: number): Promise<PageCost> {
  const first = await look(server, cookie, path);
  await look(server, cookie, path);
  await quiet(server.pid);
  const spent: number[] = [];
  for (let group = 0; group < groups; group += 1) {
    const before = cpuSeconds(server.pid);
    for (let time = 0; time < GROUP; time += 1) await look(server, cookie, path);
    spent.push(((cpuSeconds(server.pid) - before) * 1000) / GROUP);
  }
  return { mean: spent.reduce((sum, one) => sum + one, 0) / groups, worst: Math.max(...spent), ...first };
}

async function look(server: Server, cookie: string, path: string): Promise<{ trips: number; kilobytes: number }> {
  const answer = await fetch(`${server.url}${path}`, { headers: { cookie }, redirect: "manual" });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${text.slice(0, 300)}`);
  // The look-up of the session is among them.
  return { trips: Number(answer.headers.get("x-d1-round-trips")), kilobytes: Buffer.byteLength(text) / 1000 };
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
