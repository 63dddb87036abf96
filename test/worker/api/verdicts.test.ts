import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, it } from "vitest";
import { consensuses, memberships } from "../../../src/db/schema";
import { MAX_SCANNED_SCORES, scorecardDefinition, scoreOf, type Answers } from "../../../src/quality";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintOrganization,
  mintRecording,
  mintReview,
  mintScorecard,
  mintTask,
  NOON,
} from "../../factories";
import { mintSession } from "../../sign-in";
import { SCRIPT, visit } from "../visiting";
import { apiClient, db } from "./client";

// What the reviews of calls came to, in their list, its page, its file, and what is done to many.

const CARD = scorecardDefinition.parse({
  pass_percent: 80,
  sections: [
    {
      id: "all",
      title: "All",
      criteria: [
        { id: "name", text: `Says the name ${SCRIPT}`, kind: "yes_no", auto_fail: true, weight: 1 },
        { id: "tone", text: "Tone", kind: "scale", max: 100, weight: 9 },
      ],
    },
  ],
});

const api = apiClient();
type Client = Awaited<ReturnType<typeof mintCase>>;

async function mintCase() {
  const organization = await mintOrganization(db);
  const organizationId = organization.id;
  const campaign = await mintCampaign(db, organizationId);
  const card = await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON, definition: CARD });
  const reviewer = await mintSession(db, { organizationId, role: "reviewer", now: NOON });
  return { organization, organizationId, campaign, card, reviewer, ...(await mintApiKey(db, { organizationId })) };
}

let calls = 0;

/** A call with a task in this state and reviews of these points; `named`: whether the name was said. */
async function mintReviewed(
  { organizationId, campaign, card, reviewer }: Client,
  points: readonly number[],
  { state = "completed", named = true, reviewerId = reviewer.userId, startedAt = NOON } = {},
) {
  calls += 1;
  const placed = { campaignId: campaign.id };
  const call = await mintCall(db, organizationId, { ...placed, startedAt: startedAt + calls * 1_000 });
  const recording = await mintRecording(db, call);
  await mintTask(db, call, recording.id, { ...placed, state: state as "open" | "completed" });
  for (const [at, value] of points.entries()) {
    const answers: Answers = { name: { value: named ? "yes" : "no" }, tone: { value } } as never;
    const result = scoreOf(CARD, answers);
    const { score, passed } = result;
    const done = { state: "completed" as const, answers, result, score, passed, completedAt: NOON + at };
    await mintReview(db, call, card, { ...placed, ...done, reviewerId, assignedAt: NOON + at * 1_000 });
  }
  return call;
}

const listed = async ({ key }: { key: string }, query: string) => {
  const answer = await api.get(`/v1/calls?${query}`, { key });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body as { data: { id: string; verdict: unknown }[]; next_cursor: string | null };
};
const idsOf = async (client: Client, query: string) => (await listed(client, query)).data.map(({ id }) => id);

