import { and, eq, isNull, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import type { GuardPolicy } from "../../lib/network-guard";
import type { MasterKeys } from "../../lib/seal";
import type { EndpointConfig } from "../contract";
import { objectsSharing } from "../shards";

export type EndpointRow = typeof endpoints.$inferSelect;

/** What verbs that write an endpoint are given. D1 holds the truth; each write of it is pushed to the endpoint's objects. */
export type EndpointDeps = {
  db: Database;
  masterKeys: MasterKeys;
  guardPolicy: GuardPolicy;
  endpointObjects: { configure(row: EndpointRow): Promise<void> };
};

/** What the endpoint's objects are given after each write. */
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

/** The condition that finds an endpoint of the organization which was not deleted. */
export function liveEndpoint(target: { organizationId: string; id: string }): SQL | undefined {
  return and(
    eq(endpoints.organizationId, target.organizationId),
    eq(endpoints.id, target.id),
    isNull(endpoints.deletedAt),
  );
}
