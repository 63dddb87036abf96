import { eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys, organizations, type NAMINGS } from "../db/schema";
import type { PlanName } from "./plans";
import { notFound, type DomainError } from "../errors";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import { mintApiKey, type ApiKeyRow } from "./key";

export type OrganizationRow = typeof organizations.$inferSelect;
export type Naming = (typeof NAMINGS)[number];

/** What an organization chooses for itself. What is undefined stays. */
export type OrganizationChoices = { naming?: Naming | undefined; usageAlertDollars?: number | null | undefined };

/** Alerts of use are of whole dollars, up to here. */
export const MOST_ALERT_DOLLARS = 1_000_000;

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
    naming: "ordinary",
    usageAlertDollars: null,
    redact: null,
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

/**
 * Sets an organization's plan, and whether it requires a second factor of its members; what is undefined stays. This is
 * the admin's way: an organization does not choose its plan, and takes `chooseSecondFactor`.
 */
export async function governOrganization(
  { db }: { db: Database },
  organizationId: string,
  change: { plan?: PlanName | undefined; requireSecondFactor?: boolean | undefined },
  _act: Act,
): Promise<Result<OrganizationRow, DomainError>> {
  const isOne = eq(organizations.id, organizationId);
  const isEmpty = change.plan === undefined && change.requireSecondFactor === undefined;
  const row = isEmpty
    ? await db.select().from(organizations).where(isOne).get()
    : await db.update(organizations).set(change).where(isOne).returning().get();
  return row ? ok(row) : err(notFound("organization"));
}

/** What the organization itself may change of it. */
export async function changeOrganization(
  { db }: { db: Database },
  organizationId: string,
  { naming, usageAlertDollars }: OrganizationChoices,
  _act: Act,
): Promise<Result<OrganizationRow, DomainError>> {
  const change = { ...(naming && { naming }), ...(usageAlertDollars !== undefined && { usageAlertDollars }) };
  const isOne = eq(organizations.id, organizationId);
  const row =
    Object.keys(change).length === 0
      ? await db.select().from(organizations).where(isOne).get()
      : await db.update(organizations).set(change).where(isOne).returning().get();
  return row ? ok(row) : err(notFound("organization"));
}

export async function readOrganization(db: Database, id: string): Promise<OrganizationRow | undefined> {
  return db.select().from(organizations).where(eq(organizations.id, id)).get();
}
