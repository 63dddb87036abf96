import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { campaigns, reviews, tasks } from "../../src/db/schema";
import { completeReviews } from "../../src/quality";
import { DAY, MINUTE } from "../../src/lib/time";
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
  ONE_QUESTION,
  openDatabase,
} from "../factories";
import { expectHarmless, gzipped, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };

async function mintQueue(calls: number) {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const operator = await mintOperator(db, organization.id);
  const definition = { ...ONE_QUESTION, sections: ONE_QUESTION.sections.map((one) => ({ ...one, title: SCRIPT })) };
  await mintScorecard(db, organization.id, { state: "published", publishedAt: NOON, name: SCRIPT, definition });
  const made = [];
  for (let at = 0; at < calls; at += 1) {
    const placed = { campaignId: campaign.id, operatorId: operator.id };
    const call = await mintCall(db, organization.id, { ...placed, fromRaw: `+54 11 ${at}` });
    const recording = await mintRecording(db, call);
    await mintTask(db, call, recording.id, { ...placed, place: NOON + at });
    made.push(call);
  }
  const member = await mintMember(db, organization.id);
  const who = visit(organization, { role: "reviewer", userId: member.userId });
  return { organization, operator, calls: made, who, member };
}

const addressOf = (answer: Response) => answer.headers.get("location") ?? "";
const idIn = (address: string) => /rev_[0-9a-z]{26}/.exec(address)?.[0] ?? "";

