import { env } from "cloudflare:workers";
import { and, eq, sql } from "drizzle-orm";
import { describe, it } from "vitest";
import { changeTagsOfCalls, listTags, planMerge, writeMerge } from "../../../src/calls";
import { runBatch } from "../../../src/db/client";
import { writeRow } from "../../../src/db/rows";
import { auditLog, calls, events, tagCounts } from "../../../src/db/schema";
import { reachOfCampaign } from "../../../src/identity";
import { ACT_AT_NOON, mintCall, mintCampaign, mintOperator, mintOrganization, NOON } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const api = apiClient();

async function eventsOf(callId: string) {
  const rows = await db.select().from(events).where(eq(events.stream, callId));
  return rows.map(({ type, data }) => ({
    type,
    data: JSON.parse(data) as { call: { tags: string[] }; changed: string[] },
  }));
}

function entriesOf(organizationId: string) {
  return db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.organizationId, organizationId), eq(auditLog.action, "call.tagged")));
}

describe("the tags of a call", () => {
  it("are added and taken off, in any spelling, with an event and an entry each", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const path = `/v1/calls/${call.id}/tags`;
    const added = await api.post(path, { key, body: { tags: ["VIP", " Needs   care "] } });
    expect([added.status, added.body]).toEqual([200, { id: call.id, tags: ["needs care", "vip"] }]);
    const removed = await api.delete(`${path}/${encodeURIComponent("Needs Care")}`, { key });
    expect(removed.status).toBe(204);
    expect((await api.get(`/v1/calls/${call.id}`, { key })).body.tags).toEqual(["vip"]);
    expect((await eventsOf(call.id)).map(({ type, data }) => [type, data.changed, data.call.tags])).toEqual([
      ["call.updated", ["tags"], ["needs care", "vip"]],
      ["call.updated", ["tags"], ["vip"]],
    ]);
    const entries = await entriesOf(id);
    // Both are of the same millisecond.
    const changes = entries.map(({ resourceId, after }) => `${resourceId} ${after}`);
    expect(changes.toSorted()).toEqual([
      `${call.id} {"tags_to_add":0,"tags_to_remove":1}`,
      `${call.id} {"tags_to_add":2,"tags_to_remove":0}`,
    ]);
    expect(JSON.stringify(entries)).not.toContain("vip");
  });

  it("that are as asked for already make no event and no entry", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id, { tags: ["vip"] });
    expect((await api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags: ["Vip"] } })).status).toBe(200);
    expect((await api.delete(`/v1/calls/${call.id}/tags/other`, { key })).status).toBe(204);
    expect([await eventsOf(call.id), await entriesOf(id)]).toEqual([[], []]);
  });

  it("of a call that goes on make no event before the one about its end", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id, { state: "in_progress", terminal: null });
    expect((await api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags: ["vip"] } })).status).toBe(200);
    expect(await eventsOf(call.id)).toEqual([]);
  });

  it.for<[string, unknown, string[]]>([
    ["none", [], ["tags"]],
    ["a text", "vip", ["tags"]],
    ["an empty one", ["vip", " "], ["tags.1"]],
    ["a comma", ["a,b"], ["tags.0"]],
    ["too many at once", Array.from({ length: 51 }, (_, at) => `t${at}`), ["tags"]],
  ])("are refused: %s", async ([, tags, fields], { expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const answer = await api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags } });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, fields]);
  });

  it("are fifty at most", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id, { tags: Array.from({ length: 50 }, (_, at) => `t${at + 10}`) });
    const answer = await api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags: ["another"] } });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, ["tags"]]);
    expect((await api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags: ["t10"] } })).status).toBe(200);
  });

  it("survive a notice that was read before them, which is folded again", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const context = { now: NOON, writer: "stale", touch: true };
    const place = () => ({ campaignId: null, operatorId: null, quarantine: null });
    const stale = planMerge(call, call, [], place, context);
    await api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags: ["vip"] } });
    await runBatch(db, [writeRow(db, writeMerge(stale, { recordings: 0, analyses: 0, actions: 0 }, sql`TRUE`))]);
    const row = await db.select().from(calls).where(eq(calls.id, call.id)).get();
    expect([row?.tags, row?.version, row?.writer === "stale"]).toEqual([["vip"], 2, false]);
  });

  it("of several calls at once change together, each beside the others", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const within = await mintCall(db, id, { campaignId: campaign.id, tags: ["a"] });
    const full = await mintCall(db, id, {
      campaignId: campaign.id,
      tags: Array.from({ length: 50 }, (_, at) => `t${at + 10}`),
    });
    const beyond = await mintCall(db, id);
    const nudged: string[] = [];
    const deps = {
      db,
      bucket: env.BUCKET,
      nudges: {
        events: async (streams: readonly { stream: string }[]) => void nudged.push(...streams.map((one) => one.stream)),
      },
    };
    const callIds = [within.id, full.id, beyond.id, "call_unknown"];
    const change = { add: ["b"], remove: ["a"] };
    const outcomes = await changeTagsOfCalls(
      deps,
      { organizationId: id, reach: reachOfCampaign(campaign.id), callIds, change },
      ACT_AT_NOON,
    );
    expect(callIds.map((one) => outcomes.get(one))).toEqual([
      { ok: true, value: { tags: ["b"], changed: true, added: ["b"], removed: ["a"] } },
      { ok: false, error: { kind: "invalid", fields: [{ field: "tags", message: "a call has at most 50 tags" }] } },
      { ok: false, error: { kind: "not_found", what: "call" } },
      { ok: false, error: { kind: "not_found", what: "call" } },
    ]);
    expect(nudged).toEqual([within.id]);
    expect((await entriesOf(id)).map(({ resourceId }) => resourceId)).toEqual([within.id]);
  });

  it("added by many at once are all there", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const tags = ["a", "b", "c", "d", "e"];
    await Promise.all(tags.map((tag) => api.post(`/v1/calls/${call.id}/tags`, { key, body: { tags: [tag] } })));
    expect((await api.get(`/v1/calls/${call.id}`, { key })).body.tags).toEqual(tags);
    const changes = await eventsOf(call.id);
    expect(changes.map(({ data }) => data.call.tags.length)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("the tags of an organization", () => {
  it("are counted as calls are tagged, moved and deleted", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const [campaign, operator] = [await mintCampaign(db, id), await mintOperator(db, id)];
    const first = await mintCall(db, id, { tags: ["a", "b"] });
    const second = await mintCall(db, id, { campaignId: campaign.id, operatorId: operator.id });
    const counts = async () =>
      Object.fromEntries((await api.get("/v1/tags", { key })).body.data.map((one: TagOf) => [one.tag, one.calls]));
    type TagOf = { tag: string; calls: number };
    expect(await counts()).toEqual({ a: 1, b: 1 });
    await api.post(`/v1/calls/${second.id}/tags`, { key, body: { tags: ["a", "c"] } });
    expect(await counts()).toEqual({ a: 2, b: 1, c: 1 });
    const reach = { campaigns: ["cmp_x"], operators: null };
    expect(await listTags(db, { organizationId: id, reach, limit: 10 })).toEqual([]);
    const ofOperator = { campaigns: [campaign.id], operators: [operator.id] };
    expect(await listTags(db, { organizationId: id, reach: ofOperator, limit: 10 })).toEqual([
      { tag: "a", calls: 1 },
      { tag: "c", calls: 1 },
    ]);
    await db.update(calls).set({ campaignId: campaign.id }).where(eq(calls.id, first.id));
    await api.delete(`/v1/calls/${second.id}/tags/a`, { key });
    expect(await counts()).toEqual({ a: 1, b: 1, c: 1 });
    await db.delete(calls).where(eq(calls.id, first.id));
    expect(await counts()).toEqual({ c: 1 });
    const rows = await db.select().from(tagCounts).where(eq(tagCounts.organizationId, id));
    expect(rows).toEqual([
      { organizationId: id, tag: "c", campaignId: campaign.id, operatorId: operator.id, calls: 1 },
    ]);
  });

  it("are listed page by page, in order", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    await mintCall(db, id, { tags: ["a", "b", "c"] });
    const first = (await api.get("/v1/tags?limit=2", { key })).body;
    expect(first.data).toEqual([
      { tag: "a", calls: 1 },
      { tag: "b", calls: 1 },
    ]);
    const last = (await api.get(`/v1/tags?limit=2&cursor=${first.next_cursor}`, { key })).body;
    expect([last.data, last.next_cursor]).toEqual([[{ tag: "c", calls: 1 }], null]);
  });

  it("filter the list of calls", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const tagged = await mintCall(db, id, { tags: ["needs care", "vip"] });
    await mintCall(db, id, { tags: ["vip"] });
    const found = async (tag: string) =>
      (await api.get(`/v1/calls?tag=${encodeURIComponent(tag)}`, { key })).body.data.map(
        (one: { id: string }) => one.id,
      );
    expect(await found("Needs  Care")).toEqual([tagged.id]);
    expect((await found("VIP")).length).toBe(2);
    expect(await found("care")).toEqual([]);
    expect((await api.get("/v1/calls?tag=a,b", { key })).status).toBe(422);
  });
});
