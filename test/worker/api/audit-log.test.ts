import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { taskIdOf } from "../../../src/calls";
import { listAudit, recordAct } from "../../../src/identity";
import { HOUR } from "../../../src/lib/time";
import { mintApiKey, mintCall, mintCampaign, mintOrganization, mintRecording, NOON } from "../../factories";
import { apiClient, db } from "./client";

type Entry = { id: string; action: string; resource_id: string; actor: string; at: string };

/** An organization with acts at NOON, NOON + 1 s, …, the newest last. */
async function mintActs(count: number) {
  const organization = await mintOrganization(db);
  for (let index = 0; index < count; index += 1) {
    const what = { organizationId: organization.id, action: "job.created" as const, resourceType: "thing" };
    await recordAct(
      db,
      { ...what, resourceIds: [`thing_${index}`], after: { text: '=1+1,"x"' } },
      { actor: { kind: "apiKey", id: index % 2 === 0 ? "key_even" : "key_odd" }, now: NOON + index * 1000 },
    );
  }
  return organization;
}

describe("/v1/audit-log", () => {
  it("lists newest first, by page, and nothing of another organization", async ({ expect }) => {
    const [{ key }, stranger] = [await mintActs(5), await mintActs(5)];
    const api = apiClient();
    const all: Entry[] = [];
    let path = "/v1/audit-log?limit=2&resource_type=thing";
    for (;;) {
      const { body } = await api.get(path, { key });
      all.push(...body.data);
      if (body.next_cursor === null) break;
      path = `/v1/audit-log?limit=2&resource_type=thing&cursor=${body.next_cursor}`;
    }
    expect(all.map((one) => one.resource_id)).toEqual(["thing_4", "thing_3", "thing_2", "thing_1", "thing_0"]);
    const theirs = (await api.get("/v1/audit-log?resource_type=thing", { key: stranger.key })).body.data as Entry[];
    expect(theirs.filter(({ id }) => all.some((one) => one.id === id))).toEqual([]);
  });

  it("filters by actor, action, resource and time", async ({ expect }) => {
    const { key } = await mintActs(4);
    const found = async (query: string) =>
      (await apiClient().get(`/v1/audit-log?resource_type=thing&${query}`, { key })).body.data.map(
        (one: Entry) => one.resource_id,
      );
    expect(await found("actor=key_odd")).toEqual(["thing_3", "thing_1"]);
    expect(await found("action=job.created&resource_id=thing_2")).toEqual(["thing_2"]);
    expect(await found("action=thing.undone")).toEqual([]);
    expect(await found("from=2026-08-20T14:00:01Z&to=2026-08-20T14:00:03Z")).toEqual(["thing_2", "thing_1"]);
  });

  it("looks at so many entries for one page, and continues from there", async ({ expect }) => {
    const { id: organizationId } = await mintActs(6);
    const filter = { resourceId: "thing_0" };
    const first = await listAudit(db, { organizationId, filter, limit: 10 }, 4);
    expect(first).toMatchObject({ rows: [], scannedUntil: expect.any(Number) });
    const rows: string[] = [];
    for (let after = first.next; after !== null;) {
      const page = await listAudit(db, { organizationId, filter, limit: 10, after }, 4);
      rows.push(...page.rows.map((row) => row.resourceId));
      after = page.next;
    }
    expect(rows).toEqual(["thing_0"]);
  });

  it("exports everything that matches as NDJSON or CSV, a formula as text", async ({ expect }) => {
    const { key } = await mintActs(3);
    const api = apiClient();
    const list = (await api.get("/v1/audit-log?resource_type=thing", { key })).body.data;
    const lines = await api.get("/v1/audit-log/export?resource_type=thing", { key });
    expect(lines.headers.get("content-type")).toBe("application/x-ndjson");
    const {
      status,
      headers,
      body: csv,
    } = await api.get("/v1/audit-log/export?format=csv&resource_type=thing", { key });
    expect([status, headers.get("content-disposition")]).toEqual([200, 'attachment; filename="audit-log.csv"']);
    const rows = (csv as string).trimEnd().split("\r\n");
    expect(rows[0]).toBe("id,at,actor,action,resource_type,resource_id,before,after,address,request_id");
    expect(rows).toHaveLength(4);
    expect(rows[1]).toContain('"{""text"":""=1+1,\\""x\\""""}"');
    expect(
      (lines.body as string)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(list);
  });

  it("is not for a key that may only send calls", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: id, campaignId: (await mintCampaign(db, id)).id });
    expect((await apiClient().get("/v1/audit-log", { key })).status).toBe(403);
    expect((await apiClient().get("/v1/audit-log/export", { key })).status).toBe(403);
  });
});

