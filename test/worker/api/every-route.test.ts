import { describe, it } from "vitest";
import { app } from "../../../src/app";
import { ROUTE_PERMISSIONS } from "../../../src/api/permissions";
import { mintOrganization } from "../../factories";
import { apiClient, db } from "./client";

// What every route has, whoever mounts it: the routes are those of the app itself, so that no new one is left out.

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** The methods of each path that is mounted anywhere in the Worker. */
function mounted(): Map<string, Set<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { method, path } of app.routes) {
    if (method === "ALL" || path.includes("*")) continue;
    const address = path.replaceAll(/:\w+(?:\{[^}]*\})?/g, "x");
    paths.set(address, (paths.get(address) ?? new Set()).add(method));
  }
  return paths;
}

/** The paths that the Worker answers at: a fixed one may also be read by the pattern of another route. */
function methodsAt(path: string): string[] {
  return METHODS.filter((method) => app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL"));
}

/** The Worker without what it asks of other objects: failed proofs are counted by one of them. */
function ask(method: string, path: string, headers: Record<string, string> = {}) {
  return apiClient().call(method, path, { headers });
}

/** Pages and platforms' own paths answer before: with the way to sign in, and in what a platform understands. */
const OF_THE_API =
  /^\/(?:v1|v2|api|admin|operator|upload|tasks|agent-identification|speaker-analysis|tags|recordings|webhooks|openapi\.json|postman\.json|llms\.txt|docs)\b/;

describe("every route", () => {
  it("answers another method with 405 and names its own", async ({ expect }) => {
    const paths = [...mounted().keys()].filter((path) => OF_THE_API.test(path));
    expect(paths.length).toBeGreaterThan(100);
    for (const path of paths) {
      const known = methodsAt(path);
      const allowed = known.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
      for (const method of METHODS.filter((one) => !known.includes(one))) {
        const answer = await ask(method, path);
        expect([method, path, answer.status, answer.headers.get("allow")]).toEqual([method, path, 405, allowed]);
        expect(answer.body).toMatchObject({ code: "method_not_allowed", type: expect.stringMatching(/^urn:/) });
      }
    }
  });

  it("names its methods to OPTIONS, and nothing that a browser of another site could use", async ({ expect }) => {
    for (const path of [...mounted().keys()].filter((one) => OF_THE_API.test(one))) {
      const answer = await ask("OPTIONS", path, { origin: "https://elsewhere.example" });
      // What suites of the protocol tus take for an answer.
      expect([path, answer.status]).toEqual([path, path.startsWith("/v1/uploads/tus") ? 200 : 204]);
      expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  it("is refused without proof, with a problem in the one form that names its request", async ({ expect }) => {
    const seen = new Set<string>();
    for (const name of ROUTE_PERMISSIONS.keys()) {
      const [method = "", path = ""] = name.split(" ");
      // The client checks that header and body name the same request.
      const answer = await ask(method, path.replaceAll(/:\w+/g, "x"));
      const id = answer.headers.get("x-request-id") ?? "";
      expect([name, answer.status, answer.headers.get("content-type")]).toEqual([
        name,
        401,
        "application/problem+json",
      ]);
      expect(answer.body).toEqual({
        type: "urn:trunkline:problem:unauthenticated",
        title: "Not authenticated",
        status: 401,
        detail: expect.any(String),
        code: "unauthenticated",
        errors: [],
      });
      expect(id).toMatch(/^req_[0-9a-f]{32}$/);
      expect(seen).not.toContain(id);
      seen.add(id);
    }
  });
});

type Operation = { parameters?: { name: string; schema: { type?: string } }[]; responses: Record<string, unknown> };

async function reads(): Promise<[string, Operation][]> {
  const { body } = await apiClient().get("/openapi.json");
  return Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, { get }]) =>
    get && /^\/v[12]\//.test(path) && !path.startsWith("/v1/me") && !path.endsWith("/export") ? [[path, get]] : [],
  );
}

describe("every read", () => {
  it("reads true and false, and the yes and no of before", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    let count = 0;
    for (const [path, { parameters = [] }] of await reads())
      for (const { name } of parameters.filter(({ schema }) => schema.type === "boolean")) {
        count += 1;
        for (const value of ["true", "false", "yes", "no"]) {
          const answer = await apiClient().get(`${path.replaceAll(/\{\w+\}/g, "x")}?${name}=${value}`, { key });
          expect([path, name, value, answer.status]).toEqual([path, name, value, path.includes("{") ? 404 : 200]);
        }
        const wrong = await apiClient().get(`${path.replaceAll(/\{\w+\}/g, "x")}?${name}=perhaps`, { key });
        expect([path, name, wrong.body.errors[0]?.code]).toEqual([path, name, "not_one_of"]);
      }
    expect(count).toBeGreaterThan(3);
  });

  it("takes `fields`, and refuses names that it does not have", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    let count = 0;
    for (const [path] of await reads()) {
      if (path.includes("{")) continue;
      const whole = await apiClient().get(path, { key });
      // There is nothing to read in a new organization, more has to be asked, or it has no fields, as a stream of events.
      const isJson = whole.headers.get("content-type")?.startsWith("application/json") ?? false;
      if (whole.status !== 200 || !isJson) continue;
      count += 1;
      const wrong = await apiClient().get(`${path}?fields=no_such_field`, { key });
      expect([path, wrong.status, wrong.body.errors[0]?.field]).toEqual([path, 422, "fields"]);
      const names = /them: (.*)$/.exec(wrong.body.errors[0].message)?.[1]?.split(", ") ?? [];
      const some = await apiClient().get(`${path}?fields=${names.slice(0, 2).join(",")}`, { key });
      expect([path, some.status]).toEqual([path, 200]);
      const entries: object[] = Array.isArray(some.body.data) ? some.body.data : [some.body];
      const shown = new Set(entries.flatMap((entry) => Object.keys(entry)));
      expect([...shown].filter((name) => !names.slice(0, 2).includes(name))).toEqual([]);
    }
    expect(count).toBeGreaterThan(12);
  });

  it("has an ETag, and is not sent again to who has it", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    let count = 0;
    for (const [path] of await reads()) {
      if (path.includes("{")) continue;
      const first = await apiClient().get(path, { key });
      if (first.status !== 200 || first.headers.get("cache-control") === "no-store") continue;
      count += 1;
      const etag = first.headers.get("etag") ?? "";
      expect([path, etag]).toEqual([path, expect.stringMatching(/^"[0-9a-f]{32}"$/)]);
      const again = await apiClient().get(path, { key, headers: { "if-none-match": etag } });
      expect([path, again.status, again.body]).toEqual([path, 304, ""]);
    }
    expect(count).toBeGreaterThan(12);
  });

  it("links every page with the one before", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const lists = [];
    for (const [path] of await reads()) {
      if (path.includes("{")) continue;
      const { body } = await apiClient().get(path, { key });
      if (typeof body === "object" && body !== null && "next_cursor" in body) lists.push([path, body.prev_cursor]);
    }
    expect(lists.length).toBeGreaterThan(10);
    expect(lists.filter(([, previous]) => previous !== null)).toEqual([]);
  });
});
