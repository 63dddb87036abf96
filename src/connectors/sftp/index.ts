import { checkHost } from "../../lib/network-guard";
import type { ConnectorKind, Storage, StorageDeps } from "../contract";
import { listFiles, type Listing } from "../folders/list";
import { lookUpFile } from "../folders/look-up";
import { moveFile } from "../folders/move-file";
import { serverPlaceOf } from "../folders/settings";
import { testServer } from "../folders/test-server";
import { openFile } from "./open-file";
import { endSession, folderServerOf, USUAL_PORT, type SftpAccess } from "./session";
import { sftpCredentials, sftpSettings, type SftpSettings } from "./settings";

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
  placeOf: (settings) => serverPlaceOf(settings as SftpSettings),
  open: (settings, credentials, deps) => openServer(settings as SftpSettings, credentials, deps),
};

function openServer(
  settings: SftpSettings,
  credentials: Readonly<Record<string, string>>,
  deps: Pick<StorageDeps, "connect" | "guardPolicy" | "now">,
): Storage {
  const access: SftpAccess = { settings, credentials, deps, session: null };
  const server = folderServerOf(access);
  const { from, to } = server;
  const listing: Listing = { server, known: null };
  return {
    list: (cursor) => listFiles(listing, cursor),
    lookUp: (name) => lookUpFile(server, name),
    open: (file) => openFile(access, file, deps.now),
    settle: async (file) =>
      to === null ? { ok: true, value: "kept" } : moveFile(server, file, `${to}${file.name.slice(from.length)}`),
    test: () => testServer(server),
    close: () => endSession(access),
  };
}
