import { env } from "cloudflare:workers";
import { and, eq, sql } from "drizzle-orm";
import { describe, it } from "vitest";
import { runBatch } from "../../src/db/client";
import { FULL_REACH, type Act } from "../../src/identity";
import { calls, campaigns, reviews } from "../../src/db/schema";
import { redactStored } from "../../src/pipeline/redact-stored";
import { keepReview, prefillOf, scorecardDefinition, takeNext } from "../../src/quality";
import { prefillHasWords, takeWordsFromPrefills } from "../../src/quality/prefill";
import {
  mintCall,
  mintCallActions,
  mintCampaign,
  mintMember,
  mintOrganization,
  mintRecording,
  mintScorecard,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const nudges = { events: async () => {}, reviews: async () => {} };
const CARD_NUMBER = "4111 1111 1111 1111";

const question = (field: string) => ({ by: "question", action: "Judge", field, quote_field: "words" });
const CARD = scorecardDefinition.parse({
  sections: [
    {
      id: "all",
      title: "All",
      criteria: [
        { id: "polite", text: "Was it polite?", kind: "yes_no", engine: question("polite") },
        { id: "calm", text: "Was it calm?", kind: "yes_no", engine: question("polite") },
        { id: "said", text: "What was offered?", kind: "text", engine: question("said") },
        { id: "points", text: "How many points?", kind: "scale", max: 100, engine: question("points") },
      ],
    },
  ],
});

async function mintCase() {
  const organization = await mintOrganization(db);
  const { id: organizationId } = organization;
  const campaign = await mintCampaign(db, organizationId);
  await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON, definition: CARD });
  const call = await mintCall(db, organizationId, { campaignId: campaign.id });
  const recording = await mintRecording(db, call);
  const answer = { polite: "yes", said: "A year", points: 85, words: `my card is ${CARD_NUMBER}` };
  const action = { kind: "ask", name: "Judge" };
  await mintCallActions(db, call, {
    steps: [{ action, state: "completed", result: { engine: "gpt", version: "1", answer } }],
  });
  await mintTask(db, call, recording.id, { campaignId: campaign.id, place: NOON });
  const member = await mintMember(db, organizationId);
  const act: Act = { actor: { kind: "user", id: member.userId }, now: NOON };
  const take = async (bound = db) => {
    const deps = { db: bound, bucket: env.BUCKET, nudges };
    const taken = await takeNext(deps, { organizationId, reach: FULL_REACH }, act);
    return taken!.review;
  };
  const who = visit(organization, { role: "reviewer", userId: member.userId, now: NOON });
  return { organizationId, campaign, call, take, who, act };
}

type Case = Awaited<ReturnType<typeof mintCase>>;

const readRow = async (id: string) => (await db.select().from(reviews).where(eq(reviews.id, id)).get())!;
const redactCards = ({ campaign }: Case) =>
  db
    .update(campaigns)
    .set({ settings: sql`json_set(settings, '$.redact', json('["card_number"]'))` })
    .where(eq(campaigns.id, campaign.id));

