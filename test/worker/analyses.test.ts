import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  mintSource,
} from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { formOf, send, type Answer, type Sending } from "./uploading";

// An analysis from its request to its result, through the real handlers.

const db = openDatabase(env.DB);
const WAV = sineWav(2);
const PATIENCE = { timeout: 10_000 };

let line: Pipeline;
let organization: Awaited<ReturnType<typeof mintOrganization>>;
let campaign: Awaited<ReturnType<typeof mintCampaign>>;

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  campaign = await mintCampaign(db, organization.id);
});

afterEach(() => vi.restoreAllMocks());

const post = (sending: Sending, path = "/v1/analyses") =>
  send(line, "POST", path, { key: organization.key, ...sending });
const postForm = (fields: Record<string, string>) => post({ body: formOf(fields, ["call.wav", WAV]) });
const postJson = (body: object, key = organization.key) =>
  post({ key, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
const get = (path: string, key = organization.key) => send(line, "GET", path, { key });

function fieldsOf(answer: Answer): string[] {
  return answer.body.errors.map((one: { field: string }) => one.field);
}

describe("an analysis that is asked for", { timeout: 30_000 }, () => {
  it("of a file is there at once under the id that it keeps, and has its result later", async () => {
    const asked = await postForm({ campaign_id: "1", reference_id: "ref-7" });
    expect(asked.status).toBe(202);
    const { id } = asked.body;
    expect(asked.body).toMatchObject({ state: "pending", measures: null, reference_id: "ref-7" });
    expect(asked.headers.get("location")).toBe(`/v1/analyses/${id}`);
    expect(asked.headers.get("retry-after")).toBe("2");
    const early = await get(`/v1/analyses/${id}`);
    expect(early.headers.get("retry-after")).toBe("2");
    expect(early.body).toMatchObject({ id, state: "pending", findings: null });
    const message = await get(`/v1/analyses/${id}?format=voicesense`);
    expect(message.status).toBe(202);
    expect(message.body).toMatchObject({ StreamId: id, PredictorState: 1, ErrorMessage: null });
    await line.run();
    const done = await get(`/v1/analyses/${id}`);
    expect(done.headers.get("retry-after")).toBeNull();
    expect(done.body).toMatchObject({
      id,
      state: "completed",
      reference_id: "ref-7",
      measures: { duration_seconds: 2 },
      findings: { duration_seconds: 2 },
    });
    expect((await get(`/v1/calls/${done.body.call_id}`)).body).toMatchObject({
      external_id: "ref-7",
      campaign_id: campaign.id,
    });
  });

  it("of a body that is the audio, and of a form, is the same when the recording is", async () => {
    const query = `?campaign_id=1&reference_id=twice&file_name=a.wav`;
    const headers = { "content-type": "audio/wav" };
    const first = await post({ body: WAV, headers }, `/v1/analyses${query}`);
    expect(first.status).toBe(202);
    await line.run();
    const again = await postForm({ campaign_id: "1", external_id: "twice" });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: first.body.id, state: "completed", reference_id: "twice" });
    await line.run();
    expect((await get("/v1/analyses")).body.data).toHaveLength(1);
  });

  it("of a recording at an address is fetched as those of platforms are", async () => {
    const asked: string[] = [];
    line.audio = (url) => {
      asked.push(url);
      return new Response(WAV, { headers: { "content-type": "audio/wav" } });
    };
    const url = "https://archive.example/4711.wav";
    const made = await postJson({ url, reference_id: "4711", campaign_id: 1, custom: { ticket: "T-1" } });
    expect(made.status).toBe(202);
    expect((await get(`/v1/analyses/${made.body.id}`)).body.state).toBe("pending");
    await line.run();
    expect(asked).toEqual([url]);
    const done = await get(`/v1/analyses/${made.body.id}`);
    expect(done.body).toMatchObject({ state: "completed", reference_id: "4711" });
    const call = await get(`/v1/calls/${done.body.call_id}`);
    expect(call.body).toMatchObject({ source: { kind: "internal" }, custom: { ticket: "T-1" } });
    // The request is in the inbound log and can be replayed, and doubles nothing.
    const [logged] = (await get("/v1/inbound")).body.data;
    expect(logged).toMatchObject({ outcome: "accepted", call_id: done.body.call_id });
    const replayed = await send(line, "POST", `/v1/inbound/${logged.id}/replay`, { key: organization.key });
    expect(replayed.status).toBeLessThan(300);
    await line.run();
    expect((await get("/v1/analyses")).body.data).toHaveLength(1);
    expect(asked).toEqual([url]);
  });

  it("of an address that is no recording fails for the reason of its recording", async () => {
    line.audio = () => new Response("<html>not here</html>", { status: 404 });
    const made = await postJson({ url: "https://archive.example/gone.wav", campaign_id: "1" });
    await line.run();
    const { id, call_id: callId } = made.body;
    await db
      .update(schema.recordings)
      .set({ state: "failed", reason: "http_404: the server has no such file", completedAt: 1 })
      .where(eq(schema.recordings.callId, callId));
    expect((await get(`/v1/analyses/${id}`)).body).toMatchObject({
      state: "failed",
      reason: "http_404: the server has no such file",
      findings: null,
    });
    const message = await get(`/v1/analyses/${id}?format=voicesense`);
    expect(message.status).toBe(200);
    expect(message.body).toMatchObject({
      PredictorState: 1,
      ErrorMessage: "http_404: the server has no such file",
      ReferenceId: expect.stringMatching(/^upl_/),
    });
  });

  it("of a call is begun where its campaign asked for none, once", async () => {
    const quiet = await mintCampaign(db, organization.id, "Quiet");
    await db
      .update(schema.campaigns)
      .set({ settings: { autoAnalyze: false } })
      .where(eq(schema.campaigns.id, quiet.id));
    const form = { body: formOf({ campaign_id: quiet.id, external_id: "kept" }, ["call.wav", WAV]) };
    const { call_id: callId } = (await post(form, "/v1/uploads")).body;
    await line.run();
    expect((await get(`/v1/calls/${callId}`)).body.analyses).toEqual([]);
    const [one, other] = await Promise.all([postJson({ call_id: callId }), postJson({ call_id: callId })]);
    expect([one.status, other.status]).toEqual([202, 202]);
    expect(one.body).toMatchObject({ id: other.body.id, reference_id: "kept", state: "pending" });
    await line.run();
    const again = await postJson({ call_id: callId });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: one.body.id, state: "completed", measures: { duration_seconds: 2 } });
    const { data } = (await get(`/v1/calls/${callId}/events`)).body;
    const types = data.map(({ type }: { type: string }) => type).filter((type: string) => type.startsWith("analysis."));
    expect(types).toEqual(["analysis.created", "analysis.completed"]);
  });
});

