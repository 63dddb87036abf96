import { eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { rowsOf, type Query } from "../../db/read-together";
import { eventListeners } from "../../db/schema";
import { valueList } from "../../db/value-list";

export type ListenedTo = typeof eventListeners.$inferSelect;

/** A query for those of the organizations whose events somebody listens to: read beside their endpoints. */
export function listenedTo(organizationIds: readonly string[], now: number): Query<ListenedTo> {
  return rowsOf(eventListeners, sql`WHERE organization_id IN ${valueList(organizationIds)} AND until > ${now}`);
}

/** From here on, until then, writers hand an organization's events to its stream. */
export async function register(db: Database, organizationId: string, until: number): Promise<void> {
  await db
    .insert(eventListeners)
    .values({ organizationId, until })
    .onConflictDoUpdate({ target: eventListeners.organizationId, set: { until } });
}

export async function unregister(db: Database, organizationId: string): Promise<void> {
  await db.delete(eventListeners).where(eq(eventListeners.organizationId, organizationId));
}
