import type { Direction } from "../reading/direction";

/** The facts in FreePBX's name of a recording: `external-101-5491155550100-20260210-103045-1770719445.12.wav`. */
export type RecordingFile = {
  direction: Direction | null;
  to: string;
  from: string;
  /** The date, for the folder: FreePBX keeps recordings in `YYYY/MM/DD`. */
  year: string;
  month: string;
  day: string;
  uniqueId: string;
};

// FreePBX, context sub-record-check: `${type}-${called}-${FROMEXTEN}-${TIMESTR}-${UNIQUEID}`. The types without a
// direction are `exten`, `force`, `conf` and `page`. A caller without a number is `unknown`, or nothing.
const NAME = /^([a-z]+)-([^-/]*)-([^-/]*)-(\d{4})(\d{2})(\d{2})-\d{6}-([\w.-]+?)(?:\.[A-Za-z0-9]{2,5})?$/i;

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  in: "inbound",
  external: "inbound",
  q: "inbound",
  rg: "inbound",
  out: "outbound",
  internal: "internal",
};

/** Reads a name without its folder; undefined for a name that FreePBX would not give. */
export function readRecordingFile(name: string): RecordingFile | undefined {
  const parts = NAME.exec(name);
  if (!parts) return undefined;
  const [, type = "", to = "", from = "", year = "", month = "", day = "", uniqueId = ""] = parts;
  const direction = Object.hasOwn(DIRECTIONS, type.toLowerCase()) ? DIRECTIONS[type.toLowerCase()] : undefined;
  return { direction: direction ?? null, to, from, year, month, day, uniqueId };
}
