import { describe, it } from "vitest";
import { countDayOfReports, readReport } from "../../../src/reports";
import { scoreOf } from "../../../src/quality";
import { countDays } from "../../../src/usage";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintMember,
  mintOperator,
  mintOrganization,
  mintReview,
  mintScorecard,
  NOON,
  ONE_QUESTION,
} from "../../factories";
import { apiClient, db } from "./client";

const DAY = 86_400_000;
const api = (now = NOON + DAY) => apiClient({ now: () => now });
const SPAN = "from=2026-08-19&to=2026-08-22";

/** Two campaigns with a call each, one reviewed; the operator's name is a formula. */
async function mintReported() {
  const organization = await mintOrganization(db);
  const { id } = organization;
  const [one, other] = [await mintCampaign(db, id, "Renewals"), await mintCampaign(db, id, "Secret sales")];
  const operator = await mintOperator(db, id, "=HYPERLINK(1)");
  const card = await mintScorecard(db, id, { state: "published" });
  const { userId: reviewerId } = await mintMember(db, id);
  const ofOne = { campaignId: one.id, operatorId: operator.id };
  const call = await mintCall(db, id, { ...ofOne, startedAt: NOON, durationSeconds: 60, direction: "inbound" });
  await mintCall(db, id, { campaignId: other.id, startedAt: NOON - DAY, durationSeconds: 30, direction: "outbound" });
  const answers = { name: { value: "yes", na: false, comment: "", at_seconds: null } };
  await mintReview(db, call, card, {
    ...ofOne,
    reviewerId,
    state: "completed",
    answers,
    result: scoreOf(ONE_QUESTION, answers),
    score: 100,
    passed: true,
    submittedAt: NOON + 1000,
    completedAt: NOON + 2000,
  });
  await countDays(db, 1_000, countDayOfReports);
  return { organization, one, other, operator };
}

describe("/v1/reports", () => {
  it("gives calls and reviews by day, with the days without any", async ({ expect }) => {
    const { organization } = await mintReported();
    const { status, body } = await api().get(`/v1/reports?${SPAN}`, { key: organization.key });
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: "2026-08-19", to: "2026-08-22", by: "time", has_more: false });
    expect(body.data.map((row: { from: string; calls: { calls: number } }) => [row.from, row.calls.calls])).toEqual([
      ["2026-08-19", 1],
      ["2026-08-20", 1],
      ["2026-08-21", 0],
    ]);
    expect(body.total).toMatchObject({
      calls: { calls: 2, inbound: 1, mean_duration_seconds: 45, operator_share: null },
      reviews: { reviews: 1, average_score: 100, pass_rate: 1 },
    });
  });

  it("by month says the same of a long span as by day of a short one", async ({ expect }) => {
    const { organization } = await mintReported();
    const short = await api().get(`/v1/reports?${SPAN}`, { key: organization.key });
    const long = await api().get("/v1/reports?from=2026-01-15&to=2026-08-22", { key: organization.key });
    expect(long.body.total).toEqual(short.body.total);
    expect(long.body.data.map((row: { from: string; to: string }) => [row.from, row.to]).slice(0, 2)).toEqual([
      ["2026-01-15", "2026-02-01"],
      ["2026-02-01", "2026-03-01"],
    ]);
    expect(long.body.data).toHaveLength(8);
  });

  it("tells who is limited to a campaign nothing of another, nor a stranger anything", async ({ expect }) => {
    const { organization, one, other } = await mintReported();
    const reach = { campaigns: [one.id], operators: null };
    const key = await mintApiKey(db, { organizationId: organization.id, scopes: ["calls:read"] });
    expect((await api().get(`/v1/reports?${SPAN}`, { key: key.key })).body).toMatchObject({
      status: 403,
      permission: "reports:read",
    });
    const days = { from: Math.floor(NOON / DAY) - 1, until: Math.floor(NOON / DAY) + 2 };
    const query = { organizationId: organization.id, reach, ...days };
    for (const by of ["time", "campaign", "operator", "team", "reviewer"] as const) {
      const report = await readReport(db, by, query);
      expect(JSON.stringify(report)).not.toMatch(new RegExp(`${other.id}|Secret`));
      expect(report.total.calls).toBe(1);
      // Asking for the other campaign is no way around it.
      expect((await readReport(db, by, { ...query, filter: { campaignId: other.id } })).total).toMatchObject({
        calls: 0,
        reviews: 0,
      });
    }
    const stranger = await mintOrganization(db);
    const { body } = await api().get(`/v1/reports?${SPAN}&by=campaign`, { key: stranger.key });
    expect(body).toMatchObject({ data: [], total: { calls: { calls: 0 }, reviews: { reviews: 0 } } });
  });

  it("says nothing of calls by reviewer and by scorecard: a call has neither", async ({ expect }) => {
    const { organization } = await mintReported();
    const { body } = await api().get(`/v1/reports?${SPAN}&by=reviewer`, { key: organization.key });
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ calls: null, reviews: { reviews: 1 } });
    const other = await api().get(`/v1/reports?${SPAN}&scorecard_id=scd_none`, { key: organization.key });
    expect(other.body.total).toMatchObject({ calls: null, reviews: { reviews: 0 } });
  });

  it("gives scores by criterion, as the scorecard asks it", async ({ expect }) => {
    const { organization } = await mintReported();
    const { body } = await api().get(`/v1/reports/criteria?${SPAN}`, { key: organization.key });
    expect(body.data).toMatchObject([
      { criterion_id: "name", text: "Gives their name", answered: 1, average_percent: 100, failed: 0 },
    ]);
  });

  it("leaves as CSV, in which a formula is text", async ({ expect }) => {
    const { organization, operator } = await mintReported();
    const { headers, body } = await api().get(`/v1/reports/export?${SPAN}&by=operator&bom=true`, {
      key: organization.key,
    });
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [head, ...lines] = String(body).split("\r\n");
    expect(head).toMatch(/^id,name,from,to,calls,inbound,/);
    expect(lines.find((line) => line.startsWith(operator.id))).toContain("'=HYPERLINK(1)");
  });

  it("refuses a span that is none", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    for (const span of ["from=2026-08-19&to=2026-08-19", "from=2000-01-01&to=2026-01-01", "from=x&to=2026-01-01", ""])
      for (const path of ["", "/criteria", "/export"])
        expect((await api().get(`/v1/reports${path}?${span}`, { key })).status).toBe(422);
  });
});
