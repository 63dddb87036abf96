import type { ConnectorKind } from "./contract";
import { onedrive } from "./onedrive";
import { s3 } from "./s3";
import { sftp } from "./sftp";

/** Every kind of storage there is. */
export const CONNECTOR_KINDS = { s3, sftp, onedrive } as const satisfies Record<string, ConnectorKind>;

export type ConnectorKindName = keyof typeof CONNECTOR_KINDS;
