import type { ConnectorKind, KeepCredentials, Storage, StorageDeps } from "../contract";
import { listChanges } from "./list";
import { moveItem } from "./move-item";
import { lookUpItem } from "./look-up";
import { openItem } from "./open-item";
import { driveOf, isAppOnly, oneDriveCredentials, oneDriveSettings, type OneDriveSettings } from "./settings";
import { testDrive } from "./test-drive";
import { watchDrive } from "./watch";
import type { Access } from "./token";

export { finishSignIn, signInUrl } from "./sign-in";
export { isAppOnly, type OneDriveSettings } from "./settings";
export { grantedOf, scopesFor } from "./token";

/** OneDrive and SharePoint, by Microsoft Graph. */
export const onedrive: ConnectorKind = {
  kind: "onedrive",
  title: "OneDrive",
  tellsChanges: true,
  settings: oneDriveSettings,
  credentials: oneDriveCredentials,
  placedBy: ["client_id", "tenant_id", "cloud"],
  boundToPlace: [],
  // Microsoft's own addresses are the only ones that are asked.
  checkPlace: async () => undefined,
  placeOf: (settings) => {
    const { import_path: folder } = settings as OneDriveSettings;
    // Whose drive a person who signs in has is not known here.
    if (!isAppOnly(settings as OneDriveSettings)) return undefined;
    // Names in OneDrive are the same whatever their case.
    return { server: driveOf(settings as OneDriveSettings).toLowerCase(), folder: folder.toLowerCase() };
  },
  open: (settings, credentials, deps) => openDrive(settings as OneDriveSettings, credentials, deps),
};

function openDrive(
  settings: OneDriveSettings,
  credentials: Readonly<Record<string, string>>,
  deps: StorageDeps & { keep: KeepCredentials },
): Storage {
  const access: Access = { settings, credentials, deps };
  const folders = new Map<string, string>();
  const { import_path: from, processed_path: to } = settings;
  return {
    list: (cursor) => listChanges(access, cursor),
    lookUp: (name) => lookUpItem(access, name),
    open: (file) => openItem(access, file),
    settle: async (file) =>
      to === null
        ? { ok: true, value: "kept" }
        : moveItem(access, folders, file, `${to}${file.name.slice(from.length)}`),
    test: () => testDrive(access),
    watch: (url) => watchDrive(access, url),
    close: () => undefined,
  };
}