describe("links to audio", () => {
  it("are one entry per actor, recording and hour, however often they are given", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const recording = await mintRecording(db, call);
    const links = async () =>
      (await apiClient().get("/v1/audit-log?action=recording.link_issued", { key })).body.data as Entry[];
    for (const path of [`/v1/recordings/${recording.id}`, "/v1/recordings", `/v1/calls/${call.id}`, "/tasks"]) {
      expect((await apiClient({ now: () => NOON + 60_000 }).get(path, { key })).status).toBe(200);
      expect(await links()).toMatchObject([{ actor: apiKeyId, resource_id: recording.id }]);
    }
    await apiClient({ now: () => NOON + HOUR }).get("/v1/recordings", { key });
    const other = (await mintApiKey(db, { organizationId: id })).key;
    await apiClient({ now: () => NOON + HOUR }).get("/v1/recordings", { key: other });
    expect((await links()).map(({ at }) => at)).toEqual([
      "2026-08-20T15:00:00.000Z",
      "2026-08-20T15:00:00.000Z",
      "2026-08-20T14:00:00.000Z",
    ]);
  });
});

describe("audio that is given without a link", () => {
  it("is one entry per actor, recording and hour", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const recording = await mintRecording(db, call, { key: `recordings/${id}/1`, size: 8 });
    await env.BUCKET.put(`recordings/${id}/1`, new Uint8Array(8));
    for (const range of ["bytes=0-3", "bytes=4-7"]) {
      const answer = await apiClient().get(`/tasks/${taskIdOf(call.id)}/audio`, { key, headers: { range } });
      expect(answer.status).toBe(206);
    }
    const { body } = await apiClient().get("/v1/audit-log?action=recording.played", { key });
    expect(body.data).toMatchObject([{ actor: apiKeyId, resource_id: recording.id, at: "2026-08-20T14:00:00.000Z" }]);
  });
});

describe("X-Request-Id", () => {
  it("is on every answer, and never the caller's own", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const headers = { "x-request-id": "req_mine" };
    const seen = new Set<string>();
    const api = apiClient();
    for (const path of [
      "/v1/campaigns",
      "/v1/nothing",
      "/v1/campaigns?limit=x",
      "/admin/organizations",
      "/openapi.json",
    ]) {
      const answer = await api.get(path, { key, headers });
      expect(answer.headers.get("x-request-id"), path).toMatch(/^req_[0-9a-f]{32}$/);
      seen.add(answer.headers.get("x-request-id") ?? "");
    }
    const unknown = await api.get("/v1/campaigns", { headers });
    expect(unknown.status).toBe(401);
    seen.add(unknown.headers.get("x-request-id") ?? "");
    const broken = apiClient({
      now: () => {
        throw new Error("no clock");
      },
    });
    const failed = await broken.post("/v1/campaigns", { key, headers, body: { name: "x" } });
    expect(failed.status).toBe(500);
    seen.add(failed.headers.get("x-request-id") ?? "");
    expect([...seen].filter((one) => /^req_[0-9a-f]{32}$/.test(one))).toHaveLength(7);
  });
});
