import { describe, it } from "vitest";
import { newId } from "../../../src/lib/id";
import { addCounts } from "../../../src/sources";
import { mintApiKey, mintInbound, mintOrganization, NOON } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

describe("/v1/inbound", () => {
  it("lists newest first, filters and reads the body", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const older = await mintInbound(db, id, {
      id: newId("inb", NOON - 1000),
      outcome: "refused",
      reason: "bad_signature",
      status: 401,
      body: new Uint8Array([0xff, 0xfe]),
    });
    const newer = await mintInbound(db, id, { id: newId("inb", NOON), callId: "call_1", sourceId: "src_1" });
    const api = apiClient();
    const idsOf = async (query: string) =>
      (await api.get(`/v1/inbound?${query}`, { key })).body.data.map((one: { id: string }) => one.id);
    expect(await idsOf("")).toEqual([newer.id, older.id]);
    expect(await idsOf("outcome=refused")).toEqual([older.id]);
    expect(await idsOf("call_id=call_1")).toEqual([newer.id]);
    expect(await idsOf("source_id=src_1")).toEqual([newer.id]);
    expect(await idsOf("from=2026-08-20T14:00:00Z")).toEqual([newer.id]);
    expect(await idsOf("to=2026-08-20T14:00:00Z")).toEqual([older.id]);
    const read = await api.get(`/v1/inbound/${newer.id}`, { key });
    expect(read.body).toMatchObject({
      outcome: "accepted",
      call_id: "call_1",
      body: { encoding: "text", content: '{"event":"call.end"}' },
    });
    expect((await api.get(`/v1/inbound/${older.id}`, { key })).body.body).toEqual({
      encoding: "base64",
      content: "//4=",
    });
  });

  it("replays what was kept and proven", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const request = await mintInbound(db, id);
    const unproven = await mintInbound(db, id, { outcome: "refused", status: 401 });
    const api = apiClient();
    const answer = await api.post(`/v1/inbound/${request.id}/replay`, { key });
    expect([answer.status, answer.body]).toEqual([202, { id: request.id }]);
    expect(api.recorded.inbox).toMatchObject([
      { id: request.id, organizationId: id, replay: true, verdict: "accepted" },
    ]);
    expect(new TextDecoder().decode(api.recorded.inbox[0]?.body ?? undefined)).toBe('{"event":"call.end"}');
    expect((await api.get(`/v1/inbound/${request.id}`, { key })).body.replays).toBe(1);
    expect((await api.post(`/v1/inbound/${unproven.id}/replay`, { key })).status).toBe(409);
    expect(api.recorded.inbox).toHaveLength(1);
  });
});

describe("searching", () => {
  it("takes every filter, and names what is wrong with one", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const found = await mintInbound(db, id, {
      id: newId("inb", NOON),
      outcome: "refused",
      reason: "missing_fields",
      status: 422,
      sourceKind: "anura",
      sourceId: "src_1",
      callId: "call_1",
    });
    await mintInbound(db, id, { id: newId("inb", NOON - 1) });
    const api = apiClient();
    const filters =
      "outcome=refused&reason=missing_fields&status=422&source_kind=anura&source_id=src_1&call_id=call_1&form=notice&q=CALL.END&from=2026-08-20T14:00:00Z&to=2026-08-20T14:00:01Z";
    for (const query of [filters, ...filters.split("&").filter((one) => !/^(form|q|to)=/.test(one))]) {
      const { body } = await api.get(`/v1/inbound?${query}`, { key });
      expect({ query, ids: body.data.map((one: { id: string }) => one.id) }).toEqual({ query, ids: [found.id] });
      expect(body).toMatchObject({ next_cursor: null, scanned_until: null });
    }
    const wrong = await api.get("/v1/inbound?status=many&form=fax&outcome=lost&colour=red", { key });
    expect(fieldsOf(wrong).toSorted()).toEqual(["colour", "form", "outcome", "status"]);
  });

  it("goes on where a page ended", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    for (let at = 0; at < 3; at += 1)
      await mintInbound(db, id, { id: newId("inb", NOON + at), status: 422, outcome: "refused" });
    const api = apiClient();
    const first = await api.get("/v1/inbound?outcome=refused&status=422&limit=2", { key });
    const path = `/v1/inbound?outcome=refused&status=422&limit=2&cursor=${first.body.next_cursor}`;
    const second = await api.get(path, { key });
    expect([first.body.data.length, second.body.data.length, second.body.next_cursor]).toEqual([2, 1, null]);
  });
});

