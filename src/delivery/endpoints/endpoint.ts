import { and, eq, isNull, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import type { GuardPolicy } from "../../lib/network-guard";
import type { MasterKeys } from "../../lib/seal";
import type { EndpointConfig } from "../contract";
import { objectsSharing } from "../shards";

export type EndpointRow = typeof endpoints.$inferSelect;

/**
 * The deps of functions that write an endpoint. D1 is the source of truth; each write is pushed to the endpoint's
 * objects.
 */
export type EndpointDeps = {
  db: Database;
  masterKeys: MasterKeys;
  guardPolicy: GuardPolicy;
  endpointObjects: { configure(row: EndpointRow): Promise<void> };
};

/** The configuration pushed to the endpoint's objects after each write. */
export function endpointConfigOf(row: EndpointRow): EndpointConfig {
  return {
    id: row.id,
    organizationId: row.organizationId,
    version: row.version,
    url: row.url,
    profile: row.profile,
    method: row.method,
    headers: row.headers,
    template: row.template,
    ordering: row.ordering,
    settings: row.settings,
    secrets: row.secrets,
    objects: objectsSharing(row.shards),
    active: row.active,
    paused: row.paused,
    deleted: row.deletedAt !== null,
  };
}

/** The SQL condition for an endpoint of the organization that is not deleted. */
export function liveEndpoint(target: { organizationId: string; id: string }): SQL | undefined {
  return and(
    eq(endpoints.organizationId, target.organizationId),
    eq(endpoints.id, target.id),
    isNull(endpoints.deletedAt),
  );
}
