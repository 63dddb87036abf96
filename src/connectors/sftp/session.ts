import { checkHost } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import {
  openSftp,
  SftpStatus,
  SshFailure,
  type Attributes,
  type PrivateKey,
  type Sftp,
  type SshFailureCode,
} from "../../lib/ssh";
import { SECOND } from "../../lib/time";
import type { ConnectorFailure, StorageDeps } from "../contract";
import type { ProblemCode } from "../problems";
import type { FolderServer, FolderSession } from "../folders/server";
import type { SftpSettings } from "./settings";

export const USUAL_PORT = 22;

/** One server, and the session with it once there is one. */
export type SftpAccess = {
  settings: SftpSettings;
  credentials: Readonly<Record<string, string>>;
  deps: Pick<StorageDeps, "connect" | "guardPolicy">;
  session: Promise<Sftp> | null;
};

const CODES: Record<SshFailureCode, ProblemCode> = {
  lost: "server_unreachable",
  not_ssh: "not_ssh",
  no_algorithm: "no_algorithm",
  host_key_unknown: "host_key_unknown",
  host_key_changed: "host_key_changed",
  login: "wrong_login",
  no_sftp: "no_sftp",
};

/** Does some work in the session. One that was lost since is opened anew, once: all work here can be done twice. */
export async function inSession<T>(
  access: SftpAccess,
  work: (session: Sftp) => Promise<T>,
): Promise<Result<T, ConnectorFailure>> {
  const isKnown = access.session !== null;
  const first = await attempt(access, work);
  return !first.ok && isKnown && first.error.code === "server_unreachable" ? attempt(access, work) : first;
}

async function attempt<T>(
  access: SftpAccess,
  work: (session: Sftp) => Promise<T>,
): Promise<Result<T, ConnectorFailure>> {
  access.session ??= openSession(access);
  const opened = access.session;
  try {
    return ok(await work(await opened));
  } catch (error) {
    if (!(error instanceof SftpStatus)) {
      opened.then((session) => session.close()).catch(() => undefined);
      if (access.session === opened) access.session = null;
    }
    return err(failureOf(access.settings, error));
  }
}

/** Ends the session, if there is one. */
export function endSession(access: SftpAccess): void {
  access.session?.then((session) => session.close()).catch(() => undefined);
  access.session = null;
}

/** The server as one of files in folders. SFTP knows no tags: time and size tell one version from another. */
export function folderServerOf(access: SftpAccess): FolderServer {
  const { import_path: from, processed_path: to } = access.settings;
  return {
    from,
    to,
    inSession: (work) => inSession(access, (session) => work(folderSessionOf(session))),
    versionOf,
    isVersion: (file, now) => versionOf(now) === file.version,
  };
}

export function versionOf({ modifiedAt, size }: Pick<Attributes, "modifiedAt" | "size">): string {
  return `${modifiedAt / SECOND}-${size}`;
}

function folderSessionOf(session: Sftp): FolderSession {
  const { list, create, remove, makeFolder, rename, realPath } = session;
  return {
    list,
    create,
    remove,
    makeFolder,
    rename,
    realPath,
    lookAt: (path) =>
      session.lookAt(path).catch((error: unknown) => {
        if (error instanceof SftpStatus && error.reason === "missing") return undefined;
        throw error;
      }),
    readFirst: async (path) => {
      const handle = await session.open(path);
      await session.read(handle, 0, 1);
      await session.closeFile(handle);
    },
  };
}

class Blocked extends Error {}

async function openSession({ settings, credentials, deps }: SftpAccess): Promise<Sftp> {
  const { host, port, username, host_key: hostKey } = settings;
  const address = await checkHost(host, port, USUAL_PORT, deps.guardPolicy);
  if (!address.ok) throw new Blocked(address.error.message);
  const { password, key } = credentials;
  const privateKey = key === undefined ? undefined : (JSON.parse(key) as PrivateKey);
  return openSftp(deps.connect({ hostname: address.value, port }), hostKey, { user: username, password, privateKey });
}

function failureOf({ host, port }: SftpSettings, error: unknown): ConnectorFailure {
  const at = port === USUAL_PORT ? host : `${host}:${port}`;
  if (error instanceof Blocked) return { code: "blocked_host", detail: error.message };
  if (error instanceof SshFailure) {
    // A host key alone: the page offers to confirm what stands in `detail`.
    return { code: CODES[error.code], detail: error.hostKey ?? `${at}: ${error.message}` };
  }
  if (!(error instanceof SftpStatus)) return { code: "server_unreachable", detail: `${at}: the connection failed` };
  const code = error.reason === "missing" ? "gone" : error.reason === "denied" ? "no_permission" : "storage_error";
  return { code, detail: `${at} answered: ${error.message}` };
}
