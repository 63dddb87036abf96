import { eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { organizations, PLANS, requestQuotas } from "../../db/schema";
import { HOUR } from "../../lib/time";
import { planOf, type PlanName } from "../plans";

/** The requests of an hour. `left` is what is left at least: some may lie unused in isolates. */
export type QuotaState = { plan: PlanName; limit: number; left: number; resetAt: number };

/** What is left of the organization's requests in this hour. Takes none. */
export async function readQuota(db: Database, organizationId: string, now: number): Promise<QuotaState> {
  const [organization, counted] = await Promise.all([
    db.select({ plan: organizations.plan }).from(organizations).where(eq(organizations.id, organizationId)).get(),
    db.select().from(requestQuotas).where(eq(requestQuotas.organizationId, organizationId)).get(),
  ]);
  const plan = organization?.plan ?? PLANS[0];
  const { requestsPerHour: limit } = planOf({ plan });
  const hour = Math.floor(now / HOUR);
  const leased = counted?.hour === hour ? counted.leased : 0;
  return { plan, limit, left: Math.max(0, limit - leased), resetAt: (hour + 1) * HOUR };
}
