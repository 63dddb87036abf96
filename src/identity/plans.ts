import type { PLANS } from "../db/schema";
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
