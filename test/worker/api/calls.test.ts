import { describe, it } from "vitest";
import { traceIdOf } from "../../../src/lib/trace";
import {
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintEvent,
  mintOrganization,
  mintRecording,
  mintSource,
  mintTask,
  NOON,
} from "../../factories";
import { apiClient, db } from "./client";

const HOUR = 3_600_000;

describe("calls by their platform's own id", () => {
  it("are found among all sources, or in one, and only those of the organization and within reach", async ({
    expect,
  }) => {
    const { id, key } = await mintOrganization(db);
    const stranger = await mintOrganization(db);
    const [one, other, gone] = [
      await mintSource(db, id),
      await mintSource(db, id),
      await mintSource(db, id, { deletedAt: NOON }),
    ];
    const named = (sourceId: string, more = {}) => mintCall(db, id, { sourceId, externalId: "4711", ...more });
    const first = await named(one.id, { campaignId: "cmp_1" });
    const second = await named(other.id, { startedAt: NOON + HOUR, state: "failed" });
    const third = await named(gone.id, { startedAt: NOON - HOUR });
    await mintCall(db, id, { sourceId: one.id, externalId: "4711x" });
    const theirs = await mintSource(db, stranger.id);
    await mintCall(db, stranger.id, { sourceId: theirs.id, externalId: "4711" });
    const api = apiClient();
    const ids = async (query: string) => {
      const { status, body } = await api.get(`/v1/calls?${query}`, { key });
      expect([query, status, body.scanned_until]).toEqual([query, 200, null]);
      return body.data.map((call: { id: string }) => call.id);
    };
    expect(await ids("external_id=4711")).toEqual([second.id, first.id, third.id]);
    expect(await ids("external_id=4711&sort=started_at")).toEqual([third.id, first.id, second.id]);
    expect(await ids(`external_id=4711&source_id=${one.id}`)).toEqual([first.id]);
    expect(await ids(`external_id=4711&source_id=${theirs.id}`)).toEqual([]);
    expect(await ids("external_id=4711&state=failed")).toEqual([second.id]);
    expect(await ids(`external_id=4711&from=${new Date(NOON).toISOString()}`)).toEqual([second.id, first.id]);
    expect(await ids("external_id=none")).toEqual([]);
    expect(await ids(`source_id=${gone.id}`)).toEqual([third.id]);
    const { body } = await api.get("/v1/calls?external_id=4711&limit=2", { key });
    expect(await ids(`external_id=4711&limit=2&cursor=${body.next_cursor}`)).toEqual([third.id]);
  });
});

