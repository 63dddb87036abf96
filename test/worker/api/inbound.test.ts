import { describe, it } from "vitest";
import { newId } from "../../../src/lib/id";
import { mintInbound, mintOrganization, NOON } from "../../factories";
import { apiClient, db } from "./client";

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
    expect(api.told.inbox).toMatchObject([{ id: request.id, organizationId: id, replay: true, verdict: "accepted" }]);
    expect(new TextDecoder().decode(api.told.inbox[0]?.body ?? undefined)).toBe('{"event":"call.end"}');
    expect((await api.get(`/v1/inbound/${request.id}`, { key })).body.replays).toBe(1);
    expect((await api.post(`/v1/inbound/${unproven.id}/replay`, { key })).status).toBe(409);
    expect(api.told.inbox).toHaveLength(1);
  });
});
