import { describe, it } from "vitest";
import { mintAnalysis, mintCall, mintCampaign, mintOrganization, mintRecording, mintTask, NOON } from "../../factories";
import { apiClient, db } from "./client";

describe("/v1/tasks", () => {
  it("lists those of the newest calls first, filters and reads", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const { id: campaignId } = await mintCampaign(db, id);
    const older = await mintTask(db, await mintCall(db, id, { campaignId }), "rec_1", {
      state: "completed",
      campaignId,
    });
    const call = await mintCall(db, id, { startedAt: NOON + 1, operatorId: "opr_1" });
    const newer = await mintTask(db, call, "rec_2", { operatorId: "opr_1" });
    const api = apiClient();
    const idsOf = async (query: string) =>
      (await api.get(`/v1/tasks?${query}`, { key })).body.data.map((task: { id: string }) => task.id);
    expect(await idsOf("")).toEqual([newer.id, older.id]);
    expect(await idsOf("state=completed")).toEqual([older.id]);
    expect(await idsOf(`campaign_id=${campaignId}`)).toEqual([older.id]);
    expect(await idsOf("operator_id=opr_1")).toEqual([newer.id]);
    expect((await api.get(`/v1/tasks/${older.id}`, { key })).body).toMatchObject({
      id: older.id,
      state: "completed",
      recording_id: "rec_1",
    });
  });
});

describe("/v1/analyses", () => {
  it("lists measures and reads everything found", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const recording = await mintRecording(db, call);
    const done = await mintAnalysis(db, call, recording.id);
    const open = await mintAnalysis(db, await mintCall(db, id, { startedAt: NOON - 1 }), recording.id, {
      id: `${done.id}x`,
      state: "pending",
      findings: null,
      completedAt: null,
    });
    const api = apiClient();
    const all = await api.get("/v1/analyses", { key });
    expect(all.body.data).toMatchObject([
      { id: done.id, measures: { talk_seconds: [84.2] } },
      { id: open.id, measures: null },
    ]);
    expect(all.body.data[0]).not.toHaveProperty("findings");
    expect((await api.get(`/v1/analyses?call_id=${call.id}&state=completed`, { key })).body.data).toHaveLength(1);
    const read = await api.get(`/v1/analyses/${done.id}`, { key });
    expect(read.body.findings).toMatchObject({
      format: { container: "mp3", sample_rate: 8000, bits_per_sample: null },
      channels: [{ channel: 0, talk_seconds: 84.2, segments: [[320, 4100]], noise_level_db: null }],
      overlap_seconds: null,
    });
  });
});
