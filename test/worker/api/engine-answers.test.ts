import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { campaigns, events, reviews, tasks } from "../../../src/db/schema";
import { SECOND } from "../../../src/lib/time";
import { answers as answersShape, completeReviews, prefillOf, scorecardDefinition } from "../../../src/quality";
import { ownNoted } from "../../../src/quality/prefill/kept";
import {
  mintAnalysis,
  mintCall,
  mintCallActions,
  mintCampaign,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  NOON,
} from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

const api = (now = NOON) => apiClient({ now: () => now });
const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };

const CRITERIA = [
  {
    id: "greeting",
    text: "Gives their name",
    kind: "yes_no",
    engine: { by: "conditions", conditions: [{ kind: "phrase", phrases: ["my name is"] }], met: "yes", unmet: "no" },
  },
  {
    id: "sorry",
    text: "Says sorry",
    kind: "yes_no",
    na_allowed: true,
    engine: { by: "conditions", conditions: [{ kind: "phrase", phrases: ["sorry"] }], met: "yes", unmet: "no" },
  },
  { id: "warmth", text: "How warm?", kind: "scale", max: 5, engine: { by: "score", name: "warmth" } },
  {
    id: "offer",
    text: "Was there an offer?",
    kind: "choice",
    options: [
      { id: "made", label: "Made", points: 1 },
      { id: "none", label: "None", points: 0 },
    ],
    engine: { by: "question", action: "Judge", field: "offer", quote_field: "words" },
  },
  { id: "own", text: "What else?", kind: "yes_no" },
];
const CARD = scorecardDefinition.parse({
  pass_percent: 50,
  sections: [{ id: "all", title: "All", criteria: CRITERIA }],
});

async function mintCase(engineAnswers?: "before" | "off", blind = false, definition = CARD) {
  const { id: organizationId, key } = await mintOrganization(db);
  const campaign = await mintCampaign(db, organizationId);
  const settings = { autoAnalyze: false, ...(engineAnswers && { reviewing: { engineAnswers } }) };
  await db.update(campaigns).set({ settings }).where(eq(campaigns.id, campaign.id));
  await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON, definition });
  const timeline = [
    { at: NOON + 2_000, kind: "message" as const, speaker: "human" as const, text: "Hello, my name is Ana." },
    { at: NOON + 9_000, kind: "message" as const, speaker: "human" as const, text: "Good day." },
  ];
  const conversation = { agentId: null, summary: null, transcript: null, timeline, actionResults: [] };
  const call = await mintCall(db, organizationId, { campaignId: campaign.id, conversation });
  const recording = await mintRecording(db, call);
  const set = { engine: "judge", version: "1", at: NOON, reason: null, indicator: false };
  const score = { name: "Warmth", value: 80, quote: { text: "Good day.", start: 9_000, end: 10_000 } };
  await mintAnalysis(db, call, recording.id, {
    scores: [{ ...set, channels: [{ channel: 0, talkSeconds: 1, scores: [score] }] }],
  });
  await mintCallActions(db, call, {
    steps: [
      {
        action: { kind: "ask", name: "Judge" },
        state: "completed",
        result: { engine: "gpt", version: "1", answer: { offer: "made", words: "a year for free" } },
      },
      { action: { kind: "ask", name: "Other" }, state: "failed", result: null },
    ],
  });
  await mintTask(db, call, recording.id, { campaignId: campaign.id, place: NOON, ...(blind && { wanted: 2, blind }) });
  const { headers } = await mintSession(db, { organizationId, role: "reviewer", now: NOON });
  return { organizationId, key, call, headers };
}

type Case = Awaited<ReturnType<typeof mintCase>>;

async function take({ headers }: Case) {
  const taken = await api().post("/v1/reviews/take", { headers, body: {} });
  return taken.body.review as { id: string; engine_answers: Record<string, unknown> };
}
const keep = ({ headers }: Case, id: string, answers: object) =>
  api().patch(`/v1/reviews/${id}`, { headers, body: { answers } });
