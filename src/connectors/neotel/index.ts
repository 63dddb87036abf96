import { checkHost, checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { DAY, HOUR, MINUTE } from "../../lib/time";
import type {
  ConnectorFailure,
  ConnectorKind,
  FoundFile,
  ListedPage,
  Storage,
  StorageDeps,
  TestStep,
} from "../contract";
import { endSessions, inSession, noSessions, type FtpAccess } from "../ftp/sessions";
import { USUAL_PORTS } from "../ftp/settings";
import { askTask, type Span } from "./ask-task";
import { openAudioOf, type KnownFolders } from "./audio";
import { readCsvRows } from "./read-csv";
import { beginAt, endsAt } from "./place";
import { fileOfRow, type Row } from "./row";
import { neotelCredentials, neotelSettings, type NeotelSettings } from "./settings";

/** Neotel's contact centre: rows of calls from its HTTP API or from CSV, recordings from its FTP server. */
export const neotel: ConnectorKind = {
  kind: "neotel",
  title: "Neotel",
  // A look asks for what came since the one before; where something waits, for all that may be waited for.
  tellsChanges: true,
  keepsPlace: true,
  settings: neotelSettings,
  credentials: neotelCredentials,
  ownersOfSecrets: { api_password: "api_user" },
  placedBy: ["host", "port", "username", "security", "base_url"],
  boundToPlace: [],
  checkPlace: async (settings, policy) => {
    const { rows, base_url: url, host, port, security } = settings as NeotelSettings;
    const server = await checkHost(host, port, USUAL_PORTS[security], policy);
    if (!server.ok) return { field: "host", message: server.error.message };
    const api = rows === "task" ? await checkUrl(url, policy) : ok(undefined);
    return api.ok ? undefined : { field: "base_url", message: api.error.message };
  },
  placeOf: (settings) => {
    const { rows, base_url: url, id_task: task, parameters, host, csv_path: path } = settings as NeotelSettings;
    const server =
      rows === "task" ? JSON.stringify([url.toLowerCase(), task, parameters]) : `${host.toLowerCase()}${path}`;
    return { server, folder: "" };
  },
  open: (settings, credentials, deps) => openNeotel(settings as NeotelSettings, credentials, deps),
};

/** Rows are asked for by days, so that a first look asks for no month at once. */
const SPAN = DAY;

function openNeotel(
  settings: NeotelSettings,
  credentials: Readonly<Record<string, string>>,
  deps: Pick<StorageDeps, "connect" | "fetch" | "guardPolicy" | "now">,
): Storage {
  const access: FtpAccess = { settings, credentials, deps, sessions: noSessions(), read: new Map() };
  const folders: KnownFolders = new Map();
  const rowsOf = (span: Span): Promise<Result<Row[], ConnectorFailure>> =>
    settings.rows === "csv" ? readCsvRows(settings, access, span) : askTask(settings, credentials, deps, span);

  async function list(cursor: string | null): Promise<Result<ListedPage, ConnectorFailure>> {
    const now = deps.now();
    const at = beginAt(cursor, now, backOf(settings));
    const to = Math.min(at.from + SPAN, now);
    const rows = await rowsOf({ from: at.from - settings.overlap_minutes * MINUTE, to });
    if (!rows.ok) return rows;
    const read = filesOf(settings, rows.value);
    if (!read.ok) return read;
    if (to < now) return ok({ files: read.value, cursor: JSON.stringify({ ...at, from: to }) });
    return ok({ files: read.value, cursor: null, ...endsAt(at, to, now, backOf(settings)) });
  }

  async function test(): Promise<TestStep[]> {
    const to = deps.now();
    const rows = await rowsOf({ from: to - DAY, to });
    const read = rows.ok ? filesOf(settings, rows.value) : rows;
    const steps: TestStep[] = [{ step: "list", failure: read.ok ? null : read.error }];
    if (!read.ok) return steps;
    // A server without rows of today is gone into all the same.
    const login = await inSession(access, (session) => session.realPath("."));
    const [file] = read.value.slice(-1);
    const opened = login.ok && file ? await openAudioOf(access, folders, file) : login;
    if (opened.ok && file && typeof opened.value === "object") await opened.value.body.cancel();
    // A recording that is not there yet is waited for: that is no failure.
    const isWrong = !opened.ok && opened.error.code !== "late";
    return [...steps, { step: "read", failure: isWrong ? opened.error : null }];
  }

  return {
    list,
    // Rows say what is known of a call: nothing lies beside its recording.
    lookUp: async () => ok(undefined),
    open: (file) => openAudioOf(access, folders, file),
    settle: async () => ok("kept"),
    test,
    close: () => endSessions(access),
  };
}

/** How far back rows are asked for where something may be there that was not seen, in milliseconds. */
function backOf({ look_back_hours: look, wait_hours: wait, overlap_minutes: overlap }: NeotelSettings): number {
  return Math.max(look, wait) * HOUR + overlap * MINUTE;
}

function filesOf(settings: NeotelSettings, rows: readonly Row[]): Result<FoundFile[], ConnectorFailure> {
  const files = new Map<string, FoundFile>();
  const [first] = rows;
  if (first && !Object.keys(first).some((name) => name.toLowerCase() === settings.columns.file.toLowerCase()))
    return err({
      code: "neotel_columns",
      detail: `rows have the columns ${Object.keys(first).join(", ").slice(0, 200)}`,
    });
  for (const row of rows) {
    const file = fileOfRow(settings, row);
    const key = file?.key ?? file?.name ?? "";
    // One recording in two rows is taken by the row that can be read.
    if (file && !(file.refusal && files.has(key))) files.set(key, file);
  }
  // A wrong column is no fault of a row.
  const found = [...files.values()];
  if (found.length > 0 && found.every(({ refusal }) => refusal !== undefined))
    return err({ code: "neotel_columns", detail: `no time can be read in the column ${settings.columns.at}` });
  return ok(found);
}
