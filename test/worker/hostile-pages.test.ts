import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { calls } from "../../src/db/schema";
import { mintCall, mintMember, mintOrganization, NOON, openDatabase } from "../factories";
import { CSRF, expectHarmless, gzipped, LONG, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const MEGABYTE = 1024 * 1024;

it("a form larger than a megabyte is refused before it is read, in the language of the page", async () => {
  const organization = await mintOrganization(db);
  const call = await mintCall(db, organization.id);
  const { ask } = visit(organization);
  const send = (extra: string, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams({ csrf: CSRF, add: "vip", extra });
    return ask(`/dashboard/calls/${call.id}/tags`, { method: "POST", body, headers });
  };
  const refused = await send("x".repeat(MEGABYTE), { cookie: "trunkline_language=es" });
  expect(refused.status).toBe(413);
  expect(await refused.text()).toContain("Es demasiado para un formulario");
  expect(await db.select({ tags: calls.tags }).from(calls).where(eq(calls.id, call.id))).toEqual([{ tags: [] }]);
  expect((await send("x".repeat(MEGABYTE / 2))).status).toBe(303);
});

it("of 10,000 calls a page has fifty, and a change of all is asked for by a count that ends at 1,000", async () => {
  const organization = await mintOrganization(db);
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < 10000)
     INSERT INTO calls (id, organization_id, source_id, source_kind, external_id, operator_name, state, direction, from_raw,
       to_raw, started_at, custom, ranks, terminal, finalize_at, version, writer, created_at, updated_at)
     SELECT 'call_' || printf('%026d', n), ?1, 'src_1', 'anura', n,
       CASE n % 3 WHEN 0 THEN ?2 WHEN 1 THEN ?3 ELSE ?4 END, 'completed', 'inbound', ?2, ?4,
       ${NOON} - n * 1000, '{}', '{}', 'completed', 0, 1, 'w', 0, 0 FROM numbers`,
  )
    .bind(organization.id, SCRIPT, RIGHT_TO_LEFT, LONG)
    .run();
  const { userId } = await mintMember(db, organization.id, { role: "admin" });
  const { page } = visit(organization, { userId });
  const list = await page("/dashboard/calls?direction=inbound");
  expect(list.text.match(/name="call"/g)).toHaveLength(50);
  expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
  expect(await gzipped(list.text)).toBeLessThan(60_000);
  expectHarmless(list.text);
  const ask = await page("/dashboard/calls/bulk?direction=inbound");
  expect(ask.text).toContain("Change 1,000+ calls");
  const other = visit(await mintOrganization(db));
  expect((await other.page("/dashboard/calls?direction=inbound")).text).not.toContain("call_0");
});

it("addresses and forms made of nonsense are answered, and make nothing", async () => {
  const organization = await mintOrganization(db);
  const call = await mintCall(db, organization.id);
  const { page, post } = visit(organization);
  const nonsense = ["%00", "../../..", "%F0%9F%98%80", "'--", "%3Cscript%3E", "9".repeat(400), "%E2%80%AE"];
  for (const text of nonsense) {
    for (const path of [
      `/dashboard/calls?q=${text}&campaign=${text}&operator=${text}&when=${text}&from=${text}&tag=${text}&after=${text}`,
      `/dashboard/calls/bulk?call=${text}&back=${text}`,
      `/dashboard/calls/bulk?call=${call.id}&back=${text}`,
      `/dashboard/calls/views/${text}`,
      `/dashboard/jobs/${text}`,
      `/dashboard/jobs?after=${text}`,
      `/dashboard/inbound?q=${text}&outcome=${text}&after=${text}`,
      `/dashboard/operators?q=${text}&after=${text}&show=${text}`,
      `/dashboard/tasks?state=${text}&after=${text}`,
    ]) {
      const { status, text: shown } = await page(path);
      expect([path, status < 500]).toEqual([path, true]);
      expectHarmless(shown);
    }
    const fields = {
      form: text,
      calls: call.id,
      until: text,
      filters: text,
      back: text,
      query: text,
      name: text,
      as: text,
    };
    for (const path of ["/dashboard/calls/bulk", "/dashboard/calls/views", `/dashboard/jobs/${text}/undo`]) {
      const { status } = await post(path, { ...fields, action: text });
      expect([path, status < 500]).toEqual([path, true]);
    }
  }
});
