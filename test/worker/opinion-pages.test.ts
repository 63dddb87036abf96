import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { countDayOfReports } from "../../src/reports";
import { campaigns, reviews, scorecards, tasks } from "../../src/db/schema";
import { completeReviews, scorecardDefinition } from "../../src/quality";
import { countDays } from "../../src/usage";
import {
  mintCall,
  mintCampaign,
  mintMember,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };
const CARD = scorecardDefinition.parse({
  pass_percent: 80,
  sections: [{ id: "all", title: "All", criteria: [{ id: "tone", text: SCRIPT, kind: "scale", max: 1000 }] }],
});

/** A call that two people are to review, blind; its visitors are members, who are found by their names. */
async function mintCase(opinions: object = {}) {
  const organization = await mintOrganization(db);
  const { id: organizationId } = organization;
  const campaign = await mintCampaign(db, organizationId);
  const asked = { wanted: 2, maxSpread: 10, rule: "mean" as const, whenApart: "escalate" as const, blind: true };
  const reviewing = { opinions: { ...asked, ...opinions } };
  await db
    .update(campaigns)
    .set({ settings: { autoAnalyze: false, reviewing } })
    .where(eq(campaigns.id, campaign.id));
  const operator = await mintOperator(db, organizationId);
  await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON, definition: CARD });
  const placed = { campaignId: campaign.id, operatorId: operator.id };
  const call = await mintCall(db, organizationId, placed);
  const recording = await mintRecording(db, call);
  const task = await mintTask(db, call, recording.id, { ...placed, place: NOON, wanted: 2, blind: true });
  const person = async (role: "reviewer" | "supervisor") => {
    const { userId } = await mintMember(db, organizationId, { role });
    return visit(organization, { role, userId });
  };
  const [one, other, supervisor] = [await person("reviewer"), await person("reviewer"), await person("supervisor")];
  return { organization, campaign, call, task, one, other, supervisor };
}

type Visitor = ReturnType<typeof visit>;
const idIn = (answer: Response) => /rev_[0-9a-z]{26}/.exec(answer.headers.get("location") ?? "")?.[0] ?? "";

async function review(who: Visitor, points: number): Promise<string> {
  const id = idIn(await who.post("/dashboard/reviews/take"));
  await who.post(`/dashboard/reviews/${id}`, { do: "submit", "a.tone": String(points), "c.tone": `I say ${points}` });
  await db.update(reviews).set({ undoUntil: NOON }).where(eq(reviews.id, id));
  await completeReviews(deps, Date.now());
  return id;
}

