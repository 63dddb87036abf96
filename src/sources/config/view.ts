import { and, eq, isNull } from "drizzle-orm";
import { sources } from "../../db/schema";

/** A source as its owner may see it: everything but the secrets. */
export type SourceView = Omit<typeof sources.$inferSelect, "secrets" | "deletedAt">;

/** The columns of a view. */
export const viewColumns = {
  id: sources.id,
  organizationId: sources.organizationId,
  kind: sources.kind,
  name: sources.name,
  campaignId: sources.campaignId,
  settings: sources.settings,
  state: sources.state,
  createdAt: sources.createdAt,
};

/** One source of an organization, unless it was deleted. */
export function whereSource(target: { organizationId: string; id: string }) {
  return and(eq(sources.organizationId, target.organizationId), eq(sources.id, target.id), isNull(sources.deletedAt));
}
