import { checkHost } from "../../lib/network-guard";
import type { ConnectorKind, Storage, StorageDeps } from "../contract";
import { listFiles, type Listing } from "../folders/list";
import { lookUpFile } from "../folders/look-up";
import { moveFile } from "../folders/move-file";
import { serverPlaceOf } from "../folders/settings";
import { testServer } from "../folders/test-server";
import { openFile } from "./open-file";
import { endSessions, folderServerOf, noSessions, type FtpAccess } from "./sessions";
import { ftpCredentials, ftpSettings, USUAL_PORTS, type FtpSettings } from "./settings";

/** A server that gives files over FTP, encrypted or not. */
export const ftp: ConnectorKind = {
  kind: "ftp",
  title: "FTP",
  tellsChanges: false,
  settings: ftpSettings,
  credentials: ftpCredentials,
  // Less encryption is another place: the password would go where it was not given to.
  placedBy: ["host", "port", "username", "security"],
  boundToPlace: [],
  checkPlace: async (settings, policy) => {
    const { host, port, security } = settings as FtpSettings;
    const checked = await checkHost(host, port, USUAL_PORTS[security], policy);
    return checked.ok ? undefined : { field: "host", message: checked.error.message };
  },
  placeOf: (settings) => serverPlaceOf(settings as FtpSettings),
  open: (settings, credentials, deps) => openServer(settings as FtpSettings, credentials, deps),
};

function openServer(
  settings: FtpSettings,
  credentials: Readonly<Record<string, string>>,
  deps: Pick<StorageDeps, "connect" | "guardPolicy" | "now">,
): Storage {
  const access: FtpAccess = { settings, credentials, deps, sessions: noSessions(), read: new Map() };
  const server = folderServerOf(access);
  const { from, to } = server;
  const listing: Listing = { server, known: null };
  return {
    list: (cursor) => listFiles(listing, cursor),
    lookUp: (name) => lookUpFile(server, name),
    open: (file) => openFile(access, file),
    settle: async (file) =>
      to === null ? { ok: true, value: "kept" } : moveFile(server, file, `${to}${file.name.slice(from.length)}`),
    test: () => testServer(server),
    close: () => endSessions(access),
  };
}