describe("/v1/calls", () => {
  it("reads a call with its recordings, analyses and task", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id, {
      operatorId: "opr_1",
      operatorName: "Lucía Fernández",
      custom: { queue: "renewals" },
    });
    const kept = await mintRecording(db, call);
    const lost = await mintRecording(db, call, {
      state: "failed",
      reason: "http_404",
      key: null,
      size: null,
      sha256: null,
      mediaType: null,
    });
    const analysis = await mintAnalysis(db, call, kept.id);
    const task = await mintTask(db, call, kept.id);
    const answer = await apiClient().get(`/v1/calls/${call.id}`, { key });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: call.id,
      operator: { id: "opr_1", name: "Lucía Fernández" },
      started_at: "2026-08-20T14:00:00.000Z",
      custom: { queue: "renewals" },
      analyses: [{ id: analysis.id, measures: { duration_seconds: 187 } }],
      task: { id: task.id, state: "open" },
    });
    const recordings = new Map(answer.body.recordings.map((recording: { id: string }) => [recording.id, recording]));
    expect(recordings.get(kept.id)).toMatchObject({
      audio_url: expect.stringContaining(`https://trunkline.test/recordings/${kept.id}/audio?`),
      audio_url_expires_at: "2026-08-21T14:00:00.000Z",
    });
    expect(recordings.get(lost.id)).toMatchObject({ state: "failed", reason: "http_404", audio_url: null });
  });

  it("shows what the platform wrote down of the conversation", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const conversation = {
      agentId: "agent_1",
      summary: "Renewed.",
      transcript: "bot: Hola",
      timeline: [],
      actionResults: [],
    };
    const call = await mintCall(db, id, { conversation });
    expect((await apiClient().get(`/v1/calls/${call.id}`, { key })).body.conversation).toEqual({
      agent_id: "agent_1",
      summary: "Renewed.",
      transcript: "bot: Hola",
      timeline: [],
      action_results: [],
    });
  });

  it("reads a call that has nothing yet", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id, { state: "in_progress", terminal: null });
    expect((await apiClient().get(`/v1/calls/${call.id}`, { key })).body).toMatchObject({
      state: "in_progress",
      recordings: [],
      analyses: [],
      task: null,
      conversation: null,
    });
  });

  it("filters", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const plain = await mintCall(db, id, { startedAt: NOON, fromRaw: "a", fromE164: "+1" });
    const failed = await mintCall(db, id, {
      startedAt: NOON + HOUR,
      state: "failed",
      fromE164: "+2",
      direction: "outbound",
    });
    const campaign = await mintCampaign(db, id);
    const waiting = await mintCall(db, id, {
      startedAt: NOON + 2 * HOUR,
      quarantine: "unknown_campaign",
      campaignId: campaign.id,
      operatorId: "opr_1",
      fromE164: null,
      toRaw: "011 4778",
      toE164: "+3",
    });
    const idsOf = async (query: string) =>
      (await apiClient().get(`/v1/calls?${query}`, { key })).body.data.map((call: { id: string }) => call.id);
    expect(await idsOf("")).toEqual([waiting.id, failed.id, plain.id]);
    expect(await idsOf("state=failed")).toEqual([failed.id]);
    expect(await idsOf("direction=outbound")).toEqual([failed.id]);
    expect(await idsOf(`campaign_id=${campaign.id}`)).toEqual([waiting.id]);
    expect(await idsOf(`campaign_id=${campaign.number}`)).toEqual([waiting.id]);
    expect(await idsOf("operator_id=opr_1")).toEqual([waiting.id]);
    expect(await idsOf("quarantine=yes")).toEqual([waiting.id]);
    expect(await idsOf("quarantine=no")).toEqual([failed.id, plain.id]);
    expect(await idsOf("from=2026-08-20T15:00:00Z")).toEqual([waiting.id, failed.id]);
    expect(await idsOf("from=2026-08-20T14:00:00Z&to=2026-08-20T13:00:00-03:00")).toEqual([failed.id, plain.id]);
    expect(await idsOf("number=%2B2")).toEqual([failed.id]);
    expect(await idsOf("number=+3")).toEqual([waiting.id]);
    expect(await idsOf("number=011%204778")).toEqual([waiting.id]);
    expect(await idsOf("number=011")).toEqual([]);
  });

  it("lists the events of a call in order", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    await mintEvent(db, call, 2);
    const first = await mintEvent(db, call, 1, {
      type: "call.completed",
      data: JSON.stringify({ call: { id: call.id } }),
    });
    const page = await apiClient().get(`/v1/calls/${call.id}/events?limit=1`, { key });
    expect(page.body.data).toEqual([
      {
        seq: 1,
        id: first.id,
        type: "call.completed",
        trace_id: traceIdOf(call.id),
        recorded_at: "2026-08-20T14:00:00.000Z",
        data: { call: { id: call.id } },
      },
    ]);
    const rest = await apiClient().get(`/v1/calls/${call.id}/events?cursor=${page.body.next_cursor}`, { key });
    expect(rest.body).toMatchObject({ data: [{ seq: 2 }], next_cursor: null });
  });

  it("lists the events of a call backwards, and those between two times", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    for (const seq of [1, 2, 3]) await mintEvent(db, call, seq, { recordedAt: NOON + seq * 1_000 });
    const seqs = async (query: string) => {
      const { body } = await apiClient().get(`/v1/calls/${call.id}/events?${query}`, { key });
      return { seqs: body.data.map((one: { seq: number }) => one.seq), next: body.next_cursor };
    };
    const first = await seqs("sort=-seq&limit=2");
    expect(first.seqs).toEqual([3, 2]);
    expect((await seqs(`sort=-seq&limit=2&cursor=${first.next}`)).seqs).toEqual([1]);
    const at = (seconds: number) => new Date(NOON + seconds * 1_000).toISOString();
    expect((await seqs(`from=${at(2)}`)).seqs).toEqual([2, 3]);
    expect((await seqs(`to=${at(2)}`)).seqs).toEqual([1]);
    expect((await seqs(`from=${at(2)}&to=${at(3)}`)).seqs).toEqual([2]);
  });
});
