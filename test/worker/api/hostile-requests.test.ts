import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { openDatabase } from "../../../src/db/client";
import { isWrite } from "../../../src/db/audited";
import { runsOf } from "../../long-runs";
import { NOON } from "../../factories";
import { apiClient, db, deliveryOf } from "./client";
import { mintSession } from "../../sign-in";
import { MASS, request, type Hostile } from "./hostile-values";
import { CASES, mintWorld, type World } from "./writing-operations";

// Each operation is asked what its own schema does not allow: nothing answers 500, what is refused changed nothing, and
// nothing of another organization changes ever.

type Schema = { type?: string | string[]; properties?: Record<string, Schema>; items?: Schema; $ref?: string };
type Operation = {
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema?: Schema; example?: unknown }> };
};
type Asked = { method: string; path: string; operation: Operation };

async function operations(): Promise<Asked[]> {
  const { body } = await apiClient().get("/openapi.json");
  return Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** What the one who may ask an operation proves it with: the admin's token, a person's session, or the key. */
async function proofOf({ security }: Operation, world: World): Promise<Record<string, string>> {
  const ways = new Set(security.flatMap((way) => Object.keys(way)));
  if (ways.has("AdminToken")) return { authorization: "Bearer operator-token-for-tests-only" };
  if (ways.has("ApiKey")) return { "x-api-key": world.key };
  if (!ways.has("Session")) return {};
  return (await mintSession(db, { organizationId: world.organization.id, now: NOON })).headers;
}

/** The places of a JSON value, as functions that give the value with another one in that place. */
function placesIn(node: unknown): ((value: unknown) => unknown)[] {
  if (Array.isArray(node))
    return node.flatMap((inner, at) => [
      (fresh: unknown) => node.with(at, fresh),
      ...placesIn(inner).map((put) => (fresh: unknown) => node.with(at, put(fresh))),
    ]);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, inner]) => [
    (fresh: unknown) => ({ ...node, [name]: fresh }),
    ...placesIn(inner).map((put) => (fresh: unknown) => ({ ...node, [name]: put(fresh) })),
  ]);
}

function bodyOf(good: unknown, { change: done }: Hostile): string {
  const places = placesIn(good);
  const put = (at: number) => places[at % places.length] ?? ((fresh: unknown) => fresh);
  switch (done.kind) {
    case "text":
      return done.text;
    case "whole":
      return JSON.stringify(done.value) ?? "";
    case "replace":
      return JSON.stringify(put(done.at)(done.value)) ?? "";
    case "remove":
      return JSON.stringify(put(done.at)(undefined)) ?? "";
    case "add":
      return JSON.stringify({ ...Object(good), [`field_${done.at}`]: done.value });
    case "mass":
      return JSON.stringify({ ...MASS, ...Object(good), organization_id: "org_1" });
  }
}

function addressOf({ path, operation }: Asked, world: World, { query: asked, id }: Hostile): string {
  const one = CASES[`PATCH ${path}`] ?? CASES[`POST ${path}`] ?? CASES[`DELETE ${path}`];
  const text = (given: unknown) => (typeof given === "string" ? given : (JSON.stringify(given) ?? "undefined"));
  // A lone surrogate has no form in an address.
  const encoded = (given: unknown) => encodeURIComponent(text(given).toWellFormed().slice(0, 3_000));
  const known = one?.id?.(world) ?? world.endpoint.id;
  const address = path.replaceAll(/\{\w+\}/g, () => (id === null ? known : encoded(id) || "x"));
  const names = (operation.parameters ?? []).filter((parameter) => parameter.in === "query").map(({ name }) => name);
  if (asked === null) return address;
  const name = asked.unknown ? "no_such" : (names[asked.at % names.length] ?? "x");
  const pair = `${encodeURIComponent(name)}=${encoded(asked.value)}`;
  return `${address}?${pair}${asked.twice ? `&${pair}` : ""}`;
}

/** What every request may write, whatever it is answered. */
const OF_ANY_REQUEST = /audit_act|request_quotas|idempotency_keys|last_used_at|sign_in_attempts/;