describe("what reviews of a call came to", () => {
  let client: Client;
  let good: { id: string };
  let bad: { id: string };
  let failed: { id: string };
  let unseen: { id: string };
  let waiting: { id: string };
  let agreed: { id: string };
  let overruled: { id: string };

  beforeAll(async () => {
    client = await mintCase();
    good = await mintReviewed(client, [100]);
    // Reviewed, given back and reviewed again: the last one holds.
    bad = await mintReviewed(client, [95, 40]);
    failed = await mintReviewed(client, [90], { named: false });
    unseen = await mintReviewed(client, [], { state: "open" });
    // One of two reviewers has done it: nobody reads what it found.
    waiting = await mintReviewed(client, [10], { state: "open" });
    agreed = await mintReviewed(client, [70, 90]);
    await db.insert(consensuses).values({
      organizationId: client.organizationId,
      callId: agreed.id,
      state: "reached",
      wanted: 2,
      maxSpread: 30,
      askedBy: "system",
      score: 82,
      passed: true,
      decidedAt: NOON,
      createdAt: NOON,
      writer: "wrt_1",
    });
    // One of two found that a criterion failed it at once; it was decided that the call passes.
    overruled = await mintReviewed(client, [100], { named: false });
    await db.insert(consensuses).values({
      organizationId: client.organizationId,
      callId: overruled.id,
      state: "decided",
      wanted: 2,
      maxSpread: 30,
      askedBy: "system",
      score: 95,
      passed: true,
      decidedAt: NOON,
      createdAt: NOON,
      writer: "wrt_1",
    });
  });

  it("stands with each call of the list, and with the call", async ({ expect }) => {
    const { data } = await listed(client, "sort=started_at");
    const found = Object.fromEntries(data.map(({ id, verdict }) => [id, verdict]));
    const reviewer_ids = [client.reviewer.userId];
    expect(found[good.id]).toEqual({ score: 100, passed: true, reviewer_ids, failed_criteria: [] });
    expect(found[bad.id]).toEqual({ score: 46, passed: false, reviewer_ids, failed_criteria: [] });
    const criteria = [`Says the name ${SCRIPT}`];
    expect(found[failed.id]).toEqual({ score: 0, passed: false, reviewer_ids, failed_criteria: criteria });
    expect(found[agreed.id]).toMatchObject({ score: 82, passed: true, reviewer_ids });
    expect(found[overruled.id]).toMatchObject({ score: 95, passed: true, failed_criteria: [] });
    expect([found[unseen.id], found[waiting.id]]).toEqual([null, null]);
    expect((await api.get(`/v1/calls/${failed.id}`, { key: client.key })).body.verdict).toEqual(found[failed.id]);
    expect((await api.get(`/v1/calls/${waiting.id}`, { key: client.key })).body.verdict).toBeNull();
  });

  it("finds calls, and who reviewed them does", async ({ expect }) => {
    expect(await idsOf(client, "sort=started_at&verdict=passed")).toEqual([good.id, agreed.id, overruled.id]);
    expect(await idsOf(client, "sort=started_at&verdict=not_passed")).toEqual([bad.id, failed.id]);
    expect(await idsOf(client, "sort=started_at&verdict=not_reviewed")).toEqual([unseen.id, waiting.id]);
    const reviewed = [good.id, bad.id, failed.id, agreed.id, overruled.id];
    expect(await idsOf(client, "sort=started_at&verdict=reviewed")).toEqual(reviewed);
    const own = `reviewer_id=${client.reviewer.userId}`;
    expect(await idsOf(client, `sort=started_at&${own}`)).toEqual(reviewed);
    expect(await idsOf(client, "reviewer_id=usr_nobody")).toEqual([]);
  });

  it("orders them, the worst first, page by page, without one twice", async ({ expect }) => {
    const worst = [failed.id, bad.id, agreed.id, overruled.id, good.id];
    expect(await idsOf(client, "sort=score")).toEqual(worst);
    const seen: string[] = [];
    let cursor = "";
    for (let page = 0; page < 8; page += 1) {
      const { data, next_cursor: next } = await listed(client, `sort=score&limit=1${cursor}`);
      seen.push(...data.map(({ id }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(seen).toEqual(worst);
    expect(await idsOf(client, "sort=score&verdict=passed")).toEqual([agreed.id, overruled.id, good.id]);
    const other = await listed(client, "limit=1");
    expect((await api.get(`/v1/calls?sort=score&cursor=${other.next_cursor}`, { key: client.key })).status).toBe(422);
  });

  it("is for those alone who may read reviews", async ({ expect }) => {
    const { organizationId } = client;
    const { key } = await mintApiKey(db, { organizationId, scopes: ["calls:read", "calls:write"] });
    const { data } = await listed({ key }, "limit=200");
    expect(data.map(({ verdict }) => verdict)).toEqual(data.map(() => null));
    expect((await api.get(`/v1/calls/${good.id}`, { key })).body.verdict).toBeNull();
    for (const query of ["verdict=passed", "sort=score", "reviewer_id=usr_1"])
      expect([query, (await api.get(`/v1/calls?${query}`, { key })).status]).toEqual([query, 403]);
    const body = { action: "tag", tags: ["x"], filter: { verdict: "passed" }, dry_run: true };
    expect((await api.post("/v1/bulk", { key, body })).status).toBe(403);
    const allowed = await api.post("/v1/bulk", { key: client.key, body });
    expect([allowed.status, allowed.body.matched]).toEqual([200, 3]);
  });

  it("is of nobody else's calls, and within a reach", async ({ expect }) => {
    const other = await mintCase();
    await mintReviewed(other, [5]);
    expect((await idsOf(other, "sort=score")).length).toBe(1);
    const elsewhere = await mintCampaign(db, client.organizationId);
    const { organizationId } = client;
    const { headers, userId } = await mintSession(db, { organizationId, role: "supervisor", now: Date.now() });
    const reachOnly = (campaigns: string[]) =>
      db.update(memberships).set({ campaigns }).where(eq(memberships.userId, userId));
    const seen = async (query: string) => (await api.get(`/v1/calls?${query}`, { headers })).body.data.length;
    await reachOnly([elsewhere.id]);
    expect([await seen("sort=score"), await seen("verdict=reviewed")]).toEqual([0, 0]);
    await reachOnly([client.campaign.id]);
    expect([await seen("sort=score"), await seen("verdict=reviewed")]).toEqual([5, 5]);
  });

  it("is in the list's page, which tells what failed and by whom it was reviewed, in both languages", async ({
    expect,
  }) => {
    const supervisor = visit(client.organization, { role: "supervisor" });
    const page = await supervisor.page("/dashboard/calls?sort=worst");
    expect([page.status, page.trips <= 4]).toEqual([200, true]);
    const order = [...page.text.matchAll(/data-href="\/dashboard\/calls\/(call_\w+)"/g)].map(([, id]) => id);
    expect(order).toEqual([failed.id, bad.id, agreed.id, overruled.id, good.id]);
    expect(page.text).toContain(">0%<");
    expect(page.text).toContain("Not passed");
    expect(page.text).toContain("Failed: Says the name");
    expect(page.text).not.toContain(SCRIPT);
    const spanish = await supervisor.page("/dashboard/calls?verdict=not_passed", { cookie: "trunkline_language=es" });
    expect(spanish.text).toContain("No aprobada");
    expect(spanish.text).toContain("No cumple: Says the name");
    expect(spanish.text).not.toContain(good.id);
    const csv = await (await supervisor.ask("/dashboard/calls.csv?sort=worst")).text();
    const lines = csv.split("\r\n").slice(1, -1);
    expect(lines.map((line) => line.split(",")[0])).toEqual([failed.id, bad.id, agreed.id, overruled.id, good.id]);
    expect(lines[1]).toContain(",46,Not passed,");
  });
});

describe("many scores", () => {
  /** So many completed reviews of calls of other campaigns, two with each score. */
  const fill = (organizationId: string, reviewed: number) =>
    env.DB.prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?2)
       INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, score, passed, assigned_by, assigned_at, writer)
       SELECT ?1, 'rev_' || printf('%026d', n), 'call_gone' || (n / 2), 'usr_1', 'completed', 10, 0, 'system', 0, 'w' FROM numbers`,
    )
      .bind(organizationId, reviewed)
      .run();

  it("are looked at in part, counted once a call, and the list goes on without naming what was passed over", async ({
    expect,
  }) => {
    const client = await mintCase();
    const last = await mintReviewed(client, [50]);
    await fill(client.organizationId, 2 * 2 * MAX_SCANNED_SCORES + 6);
    const seen: string[] = [];
    const cursors: string[] = [];
    let query = "sort=score";
    for (let page = 0; page < 5; page += 1) {
      const { data, next_cursor: next } = await listed(client, query);
      seen.push(...data.map(({ id }) => id));
      if (next === null) break;
      cursors.push(atob(next.replaceAll("-", "+").replaceAll("_", "/")));
      query = `sort=score&cursor=${next}`;
    }
    expect(seen).toEqual([last.id]);
    expect(cursors).toHaveLength(2);
    // Nobody learns from them which scores other calls have.
    for (const cursor of cursors) expect(cursor).not.toMatch(/call_|"score":1/);
  });

  it("are passed over on the page and in its file too", async ({ expect }) => {
    const client = await mintCase();
    const last = await mintReviewed(client, [50]);
    await fill(client.organizationId, 2 * MAX_SCANNED_SCORES + 2);
    const { page, ask } = visit(client.organization, { role: "supervisor" });
    const first = await page("/dashboard/calls?sort=worst");
    const next = /href="([^"]*after=[^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(first.text).not.toContain(last.id);
    expect((await page(next)).text).toContain(last.id);
    expect(await (await ask("/dashboard/calls.csv?sort=worst")).text()).toContain(last.id);
  });
});
