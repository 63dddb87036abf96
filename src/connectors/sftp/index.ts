import { checkHost } from "../../lib/network-guard";
import type { ConnectorKind, Storage, StorageDeps } from "../contract";
import { listFiles, type Listing } from "./list";
import { moveFile } from "./move-file";
import { openFile } from "./open-file";
import { endSession, USUAL_PORT, type SftpAccess } from "./session";
import { sftpCredentials, sftpSettings, type SftpSettings } from "./settings";
import { testServer } from "./test-server";

/** A server that gives files over SSH. */
export const sftp: ConnectorKind = {
  kind: "sftp",
  title: "SFTP",
  tellsChanges: false,
  settings: sftpSettings,
  credentials: sftpCredentials,
  placedBy: ["host", "port", "username"],
  boundToPlace: ["host_key"],
  checkPlace: async (settings, policy) => {
    const { host, port } = settings as SftpSettings;
    const checked = await checkHost(host, port, USUAL_PORT, policy);
    return checked.ok ? undefined : { field: "host", message: checked.error.message };
  },
  open: (settings, credentials, deps) => openServer(settings as SftpSettings, credentials, deps),
};

function openServer(
  settings: SftpSettings,
  credentials: Readonly<Record<string, string>>,
  deps: Pick<StorageDeps, "connect" | "guardPolicy" | "now">,
): Storage {
  const { import_path: from, processed_path: to } = settings;
  const access: SftpAccess = { settings, credentials, deps, session: null };
  const listing: Listing = { access, from, known: null };
  return {
    list: (cursor) => listFiles(listing, cursor),
    open: (file) => openFile(access, file, deps.now),
    settle: async (file) =>
      to === null ? { ok: true, value: "kept" } : moveFile(access, file, `${to}${file.name.slice(from.length)}`),
    test: () => testServer(access),
    close: () => endSession(access),
  };
}
