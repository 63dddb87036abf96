import { DAY } from "../time";
import { FtpFailure } from "./failure";

export type FileKind = "file" | "folder" | "link" | "other";
/** `day` where the server's list tells no more than the day: the time of such a list is of a zone that nobody knows. */
export type Attributes = { kind: FileKind; size: number; modifiedAt: number; isRough?: true };
export type Entry = Attributes & { name: string };

/** A line of MLSD (RFC 3659): `type=file;size=12;modify=20260820140000; name`. Nothing for the folder itself. */
export function readFacts(line: string): Entry | undefined {
  const cut = line.indexOf(" ");
  if (cut < 0) throw unreadable(line);
  const facts = new Map(
    line
      .slice(0, cut)
      .split(";")
      .map((fact) => {
        const at = fact.indexOf("=");
        return [fact.slice(0, at).toLowerCase(), fact.slice(at + 1)] as const;
      }),
  );
  const type = (facts.get("type") ?? "").toLowerCase();
  if (type === "cdir" || type === "pdir") return undefined;
  const kind = type === "file" ? "file" : type === "dir" ? "folder" : /link/.test(type) ? "link" : "other";
  return {
    name: line.slice(cut + 1),
    kind,
    size: Number(facts.get("size") ?? 0),
    modifiedAt: readStamp(facts.get("modify") ?? "") ?? 0,
  };
}

/** `20260820140509`, in UTC, as MDTM and MLSD give it. */
export function readStamp(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const UNIX =
  /^([-dlbcps])[-rwxsStTlL]{9}[.+@]?\s+\d+\s+\S+\s+\S+\s+(?:\d+,\s+)?(\d+)\s+([A-Za-z]{3})\s+(\d{1,2})\s+(\d{4}|\d{1,2}:\d\d) (.*)$/;
const DOS = /^(\d\d)-(\d\d)-(\d{2}|\d{4})\s+(\d\d):(\d\d)([AP]M)?\s+(<DIR>|<JUNCTION>|<SYMLINKD?>|[\d,.]+)\s+(.*)$/i;

/** A line of LIST, as Unix servers and Microsoft's write them. Nothing for a sum or the folder itself. */
export function readListed(line: string, now: number): Entry | undefined {
  if (/^total \d+$/i.test(line)) return undefined;
  const entry = readUnix(line, now) ?? readDos(line);
  if (!entry) throw unreadable(line);
  return entry.name === "." || entry.name === ".." ? undefined : entry;
}

function readUnix(line: string, now: number): Entry | undefined {
  const [, type, size, month = "", day, yearOrTime = "", rest = ""] = UNIX.exec(line) ?? [];
  const at = MONTHS.indexOf(month.toLowerCase());
  if (type === undefined || at < 0) return undefined;
  const dayOf = (year: number) => Date.UTC(year, at, Number(day));
  // A time in place of the year: the last such day. Servers write the year in its place after half a year, so the time
  // itself cannot be kept.
  const thisYear = new Date(now).getUTCFullYear();
  const recent = dayOf(thisYear) > now + DAY ? thisYear - 1 : thisYear;
  const kind = type === "-" ? "file" : type === "d" ? "folder" : type === "l" ? "link" : "other";
  return {
    name: kind === "link" ? rest.replace(/ -> .*$/, "") : rest,
    kind,
    size: Number(size),
    modifiedAt: dayOf(yearOrTime.includes(":") ? recent : Number(yearOrTime)),
    isRough: true,
  };
}

function readDos(line: string): Entry | undefined {
  const [, month, day, year = "", hour, minute, half = "", size = "", name = ""] = DOS.exec(line) ?? [];
  if (month === undefined) return undefined;
  const whole = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 70 ? 2_000 : 1_900);
  const shift = half === "" ? 0 : (half.toUpperCase() === "PM" ? 12 : 0) - (hour === "12" ? 12 : 0);
  return {
    name,
    kind: /^<DIR>$/i.test(size) ? "folder" : size.startsWith("<") ? "link" : "file",
    size: size.startsWith("<") ? 0 : Number(size.replace(/[,.]/g, "")),
    modifiedAt: Date.UTC(whole, Number(month) - 1, Number(day), Number(hour) + shift, Number(minute)),
    isRough: true,
  };
}

function unreadable(line: string): FtpFailure {
  return new FtpFailure("unreadable", `the server's list has a line of no known form: ${line.slice(0, 100)}`);
}
