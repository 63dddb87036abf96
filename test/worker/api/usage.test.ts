import { describe, it } from "vitest";
import { engineSpend, usageDeliveries } from "../../../src/db/schema";
import { countDays, prices, PRICES_READ_ON } from "../../../src/usage";
import { mintAnalysis, mintApiKey, mintCall, mintOrganization, mintRecording, NOON } from "../../factories";
import { apiClient, db } from "./client";

const DAY = 86_400_000;
const QUERY = "/v1/usage?from=2026-08-19&to=2026-08-22";

/** A call with a recording of 1 MB and an analysis of two minutes, and a day with seven deliveries. */
async function mintUsed() {
  const organization = await mintOrganization(db);
  const { id } = organization;
  const call = await mintCall(db, id, { campaignId: "cmp_1", startedAt: NOON });
  await mintCall(db, id, { startedAt: NOON - DAY });
  const recording = await mintRecording(db, call, { size: 1_000_000 });
  await mintAnalysis(db, call, recording.id, { findings: { durationSeconds: 120 } });
  await countDays(db, 100);
  const day = Math.floor(NOON / DAY);
  await db.insert(usageDeliveries).values({ organizationId: id, day, delivered: 7, attempts: 9 });
  return organization;
}

const api = (now = NOON + DAY) => apiClient({ now: () => now });

describe("/v1/usage", () => {
  it("gives each day of the span, and the total", async ({ expect }) => {
    const { key } = await mintUsed();
    const { status, body } = await api().get(QUERY, { key });
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: "2026-08-19", to: "2026-08-22", has_more: false });
    expect(body.data.map((one: { day: string }) => one.day)).toEqual(["2026-08-19", "2026-08-20", "2026-08-21"]);
    const today = { calls: 1, recordings: 1, analyses: 1, audio_minutes: 2, deliveries: 7, delivery_attempts: 9 };
    expect(body.data[1]).toMatchObject({ ...today, stored_bytes: 1_000_000, d1_rows_written: 27 });
    expect(body.total).toMatchObject({ ...today, calls: 2, stored_bytes: 1_000_000 });
    expect(body.engines).toEqual([{ engine: "acoustic", analyses: 1, audio_minutes: 2 }]);
    expect(body.estimate).toEqual({ is_estimate: true, currency: "USD", prices_read_on: PRICES_READ_ON });
  });

  it("gives what engines cost in the months of the span", async ({ expect }) => {
    const { id: organizationId, key } = await mintUsed();
    const spent = { organizationId, engine: "deepgram", audioMs: 60_000 };
    const august = (2026 - 1970) * 12 + 7;
    await db.insert(engineSpend).values([
      { ...spent, month: august, micros: 4_110_000 },
      { ...spent, month: august - 1, micros: 1 },
    ]);
    const { body } = await api().get(QUERY, { key });
    expect(body.engine_spend).toEqual([{ month: "2026-08", engine: "deepgram", dollars: 4.11 }]);
    expect(body.total_dollars).toBeCloseTo(body.total.estimated_dollars + 4.11, 12);
  });

  it("gives the same by campaign, and what has none", async ({ expect }) => {
    const { key } = await mintUsed();
    const { body } = await api().get(`${QUERY}&by=campaign`, { key });
    const shown = body.data.map((one: Record<string, unknown>) => [
      one["campaign_id"],
      one["calls"],
      one["deliveries"],
    ]);
    expect(shown).toEqual([
      [null, 1, null],
      ["cmp_1", 1, null],
    ]);
    expect(body.total.deliveries).toBe(7);
  });

  it("gives what engines were sent of the calls of a campaign costs, also where one failed", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id, { campaignId: "cmp_1", startedAt: NOON });
    const run = (engine: string, state: string, micros: number | null) => ({ engine, state, audioMs: 60_000, micros });
    await mintAnalysis(db, call, "rec_1", {
      findings: { durationSeconds: 60 },
      engines: [run("deepgram", "completed", 4_000), run("llm", "failed", 500), run("free", "failed", null)],
    });
    await mintAnalysis(db, call, "rec_2", {
      id: "ana_2",
      state: "failed",
      engines: [run("deepgram", "failed", 1_000)],
    });
    await countDays(db, 100);
    const { body } = await api().get(`${QUERY}&by=campaign`, { key });
    expect(body.data).toMatchObject([{ campaign_id: "cmp_1", engine_dollars: 0.0055 }]);
    expect(body.engines).toMatchObject([
      { engine: "acoustic", analyses: 1 },
      { engine: "deepgram", analyses: 1, audio_minutes: 1 },
      { engine: "llm", analyses: 0, audio_minutes: 0 },
    ]);
  });

  it("gives quantity and dollars of each service by the price list, which sum to the total", async ({ expect }) => {
    const { key } = await mintUsed();
    const { body } = await api().get(`${QUERY}&by=service`, { key });
    const services = new Map<string, { quantity: number; dollars: number; price: object }>(
      body.data.map((one: { service: string }) => [one.service, one]),
    );
    expect([...services.keys()].toSorted()).toEqual(Object.keys(prices).toSorted());
    expect(services.get("d1RowsWritten")).toMatchObject({ quantity: 36, dollars: 36 / 1e6 });
    expect(services.get("objectRowsWritten")?.quantity).toBe(18);
    const sum = [...services.values()].reduce((sofar, { dollars }) => sofar + dollars, 0);
    expect(sum).toBeCloseTo(body.total.estimated_dollars, 12);
  });

  it("ends today: no storage is charged for days to come", async ({ expect }) => {
    const { key } = await mintUsed();
    const { body } = await api(NOON).get("/v1/usage?from=2026-08-19&to=2027-08-19", { key });
    expect([body.to, body.data.length]).toEqual(["2026-08-21", 2]);
    expect((await api(NOON).get("/v1/usage?from=2027-01-01&to=2027-01-05", { key })).body).toMatchObject({
      to: "2027-01-01",
      data: [],
    });
  });

  it("refuses spans without days and beyond a year", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    for (const span of ["from=2026-08-20&to=2026-08-20", "from=2026-08-20&to=2027-08-22", "from=x&to=2026-08-20", ""])
      expect((await api().get(`/v1/usage?${span}`, { key })).status).toBe(422);
  });

  it("needs its permission, and shows nothing of another organization", async ({ expect }) => {
    const { id } = await mintUsed();
    const other = await mintOrganization(db);
    expect((await api().get(QUERY, { key: other.key })).body.total).toMatchObject({ calls: 0, deliveries: 0 });
    const { key } = await mintApiKey(db, { organizationId: id, scopes: ["calls:read"] });
    expect((await api().get(QUERY, { key })).body).toMatchObject({ status: 403, permission: "usage:read" });
  });
});
