import { anuraNotice } from "../fixtures/anura-notice";
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../src";
import { openDatabase } from "../../src/db/client";
import { HOMES, openBothHomes, openHome } from "../../src/db/homes";
import { mintCampaign, mintEndpoint, mintOrganization } from "../factories";
import { inHome, noting, tablesIn, type Unit } from "./homes";
import { newPipeline, type Pipeline } from "./pipeline";
import {
  addressOf,
  mintPageWorld,
  PAGE_CASES,
  pagePaths,
  pagesOf,
  type PageCase,
  type PageWorld,
} from "./writing-pages";

const db = openDatabase(env.DB);

/** What the file of a call is read from. */
const FILES = ["analyses", "call_actions", "calls", "campaigns", "recordings"];

/** What may ask both homes at once (docs/understand/adr/0035-control-and-data.md), and what of control it asks. */
const EXCEPTIONS: { control: string[]; data?: string[] }[] = [
  // Who listens to the events, asked with the events.
  { control: ["endpoints"] },
  // The first call of a source that nobody configured makes its row, in the batch that also asks who listens.
  { control: ["sources"] },
  { control: ["endpoints", "sources"] },
  // The comparisons with a platform's list that are due.
  { control: ["sources"], data: ["reconciliations"] },
  // How many of the sample calls are here, of the source that holds them.
  { control: ["sources"], data: ["calls"] },
  // What an organization takes out of calls without a campaign, asked with the files of calls, and when they are merged.
  { control: ["organizations"], data: FILES },
  { control: ["organizations"], data: [...FILES, "operator_references", "operators"].toSorted() },
];

/** Pages that this world has nothing for, with what they answer. */
const NOT_SHOWN = [
  "/begin 303",
  "/campaigns/:id/actions/:action/secret 404",
  "/connectors/:id/connect 409",
  "/connectors/:id/permissions 404",
  "/connectors/onedrive/callback 404",
  "/settings 303",
  "/settings/audit-log/export 303",
  "/settings/privacy/erasures/:id 404",
  "/settings/profile/app 303",
  "/settings/profile/second-factor 303",
];

/** What the address of a page asks for beside, where it shows nothing without. */
const ASKED: Record<string, (world: PageWorld) => string> = {
  "/calls/bulk": ({ call }) => `?call=${call.id}`,
  "/campaigns/:id/actions/new": () => "?kind=ask",
  "/inbound/replay": () => "?outcome=refused",
  "/operators/:id/merge": ({ other }) => `?into=${other.id}`,
  "/unassigned/assign": ({ call, campaign }) => `?call=${call.id}&campaign=${campaign.id}`,
};

/** Pages whose address has the parts of another page's form. */
const LIKE: Record<string, string> = {
  "/jobs/:id/progress": "/jobs/:id/cancel",
  "/webhooks/:id/deliveries/:delivery/skip": "/webhooks/:id/deliveries/:delivery",
};

/** How the address of a page is filled in: as that of its form, or of a form below it. */
function caseOf(path: string): PageCase {
  const below = Object.entries(PAGE_CASES).find(
    ([form, { part }]) => form.startsWith(`${path}/`) && part !== undefined,
  );
  return PAGE_CASES[LIKE[path] ?? path] ?? below?.[1] ?? {};
}

let units: Unit[] = [];
let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let headers: Record<string, string>;
let endpointId = "";

beforeEach(async () => {
  units = [];
  line = newPipeline({ DB: noting(env.DB, (unit) => units.push(unit)) });
  organization = await mintOrganization(db);
  headers = { "x-api-key": organization.key, "content-type": "application/json" };
  await mintCampaign(db, organization.id);
  endpointId = (await mintEndpoint(db, organization.id, { createdAt: 0 })).id;
});

afterEach(() => vi.restoreAllMocks());

async function post(changes: Record<string, string> = {}): Promise<string> {
  const answer = await line.post("/webhook/anura/", anuraNotice(changes), headers);
  return (await answer.json<{ call_id: string }>()).call_id;
}