describe("a request for an analysis", { timeout: 30_000 }, () => {
  it("is refused with its reason, and leaves nothing behind", async () => {
    const quiet = await mintCampaign(db, organization.id, "Quiet");
    await db
      .update(schema.campaigns)
      .set({ settings: { autoAnalyze: false } })
      .where(eq(schema.campaigns.id, quiet.id));
    const waiting = await mintCall(db, organization.id, { quarantine: "no_campaign" });
    await mintRecording(db, waiting);
    const silent = await mintCall(db, organization.id);
    const url = "https://archive.example/4711.wav";
    const cases: [object, number, string[]][] = [
      [{}, 422, ["url"]],
      [{ url }, 422, ["campaign_id"]],
      [{ url: "ftp://archive.example/a.wav", campaign_id: "1" }, 422, ["url"]],
      [{ url: "https://user:pass@archive.example/a.wav", campaign_id: "1" }, 422, ["url"]],
      [{ url, campaign_id: "cmp_unknown" }, 422, ["campaign_id"]],
      [{ url, campaign_id: "1", reference_id: "a", external_id: "b" }, 422, ["reference_id"]],
      [{ url, campaign_id: "1", surprise: true }, 422, ["surprise"]],
      [{ url, campaign_id: quiet.id }, 409, []],
      [{ call_id: "call_unknown" }, 404, []],
      [{ call_id: silent.id }, 409, []],
      [{ call_id: waiting.id }, 409, []],
      [{ call_id: silent.id, url }, 422, ["url"]],
      [{ call_id: waiting.id, recording_id: "rec_unknown" }, 404, []],
    ];
    for (const [body, status, fields] of cases) {
      const answer = await postJson(body);
      expect([body, answer.status, fieldsOf(answer)]).toEqual([body, status, fields]);
    }
    const wrongType = await post({ body: "x", headers: { "content-type": "text/plain" } });
    expect(wrongType.status).toBe(415);
    const unreadable = await post({ body: "{", headers: { "content-type": "application/json" } });
    expect(unreadable.status).toBe(400);
    const large = await post({ body: `"${"x".repeat(70_000)}"`, headers: { "content-type": "application/json" } });
    expect(large.status).toBe(413);
    const two = await post({ body: formOf({ campaign_id: "1" }, ["a.wav", WAV], ["b.wav", WAV]) });
    expect(two.status).toBe(413);
    expect((await postForm({})).status).toBe(422);
    expect((await postForm({ campaign_id: quiet.id })).status).toBe(409);
    expect(line.sent).toEqual([]);
    expect((await env.BUCKET.list({ prefix: `uploads/${organization.id}` })).objects).toEqual([]);
    expect(await db.select().from(schema.uploads).where(eq(schema.uploads.organizationId, organization.id))).toEqual(
      [],
    );
  });

  it("of a call needs the permission to read what it answers", async () => {
    const call = await mintCall(db, organization.id);
    await mintRecording(db, call);
    const { key } = await mintApiKey(db, { organizationId: organization.id, scopes: ["analyses:write"] });
    const answer = await postJson({ call_id: call.id }, key);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ reason: "permission_missing", permission: "analyses:read" });
  });
});

