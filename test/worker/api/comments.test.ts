import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import {
  memberships,
  notificationCauses,
  notifications,
  reviewComments,
  reviews,
  tasks,
  users,
} from "../../../src/db/schema";
import { notifyPeople } from "../../../src/identity";
import { MINUTE, toIso } from "../../../src/lib/time";
import {
  mintCall,
  mintCampaign,
  mintComment,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintReview,
  mintTask,
  NOON,
} from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

const CARD = { id: "scd_x", version: 1 };
const api = (now = NOON) => apiClient({ now: () => now });

/** A call of an operator in a campaign, which a reviewer has reviewed; with members of every kind, by their names. */
async function mintCase({ blind = false } = {}) {
  const { id: organizationId, key } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  const elsewhere = await mintCampaign(db, organizationId, "Elsewhere");
  const operator = await mintOperator(db, organizationId);
  const placed = { campaignId: campaign.id, operatorId: operator.id };
  const call = await mintCall(db, organizationId, placed);
  const recording = await mintRecording(db, call);
  const task = await mintTask(db, call, recording.id, { ...placed, wanted: blind ? 2 : 1, blind });
  const person = async (name: string, role: string, limits: Partial<typeof memberships.$inferInsert> = {}) => {
    const made = await mintSession(db, { organizationId, role, now: NOON } as Parameters<typeof mintSession>[1]);
    await db.update(users).set({ name }).where(eq(users.id, made.userId));
    await db
      .update(memberships)
      .set({ role, ...limits })
      .where(eq(memberships.userId, made.userId));
    return made;
  };
  const people = {
    reviewer: await person("Ana Benítez", "reviewer"),
    supervisor: await person("Ana", "supervisor"),
    other: await person("Luis O'Hara", "reviewer"),
    far: await person("Marta Lejos", "supervisor", { campaigns: [elsewhere.id] }),
    operator: await person("Olga", "operator", { operatorId: operator.id }),
    stranger: await person("Omar", "operator"),
    developer: await person("Dora", "developer"),
  };
  const review = await mintReview(db, call, CARD, {
    ...placed,
    reviewerId: people.reviewer.userId,
    state: "completed",
    completedAt: NOON,
  });
  return { organizationId, key, call, task, review, people, placed };
}

type Case = Awaited<ReturnType<typeof mintCase>>;
type Who = keyof Case["people"];

const at = ({ call }: Case, id = "") => `/v1/calls/${call.id}/comments${id && `/${id}`}`;
const say = (made: Case, who: Who, body: object, now = NOON) =>
  api(now).post(at(made), { headers: made.people[who].headers, body });
const seenBy = async (made: Case, who: Who) =>
  (await api().get(at(made), { headers: made.people[who].headers })).body as {
    data: { id: string; text: string }[];
    withheld: boolean;
  };
const textsFor = async (made: Case, who: Who) => (await seenBy(made, who)).data.map(({ text }) => text);

