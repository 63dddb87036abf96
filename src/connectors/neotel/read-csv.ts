import { err, ok, type Result } from "../../lib/result";
import { DAY, MINUTE } from "../../lib/time";
import type { Ftp } from "../../lib/ftp";
import type { ConnectorFailure } from "../contract";
import { inSession, type FtpAccess } from "../ftp/sessions";
import type { Span } from "./ask-task";
import { clockOf, filled, type Row } from "./row";
import type { NeotelSettings } from "./settings";

const MOST_BYTES = 16 * 1024 * 1024;
/** A file that rests so long is whole, though its last line has no end. */
const RESTED = 5 * MINUTE;

/** The rows in the files of the days of a span, as they lie on the FTP server. A day without a file has no rows. */
export async function readCsvRows(
  settings: NeotelSettings,
  access: FtpAccess,
  span: Span,
): Promise<Result<Row[], ConnectorFailure>> {
  const rows: Row[] = [];
  for (const path of pathsOf(settings, span)) {
    const read = await inSession(access, (session) => readFile(session, path, access.deps.now()));
    if (!read.ok && read.error.code === "gone") continue;
    if (!read.ok) return read;
    if (read.value === undefined)
      return err({ code: "neotel_rows", detail: `${path} has more than ${MOST_BYTES / 1024 / 1024} MB` });
    const found = rowsOfCsv(read.value.text, read.value.isWhole);
    const column = settings.columns.file.toLowerCase();
    if (found.columns.length > 0 && !found.columns.some((name) => name.toLowerCase() === column))
      return err({
        code: "neotel_columns",
        detail: `${path} has the columns ${found.columns.join(", ").slice(0, 200)}`,
      });
    rows.push(...found.rows);
  }
  return ok(rows);
}

function pathsOf({ csv_path: template, time_zone: zone }: NeotelSettings, { from, to }: Span): Set<string> {
  const paths = new Set<string>();
  for (let at = from; ; at = Math.min(at + DAY, to)) {
    paths.add(filled(template, clockOf(at, zone)));
    if (at >= to) return paths;
  }
}

async function readFile(
  session: Ftp,
  path: string,
  now: number,
): Promise<{ text: string; isWhole: boolean } | undefined> {
  const found = await session.lookAt(path);
  if (!found || found.kind !== "file") return { text: "", isWhole: true };
  if (found.size > MOST_BYTES) return undefined;
  const download = await session.read(path, 0);
  const bytes = new Uint8Array(found.size);
  let size = 0;
  for (;;) {
    const next = await download.next();
    if (!next) break;
    // What was written since is read by the next look.
    bytes.set(next.subarray(0, bytes.length - size), size);
    size += Math.min(next.length, bytes.length - size);
  }
  return { text: decoded(bytes.subarray(0, size)), isWhole: now - found.modifiedAt > RESTED };
}

/** UTF-8, or what Windows writes in the Americas. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Lines of values under a line of names, parted by `;`, `,` or tabs. A last line without an end may be half of one. */
export function rowsOfCsv(text: string, isWhole: boolean): { columns: string[]; rows: Row[] } {
  const lines = linesOf(text);
  const [head, ...others] = lines.map(({ cells }) => cells);
  if (!head) return { columns: [], rows: [] };
  if (!isWhole && !(lines.at(-1)?.isEnded ?? true)) others.pop();
  const columns = head.map((name) => name.trim());
  const rows = others
    .filter((cells) => cells.some((cell) => cell !== ""))
    .map((cells) => Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ""])));
  return { columns, rows };
}

function linesOf(text: string): { cells: string[]; isEnded: boolean }[] {
  const [first = ""] = text.split(/\r?\n/, 1);
  const parted = [";", "\t", ","].find((sign) => first.includes(sign)) ?? ",";
  const lines: { cells: string[]; isEnded: boolean }[] = [];
  let [cells, cell, isQuoted]: [string[], string, boolean] = [[], "", false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === parted) {
      cells.push(cell);
      cell = "";
    } else if (sign === "\n") {
      lines.push({ cells: [...cells, cell.replace(/\r$/, "")], isEnded: true });
      [cells, cell] = [[], ""];
    } else cell += sign;
  }
  if (cell !== "" || cells.length > 0) lines.push({ cells: [...cells, cell], isEnded: false });
  return lines;
}