describe("analyses", { timeout: 30_000 }, () => {
  it("are found by the reference of their call, whatever its source, and by no other's", async () => {
    for (const reference of ["one", "two"]) await postForm({ campaign_id: "1", reference_id: reference });
    const source = await mintSource(db, organization.id, { kind: "internal", campaignId: campaign.id });
    expect((await postForm({ source_id: source.id, reference_id: "one" })).status).toBe(202);
    await line.run();
    const found = async (query: string) =>
      (await get(`/v1/analyses?${query}`)).body.data.map((one: { reference_id: string }) => one.reference_id);
    expect(await found("reference_id=one")).toEqual(["one", "one"]);
    expect(await found("reference_id=two&state=completed")).toEqual(["two"]);
    expect(await found("reference_id=three")).toEqual([]);
    const foreign = await mintOrganization(db);
    expect((await get("/v1/analyses?reference_id=one", foreign.key)).body.data).toEqual([]);
  });

  it("answer at the other address as at their own, and so do the refusals", async () => {
    const made = await post({ body: formOf({ campaign_id: "1" }, ["a.wav", WAV]) }, "/api/v1/analyses");
    expect(made.status).toBe(202);
    await line.run();
    for (const path of ["", `/${made.body.id}`, `/${made.body.id}?format=voicesense`, "?fields=id,state", "?limit=0"]) {
      const [own, other] = [await get(`/v1/analyses${path}`), await get(`/api/v1/analyses${path}`)];
      const { request_id: _, ...body } = own.body;
      expect([path, other.status, other.body]).toMatchObject([path, own.status, body]);
    }
    expect((await send(line, "GET", "/api/v1/analyses")).status).toBe(401);
    expect((await send(line, "PUT", "/api/v1/analyses", { key: organization.key })).status).toBe(405);
  });

  it("answer the message that Voicesense's webhook posts, byte for byte", async () => {
    await mintEndpoint(db, organization.id, {
      url: "https://voicesense.test/hook",
      profile: "voicesense",
      events: ["analysis.completed"],
    });
    const made = await postForm({ campaign_id: "1", reference_id: "ref-9" });
    await line.run();
    await vi.waitFor(() => expect(line.hooks).toHaveLength(1), PATIENCE);
    const { body, status } = await get(`/v1/analyses/${made.body.id}?format=voicesense`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(JSON.stringify(line.hooks[0]!.event));
    expect(body).toMatchObject({ StreamId: made.body.id, ReferenceId: "ref-9", PredictorState: 0, AudioDuration: 2 });
  });
});
