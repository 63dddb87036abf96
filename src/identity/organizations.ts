import { eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys, organizations } from "../db/schema";
import type { PlanName } from "./plans";
import { newId } from "../lib/id";
import type { Act } from "./actor";
import { mintApiKey, type ApiKeyRow } from "./key";

export type OrganizationRow = typeof organizations.$inferSelect;

/** Creates an organization with its first key, because neither is usable without the other. */
export async function createOrganization(
  { db }: { db: Database },
  input: { name: string; plan?: PlanName },
  act: Act,
): Promise<{ organization: OrganizationRow; apiKey: { key: string; row: ApiKeyRow } }> {
  const organization: OrganizationRow = {
    id: newId("org", act.now),
    name: input.name,
    createdAt: act.now,
    requireSecondFactor: false,
    plan: input.plan ?? "standard",
  };
  const apiKey = await mintApiKey({ organizationId: organization.id, name: "First key" }, act);
  await db.batch([db.insert(organizations).values(organization), db.insert(apiKeys).values(apiKey.row)]);
  return { organization, apiKey };
}

/** The name of an organization; undefined where there is none. */
export async function organizationName(db: Database, id: string): Promise<string | undefined> {
  const row = await db.select({ name: organizations.name }).from(organizations).where(eq(organizations.id, id)).get();
  return row?.name;
}
