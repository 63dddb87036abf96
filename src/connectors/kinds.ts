import type { ConnectorKind } from "./contract";
import { ftp } from "./ftp";
import { neotel } from "./neotel";
import { onedrive } from "./onedrive";
import { s3 } from "./s3";
import { sftp } from "./sftp";

/** Every kind of storage there is. */
export const CONNECTOR_KINDS = { s3, sftp, ftp, neotel, onedrive } as const satisfies Record<string, ConnectorKind>;

export type ConnectorKindName = keyof typeof CONNECTOR_KINDS;

/** Whether folders of this kind begin at a root, or where one logs in: they are shown as they are. */
export function hasRoot(kind: ConnectorKindName): boolean {
  return kind === "sftp" || kind === "ftp" || kind === "neotel";
}
