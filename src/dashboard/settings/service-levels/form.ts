import type { z } from "zod";
import { businessHours } from "../../../quality";
import type { Fields } from "../../forms";

export type PolicyFields = {
  name: string;
  measure: string;
  within: string;
  campaign: string;
  zone: string;
  days: string;
  holidays: string;
};

const WEEK = ["09:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "", ""];

/** What the form of a new one begins with: a week of work in the visitor's time zone. */
export function newPolicy(zone: string): PolicyFields {
  return {
    name: "",
    measure: "task_reviewed",
    within: "24",
    campaign: "",
    zone,
    days: WEEK.join("\n"),
    holidays: "",
  };
}

/** Hours or holidays of no time zone. Without any the clock runs day and night. */
export function lacksZone({ zone, days, holidays }: PolicyFields): boolean {
  return zone === "" && `${days}${holidays}`.trim() !== "";
}

export function policyFieldsIn({ text }: Pick<Fields, "text">): PolicyFields {
  return {
    name: text("name").trim().slice(0, 200),
    measure: text("measure"),
    within: text("within").trim().slice(0, 10),
    campaign: text("campaign").slice(0, 200),
    zone: text("zone").trim().slice(0, 60),
    days: text("days").slice(0, 2_000),
    holidays: text("holidays").slice(0, 8_000),
  };
}

/** The business hours that the fields say; null where they say none. */
export function hoursIn({
  zone,
  days,
  holidays,
}: PolicyFields): z.ZodSafeParseResult<z.output<typeof businessHours>> | null {
  if (zone === "") return null;
  const lines = days
    .replaceAll("\r", "")
    .split("\n")
    .map((line) => line.trim());
  while (lines.length < 7) lines.push("");
  while (lines.length > 7 && lines.at(-1) === "") lines.pop();
  const spans = (line: string) =>
    line
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "")
      .map((one) => one.split(/\s*[-–]\s*/));
  return businessHours.safeParse({
    time_zone: zone,
    days: lines.map(spans),
    holidays: holidays
      .split(/\s+/)
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  });
}
