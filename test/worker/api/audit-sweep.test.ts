import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { openDatabase } from "../../../src/db/client";
import { auditedRows, entriesOf, failingBinding } from "../audit-walk";
import { apiClient } from "./client";
import { CASES, deliveryFor, mintWorld, run, writingOperations } from "./writing-operations";

// Every operation of the API that writes is run once. What it changed in an audited table is compared with the log.

/** What changes nothing of anybody's. */
const WRITES_NOTHING = new Set([
  "POST /v1/endpoints/verify",
  "POST /v1/webhooks/verify",
  "POST /v1/sources/{id}/try",
  "POST /v1/source-mappings/try",
  "POST /v1/connectors/try",
  "POST /v1/connectors/{id}/dry-run",
  "POST /v1/scorecards/try",
  "POST /v1/rules/try",
  "POST /v1/campaigns/{id}/processing/try",
  "POST /v1/campaigns/{id}/actions/try",
  "POST /v1/engines/{id}/scores/try",
  "POST /audit/generate",
  // What somebody has answered so far, which is theirs alone.
  "PATCH /v1/reviews/{id}",
  "POST /v1/tokens",
  "POST /v1/token-issuers/{id}/test",
]);

describe("the audit log of the API", () => {
  it("is tried with every operation that may write", async ({ expect }) => {
    expect(Object.keys(CASES).toSorted()).toEqual((await writingOperations()).toSorted());
  });

  it.for(Object.entries(CASES))("%s: each changed row has its entry, by its actor", async ([name, one], { expect }) => {
    const world = await mintWorld();
    const api = apiClient();
    api.log.push(deliveryFor(name));
    await one.before?.(world, api);
    const [rows, known] = [await auditedRows(world.organization.id), await entriesOf(world.organization.id)];
    const answer = await run(name, one, world, api);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    const now = await auditedRows(world.organization.id);
    const changed = [...new Set([...rows.keys(), ...now.keys()])]
      .filter((row) => rows.get(row) !== now.get(row))
      .map((row) => row.split(" ").slice(0, 2).join(" "))
      .filter((row) => row !== one.leaves?.(world));
    const made = (await entriesOf(world.organization.id)).filter(({ id }) => !known.some((other) => other.id === id));
    const acts = made.filter(({ action }) => one.acts?.includes(action));
    const ofRows = made.filter((entry) => !acts.includes(entry));
    const seen = ofRows.map((entry) => `${entry.resource_type} ${entry.resource_id}`);
    expect(new Set(seen)).toEqual(new Set(changed));
    expect(acts.map(({ action }) => action)).toEqual(one.acts ?? []);
    expect(made.length > 0).toBe(!WRITES_NOTHING.has(name));
    for (const entry of made) {
      expect(entry).toMatchObject({ actor: world.organization.apiKeyId, address: "203.0.113.7" });
      expect(entry.request_id).toBe(answer.headers.get("x-request-id"));
      expect(entry.whole).not.toContain("hush-hush");
      for (const secret of secretsIn(answer.body)) expect(entry.whole).not.toContain(secret);
    }
    expect((await env.DB.prepare("SELECT * FROM audit_act").all()).results).toEqual([]);
  });

  it.for(Object.entries(CASES))(
    "%s: where the write fails there is neither change nor entry",
    async ([name, one], { expect }) => {
      const world = await mintWorld();
      const ready = apiClient();
      await one.before?.(world, ready);
      const api = apiClient({ db: openDatabase(failingBinding()) });
      api.log.push(deliveryFor(name));
      const [rows, known] = [await auditedRows(world.organization.id), await entriesOf(world.organization.id)];
      const answer = await run(name, one, world, api);
      expect(await auditedRows(world.organization.id)).toEqual(rows);
      const made = (await entriesOf(world.organization.id)).filter(({ id }) => !known.some((other) => other.id === id));
      // What is asked of an endpoint's object or a queue is recorded before it is passed on.
      expect(made.filter(({ action }) => !one.acts?.includes(action))).toEqual([]);
      if (!one.acts && !WRITES_NOTHING.has(name)) expect([name, answer.status >= 500]).toEqual([name, true]);
      expect((await env.DB.prepare("SELECT * FROM audit_act").all()).results).toEqual([]);
    },
  );

  it("has the admin's new organization and its first key", async ({ expect }) => {
    const headers = { authorization: "Bearer operator-token-for-tests-only" };
    const { body } = await apiClient().post("/admin/organizations", { headers, body: { name: "Acme" } });
    const entries = await entriesOf(body.organization.id);
    expect(entries.map(({ action, actor }) => `${action} ${actor}`).toSorted()).toEqual([
      "api_key.created admin",
      "organization.created admin",
    ]);
    for (const { whole } of entries) expect(whole).not.toContain(body.api_key.key);
  });
});

/** The secrets that an answer shows once. */
function secretsIn(body: unknown): string[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === "string" && /^(?:secret|signing_secret|key|company_secret)$/.test(name)
      ? [value]
      : secretsIn(value),
  );
}