describe("working reviews", () => {
  it("leads from the tasks through the queue, with the scorecard beside the player, and tells when nothing waits", async () => {
    const { who } = await mintQueue(2);
    expect((await who.page("/dashboard/tasks")).text).toContain("Review the next call");
    const first = addressOf(await who.post("/dashboard/reviews/take"));
    expect(first).toMatch(/^\/dashboard\/reviews\/rev_\w+\?at=0&of=2$/);
    const page = await who.page(first);
    expect([page.status, page.trips <= MOST_TRIPS]).toEqual([200, true]);
    expectHarmless(page.text);
    expect(await gzipped(page.text)).toBeLessThan(60_000);
    expect(page.text).toContain("1 of 2");
    expect(page.text).toContain("Gives their name");
    expect(page.text).toContain("called");
    const id = idIn(first);
    const open = await who.post(`/dashboard/reviews/${id}`, { do: "submit", "c.name": "Mumbled" });
    expect(open.status).toBe(422);
    expect(await open.text()).toContain("Mumbled");
    const action = /action="([^"]+)" id="review"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const refused = await (await who.post(action, { do: "submit", "c.name": "Mumbled" })).text();
    // Which question it is, and still how far the reviewer is.
    expect(refused).toContain('<a href="#a.name">Gives their name: has to be answered</a>');
    expect(refused).toContain("1 of 2");
    // The question itself says so too.
    expect(refused).toMatch(/<fieldset class="criterion has-error" id="a\.name"[^>]* aria-describedby="a\.name-error"/);
    expect(refused).toMatch(/<input type="radio" name="a\.name"[^>]* aria-invalid="true"/);
    expect(refused).toContain('<p class="field-error" id="a.name-error">has to be answered</p>');
    const kept = await db.select().from(reviews).where(eq(reviews.id, id)).get();
    expect(kept?.answers).toMatchObject({ name: { value: null, comment: "Mumbled" } });
    const next = addressOf(await who.post(`/dashboard/reviews/${id}`, { do: "submit", "a.name": "yes" }));
    expect(next).toContain(`&submitted=${id}&until=`);
    expect(idIn(next)).not.toBe(id);
    const second = await who.page(next);
    expect(second.text).toContain("2 of 2");
    expect(second.text).toContain(`/dashboard/reviews/${id}/undo`);
    const last = addressOf(await who.post(`/dashboard/reviews/${idIn(next)}`, { do: "submit", "a.name": "-" }));
    expect(last).toMatch(new RegExp(`^/dashboard/tasks\\?none=yes&submitted=${idIn(next)}&until=\\d+$`));
    expect((await who.page(last)).text).toContain("Nothing waits for you");
  });

  it("offers no way back from a submission that is over, and answers a late click on the page where it was made", async () => {
    const { organization, member, who } = await mintQueue(2);
    const id = idIn(addressOf(await who.post("/dashboard/reviews/take")));
    const next = addressOf(await who.post(`/dashboard/reviews/${id}`, { do: "submit", "a.name": "yes" }));
    const shown = (await who.page(next)).text;
    expect(/data-gone-after="(\d+)"/.exec(shown)?.[1]).toBe("10000");
    const back = /name="back" value="([^"]+)"/.exec(shown.slice(shown.indexOf("/undo")))?.[1]?.replaceAll("&amp;", "&");
    expect(back).toBe(next);
    const later = visit(organization, { role: "reviewer", userId: member.userId, now: NOON + 60 * MINUTE + 14_000 });
    expect((await later.page(next)).text).not.toContain("/undo");
    const answer = await later.post(`/dashboard/reviews/${id}/undo`, { back: back ?? "" });
    expect([answer.status, addressOf(answer)]).toEqual([303, `${next.split("&submitted")[0]}&late=yes`]);
    const page = (await later.page(addressOf(answer))).text;
    expect(page).toContain("too late to take that review back");
    expect(page).toContain(`action="/dashboard/reviews/${idIn(next)}?at=`);
    expect((await later.page(addressOf(answer), SPANISH)).text).toContain("Ya es tarde para deshacer");
    const outside = await later.post(`/dashboard/reviews/${id}/undo`, { back: "//elsewhere.example" });
    expect(addressOf(outside)).toBe("/dashboard/tasks?late=yes");
  });

  it("takes a submission back, stores answers quietly, and skips with a reason", async () => {
    const { who } = await mintQueue(1);
    const id = idIn(addressOf(await who.post("/dashboard/reviews/take")));
    await who.post(`/dashboard/reviews/${id}`, { do: "submit", "a.name": "no" });
    expect(addressOf(await who.post(`/dashboard/reviews/${id}/undo`))).toBe(`/dashboard/reviews/${id}?undone=yes`);
    const fields = { do: "keep", quiet: "yes", "a.name": "yes", "c.name": "clear", "t.name": "12.5" };
    expect((await who.post(`/dashboard/reviews/${id}`, fields)).status).toBe(204);
    const page = await who.page(`/dashboard/reviews/${id}`, SPANISH);
    expect(page.text).toContain("Enviar y seguir");
    expect(page.text).toContain('value="12.5"');
    expect((await who.post(`/dashboard/reviews/${id}/skip`, { reason: "other" })).status).toBe(409);
    const skipped = addressOf(await who.post(`/dashboard/reviews/${id}/skip`, { reason: "audio" }));
    expect(skipped).toBe("/dashboard/tasks?none=yes&skipped=yes");
    expect((await who.post(`/dashboard/reviews/${id}`, fields)).status).toBe(409);
  });

  it("shows a finished review to the operator of the call, and to no other; an unfinished one to nobody", async () => {
    const { organization, operator, calls, who } = await mintQueue(1);
    const id = idIn(addressOf(await who.post("/dashboard/reviews/take")));
    const reach = { campaigns: null, operators: [operator.id] };
    const own = visit(organization, { role: "operator", userId: "usr_2", reach });
    const other = visit(organization, { role: "operator", reach: { campaigns: null, operators: ["opr_x"] } });
    expect((await own.page(`/dashboard/reviews/${id}`)).status).toBe(404);
    await who.post(`/dashboard/reviews/${id}`, { do: "submit", "a.name": "yes", "c.name": "Well done" });
    await completeReviews(deps, NOON + DAY + MINUTE);
    const page = await own.page(`/dashboard/reviews/${id}`);
    expect(page.text).toContain("Well done");
    expect(page.text).not.toContain('value="submit"');
    // Who may see the task may know who did it.
    expect(page.text).not.toContain("Reviewer: ");
    expect((await visit(organization).page(`/dashboard/reviews/${id}`)).text).toContain("Reviewer: Ana Ruiz");
    expect((await own.page(`/dashboard/calls/${calls[0]?.id}`)).text).toContain(`/dashboard/reviews/${id}`);
    expect((await other.page(`/dashboard/reviews/${id}`)).status).toBe(404);
    expect((await own.post("/dashboard/reviews/take")).status).toBe(403);
  });

  it("tells the browser which recording comes next, as its page plays it, and takes nothing by that", async () => {
    const { organization, calls, who, member } = await mintQueue(3);
    const next = async (from: string, headers: Record<string, string> = {}, visitor: Pick<typeof who, "ask"> = who) => {
      const answer = await visitor.ask(`/dashboard/reviews/${from}/next-recording`, { headers });
      return [answer.status, ((await answer.json()) as { audio: string | null }).audio] as const;
    };
    const first = idIn(addressOf(await who.post("/dashboard/reviews/take")));
    const before = await db.select().from(tasks).where(eq(tasks.organizationId, organization.id));
    const [status, audio] = await next(first);
    expect(status).toBe(200);
    expect(audio).toContain(calls[1]?.id.slice(5));
    expect(await db.select().from(tasks).where(eq(tasks.organizationId, organization.id))).toEqual(before);
    expect((await who.ask(audio ?? "")).status).toBe(404);
    expect(await next(first, { "save-data": "on" })).toEqual([200, null]);
    // Somebody else takes it first: then it is the one after it.
    const other = visit(organization, { role: "reviewer", userId: (await mintMember(db, organization.id)).userId });
    await other.post("/dashboard/reviews/take");
    expect((await next(first))[1]).toContain(calls[2]?.id.slice(5));
    // Who reaches nothing of it, may not listen, or whose campaign redacts and has not yet, loads nothing.
    const elsewhere = {
      role: "reviewer" as const,
      userId: member.userId,
      reach: { campaigns: ["cmp_x"], operators: null },
    };
    expect(await next(first, {}, visit(organization, elsewhere))).toEqual([200, null]);
    await db
      .update(campaigns)
      .set({ settings: { autoAnalyze: false, redact: ["card_number"] } })
      .where(eq(campaigns.organizationId, organization.id));
    expect(await next(first)).toEqual([200, null]);
    await db
      .update(campaigns)
      .set({ settings: { autoAnalyze: false } })
      .where(eq(campaigns.organizationId, organization.id));
    const [, last] = await next(first);
    const page = await who.page(
      addressOf(await who.post(`/dashboard/reviews/${first}`, { do: "submit", "a.name": "yes" })),
    );
    expect(page.text).toContain(`src="${(last ?? "").replaceAll("&", "&amp;")}"`);
    const now = idIn(addressOf(await who.post("/dashboard/reviews/take")));
    expect(await next(now)).toEqual([200, null]);
  });
});
