import { z } from "zod";
import { isTimeZone } from "../../lib/zone";
import { DIMENSIONS } from "../read";
import { LAST_HOUR } from "./plan";

const id = z.string().min(1).max(100);

/** What a report that is sent may be by. */
export const SCHEDULED_KINDS = ["time", ...DIMENSIONS, "criterion"] as const;

export const SCHEDULE_LIMITS = { name: 200, recipients: 50 } as const;

const shape = {
  name: z.string().trim().min(1).max(SCHEDULE_LIMITS.name),
  report: z
    .strictObject({
      by: z.enum(SCHEDULED_KINDS),
      campaign_id: id.optional(),
      operator_id: id.optional(),
      team_id: id.optional(),
      reviewer_id: id.optional(),
      scorecard_id: id.optional(),
    })
    .describe("What it is broken down by, and what it is limited to, as in `GET /v1/reports`."),
  every: z
    .enum(["day", "week", "month"])
    .describe("The day before, the seven days before, or the month before, which is sent on its first day."),
  weekday: z.number().int().min(1).max(7).describe("Of a weekly one, the day it is sent on: 1 is Monday."),
  hour: z
    .number()
    .int()
    .min(0)
    .max(LAST_HOUR)
    .describe("The hour of the day in `time_zone`; not before the last day of the report is over in UTC."),
  time_zone: z.string().max(60).refine(isTimeZone, "must be a time zone, such as America/Argentina/Buenos_Aires"),
  recipients: z
    .array(id)
    .max(SCHEDULE_LIMITS.recipients)
    .describe("Members who get a letter with a link, by their ids. Each has to be allowed to read reports."),
  tells_webhooks: z.boolean().describe("Whether webhooks are told by `report.ready`."),
};

/** A new schedule. */
export const newSchedule = z.strictObject({
  ...shape,
  weekday: shape.weekday.default(1),
  recipients: shape.recipients.default([]),
  tells_webhooks: shape.tells_webhooks.default(false),
});
export type NewSchedule = z.output<typeof newSchedule>;

/** A change of one. */
export const scheduleChanges = z
  .strictObject({ ...shape, paused: z.boolean().describe("Whether nothing is sent.") })
  .partial();
export type ScheduleChanges = z.output<typeof scheduleChanges>;
