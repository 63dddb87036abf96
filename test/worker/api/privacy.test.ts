import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { auditLog, calls, erasedCalls, inbound, savedViews } from "../../../src/db/schema";
import { endpointObjects, eventStreams } from "../../../src/delivery";
import { within } from "../../../src/lib/deadline";
import { newId } from "../../../src/lib/id";
import { workOnErasure } from "../../../src/privacy";
import type { ErasureMessage } from "../../../src/queues/messages";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintHold,
  mintInbound,
  mintOrganization,
  mintRecording,
  NOON,
} from "../../factories";
import { apiClient, db } from "./client";

/** Works on what the API sent, with the clock going on as long as it must wait. */
async function work(sent: readonly ErasureMessage[]): Promise<void> {
  const queue = sent.map((message) => ({ message, delay: 0 }));
  let clock = NOON;
  const deps = {
    db,
    bucket: env.BUCKET,
    search: env.SEARCH,
    endpointObjects: endpointObjects(env.ENDPOINTS),
    eventStreams: eventStreams(env.STREAMS, within),
    nudges: {
      erasures: async (messages: readonly ErasureMessage[], delay = 0) =>
        void queue.push(...messages.map((message) => ({ message, delay }))),
    },
    now: () => clock,
  };
  for (let next = queue.shift(); next; next = queue.shift()) {
    clock += next.delay * 1_000;
    await workOnErasure(deps, next.message);
  }
}

const callsOf = async (organizationId: string) =>
  (await db.select().from(calls).where(eq(calls.organizationId, organizationId))).map(({ id }) => id);

describe("erasing by the API", () => {
  it("counts first, then erases, reports, and answers alike when asked again", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const call = await mintCall(db, organizationId);
    await mintRecording(db, call);
    const api = apiClient();
    const counted = await api.call("DELETE", `/v1/calls/${call.id}?dry_run=true`, { key });
    expect([counted.status, counted.body.would_erase]).toMatchObject([200, { calls: 1, recordings: 1, events: 0 }]);
    expect(await callsOf(organizationId)).toEqual([call.id]);
    const begun = await api.call("DELETE", `/v1/calls/${call.id}`, { key });
    expect([begun.status, begun.body]).toMatchObject([202, { kind: "call", state: "open", call_id: call.id }]);
    expect(begun.headers.get("location")).toBe(`/v1/erasures/${begun.body.id}`);
    expect(api.recorded.erasures).toEqual([{ organizationId, erasureId: begun.body.id }]);
    await work(api.recorded.erasures);
    expect(await callsOf(organizationId)).toEqual([]);
    const report = await api.get(`/v1/erasures/${begun.body.id}`, { key });
    expect(report.body).toMatchObject({ state: "completed", phase: "done", erased: { calls: 1, recordings: 1 } });
    expect((await api.get(`/v1/calls/${call.id}`, { key })).status).toBe(404);
    expect((await api.call("DELETE", `/v1/calls/${call.id}`, { key })).body).toEqual(report.body);
    expect((await api.get("/v1/erasures", { key })).body.data).toEqual([report.body]);
  });

  it("refuses what is held, and whoever may not", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const call = await mintCall(db, organizationId, { campaignId: campaign.id });
    const api = apiClient();
    const reader = await mintApiKey(db, { organizationId, scopes: ["calls:read", "privacy:read"] });
    expect((await api.call("DELETE", `/v1/calls/${call.id}`, { key: reader.key })).status).toBe(403);
    const body = { kind: "campaign", subject: String(campaign.number), reason: "Case 7" };
    const hold = await api.post("/v1/legal-holds", { key, body });
    expect([hold.status, hold.body]).toMatchObject([201, { ...body, subject: campaign.id }]);
    const refused = await api.call("DELETE", `/v1/calls/${call.id}`, { key });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("legal hold")]);
    const inBulk = await api.post("/v1/bulk", { key, body: { action: "erase", calls: [call.id, "call_none"] } });
    expect(inBulk.body.results.map(({ status }: { status: number }) => status)).toEqual([409, 404]);
    expect((await api.call("DELETE", `/v1/legal-holds/${hold.body.id}`, { key })).status).toBe(204);
    const free = await api.post("/v1/bulk", { key, body: { action: "erase", calls: [call.id] } });
    expect(free.body).toMatchObject({ changed: 1, failed: 0 });
    const again = await api.post("/v1/bulk", { key, body: { action: "erase", calls: [call.id] } });
    expect(again.body).toMatchObject({ changed: 0, failed: 0 });
    await work(api.recorded.erasures);
    expect(await callsOf(organizationId)).toEqual([]);
    const unknown = { kind: "call", subject: "call_none", reason: "Case 8" };
    expect((await api.post("/v1/legal-holds", { key, body: unknown })).status).toBe(404);
    const noNumber = { kind: "caller", subject: "Ana", reason: "Case 8" };
    expect((await api.post("/v1/legal-holds", { key, body: noNumber })).status).toBe(422);
  });

  it("erases a caller: their calls, their number in the log and in saved filters, and nothing held", async ({
    expect,
  }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const digits = String(Math.floor(1e10 + Math.random() * 9e10));
    const number = `+${digits}`;
    const made = [];
    for (let at = 0; at < 12; at += 1)
      made.push(
        await mintCall(db, organizationId, { fromE164: at % 2 ? number : null, toE164: at % 2 ? null : number }),
      );
    const other = await mintCall(db, organizationId);
    const held = made[5]!.id;
    const api = apiClient();
    await api.post("/v1/legal-holds", { key, body: { kind: "call", subject: held, reason: "Case 9" } });
    const text = new TextEncoder().encode(JSON.stringify({ events: [{ from: number }, { from: "+1" }] }));
    const request = await mintInbound(db, organizationId, { callId: other.id, body: text });
    await db.insert(savedViews).values({
      organizationId,
      id: newId("viw", NOON),
      userId: "usr_one",
      list: "calls",
      name: "Them",
      query: `number=${encodeURIComponent(number)}`,
      shared: false,
      version: 1,
      createdAt: NOON,
      updatedAt: NOON,
    });
    const dry = await api.post("/v1/erasures", { key, body: { number, dry_run: true } });
    expect(dry.body).toEqual({ would_erase: { calls: 11, held: 1, deliveries: 0 }, more: false });
    const begun = await api.post("/v1/erasures", { key, body: { number } });
    expect([begun.status, begun.body.kind]).toEqual([202, "caller"]);
    await work(api.recorded.erasures);
    expect((await callsOf(organizationId)).toSorted()).toEqual([held, other.id].toSorted());
    const report = (await api.get(`/v1/erasures/${begun.body.id}`, { key })).body;
    expect(report).toMatchObject({ state: "completed", call_id: null, erased: { calls: 11, held: 1 } });
    expect(JSON.stringify(report)).not.toContain(digits);
    const row = await db
      .select({ headers: inbound.headers, bodySize: inbound.bodySize })
      .from(inbound)
      .where(and(eq(inbound.organizationId, organizationId), eq(inbound.id, request.id)))
      .get();
    expect(row?.headers).toEqual({});
    expect(await db.select().from(savedViews).where(eq(savedViews.organizationId, organizationId))).toEqual([]);
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, organizationId));
    // What names the caller is in no entry; the saved view's is masked.
    expect(JSON.stringify(entries)).not.toContain(digits);
    const tombstones = await db.select().from(erasedCalls).where(eq(erasedCalls.erasureId, begun.body.id));
    expect(tombstones).toHaveLength(11);
    const bad = await api.post("/v1/erasures", { key, body: { number: "Ana" } });
    expect(bad.status).toBe(422);
  });
});

