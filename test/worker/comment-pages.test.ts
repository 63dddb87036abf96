import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { reviewComments, users } from "../../src/db/schema";
import { secondsIn } from "../../src/dashboard/comments/moment";
import {
  mintCall,
  mintCampaign,
  mintComment,
  mintMember,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintReview,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);

async function mintCase() {
  const organization = await mintOrganization(db);
  const { id } = organization;
  const campaign = await mintCampaign(db, id);
  const operator = await mintOperator(db, id);
  const placed = { campaignId: campaign.id, operatorId: operator.id };
  const call = await mintCall(db, id, placed);
  const recording = await mintRecording(db, call);
  await mintTask(db, call, recording.id, { ...placed, state: "completed" });
  const person = async (role: "reviewer" | "operator", name: string) => {
    const { userId } = await mintMember(db, id, { role, ...(role === "operator" && { operatorId: operator.id }) });
    await db.update(users).set({ name }).where(eq(users.id, userId));
    const reach = { campaigns: null, operators: role === "operator" ? [operator.id] : null };
    return { userId, ...visit(organization, { role, userId, reach }) };
  };
  const [one, other, onCall] = [
    await person("reviewer", "Ana Benítez"),
    await person("reviewer", SCRIPT),
    await person("operator", "Olga"),
  ];
  const review = await mintReview(
    db,
    call,
    { id: "scd_x", version: 1 },
    { ...placed, reviewerId: one.userId, state: "completed", completedAt: NOON },
  );
  return { call, review, one, other, onCall };
}

const ofCall = async (callId: string) => db.select().from(reviewComments).where(eq(reviewComments.callId, callId));

describe("comments on pages", () => {
  it("are written, shown with their moment, changed and deleted, and say back what was refused", async () => {
    const { call, one, other } = await mintCase();
    const page = `/dashboard/calls/${call.id}`;
    const form = { once: "once", back: `${page}?t=3`, moment: "1:36", about: "" };
    const said = await one.post(`${page}/comments`, { ...form, comment: `Late. ${SCRIPT}` });
    expect([said.status, said.headers.get("location")]).toEqual([303, `${page}?t=3#comments`]);
    await one.post(`${page}/comments`, { ...form, comment: "Sent twice" });
    const [row, ...rest] = await ofCall(call.id);
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ text: `Late. ${SCRIPT}`, atSeconds: 96, authorId: one.userId });
    const shown = await other.page(page);
    expect(shown.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(shown.text);
    expect(shown.text).toContain("Ana Benítez");
    expect(shown.text).toContain('data-seek="96"');
    expect(shown.text).not.toContain(`/comments/${row?.id}?`);
    expect((await one.page(page)).text).toContain(`/comments/${row?.id}?`);
    expect((await other.page(`${page}/comments/${row?.id}`)).status).toBe(404);

    const refused = await one.post(`${page}/comments`, {
      ...form,
      once: "two",
      comment: "@Nobody look",
      moment: "99:99",
    });
    expect(refused.status).toBe(422);
    const again = await refused.text();
    expect(again).toContain("@Nobody look");
    expect(again).toContain("must be minutes and seconds");
    const unknown = await one.post(`${page}/comments`, { ...form, once: "two", comment: "@Nobody look" });
    expect([unknown.status, (await unknown.text()).includes("nobody of that name may read it")]).toEqual([422, true]);
    const harmless = await one.post(`${page}/comments`, { ...form, once: "two", comment: `@${SCRIPT} hello` });
    expect(harmless.status).toBe(303);
    expectHarmless((await one.page(page)).text);

    const own = `${page}/comments/${row?.id}`;
    expect((await one.page(own)).text).toContain('value="1:36"');
    await db
      .update(reviewComments)
      .set({ atSeconds: 96.4 })
      .where(eq(reviewComments.id, row?.id ?? ""));
    await one.post(own, { comment: "Too late.", moment: "1:36", back: page });
    expect((await ofCall(call.id)).find(({ id }) => id === row?.id)).toMatchObject({
      text: "Too late.",
      atSeconds: 96.4,
    });
    await one.post(`${own}/delete`, { back: page });
    expect((await ofCall(call.id)).some(({ id }) => id === row?.id)).toBe(false);
  });

  it("show an operator what is said of their finished reviews, and let them answer", async () => {
    const { call, review, one, onCall } = await mintCase();
    const page = `/dashboard/calls/${call.id}`;
    await mintComment(db, call, { authorId: one.userId, text: "Among us" });
    await mintComment(db, call, { authorId: one.userId, text: "For you", reviewId: review.id });
    const shown = await onCall.page(page);
    expect([shown.status, shown.text.includes("For you"), shown.text.includes("Among us")]).toEqual([200, true, false]);
    expect(shown.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(shown.text).toContain(`name="about" value="${review.id}"`);
    const answered = await onCall.post(`${page}/comments`, {
      once: "x",
      comment: "I did.",
      about: review.id,
      moment: "",
    });
    expect(answered.status).toBe(303);
    expect((await one.page(page)).text).toContain("answer of the operator");
    expect((await one.page(`/dashboard/reviews/${review.id}`)).text).toContain("I did.");
    expect((await onCall.post(`${page}/comments`, { once: "y", comment: "x", about: "" })).status).toBe(422);
  });

  it("show whom they name, whatever letters their name has", async () => {
    const { call, one, other } = await mintCase();
    const page = `/dashboard/calls/${call.id}`;
    const name = "Anne-Marie (A. & B.) [x] 1+1?";
    await db.update(users).set({ name }).where(eq(users.id, other.userId));
    await mintComment(db, call, { authorId: one.userId, text: `@${name} look`, mentions: [other.userId] });
    const shown = await one.page(page);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('<b class="mention">@Anne-Marie (A. &amp; B.) [x] 1+1?</b> look');
  });

  it("offer the names of those who may read them", async () => {
    const { call, review, one } = await mintCase();
    const names = async (query: string) => {
      const answer = await one.ask(`/dashboard/calls/${call.id}/commenters${query}`);
      return (await answer.json<{ people: string[] }>()).people.toSorted();
    };
    expect(await names("")).toEqual(["Ana Benítez", SCRIPT].toSorted());
    expect(await names(`?review=${review.id}`)).toEqual(["Ana Benítez", "Olga", SCRIPT].toSorted());
  });

  it("read moments as people write them", () => {
    const moments: [string, number | null | undefined][] = [
      ["", null],
      [" 1:36 ", 96],
      ["1:02:03", 3723],
      ["96.5", 96.5],
      ["96,5", 96.5],
      ["1:60", undefined],
      ["a", undefined],
      ["-1", undefined],
      ["9999999", undefined],
    ];
    for (const [text, seconds] of moments) expect([text, secondsIn(text)]).toEqual([text, seconds]);
  });
});