/** The database, where something else happens right before each of the first statements that match, so often. */
function disturbed(matches: RegExp, happens: () => Promise<unknown>, times = 1) {
  let left = times;
  const once = async () => {
    left -= 1;
    if (left >= 0) await happens();
  };
  const watch = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => watch(target.bind(...values));
        if (name === "all" || name === "run" || name === "raw")
          return async () => {
            await once();
            return target[name]();
          };
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
  return openDatabase(
    new Proxy(env.DB, {
      get(target, name) {
        if (name === "prepare")
          return (text: string) => (matches.test(text) ? watch(target.prepare(text)) : target.prepare(text));
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    }),
  );
}

const WRITES_PREFILL = /^update "reviews" set "prefill"/;

describe("what engines answered, as it is kept with a review", () => {
  it("is not shown for what its reviewer is still typing, and is once they left the field", async ({ expect }) => {
    const { take, who } = await mintCase();
    const { id } = await take();
    const typed = async (fields: Record<string, string>) => {
      const answer = await who.post(`/dashboard/reviews/${id}`, { do: "keep", quiet: "yes", ...fields });
      return answer.status === 204 ? [] : Object.keys(((await answer.json()) as { engines: object }).engines);
    };
    expect(await typed({ "a.said": "A y", "a.polite": "yes", writing: "said" })).toEqual(["polite"]);
    expect((await readRow(id)).answers).toMatchObject({ said: { value: "A y" } });
    expect(await typed({ "a.said": "A year", "a.polite": "yes", "a.points": "8", writing: "points" })).toEqual([
      "polite",
      "said",
    ]);
    expect((await typed({ "a.said": "A year", "a.polite": "yes", "a.points": "85" })).toSorted()).toEqual([
      "points",
      "polite",
      "said",
    ]);
    // What they had answered then is what they meant, not a beginning of it.
    expect(prefillOf(await readRow(id))?.own).toMatchObject({ said: { value: "A year" }, points: { value: 85 } });
  });

  it("is masked where its call is redacted, though the words that it is from are not yet", async ({ expect }) => {
    const made = await mintCase();
    await redactCards(made);
    const { id } = await made.take();
    const { prefill } = await readRow(id);
    expect(JSON.stringify(prefill)).toContain("my card is");
    expect(JSON.stringify(prefill)).not.toContain(CARD_NUMBER);
  });

  it("is not stored where redaction was switched on while it was put together", async ({ expect }) => {
    const made = await mintCase();
    const between = disturbed(WRITES_PREFILL, async () => {
      await redactCards(made);
      const call = (await db.select().from(calls).where(eq(calls.id, made.call.id)).get())!;
      await redactStored({ db, bucket: env.BUCKET }, call, ["card_number"], NOON);
    });
    const taken = await made.take(between);
    expect(taken.prefill).toBeNull();
    expect((await readRow(taken.id)).prefill).toBeNull();
  });

  it("keeps what a reviewer answers at the moment at which it is masked", async ({ expect }) => {
    const made = await mintCase();
    const { id } = await made.take();
    const { organizationId, act, call } = made;
    const answers = { polite: { value: "no", na: false, comment: "", at_seconds: null } };
    const between = disturbed(WRITES_PREFILL, () =>
      keepReview({ db }, { organizationId, reach: FULL_REACH, id }, answers, act),
    );
    await redactStored({ db: between, bucket: env.BUCKET }, call, ["card_number"], NOON);
    const known = prefillOf(await readRow(id));
    expect(known?.own).toEqual({ polite: { value: "no", na: false } });
    expect(JSON.stringify(known?.answers)).toContain("my card is");
    expect(JSON.stringify(known)).not.toContain(CARD_NUMBER);
  });

  it("is not given up in silence where it is changed each time that it is masked: the next run masks it", async ({
    expect,
  }) => {
    const made = await mintCase();
    const { id } = await made.take();
    let changes = 0;
    const between = disturbed(
      WRITES_PREFILL,
      () => {
        changes += 1;
        const changed = sql`json_set(prefill, '$.answers.points.value', ${changes})`;
        return db.update(reviews).set({ prefill: changed }).where(eq(reviews.id, id)).run();
      },
      5,
    );
    const redact = (bound: typeof db) =>
      redactStored({ db: bound, bucket: env.BUCKET }, made.call, ["card_number"], NOON);
    await expect(redact(between)).rejects.toThrow("answers of engines");
    expect(JSON.stringify(prefillOf(await readRow(id)))).toContain(CARD_NUMBER);
    await redact(between);
    expect(JSON.stringify(prefillOf(await readRow(id)))).not.toContain(CARD_NUMBER);
    expect(prefillOf(await readRow(id))?.answers).toMatchObject({ points: { value: 5 } });
  });

  it("goes with what was said where it is words, however short; a choice stays", async ({ expect }) => {
    const made = await mintCase();
    const { id } = await made.take();
    const { organizationId, call } = made;
    const hasWords = async () =>
      (
        await db
          .select({ id: calls.id })
          .from(calls)
          .where(and(eq(calls.id, call.id), prefillHasWords()))
      ).length > 0;
    expect(await hasWords()).toBe(true);
    const without = sql`json_set(prefill, '$.answers.said.quote', NULL, '$.answers.polite.quote', NULL,
      '$.answers.calm.quote', NULL, '$.answers.points.quote', NULL)`;
    await db.update(reviews).set({ prefill: without }).where(eq(reviews.id, id));
    expect(await hasWords()).toBe(true);
    await runBatch(db, [takeWordsFromPrefills(db, { organizationId, ids: [call.id] })]);
    const left = prefillOf(await readRow(id))?.answers;
    expect(left).toMatchObject({ polite: { value: "yes", quote: null }, points: { value: 85 } });
    expect(left).not.toHaveProperty("said");
    expect(await hasWords()).toBe(false);
  });

  it("is on the page of a refused submission as far as that answered, and no further", async ({ expect }) => {
    const { take, who } = await mintCase();
    const { id } = await take();
    const refused = await who.post(`/dashboard/reviews/${id}`, { do: "submit", "a.polite": "no" });
    const text = await refused.text();
    expect(refused.status).toBe(422);
    const line = (criterion: string) =>
      /<p class="engine-answer" data-engine(?<hidden>[^>]*)>/.exec(
        text.slice(text.indexOf(`data-criterion="${criterion}"`)),
      )?.groups?.hidden;
    expect(line("polite")).not.toContain("hidden");
    expect(line("calm")).toContain("hidden");
  });
});
