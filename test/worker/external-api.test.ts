import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { env } from "cloudflare:workers";
import { openDatabase } from "../../src/db/client";
import { mintCall, mintCampaign, mintOrganization } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { formOf, send } from "./uploading";

const db = openDatabase(env.DB);
const WAV = sineWav(2);

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
});

afterEach(() => vi.restoreAllMocks());

const FIELDS = {
  campaign_id: "1",
  username: "archive",
  operator_id: "Lucía Fernández",
  language: "es",
  task: "transcribe",
  model: "large-v3",
  device: "cuda",
};

const get = (path: string, key = organization.key) => send(line, "GET", path, { key });
const upload = (fields: Record<string, string>, path = "/upload/") =>
  send(line, "POST", path, { key: organization.key, body: formOf(fields, ["call-1.wav", WAV]) });

describe("AuditorIA's External API", () => {
  it("accepts an upload and shows its task, from pending to completed", async () => {
    const made = await upload(FIELDS);
    expect(made.status).toBe(200);
    const nothing = { result: null, url: null, audio_duration: null, error: null };
    expect(made.body).toEqual({
      uuid: expect.stringMatching(/^task_/),
      status: "pending",
      file_name: "call-1.wav",
      language: null,
      task_type: null,
      ...nothing,
    });
    const { uuid } = made.body;
    // Nobody has worked on it yet, and whoever polls must not hear that there is no such task.
    expect((await get(`/tasks/${uuid}`)).body).toEqual(made.body);
    await line.run();
    const done = await get(`/tasks/${uuid}`);
    expect(done.body).toMatchObject({
      uuid,
      status: "completed",
      file_name: "call-1.wav",
      url: expect.stringContaining("/recordings/rec_"),
      audio_duration: 2,
      language: "es",
      task_type: "transcribe",
      error: null,
    });
    for (const segment of done.body.result.segments)
      expect(segment).toEqual({
        start: expect.any(Number),
        end: expect.any(Number),
        text: null,
        speaker: expect.stringMatching(/^channel_\d$/),
      });
    expect((await get("/tasks")).body).toEqual({
      tasks: [{ ...done.body, url: expect.any(String) }],
      next_cursor: null,
    });
    const callId = uuid.replace("task_", "call_");
    expect((await get(`/tasks/${callId}`)).body.uuid).toBe(uuid);
    const call = await get(`/v1/calls/${callId}`);
    expect(call.body.custom).toMatchObject({ username: "archive", model: "large-v3", device: "cuda" });
    expect(call.body.task.id).toBe(uuid);
    expect((await get(`/agent-identification/${uuid}`)).body).toEqual({
      uuid,
      operator: { id: expect.stringMatching(/^opr_/), name: "Lucía Fernández" },
      speaker: null,
      confidence: null,
    });
    const speakers = await get(`/speaker-analysis/${uuid}`);
    expect(speakers.body.speakers.map((one: { speaker: string }) => one.speaker)).toEqual(["channel_0", "channel_1"]);
    expect(speakers.body.silence_seconds).toEqual(expect.any(Number));
    expect((await get(`/tags/${uuid}`)).body).toEqual({ uuid, tags: [] });
    const sound = await send(line, "GET", `/tasks/${uuid}/audio`, {
      key: organization.key,
      headers: { range: "bytes=0-3" },
    });
    expect([sound.status, sound.body, sound.headers.get("content-type")]).toEqual([206, "RIFF", "audio/wav"]);
  });

  it("takes the path without its slash, and a number as the operator's reference", async () => {
    const made = await upload({ ...FIELDS, operator_id: "42" }, "/upload");
    expect(made.status).toBe(200);
    await line.run();
    expect((await get(`/agent-identification/${made.body.uuid}`)).body.operator).toBeNull();
  });

  it("sends who writes a slash too many to the address without it", async () => {
    const ids = ["/tasks", "/tasks/task_1", "/tasks/task_1/audio", "/agent-identification/task_1", "/tags/task_1"];
    for (const path of ids) {
      const answer = await get(`${path}/?limit=2`);
      expect([answer.status, answer.headers.get("location")]).toEqual([307, `${path}?limit=2`]);
    }
  });

  it("gives null or nothing for unknown values, and the platforms' tags", async () => {
    const bare = await mintCall(db, organization.id, { externalId: "a" });
    const uuid = bare.id.replace("call_", "task_");
    expect((await get(`/speaker-analysis/${uuid}`)).body).toEqual({
      uuid,
      speakers: [],
      silence_seconds: null,
      overlap_seconds: null,
    });
    expect((await get(`/tasks/${uuid}/audio`)).status).toBe(404);
    const tagged = await mintCall(db, organization.id, {
      externalId: "b",
      custom: { accounttags: "campaign_1, support_queue", tags: ["vip", "support_queue"] },
    });
    expect((await get(`/tags/${tagged.id}`)).body.tags).toEqual(["vip", "support_queue", "campaign_1"]);
  });

  it("refuses as uploads do, and audits nothing that is unknown", async () => {
    expect((await send(line, "POST", "/upload/", { body: formOf(FIELDS, ["a.wav", WAV]) })).status).toBe(401);
    expect(
      (
        await send(line, "POST", "/upload/", {
          key: organization.key,
          body: WAV,
          headers: { "content-type": "audio/wav" },
        })
      ).status,
    ).toBe(415);
    expect((await upload({ ...FIELDS, campaign_id: "99" })).body.errors).toMatchObject([{ field: "campaign_id" }]);
    const page = formOf(FIELDS, ["a.wav", "<html>"]);
    expect((await send(line, "POST", "/upload/", { key: organization.key, body: page })).status).toBe(415);
    const audit = { key: organization.key, headers: { "content-type": "application/json" }, body: "{}" };
    expect((await send(line, "POST", "/audit/generate", audit)).status).toBe(422);
    const unknown = { ...audit, body: '{"task_uuid":"task_x","is_call":true}' };
    expect((await send(line, "POST", "/audit/generate", unknown)).status).toBe(404);
  });

  it("knows nothing of another organization, nor without a key", async () => {
    const other = await mintOrganization(db);
    const { uuid } = (await upload(FIELDS)).body;
    for (const state of ["before", "after"]) {
      for (const path of [
        `/tasks/${uuid}`,
        `/tasks/${uuid}/audio`,
        `/agent-identification/${uuid}`,
        `/speaker-analysis/${uuid}`,
        `/tags/${uuid}`,
      ]) {
        expect(`${state} ${path} ${(await get(path, other.key)).status}`).toBe(`${state} ${path} 404`);
        expect((await send(line, "GET", path)).status).toBe(401);
      }
      expect((await get("/tasks", other.key)).body.tasks).toEqual([]);
      await line.run();
    }
    expect((await get("/tasks/nonsense")).status).toBe(404);
  });
});
