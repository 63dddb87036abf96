import { z } from "@hono/zod-openapi";
import { invalid, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { DAY, toIso } from "../../lib/time";
import {
  callFigures,
  DIMENSIONS,
  MOST_ROWS,
  reviewFigures,
  type CriterionRow,
  type Days,
  type ReportFilter,
  type Sums,
} from "../../reports";

/** Days of one report: ten years. */
const MOST_DAYS = 3_660;

const date = z.iso
  .date()
  .transform((text) => Date.parse(text) / DAY)
  .openapi({ type: "string", format: "date", example: "2026-08-01" });

const id = z.string().min(1).max(100);

/** Of what calls and reviews a report is. */
export const ofWhat = {
  from: date.openapi({ description: "The first day, in UTC.", example: "2026-08-01" }),
  to: date.openapi({ description: "The first day that is not included.", example: "2026-09-01" }),
  campaign_id: id.optional(),
  operator_id: id.optional(),
  team_id: id.optional().describe("The team that has or had the task of the call."),
  reviewer_id: id.optional().describe("Of reviews alone: then nothing is said of calls."),
  scorecard_id: id.optional().describe("Of reviews alone: then nothing is said of calls."),
};

export const brokenDown = z
  .enum(["time", ...DIMENSIONS])
  .default("time")
  .describe("`time`: by day, or by month where the span is longer than 62 days.");

const share = z.number().min(0).nullable();
const count = z.number().int().nonnegative();

const ofCalls = z
  .object({
    calls: count,
    inbound: count,
    outbound: count,
    failed: count,
    recorded: count.describe("With a stored recording."),
    analysed: count.describe("With a recording that was measured."),
    mean_duration_seconds: z.number().nullable(),
    operator_share: share.describe("The operator's speech, as a share of the time; of recordings with two channels."),
    customer_share: share,
    overlap_share: share,
    silence_share: share.describe("Of all that was measured."),
    hold_share: share,
    interruptions_per_minute: z.number().nullable(),
    long_silences_per_call: z.number().nullable().describe("Of 4 s or more, by measured call."),
    risk_rated: count.describe("Calls of which something said how risky they are."),
    mean_risk: z.number().nullable(),
    high_risk: count.describe("From 70, or called high."),
    critical_risk: count.describe("From 90, or called critical; not among those of high risk."),
  })
  .openapi("ReportOfCalls");

const ofReviews = z
  .object({
    reviews: count.describe("Completed then."),
    average_score: z.number().nullable().describe("In percent."),
    passed: count,
    not_passed: count,
    pass_rate: share,
    auto_failed: count.describe("Where a criterion failed that fails the whole."),
    mean_turnaround_seconds: z
      .number()
      .nullable()
      .describe("From the task, which comes with the recording, until the review was submitted."),
    mean_work_seconds: z.number().nullable().describe("From taking it until it was submitted."),
    due: count.describe("Had to be done by some time."),
    late: count.describe("Of these, were submitted after it."),
    sla_broken: count.describe("Of which a service level was broken: by the review, or by its task."),
    sla_violations: count.describe("How often, by as many policies."),
  })
  .openapi("ReportOfReviews");

const figures = z.object({
  calls: ofCalls.nullable().describe("Null of a reviewer or scorecard: a call has none."),
  reviews: ofReviews,
});

const row = figures
  .extend({
    id: z.string().nullable().describe("Of the campaign, operator, team or reviewer; null for those without one."),
    name: z.string().nullable(),
    from: z.iso.date().nullable().describe("Of a row by time: its first day."),
    to: z.iso.date().nullable().describe("Its first day that is not included."),
  })
  .openapi("ReportRow");

const exampleFigures = {
  calls: {
    calls: 1200,
    inbound: 700,
    outbound: 500,
    failed: 12,
    recorded: 1180,
    analysed: 1180,
    mean_duration_seconds: 187.4,
    operator_share: 0.4412,
    customer_share: 0.3608,
    overlap_share: 0.0311,
    silence_share: 0.1701,
    hold_share: 0.021,
    interruptions_per_minute: 0.82,
    long_silences_per_call: 1.31,
    risk_rated: 40,
    mean_risk: 31.5,
    high_risk: 3,
    critical_risk: 1,
  },
  reviews: {
    reviews: 60,
    average_score: 84.25,
    passed: 51,
    not_passed: 9,
    pass_rate: 0.85,
    auto_failed: 2,
    mean_turnaround_seconds: 93_600,
    mean_work_seconds: 412,
    due: 20,
    late: 3,
    sla_broken: 2,
    sla_violations: 2,
  },
};

export const report = z
  .object({
    from: z.iso.date(),
    to: z.iso.date().describe("The first day that is not in it: at most tomorrow."),
    by: z.enum(["time", ...DIMENSIONS]),
    data: z.array(row),
    has_more: z.boolean().describe(`Whether there are more than ${MOST_ROWS} rows; the total has them all.`),
    total: figures,
  })
  .openapi("Report", {
    example: {
      from: "2026-08-01",
      to: "2026-08-21",
      by: "campaign",
      data: [{ id: "cmp_0198c5dc8f5e7c2a9d1e", name: "Renewals", from: null, to: null, ...exampleFigures }],
      has_more: false,
      total: exampleFigures,
    },
  });

export const criteriaReport = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    data: z.array(
      z
        .object({
          scorecard_id: z.string(),
          scorecard: z.string().nullable(),
          criterion_id: z.string(),
          text: z.string().nullable().describe("As its newest version asks; null where that asks it no more."),
          answered: count.describe("How often it had a score."),
          average_percent: z.number().nullable(),
          failed: count,
          not_applicable: count,
        })
        .openapi("ReportOfCriterion"),
    ),
  })
  .openapi("ReportOfCriteria", {
    example: {
      from: "2026-08-01",
      to: "2026-08-21",
      data: [
        {
          scorecard_id: "scd_0198c5dc8f5e7c2a9d1e",
          scorecard: "Sales",
          criterion_id: "greeting",
          text: "Gives their name",
          answered: 58,
          average_percent: 91.38,
          failed: 5,
          not_applicable: 2,
        },
      ],
    },
  });

