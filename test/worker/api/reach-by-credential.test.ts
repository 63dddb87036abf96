import { createExecutionContext, env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { describe, it } from "vitest";
import { ROUTE_PERMISSIONS } from "../../../src/api/permissions";
import { dashboardRoutes } from "../../../src/dashboard";
import { memberships } from "../../../src/db/schema";
import { depsOf } from "../../../src/deps";
import type { RoleName } from "../../../src/identity";
import { viewOf } from "../../../src/ui/view";
import { visitorOf } from "../../../src/visitor";
import { mintApiKey, mintOrganization, mintTokenIssuer, NOON } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db } from "./client";
import { newIssuer } from "./issuer";
import { BODIES, everything, mintPart, type Part } from "./part";

// What is beyond reach, in the same organization and in another, is asked for with what people and programs really have:
// a session, an API key, a token. Nothing stands in for the way from the credential to the reach.

const issuer = await newIssuer("ES256");
const api = apiClient({ fetch: issuer.fetch, guardPolicy: { allowPrivateAddresses: false, ownHosts: [] } });

type Limits = Partial<Pick<typeof memberships.$inferSelect, "campaigns" | "operatorId">>;
type Credential = (organizationId: string, mine: Part) => Promise<Record<string, string>>;

async function sessionOf(organizationId: string, role: RoleName, limits: Limits) {
  const session = await mintSession(db, { organizationId, role, now: NOON });
  await db.update(memberships).set(limits).where(eq(memberships.userId, session.userId));
  return session.headers;
}

async function tokenOf(organizationId: string, campaigns: string[]) {
  const { audience } = await mintTokenIssuer(db, organizationId, {
    issuer: issuer.issuer,
    keysUrl: issuer.url,
    algorithms: ["ES256"],
    rules: [{ claim: "sub", value: "alice", scopes: null, role: "owner", campaigns }],
  });
  return { authorization: `Bearer ${await issuer.sign(audience)}` };
}

const CREDENTIALS: Record<string, Credential> = {
  "the session of an admin with one campaign": (id, { campaign }) => sessionOf(id, "admin", { campaigns: [campaign] }),
  "the session of an operator": (id, { operator }) => sessionOf(id, "operator", { operatorId: operator }),
  "the API key of a campaign": async (organizationId, { campaign }) => ({
    "x-api-key": (await mintApiKey(db, { organizationId, campaignId: campaign })).key,
  }),
  "a token of ours from such a key": async (organizationId, { campaign }) => {
    const { key } = await mintApiKey(db, { organizationId, campaignId: campaign });
    const made = await api.post("/v1/tokens", { key, body: {} });
    return { authorization: `Bearer ${made.body.access_token}` };
  },
  "a token of an issuer with one campaign": (id, { campaign }) => tokenOf(id, [campaign]),
};

/** What is within reach, what is beyond in the same organization, and what another organization has. */
async function mintThree() {
  const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
  const mine = await mintPart(own.id, "within");
  const beyond = [await mintPart(own.id, "beyond"), await mintPart(other.id, "beyond")];
  const seen = async () =>
    Promise.all([own.key, other.key].map((key, at) => everything(key, beyond[at] as Part))).then((all) => all.flat());
  return { organizationId: own.id, mine, ids: beyond.flatMap((part) => Object.values(part)), seen };
}

describe("what is beyond reach", () => {
  it.for(Object.entries(CREDENTIALS))(
    "looks missing on every route to %s, and is not changed",
    { timeout: 300_000 },
    async ([, credential], { expect }) => {
      const { organizationId, mine, ids, seen } = await mintThree();
      const headers = { ...(await credential(organizationId, mine)), "tus-resumable": "1.0.0" };
      const before = await seen();
      for (const name of ROUTE_PERMISSIONS.keys()) {
        const [method = "", path = ""] = name.split(" ");
        const body = method === "GET" || method === "DELETE" ? undefined : (BODIES[name] ?? {});
        const ask = (to: string) => api.call(method, to, { headers, body });
        if (!path.includes(":")) {
          if (method !== "GET") continue;
          const text = JSON.stringify((await ask(path)).body);
          expect([name, [...ids, "beyond"].filter((one) => text.includes(one))]).toEqual([name, []]);
          continue;
        }
        const at = (id: string) => path.replace(/:(?:id|uuid|kind)/, id).replace(/:\w+/g, "x");
        const missing = await ask(at("call_missing"));
        expect([name, missing.status >= 400 && missing.status < 500]).toEqual([name, true]);
        const answers = await Promise.all(ids.map((id) => ask(at(id))));
        for (const [index, { status, body: shown }] of answers.entries())
          expect([name, ids[index], status, shown]).toEqual([name, ids[index], missing.status, missing.body]);
      }
      expect(Object.values(api.recorded).flat()).toEqual([]);
      expect(await seen()).toEqual(before);
    },
  );

  const dashboard = dashboardRoutes<Env>({
    deps: (bindings) => ({ ...depsOf(bindings), now: () => NOON }),
    view: (request) => viewOf(request, { now: NOON, isLocal: true }),
    visitor: visitorOf,
  });
  const pages = new Hono<{ Bindings: Env }>().route("/dashboard", dashboard);
  const mounted = dashboard.routes
    .filter(({ method }) => method === "GET" || method === "POST")
    .map(({ method, path }) => ({ method, path: path === "/" ? "/dashboard" : `/dashboard${path}` }));

  it.for<[string, RoleName, (mine: Part) => Limits]>([
    ["an admin with one campaign", "admin", ({ campaign }) => ({ campaigns: [campaign] })],
    ["an operator", "operator", ({ operator }) => ({ operatorId: operator })],
  ])(
    "looks missing on every page to %s, and no form changes it",
    { timeout: 300_000 },
    async ([, role, limitsOf], { expect }) => {
      const { organizationId, mine, ids, seen } = await mintThree();
      const headers = await sessionOf(organizationId, role, limitsOf(mine));
      const csrf = `${headers["x-csrf-token"]}.${organizationId}`;
      const ask = async (method: string, path: string) => {
        const form = method === "POST" ? { body: new URLSearchParams({ csrf, campaign: mine.campaign }) } : {};
        const request = new Request(`https://trunkline.test${path}`, { method, headers, redirect: "manual", ...form });
        const answer = await pages.fetch(request, env, createExecutionContext());
        return { status: answer.status, text: await answer.text() };
      };
      const before = await seen();
      expect(mounted.filter(({ path }) => path.includes(":")).length).toBeGreaterThan(3);
      for (const { method, path } of mounted) {
        if (!path.includes(":")) {
          if (method !== "GET") continue;
          const { text } = await ask(method, path);
          expect([path, [...ids, "beyond"].filter((one) => text.includes(one))]).toEqual([path, []]);
          continue;
        }
        const at = (id: string) => path.replace(/:\w+(?:\{[^}]*\})?/g, id);
        const missing = await ask(method, at("call_missing"));
        for (const id of ids) {
          const answer = await ask(method, at(id));
          const shown = answer.text.replaceAll(id, "call_missing");
          expect([method, path, id, answer.status, shown]).toEqual([method, path, id, missing.status, missing.text]);
        }
      }
      expect(await seen()).toEqual(before);
    },
  );
});