describe("/v1/inbound/replay", () => {
  it("replays what matches and can be, and counts the rest", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintOrganization(db);
    const refused = { outcome: "refused", reason: "missing_fields", status: 422 } as const;
    const rows = [0, 1].map((at) => mintInbound(db, id, { id: newId("inb", NOON + at), ...refused }));
    const [first, second] = await Promise.all(rows);
    await mintInbound(db, id, { id: newId("inb", NOON + 2), ...refused, status: 401 });
    await mintInbound(db, other.id, { id: newId("inb", NOON + 3), ...refused });
    const api = apiClient();
    const body = { filter: { outcome: "refused", reason: "missing_fields" } };
    const expected = {
      matched: 3,
      sent: 2,
      skipped: { unproven: 1, handshake: 0, body_not_kept: 0 },
      next_cursor: null,
      scanned_until: null,
    };
    const dry = await api.post("/v1/inbound/replay", { key, body: { ...body, dry_run: true } });
    expect([dry.status, dry.body, api.recorded.inbox]).toEqual([200, expected, []]);
    expect((await api.post("/v1/inbound/replay", { key, body })).body).toEqual(expected);
    expect(api.recorded.inbox.map((message) => message.id)).toEqual([first?.id, second?.id]);
    const page = await api.post("/v1/inbound/replay", { key, body: { ...body, limit: 1 } });
    expect(page.body).toMatchObject({ matched: 1, sent: 1 });
    const rest = await api.post("/v1/inbound/replay", { key, body: { ...body, cursor: page.body.next_cursor } });
    expect(rest.body).toMatchObject({ matched: 2, sent: 1, next_cursor: null });
  });

  it("wants a filter, within bounds, and a key that is not limited", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const limited = await mintApiKey(db, { organizationId: id, campaignId: "cmp_1" });
    const api = apiClient();
    const send = (body: object, by = key) => api.post("/v1/inbound/replay", { key: by, body });
    expect(fieldsOf(await send({ filter: {} }))).toEqual(["filter"]);
    expect(fieldsOf(await send({}))).toEqual(["filter"]);
    expect(fieldsOf(await send({ filter: { outcome: "refused" }, limit: 1_001 }))).toEqual(["limit"]);
    expect(fieldsOf(await send({ filter: { outcome: "refused" }, cursor: "x" }))).toEqual(["cursor"]);
    expect(fieldsOf(await send({ filter: { status: "422" } }))).toEqual(["filter.status"]);
    expect((await send({ filter: { outcome: "refused" } }, limited.key)).status).toBe(403);
  });
});

describe("/admin", () => {
  const token = { authorization: "Bearer operator-token-for-tests-only" };

  it("shows unowned requests only to the admin, and no others there", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const of = {
      sourceId: null,
      sourceKind: "anura",
      outcome: "refused",
      reason: "unknown_key",
      status: 401,
      body: null,
    } as const;
    const unowned = await mintInbound(db, "", { id: newId("inb", NOON), ...of });
    const older = await mintInbound(db, "", {
      id: newId("inb", NOON - 1),
      ...of,
      reason: "missing_key",
      sourceKind: "audian",
    });
    const somebodys = await mintInbound(db, id, { id: newId("inb", NOON), ...of });
    const api = apiClient();
    const idsOf = async (query: string) =>
      (await api.get(`/admin/inbound?${query}`, { headers: token })).body.data.map((one: { id: string }) => one.id);
    expect(await idsOf("")).toEqual([unowned.id, older.id]);
    expect(await idsOf("reason=unknown_key&outcome=refused")).toEqual([unowned.id]);
    expect(await idsOf("kind=audian")).toEqual([older.id]);
    expect(await idsOf("to=2026-08-20T14:00:00Z")).toEqual([older.id]);
    const read = await api.get(`/admin/inbound/${unowned.id}`, { headers: token });
    expect(read.body).toMatchObject({ id: unowned.id, source: { id: null, kind: "anura" }, body: null });
    expect((await api.get(`/admin/inbound/${somebodys.id}`, { headers: token })).status).toBe(404);
    expect((await api.get(`/v1/inbound/${unowned.id}`, { key })).status).toBe(404);
    for (const path of ["/admin/inbound", "/operator/inbound", `/admin/inbound/${unowned.id}`, "/admin/refusals"])
      expect((await api.get(path, { key })).status).toBe(401);
  });

  it("counts unowned refusals by hour, platform and reason", async ({ expect }) => {
    const count = {
      sourceKind: "anura",
      outcome: "refused" as const,
      reason: "missing_key",
      hour: NOON,
      requests: 7,
      lastAt: NOON + 5,
    };
    await addCounts(db, [
      { ...count, organizationId: "", sourceId: "" },
      { ...count, organizationId: "", sourceId: "", sourceKind: "audian", hour: NOON - 3_600_000 },
      { ...count, organizationId: "", sourceId: "", hour: NOON - 25 * 3_600_000 },
      { ...count, organizationId: "org_1", sourceId: "src_1" },
    ]);
    const api = apiClient();
    const get = async (query = "") => (await api.get(`/admin/refusals${query}`, { headers: token })).body.data;
    expect(await get()).toEqual([
      {
        hour: "2026-08-20T14:00:00.000Z",
        kind: "anura",
        reason: "missing_key",
        requests: 7,
        last_at: "2026-08-20T14:00:00.005Z",
      },
      expect.objectContaining({ hour: "2026-08-20T13:00:00.000Z", kind: "audian" }),
    ]);
    expect(await get("?kind=audian")).toHaveLength(1);
    expect(await get("?from=2026-08-19T00:00:00Z&to=2026-08-20T00:00:00Z")).toHaveLength(1);
  });
});
