import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import { ok, type Result } from "../lib/result";
import type { MasterKeys } from "../lib/seal";
import { keepCredentials, openCredentials, readConnectorRow, type ConnectorTarget } from "./config/connector";
import type { ConnectorKind, Storage, StorageDeps } from "./contract";
import { CONNECTOR_KINDS } from "./kinds";
import type { ConnectorSettings } from "../db/schema";

/** The storage of a connector, opened: to test it and to show what it would take in. */
export async function openStorage(
  deps: StorageDeps & { db: Database; masterKeys: MasterKeys },
  target: ConnectorTarget,
): Promise<Result<{ storage: Storage; settings: ConnectorSettings }, DomainError>> {
  const row = await readConnectorRow(deps.db, target);
  if (!row.ok) return row;
  const kind: ConnectorKind = CONNECTOR_KINDS[row.value.kind];
  const credentials = await openCredentials(deps.masterKeys, row.value);
  const keep = (next: Readonly<Record<string, string>>) => keepCredentials(deps, row.value, next);
  return ok({
    storage: kind.open(row.value.settings, credentials, { ...deps, keep }),
    settings: row.value.settings,
  });
}
