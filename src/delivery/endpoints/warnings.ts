import { SECOND } from "../../lib/time";
import type { EndpointRow } from "./endpoint";

/** A problem that does not fail deliveries yet, for the health pages. */
export type HealthWarning = "slow_answers";

// The contract of these receivers asks for "200 within 5 seconds", although the timeout here is 30 seconds.
const SLOW = 5 * SECOND;

/** The warnings for an endpoint's owner. `p95` is of its attempts, in milliseconds; null when there were none. */
export function warningsFor(endpoint: Pick<EndpointRow, "profile">, health: { p95: number | null }): HealthWarning[] {
  return endpoint.profile === "audian" && (health.p95 ?? 0) > SLOW ? ["slow_answers"] : [];
}
