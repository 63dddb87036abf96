import { eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { organizations, type PLANS } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import type { OrganizationRow } from "./organizations";

export type PlanName = (typeof PLANS)[number];

/** What an organization's plan allows. Every limit of a plan is read here. */
export type Plan = {
  /** Requests to the API in an hour, over all keys and people of the organization. */
  requestsPerHour: number;
};

const ALLOWED: Readonly<Record<PlanName, Plan>> = {
  standard: { requestsPerHour: 1_000 },
  enterprise: { requestsPerHour: 10_000 },
};

/** What the plan of this name allows. */
export function planOf({ plan }: Pick<OrganizationRow, "plan">): Plan {
  return ALLOWED[plan];
}

/** Puts an organization on a plan. The admin decides it, not the organization. */
export async function setPlan(
  { db }: { db: Database },
  organizationId: string,
  plan: PlanName,
  _act: Act,
): Promise<Result<OrganizationRow, DomainError>> {
  const row = await db
    .update(organizations)
    .set({ plan })
    .where(eq(organizations.id, organizationId))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("organization"));
}
