import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { mintAlert, mintApiKey, mintCall, mintCampaign, mintMember, mintOrganization, NOON } from "../factories";
import { apiClient } from "./api/client";
import { newPipeline } from "./pipeline";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const api = apiClient();
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  organization = await mintOrganization(db);
});

async function mintAlerts(count: number, campaignId: string | null = null) {
  const calls = [];
  for (let index = 0; index < count; index += 1) {
    const call = await mintCall(db, organization.id, { campaignId, startedAt: NOON + index });
    await mintAlert(db, call, { raisedAt: NOON + index });
    calls.push(call.id);
  }
  return calls;
}

const states = async () =>
  (await db.select().from(schema.alerts).where(eq(schema.alerts.organizationId, organization.id))).map(
    ({ state, reason, ownerId }) => [state, reason, ownerId],
  );

describe("alerts in bulk", () => {
  const bulk = (body: object, key = organization.key) =>
    api.post("/v1/bulk", { key, body: { action: "alert", ...body } });

  it("are decided, given and opened again; what is so already is left, and calls without one are named", async () => {
    const calls = await mintAlerts(2);
    const bare = await mintCall(db, organization.id);
    const decided = { state: "false_alarm", reason: "expected", calls: [...calls, bare.id] };
    const { status, body } = await bulk(decided);
    expect([status, body.changed, body.failed]).toEqual([200, 2, 1]);
    expect(body.results[2]).toMatchObject({ id: bare.id, status: 404, changed: false });
    expect(await states()).toEqual(calls.map(() => ["false_alarm", "expected", organization.apiKeyId]));
    expect((await bulk(decided)).body).toMatchObject({ changed: 0, failed: 1 });
    expect((await bulk({ state: "open", calls })).body).toMatchObject({ changed: 2, failed: 0 });
    expect((await bulk({ owner_id: null, calls })).body).toMatchObject({ changed: 2 });
    expect(await states()).toEqual(calls.map(() => ["open", null, null]));
    const member = await mintMember(db, organization.id, { role: "reviewer" });
    expect((await bulk({ owner_id: member.userId, calls })).body).toMatchObject({ changed: 2 });
    const nobody = await bulk({ owner_id: "usr_nobody", calls });
    expect(nobody.body).toMatchObject({ changed: 0, failed: 2 });
  });

  it("are refused whole where no alert could make it right, without the right, and of others", async () => {
    const calls = await mintAlerts(1);
    expect((await bulk({ state: "false_alarm", calls })).status).toBe(422);
    expect((await bulk({ state: "confirmed", reason: "expected", calls })).status).toBe(422);
    expect((await bulk({ calls })).status).toBe(422);
    const { key } = await mintApiKey(db, { organizationId: organization.id, scopes: ["alerts:read", "calls:read"] });
    expect((await bulk({ state: "confirmed", calls }, key)).status).toBe(403);
    const other = await mintOrganization(db);
    expect((await bulk({ state: "confirmed", calls }, other.key)).body).toMatchObject({ changed: 0, failed: 1 });
    expect((await states()).map(([state]) => state)).toEqual(["open"]);
  });

  it("are a job where there are more than a page of them, which reaches no further than its owner", async () => {
    const campaign = await mintCampaign(db, organization.id, "Mine");
    const mine = await mintAlerts(30, campaign.id);
    const others = await mintAlerts(1);
    const line = newPipeline();
    const headers = { "x-api-key": organization.key, "content-type": "application/json" };
    const body = JSON.stringify({ action: "alert", state: "confirmed", filter: { campaign_id: campaign.id } });
    const started = await line.post("/v1/bulk", body, headers);
    expect(started.status).toBe(202);
    await line.run();
    const job = await api.get(started.headers.get("location")!, { key: organization.key });
    expect(job.body).toMatchObject({ state: "completed", changed: 30, failed: 0 });
    const rows = await db.select().from(schema.alerts).where(eq(schema.alerts.organizationId, organization.id));
    const confirmed = rows.filter(({ state }) => state === "confirmed").map(({ callId }) => callId);
    expect(confirmed.toSorted()).toEqual(mine.toSorted());
    expect(confirmed).not.toContain(others[0]);
  });

  it("are selected in the list, asked about, and changed by the page", async () => {
    const [call] = await mintAlerts(2);
    const { userId } = await mintMember(db, organization.id, { role: "supervisor" });
    const pages = visit(organization, { role: "supervisor", userId });
    const list = await pages.page("/dashboard/alerts");
    expect([list.trips <= 4, list.text.includes(`name="call" value="${call}"`)]).toEqual([true, true]);
    const back = "/dashboard/alerts?show=open";
    const ask = await pages.page(`/dashboard/calls/bulk?call=${call}&back=${encodeURIComponent(back)}`);
    expect(ask.text).toContain("Confirm in 1 call");
    expect(ask.text).toContain("Back to the alerts");
    const form = /name="form" value="(job_\w+)"/.exec(ask.text)?.[1] ?? "";
    const until = /name="until" value="(\d+)"/.exec(ask.text)?.[1] ?? "";
    const fields = { form, until, back, calls: call!, action: "alert_false", reason: "misheard" };
    const done = await pages.post("/dashboard/calls/bulk", fields);
    expect(done.status).toBe(303);
    expect(await states()).toContainEqual(["false_alarm", "misheard", userId]);
    const shown = await pages.page(done.headers.get("location")!);
    expect(shown.text).toContain("Mark as false alarms");
    const operator = await visit(organization, { role: "operator" }).page("/dashboard/alerts");
    expect(operator.status).toBe(403);
  });
});

