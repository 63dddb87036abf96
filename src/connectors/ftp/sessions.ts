import { FtpFailure, FtpRefusal, openFtp, type Ftp, type FtpFailureCode } from "../../lib/ftp";
import { checkHost } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { SECOND, type Clock } from "../../lib/time";
import type { ConnectorFailure, FoundFile, StorageDeps } from "../contract";
import type { Attributes, FolderServer, FolderSession } from "../folders/server";
import type { ProblemCode } from "../problems";
import { USUAL_PORTS, type FtpSettings } from "./settings";

/** Sessions with one server at a time, where it allows so many: over one, only one file is read at a time. */
const MOST = 4;

/** A server, and the sessions with it. */
export type FtpAccess = {
  settings: Pick<FtpSettings, "host" | "port" | "security" | "username"> & {
    import_path: string;
    processed_path: string | null;
  };
  credentials: Readonly<Record<string, string>>;
  deps: Pick<StorageDeps, "connect" | "guardPolicy"> & { now: Clock };
  sessions: Sessions;
  /** When files were last changed as they were read, of servers whose list does not tell. */
  read: Map<string, number>;
};

type Sessions = { idle: Ftp[]; open: number; most: number; waiting: (() => void)[]; isClosed: boolean };

export function noSessions(): Sessions {
  return { idle: [], open: 0, most: MOST, waiting: [], isClosed: false };
}

/** A session that nobody else has meanwhile. `isFresh`: it was opened for this. */
export type Lease = { session: Ftp; isFresh: boolean; done(isGood: boolean): void };

export async function lease(access: FtpAccess): Promise<Lease> {
  const { sessions } = access;
  for (;;) {
    const known = sessions.idle.pop();
    if (known) return leaseOf(access, known, false);
    if (sessions.open < sessions.most) {
      sessions.open += 1;
      try {
        return leaseOf(access, await open(access), true);
      } catch (error) {
        sessions.open -= 1;
        wakeOne(sessions);
        const isBusy = error instanceof FtpFailure && error.code === "busy" && sessions.open > 0;
        if (!isBusy) throw error;
        sessions.most = sessions.open;
      }
    } else await new Promise<void>((resolve) => sessions.waiting.push(resolve));
  }
}

function leaseOf({ sessions }: FtpAccess, session: Ftp, isFresh: boolean): Lease {
  let isDone = false;
  function done(isGood: boolean): void {
    if (isDone) return;
    isDone = true;
    if (isGood && !sessions.isClosed && !session.isOver()) sessions.idle.push(session);
    else {
      session.close();
      sessions.open -= 1;
    }
    wakeOne(sessions);
  }
  return { session, isFresh, done };
}

function wakeOne(sessions: Sessions): void {
  sessions.waiting.shift()?.();
}

/** Ends the sessions. Those that are in use end with their use. */
export function endSessions({ sessions }: FtpAccess): void {
  sessions.isClosed = true;
  for (const session of sessions.idle.splice(0)) session.close();
}

class Blocked extends Error {}

async function open({ settings, credentials, deps }: FtpAccess): Promise<Ftp> {
  const { host, port, security, username: user } = settings;
  const address = await checkHost(host, port, USUAL_PORTS[security], deps.guardPolicy);
  if (!address.ok) throw new Blocked(address.error.message);
  // Whatever port the server names for a file, it is one of the address that was checked, and no service of another kind.
  const dial = async (to: number) => {
    const checked = to === port ? address : await checkHost(address.value, to, port, deps.guardPolicy);
    if (!checked.ok) throw new FtpFailure("no_data", checked.error.message);
    return deps.connect({ hostname: address.value, port: to }, "starttls");
  };
  return openFtp({ dial, host, port, security, now: deps.now }, { user, password: credentials["password"] ?? "" });
}

/** Does some work in a session. One that was lost since is opened anew, once: all work here can be done twice. */
export async function inSession<T>(
  access: FtpAccess,
  work: (session: Ftp) => Promise<T>,
): Promise<Result<T, ConnectorFailure>> {
  const first = await attempt(access, work);
  if (first.done) return first.result;
  return (await attempt(access, work)).result;
}

async function attempt<T>(
  access: FtpAccess,
  work: (session: Ftp) => Promise<T>,
): Promise<{ result: Result<T, ConnectorFailure>; done: boolean }> {
  let leased: Lease | undefined;
  try {
    leased = await lease(access);
    const value = await work(leased.session);
    leased.done(true);
    return { result: ok(value), done: true };
  } catch (error) {
    const isRefusal = error instanceof FtpRefusal;
    leased?.done(isRefusal);
    const isLost = error instanceof FtpFailure && error.code === "lost";
    return { result: err(failureOf(access, error)), done: !(isLost && leased?.isFresh === false) };
  }
}

const CODES: Record<FtpFailureCode, ProblemCode> = {
  lost: "server_unreachable",
  not_ftp: "not_ftp",
  login: "wrong_password",
  busy: "too_many_sessions",
  no_tls: "no_encryption",
  tls: "untrusted_certificate",
  session_reuse: "session_reuse",
  no_data: "no_data_connection",
  unreadable: "unreadable_listing",
};

export function failureOf({ settings: { host, port } }: FtpAccess, error: unknown): ConnectorFailure {
  const at = `${host}:${port}`;
  if (error instanceof Blocked) return { code: "blocked_host", detail: error.message };
  if (error instanceof FtpFailure) return { code: CODES[error.code], detail: `${at}: ${error.message}` };
  if (!(error instanceof FtpRefusal)) return { code: "server_unreachable", detail: `${at}: the connection failed` };
  const code = error.reason === "missing" ? "gone" : error.reason === "denied" ? "no_permission" : "storage_error";
  return { code, detail: `${at} answered: ${error.message}` };
}

/** What stands before a version of which only the day is known. */
const ROUGH = "~";

/** The server as one of files in folders. FTP knows no tags: time and size tell one version from another. */
export function folderServerOf(access: FtpAccess): FolderServer {
  const { import_path: from, processed_path: to } = access.settings;
  return {
    from,
    to,
    inSession: (work) => inSession(access, (session) => work(folderSessionOf(session))),
    versionOf: (entry) => versionOf(entry),
    isVersion: (file, now) => isVersion(file, now) && (access.read.get(file.name) ?? now.modifiedAt) === now.modifiedAt,
  };
}

function versionOf({ modifiedAt, size, isRough }: Attributes & { isRough?: true }): string {
  return `${isRough ? ROUGH : ""}${modifiedAt / SECOND}-${size}`;
}

export function isVersion(file: FoundFile, now: Attributes): boolean {
  return file.version.startsWith(ROUGH) ? now.size === file.size : versionOf(now) === file.version;
}

function folderSessionOf(session: Ftp): FolderSession {
  const { list, lookAt, create, remove, makeFolder, rename, realPath } = session;
  return {
    list,
    lookAt,
    create,
    remove,
    makeFolder,
    rename,
    realPath,
    readFirst: async (path) => {
      const download = await session.read(path, 0);
      await download.next();
      download.stop();
    },
  };
}
