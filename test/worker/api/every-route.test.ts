import { describe, it } from "vitest";
import { app } from "../../../src/app";
import { ROUTE_PERMISSIONS } from "../../../src/api/permissions";
import { mintOrganization, NOON } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

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

/**
 * What refuses no query parameter, and why: contracts of other houses, whose callers may add what they like, and addresses
 * that are handed to whoever calls them.
 */
const TAKES_ANY_QUERY = new Map([
  ["signed links, to which players and browsers add", ["get /recordings/{id}/audio", "get /recordings/{id}/original"]],
  ["a signed link too, whose signature is checked first", ["put /v1/part-uploads/{id}/parts/{number}"]],
  ["libraries of receivers fetch it", ["get /webhooks/{id}/jwks.json"]],
  ["the query has fields of the call, beside a body that is read first", ["post /v1/uploads", "post /v1/analyses"]],
  [
    "the protocol tus",
    ["post", "get", "patch", "delete"].map((one) => `${one} /v1/uploads/tus${one === "post" ? "" : "/{id}"}`),
  ],
  [
    "AuditorIA's, as its document prints them",
    [
      "post /upload",
      "post /audit/generate",
      "get /tasks/{uuid}",
      "get /tasks/{uuid}/audio",
      ...["agent-identification", "speaker-analysis", "tags"].map((one) => `get /${one}/{uuid}`),
    ],
  ],
  [
    "Audian's, as its document prints them",
    [
      ...["get", "patch", "delete"].map((one) => `${one} /v2/webhooks/{id}`),
      ...["", "/{id}/test", "/{id}/rotate-secret"].map((one) => `post /v2/webhooks${one}`),
    ],
  ],
]);

describe("every operation of the document", () => {
  it("refuses a query parameter that it does not have, and names it", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const session = await mintSession(db, { organizationId: id, now: NOON });
    const { body } = await apiClient().get("/openapi.json");
    const taken: string[] = [];
    let count = 0;
    for (const [path, operations] of Object.entries<object>(body.paths))
      for (const method of Object.keys(operations).filter((one) => METHODS.includes(one.toUpperCase()))) {
        count += 1;
        const headers: Record<string, string> = path.startsWith("/admin")
          ? { authorization: "Bearer operator-token-for-tests-only" }
          : path.startsWith("/v1/me")
            ? session.headers
            : { "x-api-key": key };
        const address = `${path.replaceAll(/\{\w+\}/g, "x")}?no_such_parameter=1`;
        const answer = await apiClient().call(method.toUpperCase(), address, { headers });
        const isRefused = answer.status === 422 && fieldsOf(answer).includes("no_such_parameter");
        if (!isRefused) taken.push(`${method} ${path}`);
      }
    expect(count).toBeGreaterThan(200);
    expect(taken.toSorted()).toEqual([...TAKES_ANY_QUERY.values()].flat().toSorted());
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