describe("alerts as CSV", () => {
  it("have a line each, filtered, safe for spreadsheets, with the mark where it is asked for", async () => {
    const [first, second] = await mintAlerts(2);
    await db
      .update(schema.alerts)
      .set({ state: "confirmed", note: '=HYPERLINK("http://x"),\nsecond line' })
      .where(eq(schema.alerts.callId, first!));
    const read = (query: string, key = organization.key) => api.get(`/v1/alerts/export${query}`, { key });
    const all = await read("");
    expect(all.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const text = String(all.body);
    expect(text.startsWith("id,call_id,call_started_at,")).toBe(true);
    expect(text.indexOf(second!)).toBeLessThan(text.indexOf(first!));
    expect(text).toContain('"\'=HYPERLINK(""http://x""),\nsecond line"');
    const open = String((await read("?state=open")).body);
    expect([open.includes(second!), open.includes(first!)]).toEqual([true, false]);
    expect((await read("?state=nothing")).status).toBe(422);
    const { key } = await mintApiKey(db, { organizationId: organization.id, scopes: ["calls:read"] });
    expect((await read("", key)).status).toBe(403);
    const other = await mintOrganization(db);
    expect(
      String((await read("", other.key)).body)
        .trim()
        .split("\r\n"),
    ).toHaveLength(1);
    const page = await visit(organization).ask("/dashboard/alerts.csv?show=all");
    const bytes = new Uint8Array(await page.arrayBuffer());
    expect(bytes.slice(0, 3)).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf));
    expect(new TextDecoder().decode(bytes)).toContain("'=HYPERLINK");
  });

  it("come page by page, all of them once", async () => {
    const call = await mintCall(db, organization.id);
    await mintAlert(db, call, { raisedAt: NOON });
    const named = await env.DB.prepare("SELECT name FROM pragma_table_info('calls')").all<{ name: string }>();
    const columns = named.results.map(({ name }) => name).filter((name) => name !== "id" && name !== "external_id");
    const copied = columns.map((name) => `calls.${name}`).join(", ");
    // One alert a call: the calls are copies of the one.
    for (const [from, count] of [
      [0, 500],
      [500, 503],
    ] as const) {
      const json = JSON.stringify(Array.from({ length: count }, (_, index) => from + index));
      await env.DB.prepare(
        `INSERT INTO calls (id, external_id, ${columns.join(", ")}) SELECT 'call_many' || value || 'x', 'many' || value, ${copied}
          FROM calls, json_each(?) WHERE calls.id = ?`,
      )
        .bind(json, call.id)
        .run();
      await env.DB.prepare(
        `INSERT INTO alerts (organization_id, id, call_id, level, score, state, fired, raised_at)
          SELECT ?, 'alr_many' || value || 'x', 'call_many' || value || 'x', 'high', 80, 'open', '[]', ? + value FROM json_each(?)`,
      )
        .bind(organization.id, NOON, json)
        .run();
    }
    const text = String((await api.get("/v1/alerts/export?bom=true", { key: organization.key })).body);
    const ids = text
      .trim()
      .split("\r\n")
      .slice(1)
      .map((one) => one.split(",")[0]);
    expect([ids.length, new Set(ids).size]).toEqual([1_004, 1_004]);
  });
});
