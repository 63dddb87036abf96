import { z } from "@hono/zod-openapi";

/** A report that is sent, as `report.ready` tells of it. Its links are made new at each attempt (delivery/object/bind-links.ts). */
export const reportSnapshot = z
  .object({
    id: z.string().describe("Of this sending."),
    schedule_id: z.string(),
    name: z.string(),
    by: z.enum(["time", "campaign", "operator", "team", "reviewer", "criterion"]),
    from: z.iso.date().describe("The first day, in UTC."),
    to: z.iso.date().describe("The day after the last one."),
    campaign_id: z.string().nullable(),
    operator_id: z.string().nullable(),
    team_id: z.string().nullable(),
    reviewer_id: z.string().nullable(),
    scorecard_id: z.string().nullable(),
    calls: z.number().int().nullable().describe("Null where it is of reviews alone."),
    reviews: z.number().int(),
    average_score: z.number().nullable().describe("In percent."),
    pass_rate: z.number().nullable(),
    late: z.number().int().describe("Reviews after their due date."),
    csv_url: z
      .string()
      .optional()
      .describe("A link to the report that needs no other credential. New at each attempt."),
    csv_url_expires_at: z.iso.datetime().optional(),
  })
  .openapi("SentReport");
