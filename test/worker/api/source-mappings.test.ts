import { describe, it } from "vitest";
import { sources } from "../../../src/db/schema";
import { mintOrganization, mintSource } from "../../factories";
import { apiClient, db } from "./client";

const api = apiClient();

describe("POST /v1/source-mappings/try", () => {
  it("shows the resulting call, and the unused fields", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const body = {
      mapping: {
        external_id: "id",
        operator: "agent.name",
        outcome: { path: "answered", values: { true: "completed", false: "failed" } },
        started_at: "at",
        from: "caller",
        recordings: "audio",
      },
      sample: {
        id: 7,
        agent: { name: "Lucía Fernández" },
        answered: false,
        at: "2026-08-20 11:00:00",
        caller: "11 5555-0100",
        audio: null,
        queue: "q",
      },
      settings: { time_zone: "America/Argentina/Buenos_Aires", country: "AR" },
    };
    const { status, body: answer } = await api.post("/v1/source-mappings/try", { key, body });
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      facts: {
        external_id: "7",
        state: "failed",
        operator: "Lucía Fernández",
        started_at: "2026-08-20T14:00:00.000Z",
        from: "11 5555-0100",
        from_e164: "+541155550100",
        to: null,
        recordings: [],
        custom: {},
      },
      ignored: null,
      problems: [],
      unmapped: ["queue"],
    });
    expect((await db.select().from(sources)).length).toBe(0);
  });

  it("reads Trunkline's own format without a mapping", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const { body } = await api.post("/v1/source-mappings/try", {
      key,
      body: { sample: { external_id: "c", future: 1 } },
    });
    expect(body).toMatchObject({ facts: { external_id: "c", custom: { future: 1 } }, unmapped: ["future"] });
  });

  it("names every problem, and says why nothing would come of it", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const bad = { sample: { started_at: "soon", direction: "up" } };
    const { body } = await api.post("/v1/source-mappings/try", { key, body: bad });
    expect(body.facts).toBeNull();
    expect(body.problems.map(({ field }: { field: string }) => field)).toEqual([
      "external_id",
      "started_at",
      "direction",
    ]);
    const unwanted = { mapping: { external_id: "id", only_if: "done" }, sample: { id: 1 } };
    const { body: ignored } = await api.post("/v1/source-mappings/try", { key, body: unwanted });
    expect(ignored).toMatchObject({ facts: null, ignored: expect.stringContaining("only_if"), problems: [] });
  });

  it.for<[name: string, body: unknown, field: string]>([
    ["a mapping that is none", { mapping: { external_id: "a[" }, sample: {} }, "mapping.external_id"],
    ["no sample", {}, "sample"],
    ["a time zone that is none", { sample: {}, settings: { time_zone: "Mars" } }, "settings.time_zone"],
  ])("refuses %s", async ([, body, field], { expect }) => {
    const { key } = await mintOrganization(db);
    const { status, body: answer } = await api.post("/v1/source-mappings/try", { key, body });
    expect([status, answer.errors?.[0]?.field]).toEqual([422, field]);
  });

  it.for([null, 1, "text", []])("says of a sample that is no object: %j", async (sample, { expect }) => {
    const { key } = await mintOrganization(db);
    const { status, body } = await api.post("/v1/source-mappings/try", { key, body: { sample } });
    expect([status, body.problems[0].field]).toEqual([200, "sample"]);
  });
});

describe("POST /v1/sources/{id}/try", () => {
  it("reads as the source would, with its own settings", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const source = await mintSource(db, organizationId, {
      kind: "external",
      settings: { mapping: { external_id: "id", operator_reference: "user" }, time_zone: "UTC" },
    });
    const { body } = await api.post(`/v1/sources/${source.id}/try`, {
      key,
      body: { sample: { id: 1, user: 9, more: 1 } },
    });
    expect(body).toMatchObject({
      facts: { external_id: "1", operator_reference: `external:${source.id}:9` },
      unmapped: ["more"],
    });
  });

  it("reads a body as text, every digit of it", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const source = await mintSource(db, organizationId, { kind: "external" });
    const sample = '{"external_id":9007199254740993001}';
    const { body } = await api.post(`/v1/sources/${source.id}/try`, { key, body: { sample } });
    expect(body.facts.external_id).toBe("9007199254740993001");
  });

  it("works for platforms without a mapping", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const audian = await mintSource(db, organizationId);
    const sample = { event: "call.completed", data: { call_id: "c-1", from: "+541155550100" } };
    const { body } = await api.post(`/v1/sources/${audian.id}/try`, { key, body: { sample } });
    expect(body).toMatchObject({ facts: { external_id: "c-1", from: "+541155550100" }, problems: [], ignored: null });
    const other = await api.post(`/v1/sources/${audian.id}/try`, { key, body: { sample: { event: "x.y" } } });
    expect(other.body).toMatchObject({ facts: null, ignored: expect.any(String) });
    const none = await api.post(`/v1/sources/${audian.id}/try`, { key, body: { sample: {} } });
    expect(none.body).toMatchObject({ facts: null, problems: [{ field: "event" }] });
  });

  it("does not find another organization's source", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const other = await mintSource(db, (await mintOrganization(db)).id);
    const { status } = await api.post(`/v1/sources/${other.id}/try`, { key, body: { sample: {} } });
    expect(status).toBe(404);
  });
});

describe("a source's mapping", () => {
  it("is kept as it was written, and a wrong one is refused by its field", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const mapping = { external_id: ["a", "b.c"], outcome: { path: "d", values: { x: "failed" } }, custom: "*" };
    const made = await api.post("/v1/sources", { key, body: { kind: "external", name: "CRM", settings: { mapping } } });
    expect([made.status, made.body.settings]).toEqual([201, { mapping }]);
    const path = `/v1/sources/${made.body.id}`;
    const wrong = { settings: { mapping: { ...mapping, from: "a ||" } } };
    const { status, body } = await api.patch(path, { key, body: wrong });
    expect([status, body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      422,
      ["settings.mapping.from"],
    ]);
    expect((await api.patch(path, { key, body: { settings: { mapping: null } } })).body.settings).toEqual({});
  });

  it("goes with how its sender signs, which is checked as a whole", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const made = await api.post("/v1/sources", { key, body: { kind: "hmac", name: "CRM" } });
    expect(made.body.secret).toMatch(/^whsec_/);
    const settings = { signed: "{timestamp}.{body}" };
    const { status, body } = await api.patch(`/v1/sources/${made.body.id}`, { key, body: { settings } });
    expect([status, body.errors[0].field]).toEqual([422, "settings.timestamp_header"]);
  });
});
