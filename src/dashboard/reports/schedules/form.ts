import type { z } from "zod";
import { newSchedule, SCHEDULE_LIMITS, SCHEDULED_KINDS, type ScheduleRow } from "../../../reports";
import { differing, type Difference } from "../../../ui/components/stale";
import { wordsOf } from "../../../ui/strings/define";
import { reportScheduleWords } from "../../../ui/strings/report-schedules";
import { reportWords } from "../../../ui/strings/reports";
import type { View } from "../../../ui/view";
import type { Fields } from "../../forms";
import { NONE, type ReportAsked } from "../query";

/** By their numbers, from 1. */
export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** A schedule as its form has it. What the report is limited to beside its campaign is carried along. */
export type ScheduleFields = {
  name: string;
  by: string;
  campaign: string;
  operator: string;
  team: string;
  reviewer: string;
  scorecard: string;
  every: string;
  weekday: string;
  hour: string;
  zone: string;
  people: readonly string[];
  tells: boolean;
};

/** What a new one is filled with: the report that somebody looks at. */
export function fieldsFromReport(asked: ReportAsked, name: string, zone: string): ScheduleFields {
  const one = (id: string | undefined) => (id === undefined || id === NONE ? "" : id);
  return {
    name,
    by: asked.by,
    campaign: one(asked.campaign),
    operator: one(asked.operator),
    team: one(asked.team),
    reviewer: one(asked.reviewer),
    scorecard: one(asked.scorecard),
    every: "week",
    weekday: "1",
    hour: "8",
    zone,
    people: [],
    tells: false,
  };
}

export function fieldsOfSchedule(row: ScheduleRow): ScheduleFields {
  const { report } = row;
  return {
    name: row.name,
    by: report.by,
    campaign: report.campaign_id ?? "",
    operator: report.operator_id ?? "",
    team: report.team_id ?? "",
    reviewer: report.reviewer_id ?? "",
    scorecard: report.scorecard_id ?? "",
    every: row.every,
    weekday: String(row.weekday),
    hour: String(row.hour),
    zone: row.zone,
    people: row.recipients,
    tells: row.tells,
  };
}

export function scheduleFieldsIn(form: Fields): ScheduleFields {
  const text = (name: string, most = 100) => form.text(name).trim().slice(0, most);
  return {
    name: text("name", SCHEDULE_LIMITS.name),
    by: text("by"),
    campaign: text("campaign"),
    operator: text("operator"),
    team: text("team"),
    reviewer: text("reviewer"),
    scorecard: text("scorecard"),
    every: text("every"),
    weekday: text("weekday"),
    hour: text("hour", 4),
    zone: text("zone", 60),
    people: [...new Set(form.all("person").map((id) => id.slice(0, 100)))].slice(0, SCHEDULE_LIMITS.recipients + 1),
    tells: form.text("tells") !== "",
  };
}

/**
 * Where what is stored of a schedule and what somebody entered are not the same. `nameOf`: what campaigns and people are
 * called, by their ids.
 */
export function differencesOf(
  view: View,
  { stored, entered }: { stored: ScheduleFields; entered: ScheduleFields },
  nameOf: (id: string) => string,
): readonly Difference[] {
  const words = wordsOf(reportScheduleWords, view.language);
  const kinds = wordsOf(reportWords, view.language);
  const of = (label: string, text: (fields: ScheduleFields) => string) => ({
    label,
    stored: text(stored),
    entered: text(entered),
  });
  return differing([
    of(words.name, ({ name }) => name),
    of(words.by, ({ by }) => kinds[SCHEDULED_KINDS.find((one) => one === by) ?? "time"]),
    of(words.campaign, ({ campaign }) => (campaign === "" ? words.allCampaigns : nameOf(campaign))),
    of(words.limitedTo, ({ operator, team, reviewer, scorecard }) =>
      [operator, team, reviewer, scorecard].filter(Boolean).map(nameOf).join(", "),
    ),
    of(words.every, ({ every }) => words[(["day", "week"] as const).find((one) => one === every) ?? "month"]),
    of(words.weekday, ({ weekday }) => words[WEEKDAYS[Number(weekday) - 1] ?? "monday"]),
    of(words.hour, ({ hour }) => hour),
    of(words.zone, ({ zone }) => zone),
    of(words.to, ({ people }) => people.map(nameOf).toSorted().join(", ")),
    of(words.webhooks, ({ tells }) => (tells ? "✓" : "")),
  ]);
}

/** What the fields say, as it came: what does not fit is refused by the schema. */
export function scheduleIn(fields: ScheduleFields): z.ZodSafeParseResult<z.output<typeof newSchedule>> {
  const one = (id: string) => (id === "" ? undefined : id);
  return newSchedule.safeParse({
    name: fields.name,
    report: {
      by: fields.by,
      campaign_id: one(fields.campaign),
      operator_id: one(fields.operator),
      team_id: one(fields.team),
      reviewer_id: one(fields.reviewer),
      scorecard_id: one(fields.scorecard),
    },
    every: fields.every,
    weekday: Number(fields.weekday),
    hour: fields.hour === "" ? Number.NaN : Number(fields.hour),
    time_zone: fields.zone,
    recipients: fields.people,
    tells_webhooks: fields.tells,
  });
}

export { SCHEDULED_KINDS };
