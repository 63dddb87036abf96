import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { auditedBinding } from "../../src/db/audited";
import { FULL_REACH, type Act } from "../../src/identity";
import { SECOND } from "../../src/lib/time";
import { completeReviews, keepReview, submitReview, takeNext, type Answers } from "../../src/quality";
import { countDayOfReports, sumPeriods } from "../../src/reports";
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
import { counting } from "./counting";

const plain = openDatabase(env.DB);

/** By requests and jobs; who acts is named by requests alone: a row set and deleted for each batch, and the audit log. */
const COSTS = {
  "without the audit log": { taken: 8, kept: 2, submitted: 4, completed: 7, counted: 5 },
  "with the audit log": { taken: 13, kept: 4, submitted: 7, completed: 7, counted: 5 },
};

describe.for(Object.entries(COSTS))("a review %s", ([name, costs]) => {
  it("writes the rows of D1 that the price table and the page of the data say", async ({ expect }) => {
    const { id: organizationId } = await mintOrganization(plain);
    const campaign = await mintCampaign(plain, organizationId);
    const operator = await mintOperator(plain, organizationId);
    await mintScorecard(plain, organizationId, { state: "published", publishedAt: NOON });
    const placed = { campaignId: campaign.id, operatorId: operator.id };
    const call = await mintCall(plain, organizationId, placed);
    const recording = await mintRecording(plain, call);
    await mintTask(plain, call, recording.id, { ...placed, place: NOON });
    const member = await mintMember(plain, organizationId);
    await countDays(plain, 1_000, countDayOfReports);
    const { DB, counts } = counting(env.DB);
    const db = openDatabase(DB);
    const jobs = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };
    const by = { actor: member.userId, address: null, requestId: null, at: NOON };
    const isAudited = name === "with the audit log";
    const deps = isAudited ? { ...jobs, db: openDatabase(auditedBinding(DB, by)) } : jobs;
    const rowsOf = async (act: () => Promise<unknown>) => {
      const before = counts.rows;
      await act();
      return counts.rows - before;
    };
    const act: Act = { actor: { kind: "user", id: member.userId }, now: NOON };
    const answers: Answers = { name: { value: "yes", na: false, comment: "", at_seconds: null } };
    let id = "";
    const target = () => ({ organizationId, reach: FULL_REACH, id });
    expect({
      taken: await rowsOf(async () => {
        id = (await takeNext(deps, { organizationId, reach: FULL_REACH }, act))?.review.id ?? "";
      }),
      kept: await rowsOf(() => keepReview(deps, target(), answers, act)),
      submitted: await rowsOf(() => submitReview(deps, target(), answers, { ...act, now: NOON + SECOND })),
      completed: await rowsOf(() => completeReviews(jobs, NOON + 12 * SECOND)),
      // Of its day: the row of its reviews, that of their criteria, and marks.
      counted: await rowsOf(async () => {
        await countDays(db, 1_000, countDayOfReports);
        await sumPeriods(db, 1_000, NOON);
      }),
    }).toEqual(costs);
  });
});