/** The asked span up to tomorrow, or why it is none. */
export function spanOf({ from, to }: { from: number; to: number }, now: number): Result<Days, DomainError> {
  if (to <= from) return err(invalid("to", "is not after `from`"));
  if (to - from > MOST_DAYS) return err(invalid("to", `is more than ${MOST_DAYS} days after \`from\``));
  return ok({ from, until: Math.max(from, Math.min(to, Math.floor(now / DAY) + 1)) });
}

type Asked = {
  campaign_id?: string;
  operator_id?: string;
  team_id?: string;
  reviewer_id?: string;
  scorecard_id?: string;
};

export function filterOf(asked: { [Name in keyof Asked]: Asked[Name] | undefined }): ReportFilter {
  return {
    campaignId: asked.campaign_id,
    operatorId: asked.operator_id,
    teamId: asked.team_id,
    reviewerId: asked.reviewer_id,
    scorecardId: asked.scorecard_id,
  };
}

export function viewFigures(sums: Sums, hasCalls: boolean): z.infer<typeof figures> {
  return { calls: hasCalls ? callFigures(sums) : null, reviews: reviewFigures(sums) };
}

export function viewCriterion(one: CriterionRow): z.infer<typeof criteriaReport>["data"][number] {
  return {
    scorecard_id: one.scorecardId,
    scorecard: one.scorecardName,
    criterion_id: one.criterionId,
    text: one.text,
    answered: one.counted,
    average_percent: one.counted === 0 ? null : Math.round(one.percents / one.counted) / 100,
    failed: one.failed,
    not_applicable: one.absent,
  };
}

export function dateOf(day: number): string {
  return toIso(day * DAY).slice(0, 10);
}