async function get(path: string): Promise<Response> {
  return worker.fetch(new Request(`https://trunkline.test${path}`, { headers }), line.env, createExecutionContext());
}

/** Whether a statement or batch asks one home, or is one of the exceptions. A statement alone may not join sources. */
function mayAsk({ kind, tables }: Unit): boolean {
  const [control, data] = [inHome(tables, "control"), inHome(tables, "data")];
  if (control.length === 0 || data.length === 0) return true;
  return EXCEPTIONS.some((one) => {
    if (one.control.join() !== control.join()) return false;
    return one.data ? one.data.join() === data.join() : kind === "batch" || control.join() === "endpoints";
  });
}

describe("the homes of tables", () => {
  it("are one database today, opened by home", () => {
    expect(openHome(env, "control")).toBe(openHome(env, "data"));
    expect(openBothHomes(env)).toBe(openHome(env, "data"));
  });

  it("are known of every table", async () => {
    const { results } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
      name: string;
    }>();
    const named = results.map(({ name }) => name).filter((name) => !/^(?:sqlite_|_cf_|d1_)/.test(name));
    expect(named.toSorted()).toEqual([...HOMES.keys()].toSorted());
  });

  it("are read from statements as they are sent", () => {
    expect(tablesIn('select "id" from "calls" inner join "sources" on 1')).toEqual(["calls", "sources"]);
    expect(tablesIn("INSERT INTO `events` SELECT 1 FROM calls; UPDATE endpoints SET a = 1")).toEqual([
      "calls",
      "endpoints",
      "events",
    ]);
    expect(tablesIn("WITH calls_of AS (SELECT 1) SELECT * FROM calls_of")).toEqual([]);
  });

  it(
    "are not asked together, on a call's way and by any read of the API, but for the exceptions",
    { timeout: 300_000 },
    async () => {
      const callId = await post();
      await line.run();
      await post({ queuename: "Sales" });
      await line.run();
      await line.cron();
      const { paths } = await (await get("/openapi.json")).json<{ paths: Record<string, object> }>();
      for (const [path, methods] of Object.entries(paths)) {
        if (!("get" in methods)) continue;
        const id = /^\/v[12]\/(?:endpoints|webhooks)\//.test(path) ? endpointId : callId;
        const answer = await get(path.replaceAll(/\{[A-Za-z_]+\}/g, id));
        expect(answer.status, path).toBeLessThan(500);
        // The stream of events goes on until its listener leaves.
        if (path === "/v1/events/stream") await answer.body?.cancel();
        else await answer.arrayBuffer();
      }
      expect(units.length).toBeGreaterThan(100);
      expect(units.filter((unit) => !mayAsk(unit))).toEqual([]);
    },
  );

  it("are not asked together by any page, but for the exceptions", { timeout: 300_000 }, async () => {
    const world = await mintPageWorld();
    const pages = pagesOf(world, world.owner, { db: openDatabase(noting(env.DB, (unit) => units.push(unit))) });
    const unseen: string[] = [];
    const paths = pagePaths();
    const made = new Set<PageCase["before"]>();
    for (const path of paths) {
      const one = caseOf(path);
      if (!made.has(one.before)) await one.before?.(world);
      made.add(one.before);
      const address = await addressOf(path, one, world);
      const asked = ASKED[path]?.(world) ?? "";
      const answer = await pages.ask(`/dashboard${address.replace(/\/$/, "")}${asked}`);
      await answer.arrayBuffer();
      if (answer.status !== 200) unseen.push(`${path} ${answer.status}`);
    }
    expect(paths.length).toBeGreaterThan(100);
    expect(unseen.toSorted()).toEqual(NOT_SHOWN);
    // What a page reads at one moment is one batch, made of statements that may as well go to two databases.
    const statements = units.filter(({ kind }) => kind === "statement");
    expect(statements.length).toBeGreaterThan(1_000);
    expect(statements.filter((unit) => !mayAsk(unit))).toEqual([]);
  });
});
