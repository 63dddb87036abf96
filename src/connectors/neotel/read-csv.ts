import { err, ok, type Result } from "../../lib/result";
import { DAY, MINUTE } from "../../lib/time";
import type { Ftp } from "../../lib/ftp";
import type { ConnectorFailure } from "../contract";
import { inSession, type FtpAccess } from "../ftp/sessions";
import type { Span } from "./ask-task";
import { decodedText, rowsOfCsv } from "../read-csv";
import { clockOf, filled } from "../../../tools/bridge/clock.js";
import type { Row } from "./row";
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
  return { text: decodedText(bytes.subarray(0, size)), isWhole: now - found.modifiedAt > RESTED };
}
