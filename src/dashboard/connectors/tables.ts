import type { Language } from "../../ui/language";
import { numberIn } from "../amount";
import type { ConnectorFields } from "./empty-fields";

/** A table as lines of a text: `12 = 7`. */
export function linesOf(table: unknown): string {
  const entries = Object.entries((table ?? {}) as Record<string, string | null>);
  return entries.flatMap(([name, value]) => (value === null ? [] : `${name} = ${value}`)).join("\n");
}

/** The table in such lines. */
export function tableIn(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const cut = line.lastIndexOf("=");
      return [line.slice(0, Math.max(cut, 0)).trim(), line.slice(cut + 1).trim()];
    }),
  );
}

/** Where Neotel's rows come from, and how they are read. */
export function rowsOf(fields: ConnectorFields, language: Language) {
  const number = (text: string) => numberIn(text, language);
  return {
    rows: fields.rows,
    base_url: fields.baseUrl,
    id_task: fields.idTask === "" ? null : number(fields.idTask),
    parameters: fields.parameters.split(/\r?\n/).filter((line) => line !== ""),
    csv_path: fields.csvPath,
    columns: tableIn(fields.columns),
    direction_map: tableIn(fields.directions),
    time_zone: fields.timeZone,
    overlap_minutes: number(fields.overlap || "15"),
    wait_hours: number(fields.waitHours || "24"),
    look_back_hours: number(fields.lookBack || "72"),
    audio_path: fields.audioPath,
  };
}
