import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { memberships } from "../../../src/db/schema";
import { mintCampaign, mintOrganization, mintScorecard, ONE_QUESTION } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

async function newScorecard(body: object = {}) {
  const { id: organizationId, key } = await mintOrganization(db);
  const api = apiClient();
  const made = await api.post("/v1/scorecards", { key, body: { name: "Sales", definition: ONE_QUESTION, ...body } });
  return { api, key, organizationId, made, path: `/v1/scorecards/${made.body.id}` };
}

const EASIER = { ...ONE_QUESTION, pass_percent: 60 };

describe("/v1/scorecards", () => {
  it("is a draft that changes, until it is published", async ({ expect }) => {
    const { api, key, made, path } = await newScorecard();
    expect([made.status, made.body.state, made.body.version]).toEqual([201, "draft", 1]);
    const changed = await api.patch(path, { key, body: { definition: EASIER } });
    expect(changed.body).toEqual({ ...made.body, definition: EASIER });
    const published = await api.post(`${path}/publish`, { key });
    expect(published.body).toMatchObject({ state: "published", version: 1, definition: EASIER });
    expect((await api.post(`${path}/publish`, { key })).status).toBe(409);
  });

  it("never changes a published version: a change begins the next one", async ({ expect }) => {
    const { api, key, path } = await newScorecard();
    const first = (await api.post(`${path}/publish`, { key })).body;
    const second = await api.patch(path, { key, body: { name: "Sales, spring", definition: EASIER } });
    expect(second.body).toMatchObject({ version: 2, state: "draft", name: "Sales, spring" });
    expect((await api.get(`${path}?version=1`, { key })).body).toMatchObject(first);
    expect((await api.get("/v1/scorecards?state=published", { key })).body.data).toEqual([first]);
    await api.post(`${path}/publish`, { key });
    const read = (await api.get(path, { key })).body;
    expect(read.versions.map((one: { version: number; state: string }) => [one.version, one.state])).toEqual([
      [2, "published"],
      [1, "archived"],
    ]);
    const before = (await api.get(`${path}?version=1`, { key })).body;
    expect([before.name, before.definition]).toEqual([first.name, first.definition]);
  });

  it("begins one draft of twenty changes at once, and publishes it once", async ({ expect }) => {
    const { api, key, path } = await newScorecard();
    await api.post(`${path}/publish`, { key });
    const changes = Array.from({ length: 20 }, (_, at) => api.patch(path, { key, body: { name: `Name ${at}` } }));
    const answers = await Promise.all(changes);
    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    const published = await Promise.all(Array.from({ length: 10 }, () => api.post(`${path}/publish`, { key })));
    expect(published.filter(({ status }) => status === 200)).toHaveLength(1);
    const { versions } = (await api.get(path, { key })).body;
    expect(versions.map((one: { version: number; state: string }) => [one.version, one.state])).toEqual([
      [2, "published"],
      [1, "archived"],
    ]);
  });

  it("is archived with all its versions, and goes on by a change", async ({ expect }) => {
    const { api, key, path } = await newScorecard();
    await api.post(`${path}/publish`, { key });
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.get(path, { key })).body).toMatchObject({ state: "archived", version: 1 });
    expect((await api.get("/v1/scorecards?state=published", { key })).body.data).toEqual([]);
    expect((await api.patch(path, { key, body: { name: "Again" } })).body).toMatchObject({
      state: "draft",
      version: 2,
    });
  });

  it("is made anew from what a read answers", async ({ expect }) => {
    const { api, key, path } = await newScorecard();
    const { name, campaign_ids, definition } = (await api.get(path, { key })).body;
    const copy = await api.post("/v1/scorecards", { key, body: { name, campaign_ids, definition } });
    expect(copy.status).toBe(201);
    expect(copy.body.definition).toEqual(definition);
  });

  it("is for campaigns of its organization only", async ({ expect }) => {
    const { api, key, organizationId, path } = await newScorecard();
    const campaign = await mintCampaign(db, organizationId);
    const other = await mintCampaign(db, organizationId);
    const foreign = await mintCampaign(db, (await mintOrganization(db)).id);
    const refused = await api.patch(path, { key, body: { campaign_ids: [foreign.id] } });
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["campaign_ids"]]);
    expect((await api.patch(path, { key, body: { campaign_ids: [campaign.id] } })).status).toBe(200);
    const ids = async (id: string) =>
      (await api.get(`/v1/scorecards?campaign_id=${id}`, { key })).body.data.map((one: { id: string }) => one.id);
    expect(await ids(campaign.id)).toHaveLength(1);
    expect(await ids(other.id)).toHaveLength(0);
  });

  it("shows somebody limited to a campaign what is for it, and no other campaign", async ({ expect }) => {
    const { id: organizationId } = await mintOrganization(db);
    const [mine, theirs] = [await mintCampaign(db, organizationId), await mintCampaign(db, organizationId)];
    const shared = await mintScorecard(db, organizationId, { campaigns: [mine.id, theirs.id] });
    const foreign = await mintScorecard(db, organizationId, { campaigns: [theirs.id] });
    const ofAll = await mintScorecard(db, organizationId);
    const person = await mintSession(db, { organizationId, role: "supervisor", now: Date.now() });
    await db
      .update(memberships)
      .set({ campaigns: [mine.id] })
      .where(eq(memberships.userId, person.userId));
    const { headers } = person;
    const { body } = await apiClient().get("/v1/scorecards", { headers });
    const shown = body.data.map((one: { id: string; campaign_ids: string[] | null }) => [one.id, one.campaign_ids]);
    expect(shown).toHaveLength(2);
    expect(shown).toContainEqual([shared.id, [mine.id]]);
    expect(shown).toContainEqual([ofAll.id, null]);
    expect((await apiClient().get(`/v1/scorecards/${foreign.id}`, { headers })).status).toBe(404);
    const changed = await apiClient().patch(`/v1/scorecards/${shared.id}`, { headers, body: { name: "x" } });
    expect([changed.status, changed.body.reason]).toEqual([403, "permission_missing"]);
  });

  it("computes the score of answers, and names those that do not fit", async ({ expect }) => {
    const { api, key } = await newScorecard();
    const attempt = (answers: object) =>
      api.post("/v1/scorecards/try", { key, body: { definition: ONE_QUESTION, answers } });
    expect((await attempt({ name: { value: "yes" } })).body).toMatchObject({ score: 100, passed: true, open: [] });
    expect((await attempt({ name: { value: "no" } })).body).toMatchObject({ score: 0, passed: false });
    expect((await attempt({ name: { na: true } })).body).toMatchObject({ score: null, passed: null });
    expect((await attempt({})).body).toMatchObject({ score: null, open: ["name"] });
    const refused = await attempt({ name: { value: "maybe" }, other: { value: "yes" } });
    expect([refused.status, fieldsOf(refused).toSorted()]).toEqual([422, ["answers.name", "answers.other"]]);
  });
});
