import { and, eq, isNull, sql } from "drizzle-orm";
import { sources } from "../../db/schema";

/** A source as its owner may see it: everything but the secrets and credentials. */
export type SourceView = Omit<typeof sources.$inferSelect, "secrets" | "credentials" | "deletedAt"> & {
  hasCredentials: boolean;
};

/** The columns of a view. */
export const viewColumns = {
  id: sources.id,
  organizationId: sources.organizationId,
  kind: sources.kind,
  name: sources.name,
  campaignId: sources.campaignId,
  settings: sources.settings,
  hasCredentials: sql<boolean>`${sources.credentials} IS NOT NULL`.mapWith(Boolean),
  state: sources.state,
  createdAt: sources.createdAt,
};

/** One source of an organization, unless it was deleted. */
export function whereSource(target: { organizationId: string; id: string }) {
  return and(eq(sources.organizationId, target.organizationId), eq(sources.id, target.id), isNull(sources.deletedAt));
}