/** Who is notified of what, since the last time that somebody asked. */
async function notified({ organizationId, people }: Case): Promise<[string, string][]> {
  await notifyPeople(db);
  const rows = await db.select().from(notifications).where(eq(notifications.organizationId, organizationId));
  await db.delete(notifications).where(eq(notifications.organizationId, organizationId));
  const names = new Map(Object.entries(people).map(([name, { userId }]) => [userId, name]));
  return rows
    .map(({ userId, kind }): [string, string] => [names.get(userId) ?? userId, kind])
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

describe("comments on calls", () => {
  it("are listed by when they were written, whatever their ids, page by page", async ({ expect }) => {
    const made = await mintCase();
    const written = ["f", "b", "d", "a"].map((letter, place) => ({
      id: `cmt_${letter.repeat(26)}`,
      createdAt: NOON + Math.max(1, place) * MINUTE,
    }));
    for (const one of written.toReversed()) await mintComment(db, made.call, one);
    const [f, b, d, a] = written.map(({ id }) => id);
    const inPages = async (sort: string) => {
      const found: unknown[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const next: string = cursor === "" ? "" : `&cursor=${cursor}`;
        const page = await api().get(`${at(made)}?limit=1&sort=${sort}${next}`, { key: made.key });
        expect(page.status).toBe(200);
        found.push(...(page.body.data as { id: string }[]).map(({ id }) => id));
        cursor = page.body.next_cursor as string | null;
      }
      return found;
    };
    expect(await inPages("created_at")).toEqual([b, f, d, a]);
    expect(await inPages("-created_at")).toEqual([a, d, f, b]);
  });

  it("are of a moment, are read by colleagues, and are changed and deleted by their author alone", async ({
    expect,
  }) => {
    const made = await mintCase();
    const said = await say(made, "reviewer", { text: "  The offer comes late here. ", at_seconds: 96.25 });
    expect(said.status).toBe(201);
    expect(said.body).toMatchObject({
      call_id: made.call.id,
      review_id: null,
      parent_id: null,
      kind: "comment",
      author_id: made.people.reviewer.userId,
      at_seconds: 96.25,
      text: "The offer comes late here.",
      mentions: [],
      edited_at: null,
    });
    const { id } = said.body;
    const list = await api().get(at(made), { key: made.key });
    expect(list.body).toMatchObject({ data: [said.body], next_cursor: null, withheld: false });
    const changed = await api(NOON + MINUTE).patch(at(made, id), {
      headers: made.people.reviewer.headers,
      body: { text: "It comes too late." },
    });
    expect(changed.body).toMatchObject({
      text: "It comes too late.",
      at_seconds: 96.25,
      edited_at: toIso(NOON + MINUTE),
    });
    for (const who of ["supervisor", "other"] as const) {
      const { headers } = made.people[who];
      expect((await api().patch(at(made, id), { headers, body: { text: "Mine" } })).status).toBe(403);
      expect((await api().delete(at(made, id), { headers })).status).toBe(403);
    }
    for (const who of ["far", "operator", "stranger"] as const) {
      const { headers } = made.people[who];
      expect([who, (await api().delete(at(made, id), { headers })).status]).toEqual([who, 404]);
    }
    expect(await textsFor(made, "other")).toEqual(["It comes too late."]);
    expect((await api().delete(at(made, id), { headers: made.people.reviewer.headers })).status).toBe(204);
    expect(await textsFor(made, "other")).toEqual([]);
    expect((await api().delete(at(made, id), { headers: made.people.reviewer.headers })).status).toBe(404);
  });

  it("are refused of calls beyond reach and other organizations, empty, too long, or about what is not there", async ({
    expect,
  }) => {
    const made = await mintCase();
    const foreign = await mintCase();
    const { headers } = made.people.reviewer;
    for (const path of [at(foreign), at(made).replace(made.call.id, "call_x")]) {
      expect((await api().get(path, { headers })).status).toBe(404);
      expect((await api().post(path, { headers, body: { text: "x" } })).status).toBe(404);
    }
    expect((await api().post(at(made), { headers: made.people.far.headers, body: { text: "x" } })).status).toBe(404);
    expect((await api().post(at(made), { headers: made.people.developer.headers, body: { text: "x" } })).status).toBe(
      403,
    );
    const wrong: [string, object][] = [
      ["text", { text: "  " }],
      ["text", { text: "x".repeat(2_001) }],
      ["at_seconds", { text: "x", at_seconds: -1 }],
      ["review_id", { text: "x", review_id: "rev_x" }],
      ["review_id", { text: "x", review_id: foreign.review.id }],
      ["parent_id", { text: "x", parent_id: "cmt_x" }],
      ["parent_id", { text: "x", parent_id: (await mintComment(db, foreign.call)).id }],
    ];
    for (const [field, body] of wrong) {
      const refused = await say(made, "reviewer", body);
      expect([body, refused.status, fieldsOf(refused)]).toEqual([body, 422, [field]]);
    }
    expect(await db.select().from(reviewComments).where(eq(reviewComments.callId, made.call.id))).toEqual([]);
  });

  it("make threads of one level, which outlast what they reply to", async ({ expect }) => {
    const made = await mintCase();
    const first = await say(made, "reviewer", { text: "First" });
    const reply = await say(made, "supervisor", { text: "Second", parent_id: first.body.id }, NOON + 1);
    const third = await say(made, "other", { text: "Third", parent_id: reply.body.id }, NOON + 2);
    expect([reply.body.parent_id, third.body.parent_id]).toEqual([first.body.id, first.body.id]);
    await api().delete(at(made, first.body.id), { headers: made.people.reviewer.headers });
    expect(await textsFor(made, "reviewer")).toEqual(["Second", "Third"]);
    // The one who began is told of the reply to them, and the one who was replied to of that.
    expect(await notified(made)).toEqual([
      ["reviewer", "comment_reply"],
      ["supervisor", "comment_reply"],
    ]);
  });

  it("notify whom they name, by name or mail, once, and name nobody who may not read them", async ({ expect }) => {
    const made = await mintCase();
    const { people } = made;
    const said = await say(made, "reviewer", {
      text: "@ana benítez, @Ana and (@luis o'hara): listen. ana@acme.example",
    });
    expect(said.body.mentions).toEqual([people.reviewer.userId, people.supervisor.userId, people.other.userId]);
    // Not themselves.
    expect(await notified(made)).toEqual([
      ["other", "comment_mention"],
      ["supervisor", "comment_mention"],
    ]);
    const text = `@Ana, and @${people.other.email}`;
    const changed = await api(NOON + MINUTE).patch(at(made, said.body.id), {
      headers: people.reviewer.headers,
      body: { text },
    });
    expect(changed.body.mentions).toEqual([people.supervisor.userId, people.other.userId]);
    expect(await notified(made)).toEqual([]);
    // Who is beyond reach, who may not read reviews, who is nobody, and the operator, who reads finished reviews alone.
    for (const name of ["Marta Lejos", "Dora", "Nobody", "Olga", "Omar"]) {
      const refused = await say(made, "reviewer", { text: `@${name} look` });
      expect([name, refused.status, fieldsOf(refused)]).toEqual([name, 422, ["text"]]);
    }
    const handles = await api().get(`/v1/calls/${made.call.id}/commenters`, { headers: people.reviewer.headers });
    expect(handles.body.data.map(({ handle }: { handle: string }) => handle).toSorted()).toEqual(
      ["Ana", "Ana Benítez", "Luis O'Hara"].toSorted(),
    );
    await db.update(users).set({ name: "Ana" }).where(eq(users.id, people.other.userId));
    const twice = await say(made, "reviewer", { text: "@Ana" });
    expect([twice.status, twice.body.errors?.[0].message]).toEqual([422, expect.stringContaining("several")]);
    const shared = await api().get(`/v1/calls/${made.call.id}/commenters`, { headers: people.reviewer.headers });
    expect(shared.body.data.map(({ handle }: { handle: string }) => handle)).toContain(people.other.email);
  });
});

describe("what operators are told", () => {
  it("is what is said of their finished reviews, which they answer, and the reviewer is notified", async ({
    expect,
  }) => {
    const made = await mintCase();
    const { review, people } = made;
    await say(made, "supervisor", { text: "Among us" });
    await say(made, "supervisor", { text: "For @Olga", review_id: review.id });
    expect(await textsFor(made, "operator")).toEqual(["For @Olga"]);
    expect(await notified(made)).toEqual([
      ["operator", "comment_mention"],
      ["reviewer", "comment_reply"],
    ]);
    const answer = await say(made, "operator", { text: "I did say my name.", review_id: review.id, at_seconds: 4 });
    expect([answer.status, answer.body.kind, answer.body.review_id]).toEqual([201, "answer", review.id]);
    expect(await notified(made)).toEqual([["reviewer", "comment_reply"]]);
    // All at one moment, of which no order is known.
    expect((await textsFor(made, "reviewer")).toSorted()).toEqual(["Among us", "For @Olga", "I did say my name."]);
    // Not of the call, which is talked of without them, and no call of others.
    expect(fieldsOf(await say(made, "operator", { text: "x" }))).toEqual(["review_id"]);
    expect((await say(made, "stranger", { text: "x", review_id: review.id })).status).toBe(404);
    expect((await api().get(at(made), { headers: people.stranger.headers })).status).toBe(404);
    const among = (await seenBy(made, "supervisor")).data.find(({ text }) => text === "Among us");
    expect(fieldsOf(await say(made, "operator", { text: "x", parent_id: among?.id }))).toEqual(["parent_id"]);
  });

  it("waits until the review is finished, and an answer does where it is returned", async ({ expect }) => {
    const made = await mintCase();
    const { review } = made;
    for (const state of ["in_progress", "submitted", "returned"] as const) {
      await db.update(reviews).set({ state }).where(eq(reviews.id, review.id));
      const answer = await say(made, "operator", { text: "x", review_id: review.id });
      expect([state, answer.status, fieldsOf(answer)]).toEqual([state, 422, ["review_id"]]);
    }
    await db.update(reviews).set({ state: "in_progress" }).where(eq(reviews.id, review.id));
    await say(made, "reviewer", { text: "My notes", review_id: review.id });
    expect(await textsFor(made, "operator")).toEqual([]);
    expect(await textsFor(made, "other")).toEqual([]);
    expect(await textsFor(made, "supervisor")).toEqual(["My notes"]);
    await db.update(reviews).set({ state: "completed" }).where(eq(reviews.id, review.id));
    expect(await textsFor(made, "operator")).toEqual(["My notes"]);
  });
});

describe("comments on a call that is reviewed blind", () => {
  it("are kept back from whoever is not done, by whoever they are, and are named to nobody", async ({ expect }) => {
    const made = await mintCase({ blind: true });
    const { call, people, placed, task } = made;
    await say(made, "reviewer", { text: "I gave 40" });
    await say(made, "reviewer", { text: "Of my review", review_id: made.review.id });
    for (const who of ["other", "supervisor", "operator"] as const) {
      expect([who, await seenBy(made, who)]).toEqual([
        who,
        { data: [], next_cursor: null, prev_cursor: null, withheld: true },
      ]);
      const answered = await say(made, who, { text: "x", review_id: made.review.id });
      expect([who, answered.status]).toEqual([who, 422]);
    }
    expect(fieldsOf(await say(made, "reviewer", { text: "@Luis O'Hara look" }))).toEqual(["text"]);
    expect(await notified(made)).toEqual([]);
    // One's own is there, and those who are done read each other.
    await say(made, "other", { text: "I am at it" });
    expect(await textsFor(made, "other")).toEqual(["I am at it"]);
    expect(await textsFor(made, "reviewer")).toHaveLength(3);
    await mintReview(db, call, CARD, {
      ...placed,
      reviewerId: people.other.userId,
      state: "completed",
      completedAt: NOON,
    });
    expect(await textsFor(made, "other")).toHaveLength(3);
    expect(await textsFor(made, "supervisor")).toEqual([]);
    await db.update(tasks).set({ state: "completed" }).where(eq(tasks.id, task.id));
    expect(await textsFor(made, "supervisor")).toHaveLength(3);
    expect(await textsFor(made, "operator")).toEqual(["Of my review"]);
  });
});

describe("a form of a comment", () => {
  it("that is sent twice says it once, and an erased call is said nothing of", async ({ expect }) => {
    const { addComment } = await import("../../../src/quality");
    const made = await mintCase();
    const author = { id: made.people.reviewer.userId, seesAll: false, judges: true };
    const reach = { campaigns: null, operators: null };
    const target = { organizationId: made.organizationId, reach, callId: made.call.id };
    const act = { actor: { kind: "user" as const, id: author.id }, now: NOON };
    const said = { text: "Once, @Ana", id: "cmt_once" };
    const twice = await Promise.all([
      addComment({ db }, author, target, said, act),
      addComment({ db }, author, target, said, act),
    ]);
    expect(twice.map((one) => one.ok)).toEqual([true, true]);
    expect(await textsFor(made, "reviewer")).toEqual(["Once, @Ana"]);
    expect(await notified(made)).toEqual([["supervisor", "comment_mention"]]);
    const causes = await db
      .select()
      .from(notificationCauses)
      .where(eq(notificationCauses.organizationId, made.organizationId));
    expect(causes).toEqual([]);
  });
});
