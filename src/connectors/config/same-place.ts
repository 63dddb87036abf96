import type { Database } from "../../db/client";
import type { ConnectorSettings } from "../../db/schema";
import type { Within } from "../../identity";
import type { ConnectorKind, Place } from "../contract";
import { CONNECTOR_KINDS, type ConnectorKindName } from "../kinds";
import { listConnectors, MAX_CONNECTORS } from "./connector";

/** A storage that looks into the same folder, or into one that the other lies in. */
export type SamePlace = { id: string; name: string };

/**
 * The other storages within a reach that look where these settings lead: each file there would be two calls, or be moved away by
 * one before the other finds it. Settings that core refuses lead nowhere. `except`: the id of the storage that they are of; `before`: the settings that it has, whose neighbours are no news.
 */
export async function findSamePlace(
  db: Database,
  { organizationId, reach }: Within,
  {
    kind: name,
    settings,
    except,
    before,
  }: { kind: ConnectorKindName; settings: unknown; except?: string | undefined; before?: unknown },
): Promise<SamePlace[]> {
  const kind: ConnectorKind = CONNECTOR_KINDS[name];
  const place = placeIn(kind, settings);
  if (!place) return [];
  const placeBefore = placeIn(kind, before);
  const rows = await listConnectors(db, { organizationId, reach, limit: MAX_CONNECTORS });
  return rows
    .filter((row) => {
      const other = placeIn(CONNECTOR_KINDS[row.kind], row.settings);
      return row.id !== except && isSame(place, other) && !(placeBefore && isSame(placeBefore, other));
    })
    .map(({ id, name: called }) => ({ id, name: called }));
}

function placeIn(kind: ConnectorKind, settings: unknown): Place | undefined {
  const parsed = kind.settings.safeParse(settings).data as ConnectorSettings | undefined;
  return parsed && kind.placeOf(parsed);
}

function isSame(one: Place, other: Place | undefined): boolean {
  if (one.server !== other?.server) return false;
  return one.folder.startsWith(other.folder) || other.folder.startsWith(one.folder);
}