/** The database, which writes down what was changed. */
function noting(changed: string[]): D1Database {
  const texts = new WeakMap<object, string>();
  const note = (statement: object, result: D1Result) => {
    const text = texts.get(statement) ?? "";
    if (result.meta.changes > 0 && isWrite(text) && !OF_ANY_REQUEST.test(text)) changed.push(text);
  };
  const known = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    texts.set(statement, text);
    const [bind, run] = [statement.bind.bind(statement), statement.run.bind(statement)];
    statement.bind = (...values: unknown[]) => known(bind(...values), text);
    statement.run = async () => {
      const result = await run();
      note(statement, result);
      return result as never;
    };
    return statement;
  };
  return new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") return (text: string) => known(target.prepare(text), text);
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          for (const [at, result] of results.entries()) note(statements[at]!, result);
          return results;
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** Everything that an organization has, as one text. */
async function everythingOf(organizationId: string): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%organization_id%'",
  ).all<{ name: string }>();
  const rows = await Promise.all(
    results.map(({ name }) =>
      env.DB.prepare(`SELECT * FROM ${name} WHERE organization_id = ?`).bind(organizationId).all(),
    ),
  );
  return JSON.stringify(rows.map((one) => one.results));
}

const ASKED = await operations();
const RUNS = runsOf(8);

describe("hostile requests", () => {
  it("reach every operation of the document", ({ expect }) => {
    expect(ASKED.length).toBeGreaterThan(100);
  });

  const groups = Map.groupBy(ASKED, ({ path }) => path.split("/").slice(0, 3).join("/"));
  it.for([...groups])("%s: none answers 500, and what is refused changed nothing", async ([, group], { expect }) => {
    const world = await mintWorld();
    const other = await mintWorld();
    const before = await everythingOf(other.organization.id);
    const changed: string[] = [];
    const api = apiClient({ db: openDatabase(noting(changed)) });
    api.log.push(deliveryOf({ deliveryId: "dlv_1", state: "held" }));
    for (const asked of group) {
      const { method, path, operation } = asked;
      const example = operation.requestBody?.content["application/json"]?.example;
      const good = CASES[`${method} ${path}`]?.body?.(world) ?? example ?? {};
      const proof = await proofOf(operation, world);
      await fc.assert(
        fc.asyncProperty(request, async (hostile) => {
          changed.length = 0;
          const text = method === "GET" || method === "HEAD" ? undefined : bodyOf(good, hostile);
          const answer = await api.call(method, addressOf(asked, world, hostile), {
            headers: { "content-type": "application/json", ...hostile.headers, ...proof },
            ...(text === undefined ? {} : { text }),
          });
          expect([method, path, answer.status < 500 || JSON.stringify(answer.body)]).toEqual([method, path, true]);
          if (answer.status < 400) return;
          expect(answer.headers.get("content-type")).toBe("application/problem+json");
          expect([method, path, answer.status, changed]).toEqual([method, path, answer.status, []]);
        }),
        { numRuns: RUNS, seed: 7, endOnFailure: true },
      );
      // The caller's own key may be gone by now, as it was asked.
      await env.DB.prepare("UPDATE api_keys SET revoked_at = NULL, expires_at = NULL WHERE id = ?")
        .bind(world.organization.apiKeyId)
        .run();
    }
    // Who runs the deployment seals the secrets of all organizations anew.
    if (!group[0]?.path.startsWith("/admin/")) expect(await everythingOf(other.organization.id)).toBe(before);
  });

  it("with other methods, floods of headers and long addresses are refused as what they are", async ({ expect }) => {
    const world = await mintWorld();
    const api = apiClient();
    for (const { path } of ASKED) {
      const address = path.replaceAll(/\{\w+\}/g, "x");
      for (const method of ["PROPFIND", "REPORT", "OPTIONS", "PUT", "get"]) {
        const answer = await api.call(method, address, { key: world.key });
        expect([method, path, answer.status < 500]).toEqual([method, path, true]);
        if (answer.status === 405) expect(answer.headers.get("allow")).toMatch(/[A-Z]/);
      }
    }
    const flood = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-flood-${at}`, "y".repeat(100)]));
    const flooded = await api.get("/v1/calls", { key: world.key, headers: flood });
    expect(flooded.status).toBe(200);
    const keys = await api.get("/v1/calls", { headers: { authorization: `Bearer ${"x".repeat(60_000)}` } });
    expect(keys.status).toBe(401);
    const long = await api.get(`/v1/calls?cursor=${"x".repeat(60_000)}`, { key: world.key });
    expect(long.status).toBe(422);
    for (const limit of ["0", "-1", "201", "1e1", "99999999999999999999", "NaN", "0x10", "1.5", " 5", ""]) {
      const answer = await api.get(`/v1/calls?limit=${encodeURIComponent(limit)}`, { key: world.key });
      expect([limit, answer.status]).toEqual([limit, 422]);
    }
  });
});