describe("pages of a call that several people review", () => {
  it("say nothing of what was found to who is not done, and all of it afterwards", async () => {
    const { call, one, other, supervisor } = await mintCase();
    const first = await review(one, 817);
    await countDays(db, 1_000, countDayOfReports);
    const second = idIn(await other.post("/dashboard/reviews/take"));
    const paths = [
      `/dashboard/calls/${call.id}`,
      `/dashboard/reviews/${second}`,
      "/dashboard/tasks",
      "/dashboard/reports",
      "/dashboard/reports?by=reviewer",
      "/dashboard/reports/reviews",
      "/dashboard",
    ];
    for (const who of [other, supervisor])
      for (const path of who === other ? paths : paths.filter((of) => !of.includes(second))) {
        const { text, status } = await who.page(path);
        expect([path, status === 200 || status === 303]).toEqual([path, true]);
        expect([path, /81[.,]7|I say 817/.test(text)]).toEqual([path, false]);
      }
    expect((await other.page(`/dashboard/reviews/${first}`)).status).toBe(404);
    const kept = await supervisor.page(`/dashboard/reviews/${first}`);
    expect(kept.text).toContain("Nobody sees what the others found");
    expect(kept.text).not.toMatch(/81[.,]7|I say 817/);
    expect((await other.page(`/dashboard/reviews/${second}`)).text).toContain("review 2 of 2, blind");
    const held = await supervisor.page(`/dashboard/calls/${call.id}`);
    expect(held.text).toMatch(/1 of 2 reviews are done[\s\S]*kept back/);
    expect(held.trips).toBeLessThanOrEqual(MOST_TRIPS);
    await other.post(`/dashboard/reviews/${second}`, { do: "submit", "a.tone": "857" });
    await db.update(reviews).set({ undoUntil: NOON }).where(eq(reviews.id, second));
    await completeReviews(deps, Date.now());
    for (const who of [one, other, supervisor]) {
      const { text, trips } = await who.page(`/dashboard/calls/${call.id}`);
      expect(text).toMatch(/They agree[\s\S]*83[.,]7[\s\S]*4 points between them[\s\S]*Answered differently/);
      expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
      expectHarmless(text);
    }
  });

  it("let somebody decide where they do not agree, and ask for more", async () => {
    const { call, task, one, other, supervisor } = await mintCase();
    const first = await review(one, 900);
    await review(other, 500);
    expect((await supervisor.page("/dashboard/tasks?state=escalated")).text).toContain(`/dashboard/calls/${call.id}`);
    const page = await supervisor.page(`/dashboard/calls/${call.id}`);
    expect(page.text).toMatch(/They do not agree[\s\S]*40 points between them[\s\S]*Decide/);
    expect((await one.page(`/dashboard/calls/${call.id}`)).text).not.toContain("Decide…");
    const decide = (fields: Record<string, string>) =>
      supervisor.post(`/dashboard/tasks/${task.id}/decide`, { holds: first, why: "She did say it.", ...fields });
    expect((await decide({ why: "" })).status).toBe(409);
    expect((await decide({ holds: "", score: "101" })).status).toBe(409);
    expect((await one.post(`/dashboard/tasks/${task.id}/decide`, { holds: first, why: "x" })).status).toBe(403);
    const decided = await decide({});
    expect(decided.headers.get("location")).toBe(`/dashboard/calls/${call.id}?task=decided&tab=scorecard#task`);
    const after = await supervisor.page(`/dashboard/calls/${call.id}?task=decided`, SPANISH);
    expect(after.text).toMatch(/Decidido[\s\S]*90[\s\S]*She did say it/);
    await supervisor.post(`/dashboard/tasks/${task.id}/opinions`, { wanted: "3" });
    expect((await supervisor.page(`/dashboard/calls/${call.id}`)).text).toContain("2 of 3 reviews are done");
    expect((await supervisor.post(`/dashboard/tasks/${task.id}/opinions`, { wanted: "9" })).status).toBe(409);
  });

  it("let who may choose a call review it from there, and others what was given to them", async () => {
    const { call, task, one, supervisor, campaign, organization } = await mintCase({ wanted: 1 });
    const path = `/dashboard/calls/${call.id}`;
    const button = `action="/dashboard/tasks/${task.id}/review"`;
    expect((await one.page(path)).text).not.toContain(button);
    expect((await one.post(`/dashboard/tasks/${task.id}/review`)).status).toBe(409);
    const page = await supervisor.page(path);
    expect(page.text).toContain(button);
    expect(page.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const begun = await supervisor.post(`/dashboard/tasks/${task.id}/review`);
    expect(begun.headers.get("location")).toMatch(/^\/dashboard\/reviews\/rev_/);
    expect((await supervisor.page(begun.headers.get("location") ?? "")).text).toContain('name="a.tone"');
    expect((await supervisor.page(path, SPANISH)).text).toMatch(/<button class="button main"[^>]*>Evaluar<\/button>/);
    // Where no published scorecard is for its campaign there is nothing to begin.
    await db.update(scorecards).set({ state: "archived" }).where(eq(scorecards.organizationId, organization.id));
    expect((await supervisor.page(path)).text).not.toContain(button);
    expect(campaign.id).toBe(task.campaignId);
  });

  it("close its task with one button, and undo that for whoever had it", async () => {
    const { call, task, one, supervisor, organization } = await mintCase();
    const { userId } = await mintMember(db, organization.id);
    await db.update(tasks).set({ assigneeId: userId }).where(eq(tasks.id, task.id));
    const close = (fields: Record<string, string>) =>
      supervisor.post(`/dashboard/tasks/${task.id}/state`, { state: "closed", ...fields });
    expect((await close({ reason: "other" })).status).toBe(409);
    expect((await one.post(`/dashboard/tasks/${task.id}/state`, { state: "open" })).status).toBe(403);
    const address = (await close({ reason: "duplicate" })).headers.get("location") ?? "";
    const page = await supervisor.page(address);
    expect(page.text).toMatch(/Closed\.[\s\S]*name="reviewer" value="usr_[\s\S]*Undo/);
    expect(page.text).toContain("The same call twice");
    await supervisor.post(`/dashboard/tasks/${task.id}/state`, { state: "open", reviewer: userId });
    const [undone] = await db.select().from(tasks).where(eq(tasks.id, task.id));
    expect(undone).toMatchObject({ state: "open", assigneeId: userId });
    expect((await supervisor.page(`/dashboard/calls/${call.id}?task=open`)).text).toContain("It waits for a reviewer");
  });

  it("ask for a second opinion from the review itself", async () => {
    const { call, one, supervisor } = await mintCase();
    const id = idIn(await one.post("/dashboard/reviews/take"));
    expect((await one.page(`/dashboard/reviews/${id}`)).text).toContain("Ask for a second opinion");
    const asked = await one.post(`/dashboard/reviews/${id}/second-opinion`);
    const page = await one.page(asked.headers.get("location") ?? "");
    expect(page.text).toMatch(/One more person will review[\s\S]*review 1 of 3/);
    expect((await supervisor.page(`/dashboard/calls/${call.id}`)).text).toContain("0 of 3 reviews are done");
  });
});

describe("the rules of a campaign", () => {
  it("take that several people review its calls, and keep it when something else is changed", async () => {
    const { campaign, supervisor } = await mintCase();
    const path = `/dashboard/campaigns/${campaign.id}/reviewing`;
    const page = await supervisor.page(path);
    expect(page.text).toContain("by 2 people within 10 points, blind");
    const seen = /name="seen" value="(\w+)"/.exec(page.text)?.[1] ?? "";
    const fields = { seen, assign: "load", wanted: "3", spread: "5", rule: "median", apart: "another", open: "on" };
    expect((await supervisor.post(path, { ...fields, spread: "500" })).status).toBe(422);
    expect((await supervisor.post(path, fields)).status).toBe(303);
    const [row] = await db.select().from(campaigns).where(eq(campaigns.id, campaign.id));
    expect(row?.settings.reviewing).toEqual({
      assign: "load",
      opinions: { wanted: 3, maxSpread: 5, rule: "median", whenApart: "another", blind: false },
    });
  });
});
