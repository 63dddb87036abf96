import { clockOf, filled } from "../../../tools/bridge/clock.js";
import { readClockTime } from "../../platforms";
import { HOUR } from "../../lib/time";
import type { FoundFile } from "../contract";
import type { NeotelSettings } from "./settings";

/** A row as it came: values by column, in whatever case the columns are. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The file that a row names, with what the row says of its call. Undefined for a row without a file: the call was not
 * recorded. Refused, and none of the others with it, where no time can be read in the row: in another version than the
 * same row has once its time was put right.
 */
export function fileOfRow(settings: NeotelSettings, row: Row): FoundFile | undefined {
  const { columns, time_zone: timeZone } = settings;
  const values = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), textOf(value)]));
  const value = (column: string | null) => (column === null ? "" : (values.get(column.toLowerCase()) ?? "")).trim();
  // Windows writes paths with its own slash.
  const file = value(columns.file).replaceAll("\\", "/").replace(/^\/+/, "");
  if (file === "") return undefined;
  const at = momentOf(value(columns.at), timeZone);
  const key = `neotel:${file}`;
  if (at === undefined)
    return { name: file, key, version: "no time", size: 0, modifiedAt: null, refusal: "neotel_row" };
  const direction = value(columns.direction);
  const named = value(columns.campaign);
  const known = Object.entries(settings.direction_map).find(([code]) => code.toLowerCase() === direction.toLowerCase());
  const fields: Record<string, string> = {
    started_at: new Date(at).toISOString(),
    external_id: value(columns.external_id) || key,
    operator: value(columns.operator),
    // A number of Neotel's is none of ours: only what is in the table names a campaign.
    [named in settings.campaign_map ? "campaign" : "custom[neotel_campaign]"]: named,
    direction: known?.[1] ?? direction,
    from: value(columns.from),
    to: value(columns.to),
    "custom[neotel_seconds]": value(columns.seconds),
  };
  for (const [name, text] of Object.entries(fields)) if (text === "") delete fields[name];
  return {
    name: filled(settings.audio_path, { ...clockOf(at, timeZone), file }),
    key,
    version: "row",
    size: 0,
    modifiedAt: at,
    whole: true,
    fields,
    until: at + settings.wait_hours * HOUR,
  };
}

/** ASP.NET writes times of JSON as `/Date(1787234709000)/`; SQL Server as text of its own, without a zone. */
export function momentOf(text: string, timeZone: string): number | undefined {
  const [, milliseconds] = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text) ?? [];
  if (milliseconds !== undefined) return Number(milliseconds);
  return readClockTime(text, timeZone);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
