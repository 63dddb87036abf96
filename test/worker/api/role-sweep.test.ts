import { describe, it } from "vitest";
import { apiRoutes } from "../../../src/api";
import { isSensitive, ROUTE_PERMISSIONS, SELF } from "../../../src/api/permissions";
import { permissionsOf, PERMISSIONS, ROLES, type RoleName } from "../../../src/identity";
import { mintOrganization, NOON } from "../../factories";
import { confirmAt, mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

// Every mounted route is asked by a person of every role, with a real session. What is expected is the table of
// permissions, and nothing else.

const api = apiClient();
const SAFE = ["GET", "HEAD", "OPTIONS"];
const routes = [...ROUTE_PERMISSIONS].map(([name, needed]) => {
  const [method = "", path = ""] = name.split(" ");
  return { name, method, path: path.replace(/:\w+/g, "x"), needed };
});
const unsafe = routes.filter(({ method }) => !SAFE.includes(method));

async function mintVisitor(role: RoleName) {
  const { id: organizationId } = await mintOrganization(db);
  return mintSession(db, { organizationId, role, now: NOON });
}

/** A request of each route that gets as far as its handler. */
function ask({ method, path }: (typeof routes)[number], headers: Record<string, string>) {
  const body = method === "GET" || method === "DELETE" ? undefined : {};
  return api.call(method, path, { headers: { ...headers, "tus-resumable": "1.0.0" }, body });
}

describe("a session", () => {
  it.for(Object.keys(ROLES) as RoleName[])(
    "of the role %s opens exactly what the table gives the role",
    { timeout: 300_000 },
    async (role, { expect }) => {
      const { headers } = await mintVisitor(role);
      const has: readonly string[] = permissionsOf(ROLES[role].scopes ?? Object.keys(PERMISSIONS));
      for (const route of routes) {
        const isOpen = route.needed === SELF || route.needed === "any" || has.includes(route.needed);
        const { status, body } = await ask(route, headers);
        const missing = status === 403 && body.reason === "permission_missing" ? body.permission : null;
        // The bytes of an upload are its audio.
        const also = route.name === "GET /v1/uploads/tus/:id" && !has.includes("recordings:play");
        expect([route.name, missing]).toEqual([route.name, isOpen ? (also ? "recordings:play" : null) : route.needed]);
        expect([route.name, status === 401 || status >= 500]).toEqual([route.name, false]);
      }
    },
  );

  it("opens nothing of the deployment's, whatever the role", async ({ expect }) => {
    const { headers } = await mintVisitor("owner");
    const ofAdmin = apiRoutes(() => api.deps).routes.filter(
      ({ method, path }) => method !== "ALL" && /^\/(?:admin|operator)\//.test(path),
    );
    expect(ofAdmin.length).toBeGreaterThan(10);
    for (const { method, path } of ofAdmin) {
      const answer = await api.call(method, path.replace(/:\w+/g, "x"), { headers });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
  });

  it.for<[string, (headers: Record<string, string>) => Record<string, string | undefined>]>([
    ["without its token", (headers) => ({ ...headers, "x-csrf-token": undefined })],
    ["with the token of another session", (headers) => ({ ...headers, "x-csrf-token": "0".repeat(32) })],
    ["from another site", (headers) => ({ ...headers, "sec-fetch-site": "cross-site" })],
    ["from a neighbour of our site", (headers) => ({ ...headers, "sec-fetch-site": "same-site" })],
    [
      "from another origin, of an old browser",
      (headers) => ({ ...headers, "sec-fetch-site": undefined, origin: "https://evil.example" }),
    ],
  ])("writes nothing %s", { timeout: 300_000 }, async ([, change], { expect }) => {
    const { headers } = await mintVisitor("owner");
    const changed = Object.fromEntries(
      Object.entries(change(headers)).filter((one): one is [string, string] => one[1] !== undefined),
    );
    for (const route of unsafe) {
      const { status, body } = await ask(route, changed);
      expect([route.name, status]).toEqual([route.name, 403]);
      expect([route.name, JSON.stringify(body)]).toEqual([route.name, expect.stringContaining("X-CSRF-Token")]);
    }
  });

  it("is asked again who it is for what is sensitive, once a quarter of an hour is over", async ({ expect }) => {
    const { headers, hash } = await mintVisitor("owner");
    await confirmAt(db, hash, NOON - 15 * 60_000);
    for (const route of routes) {
      if (route.needed === SELF) continue;
      const { status, body } = await ask(route, headers);
      const isAsked = status === 403 && body.reason === "confirmation_required";
      expect([route.name, isAsked]).toEqual([route.name, isSensitive(route.needed, route.path)]);
    }
  });
});
