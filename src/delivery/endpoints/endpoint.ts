import { and, eq, isNull, type SQL } from "drizzle-orm";
import { endpoints } from "../../db/schema";
import type { EndpointConfig } from "../contract";

export type EndpointRow = typeof endpoints.$inferSelect;

/** A written endpoint: its row, and what its object must now be told. */
export type EndpointChange = { row: EndpointRow; config: EndpointConfig };

/** What the endpoint's object is told after each write. */
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
    objects: Math.max(...row.shards.map((epoch) => epoch.shards)),
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