describe("a number under a hold", () => {
  it("is not erased: nothing is begun", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const number = "+541147781234";
    await mintHold(db, organizationId, { kind: "caller", subject: number });
    const { status } = await apiClient().post("/v1/erasures", { key, body: { number } });
    expect(status).toBe(409);
    expect((await apiClient().get("/v1/erasures", { key })).body.data).toEqual([]);
  });
});

describe("/v1/retention", () => {
  it("is read and set by whoever may, counted before, and recorded", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const api = apiClient();
    const empty = { organization: {}, campaigns: [], next_run: "2026-08-21T03:00:00.000Z", would_go: null };
    expect((await api.get("/v1/retention", { key })).body).toEqual(empty);
    const dry = await api.call("PUT", "/v1/retention", { key, body: { clocks: { audio: 1 }, dry_run: true } });
    expect(dry.body).toEqual({ ...empty, would_go: { audio: { count: 0, more: false } } });
    const set = await api.call("PUT", "/v1/retention", { key, body: { clocks: { audio: 90, events: null } } });
    expect([set.status, set.body.organization]).toEqual([200, { audio: 90, events: null }]);
    const own = { campaign_id: campaign.id, clocks: { audio: 5 } };
    expect((await api.call("PUT", "/v1/retention", { key, body: own })).body.campaigns).toEqual([own]);
    for (const body of [{ clocks: { audio: 0 } }, { clocks: { all: 1 } }, { clocks: { audio: 1.5 } }, {}])
      expect((await api.call("PUT", "/v1/retention", { key, body })).status).toBe(422);
    const none = { campaign_id: "cmp_none", clocks: { audio: 5 } };
    expect((await api.call("PUT", "/v1/retention", { key, body: none })).status).toBe(422);
    const dryNone = await api.call("PUT", "/v1/retention", { key, body: { ...none, dry_run: true } });
    expect(dryNone.status).toBe(422);
    const reader = await mintApiKey(db, { organizationId, scopes: ["privacy:read"] });
    const refused = await api.call("PUT", "/v1/retention", { key: reader.key, body: own });
    expect([refused.status, refused.body.permission]).toEqual([403, "privacy:write"]);
    const stranger = await mintOrganization(db);
    expect((await api.get("/v1/retention", { key: stranger.key })).body).toEqual(empty);
    const theirs = await api.call("PUT", "/v1/retention", { key: stranger.key, body: own });
    expect(theirs.status).toBe(422);
    // Of the same twice there is one entry; taking a campaign's away is one, too.
    await api.call("PUT", "/v1/retention", { key, body: own });
    const back = await api.call("PUT", "/v1/retention", { key, body: { ...own, clocks: {} } });
    expect(back.body.campaigns).toEqual([]);
    const entries = await db.select().from(auditLog).where(eq(auditLog.organizationId, organizationId));
    const ofIt = entries.filter(({ resourceType }) => resourceType === "retention");
    expect(ofIt.map(({ action, resourceId }) => `${action} ${resourceId}`).toSorted()).toEqual(
      [`created ${organizationId}`, `created ${campaign.id}`, `deleted ${campaign.id}`]
        .map((one) => `retention.${one}`)
        .toSorted(),
    );
    expect(ofIt.every(({ actor }) => actor === ofIt[0]?.actor && actor !== "system")).toBe(true);
  });
});
