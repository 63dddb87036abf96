import { describe, it } from "vitest";
import { apiRoutes } from "../../../src/api";
import { ROUTE_PERMISSIONS, SELF } from "../../../src/api/permissions";
import { KEY_ROLES, PERMISSIONS, permissionsOf, ROLES, type Permission, type RoleName } from "../../../src/identity";
import { mintApiKey, mintOrganization } from "../../factories";
import { apiClient, db } from "./client";

type Operation = { method: string; path: string; permission: string };

const ALL = Object.keys(PERMISSIONS) as Permission[];

/** What every caller may do: it gives no rights that the caller does not have. */
const OPEN_TO_ALL = [
  "POST /v1/tokens",
  // Each act asks for the permission of its verb, and of a job its owner alone is shown anything.
  "POST /v1/bulk",
  "GET /v1/jobs",
  "GET /v1/jobs/{id}",
  "GET /v1/jobs/{id}/results",
  "POST /v1/jobs/{id}/cancel",
  "POST /v1/jobs/{id}/undo",
];

/** What an operation asks for beside its own permission: the bytes of an upload are its audio. */
const ALSO: Record<string, Permission> = { "GET /v1/uploads/tus/{id}": "recordings:play" };

type Described = { security?: Record<string, string[]>[]; "x-permission"?: string };

const api = apiClient();

/** Every operation of the document that an API key opens, with the permission the document names. */
const OPERATIONS = await operations();

async function operations(): Promise<Operation[]> {
  const { body } = await api.get("/openapi.json");
  return Object.entries<Record<string, Described>>(body.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { security = [], "x-permission": permission = "" }]) =>
      security.some((way) => "ApiKey" in way) && method !== "head"
        ? [{ method: method.toUpperCase(), path, permission }]
        : [],
    ),
  );
}

async function keyWith(organizationId: string, scopes: readonly string[]) {
  return (await mintApiKey(db, { organizationId, scopes })).key;
}

/** The permission that an operation misses, or null where it is opened. */
async function missing(key: string, { method, path }: Operation): Promise<string | null> {
  const body = method === "GET" || method === "DELETE" ? undefined : {};
  const answer = await api.call(method, path.replace(/\{\w+\}/g, "x"), { key, body });
  if (answer.status === 403) return answer.body.permission;
  if (answer.status === 401 || answer.status >= 500) throw new Error(`${method} ${path} answers ${answer.status}`);
  return null;
}

describe("permissions", () => {
  it("has one for every operation of the document", ({ expect }) => {
    expect(OPERATIONS.length).toBeGreaterThan(85);
    for (const { method, path, permission } of OPERATIONS)
      expect([...ALL, ...(OPEN_TO_ALL.includes(`${method} ${path}`) ? ["any"] : [])]).toContain(permission);
  });

  it("has one for every handler that is mounted, described or not, and none for what is not mounted", ({ expect }) => {
    const open =
      /^(?:\/recordings\/|\/webhooks\/|\/test-receivers\/|\/engine-answers\/|\/openapi\.json$|\/postman\.json$|\/llms\.txt$|\/docs$|\/admin\/|\/operator\/|\/v1\/invitations\/accept$|\/v1\/part-uploads\/:id\/parts\/|\/v1\/password-resets)/;
    const app = apiRoutes(() => api.deps);
    const redirect =
      /^(?:GET \/(?:tasks|agent-identification|speaker-analysis|tags)(?:\/:uuid)?(?:\/audio)?|POST \/audit\/generate)\/$/;
    const mounted = new Set(
      app.routes
        .filter(({ method, path }) => method !== "ALL" && method !== "OPTIONS" && !open.test(path))
        .map(({ method, path }) => `${method} ${path}`)
        .filter((name) => !redirect.test(name)),
    );
    expect([...mounted].toSorted()).toEqual([...ROUTE_PERMISSIONS.keys()].toSorted());
  });

  it("has no permission that nothing asks for", ({ expect }) => {
    // `events:listen` is for what the stream of events is asked for with a profile.
    const elsewhere = ["notices:write", "events:listen"];
    const needed = [...ROUTE_PERMISSIONS.values()].filter((one) => one !== "any" && one !== SELF);
    expect(new Set([...needed, ...elsewhere])).toEqual(new Set(ALL));
  });

  it.for(ALL)("opens with %s alone exactly the operations that need it", async (permission, { expect }) => {
    const { id } = await mintOrganization(db);
    const key = await keyWith(id, [permission]);
    for (const operation of OPERATIONS) {
      const needed = operation.permission;
      const also = ALSO[`${operation.method} ${operation.path}`];
      const opened = also === undefined || also === permission ? null : also;
      const expected = needed === permission || needed === "any" ? opened : needed;
      expect([operation.method, operation.path, await missing(key, operation)]).toEqual([
        operation.method,
        operation.path,
        expected,
      ]);
    }
  });

  it.for([...KEY_ROLES])("opens to a key with the role %s exactly what the role has", async (role, { expect }) => {
    const { key } = await mintOrganization(db);
    const made = await api.post("/v1/api-keys", { key, body: { name: role, role } });
    expect(made.body).toMatchObject({ role, scopes: ROLES[role].scopes && permissionsOf(ROLES[role].scopes) });
    const has: readonly string[] = made.body.scopes ?? ALL;
    // Deletes of ids that are not there, and nothing that would end this key.
    for (const operation of OPERATIONS) {
      const needed = operation.permission;
      const also = ALSO[`${operation.method} ${operation.path}`];
      const opened = also === undefined || has.includes(also) ? null : also;
      const expected = has.includes(needed) || needed === "any" ? opened : needed;
      expect([operation.path, await missing(made.body.key, operation)]).toEqual([operation.path, expected]);
    }
  });

  it("keeps from each role what it must not have", ({ expect }) => {
    const has = (role: RoleName) => permissionsOf(ROLES[role].scopes ?? ALL);
    const never: Partial<Record<RoleName, RegExp>> = {
      supervisor: /^(?:keys|tokens|secrets|endpoints|sources|inbound|deliveries|notices):/,
      reviewer:
        /^(?!reviews:|alerts:|comments:).*:(?:write|reveal|replay)$|^(?:keys|tokens|secrets|endpoints|sources|inbound|deliveries):/,
      operator:
        /^(?!comments:).*:(?:write|reveal|replay)$|^(?:keys|tokens|secrets|endpoints|sources|inbound|deliveries):/,
      developer: /^(?:recordings:|calls:|analyses:|tasks:|inbound:read|deliveries:read)/,
      viewer: /:(?:write|reveal|replay|play)$|^(?:keys|tokens|secrets|endpoints|sources|inbound|deliveries):/,
    };
    for (const [role, pattern] of Object.entries(never))
      expect([role, has(role as RoleName).filter((one) => pattern.test(one))]).toEqual([role, []]);
    expect(has("owner")).toEqual(ALL);
    expect(has("admin")).toEqual(ALL);
  });

  it("names the permission in a problem, for one's own and for foreign things alike", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const key = await keyWith(id, ["calls:read"]);
    const answer = await api.get("/v1/campaigns/cmp_x", { key });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body).toMatchObject({
      type: "urn:trunkline:problem:permission-missing",
      reason: "permission_missing",
      permission: "campaigns:read",
    });
    expect((await api.get("/v1/nothing", { key })).status).toBe(404);
  });
});