const submit = ({ headers }: Case, id: string, answers: object) =>
  api(NOON + SECOND).post(`/v1/reviews/${id}/submit`, { headers, body: { answers } });

const ANSWERS = {
  greeting: { value: "yes" },
  sorry: { value: "no" },
  warmth: { value: 3 },
  offer: { value: "made" },
  own: { value: "yes" },
};
const FOUND = {
  greeting: { value: "yes", engine: "trunkline", quote: expect_quote("my name is Ana"), at_seconds: 2, note: null },
  sorry: { value: "no", engine: "trunkline", quote: null, at_seconds: null, note: null },
  warmth: { value: 4, engine: "judge", quote: "Good day.", at_seconds: 9, note: "Warmth 80" },
  offer: { value: "made", engine: "gpt", quote: "a year for free", at_seconds: null, note: null },
};

/** What is compared as a part of the quote. */
function expect_quote(part: string): unknown {
  return { asymmetricMatch: (given: unknown) => typeof given === "string" && given.includes(part) };
}

async function completedEvent(callId: string) {
  const rows = await db.select().from(events).where(eq(events.stream, callId));
  return JSON.parse(rows.find(({ type }) => type === "review.completed")?.data ?? "{}");
}

describe("what engines answer to a scorecard", () => {
  it("is shown once a person has answered each, and never before in any answer of the API", async ({ expect }) => {
    const made = await mintCase();
    const { id, engine_answers: none } = await take(made);
    expect(none).toEqual({});
    const read = async () => (await api().get(`/v1/reviews/${id}`, { headers: made.headers })).body.engine_answers;
    expect(await read()).toEqual({});
    expect((await api().get(`/v1/reviews/${id}`, { key: made.key })).body.engine_answers).toEqual({});
    const first = await keep(made, id, { greeting: { value: "yes" }, warmth: { comment: "well" } });
    expect(first.body.engine_answers).toEqual({ greeting: FOUND.greeting });
    expect(await read()).toEqual({ greeting: FOUND.greeting });
    expect((await keep(made, id, ANSWERS)).body.engine_answers).toEqual(FOUND);
    // What engines find later changes nothing under the reviewer.
    expect((await submit(made, id, ANSWERS)).status).toBe(200);
    expect(await read()).toEqual(FOUND);
    await completeReviews(deps, NOON + 12 * SECOND);
    expect((await completedEvent(made.call.id)).review.overrides).toBeUndefined();
  });

  it("is overridden with a reason, and the answer before is kept and told", async ({ expect }) => {
    const made = await mintCase();
    const { id } = await take(made);
    await keep(made, id, ANSWERS);
    const changed = { ...ANSWERS, warmth: { value: 4 }, sorry: { na: true, reason: "Nothing went wrong." } };
    const refused = await submit(made, id, changed);
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["answers.warmth.reason"]]);
    // A change back needs none, and what no engine answered never does.
    const mended = { ...changed, warmth: { value: 3 }, own: { value: "no" } };
    expect((await submit(made, id, mended)).status).toBe(200);
    await completeReviews(deps, NOON + 12 * SECOND);
    const override = {
      criterion: "sorry",
      by: "reviewer",
      from: "no",
      from_na: false,
      to: null,
      to_na: true,
      reason: "Nothing went wrong.",
    };
    expect((await completedEvent(made.call.id)).review.overrides).toEqual([override]);
    const read = await api().get(`/v1/reviews/${id}`, { key: made.key });
    expect(read.body.overrides).toEqual([override]);
  });

  it("is not learned by submitting guesses, by skipping or by handing up", async ({ expect }) => {
    const made = await mintCase();
    const { id } = await take(made);
    const later = api(NOON + 2 * SECOND);
    const { greeting: _, ...guesses } = ANSWERS;
    expect((await submit(made, id, guesses)).status).toBe(422);
    // What a submission answers is shown with it, and it is taken back with an eye on that: a change says why.
    const submitted = await submit(made, id, ANSWERS);
    expect([submitted.status, submitted.body.engine_answers]).toEqual([200, FOUND]);
    expect(submitted.body.overrides).toBeUndefined();
    expect((await later.post(`/v1/reviews/${id}/undo`, { headers: made.headers, body: {} })).status).toBe(200);
    const changed = { ...ANSWERS, warmth: { value: 4 } };
    expect(fieldsOf(await submit(made, id, changed))).toEqual(["answers.warmth.reason"]);
    const explained = await submit(made, id, { ...changed, warmth: { value: 4, reason: "It was." } });
    expect(explained.body.overrides).toMatchObject([{ criterion: "warmth", by: "reviewer", from: 3, to: 4 }]);
    for (const [act, body] of [
      ["skip", { reason: "audio" }],
      ["escalate", { note: "Hard." }],
    ] as const) {
      const other = await mintCase();
      const { id: given } = await take(other);
      await keep(other, given, { greeting: { value: "yes" } });
      const done = await api().post(`/v1/reviews/${given}/${act}`, { headers: other.headers, body });
      expect([done.status, done.body.engine_answers]).toEqual([200, { greeting: FOUND.greeting }]);
    }
  });

  it("asks no reason for a text, nor for what is not asked any more", async ({ expect }) => {
    const engine = { by: "question", action: "Judge", field: "offer" };
    const [greeting, sorry] = CRITERIA;
    const criteria = [
      { id: "was", text: "Was there anything?", kind: "yes_no" },
      { ...sorry, only_if: { criterion: "was", is: ["yes"] } },
      { id: "words", text: "Which offer?", kind: "text", engine },
      greeting,
    ];
    const definition = scorecardDefinition.parse({ sections: [{ id: "all", title: "All", criteria }] });
    const made = await mintCase(undefined, false, definition);
    const { id } = await take(made);
    const given = { was: { value: "yes" }, sorry: { value: "yes" }, greeting: { value: "yes" } };
    const begun = await keep(made, id, { ...given, words: { value: "A ye" } });
    expect(Object.keys(begun.body.engine_answers as object).toSorted()).toEqual(["greeting", "sorry", "words"]);
    const changed = { ...given, sorry: { value: "no" }, words: { value: "A year for free" } };
    expect(fieldsOf(await submit(made, id, changed))).toEqual(["answers.sorry.reason"]);
    const hidden = { ...changed, was: { value: "no" } };
    const submitted = await submit(made, id, hidden);
    expect([submitted.status, submitted.body.overrides]).toEqual([200, undefined]);
    // Asked again, it has to be explained as before.
    await api(NOON + 2 * SECOND).post(`/v1/reviews/${id}/undo`, { headers: made.headers, body: {} });
    expect(fieldsOf(await submit(made, id, changed))).toEqual(["answers.sorry.reason"]);
    await submit(made, id, hidden);
    await completeReviews(deps, NOON + 12 * SECOND);
    expect((await completedEvent(made.call.id)).review.overrides).toBeUndefined();
  });

  it("stays masked, or gone, where that happened while an answer came", async ({ expect }) => {
    const made = await mintCase();
    const { id } = await take(made);
    await keep(made, id, { greeting: { value: "yes" } });
    const [row] = await db.select().from(reviews).where(eq(reviews.id, id));
    const known = prefillOf(row ?? { prefill: null });
    const noted = ownNoted(known, answersShape.parse(ANSWERS));
    const masked = { ...known, answers: { offer: { ...FOUND.offer, quote: "[MASKED]" } } };
    const write = async (prefill: unknown) => {
      await db.update(reviews).set({ prefill }).where(eq(reviews.id, id));
      await db.update(reviews).set({ prefill: noted }).where(eq(reviews.id, id));
      return (await db.select().from(reviews).where(eq(reviews.id, id)))[0]?.prefill;
    };
    const own = (value: unknown) => ({ value, na: false });
    expect(await write(masked)).toEqual({
      ...masked,
      own: { greeting: own("yes"), sorry: own("no"), warmth: own(3), offer: own("made") },
    });
    expect(await write({ ...masked, own: { sorry: own("yes") } })).toMatchObject({ own: { sorry: own("yes") } });
    expect(await write(null)).toBeNull();
  });

  it("is proposed before where the campaign says so: another answer needs a reason", async ({ expect }) => {
    const made = await mintCase("before");
    const { id, engine_answers: proposed } = await take(made);
    expect(proposed).toEqual(FOUND);
    const refused = await submit(made, id, ANSWERS);
    expect(fieldsOf(refused)).toEqual(["answers.warmth.reason"]);
    const explained = { ...ANSWERS, warmth: { value: 3, reason: "Only at the end." } };
    expect((await submit(made, id, explained)).body.overrides).toEqual([
      { criterion: "warmth", by: "engine", from: 4, from_na: false, to: 3, to_na: false, reason: "Only at the end." },
    ]);
  });

  it("is not looked for where the campaign wants none, and is never proposed where a call is reviewed blind", async ({
    expect,
  }) => {
    const off = await mintCase("off");
    const { id } = await take(off);
    expect((await keep(off, id, ANSWERS)).body.engine_answers).toEqual({});
    expect((await db.select().from(reviews).where(eq(reviews.id, id)))[0]?.prefill).toBeNull();
    const blind = await mintCase("before", true);
    const taken = await take(blind);
    expect(taken.engine_answers).toEqual({});
    expect((await keep(blind, taken.id, ANSWERS)).body.engine_answers).toEqual(FOUND);
    // Nobody else learns it before they are done.
    await submit(blind, taken.id, ANSWERS);
    await completeReviews(deps, NOON + 12 * SECOND);
    const others = await api().get(`/v1/reviews/${taken.id}`, { key: blind.key });
    expect(others.body).toMatchObject({ withheld: true, engine_answers: {} });
    await db.update(tasks).set({ state: "completed" }).where(eq(tasks.callId, blind.call.id));
    expect((await api().get(`/v1/reviews/${taken.id}`, { key: blind.key })).body.engine_answers).toEqual(FOUND);
  });

  it("goes with what was found and said: a review begins without it where that cannot be read", async ({ expect }) => {
    const made = await mintCase();
    const { id } = await take(made);
    await db.update(reviews).set({ prefill: "no such form" }).where(eq(reviews.id, id));
    const kept = await keep(made, id, ANSWERS);
    expect([kept.status, kept.body.engine_answers]).toEqual([200, {}]);
  });

  it("is refused in a scorecard where the criterion takes no such answer", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const conditions = [{ kind: "phrase", phrases: ["sorry"] }];
    const wrong: [object, object][] = [
      [{ kind: "yes_no" }, { by: "score", name: "warmth" }],
      [{ kind: "yes_no" }, { by: "conditions", conditions, met: "perhaps" }],
      [
        { kind: "scale", max: 5 },
        { by: "conditions", conditions, met: "5" },
      ],
      [
        { kind: "scale", max: 5 },
        { by: "conditions", conditions, met: 6 },
      ],
      [{ kind: "text" }, { by: "conditions", conditions, met: "yes" }],
      [{ kind: "yes_no" }, { by: "conditions", conditions: [{ kind: "number", numbers: ["123"] }], met: "yes" }],
    ];
    for (const [kind, engine] of wrong) {
      const criteria = [
        { id: "one", text: "One", kind: "yes_no" },
        { id: "two", text: "Two", ...kind, engine },
      ];
      const definition = { sections: [{ id: "all", title: "All", criteria }] };
      const refused = await api().post("/v1/scorecards", { key, body: { name: "x", definition } });
      expect([engine, refused.status]).toEqual([engine, 422]);
      expect(fieldsOf(refused)[0]).toMatch(/^definition\.sections\.0\.criteria\.1\.engine/);
    }
  });
});
