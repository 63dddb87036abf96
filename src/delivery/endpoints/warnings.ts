import { SECOND } from "../../lib/time";
import type { EndpointRow } from "./endpoint";

/** What is not wrong yet and will be: for the health pages. */
export type HealthWarning = "slow_answers";

// "Return 200 within 5 seconds", of a receiver that is given 30.
const SLOW = 5 * SECOND;

/** What to warn an endpoint's owner of. `p95` is of its attempts, in milliseconds; null without any. */
export function warningsFor(endpoint: Pick<EndpointRow, "profile">, health: { p95: number | null }): HealthWarning[] {
  return endpoint.profile === "audian" && (health.p95 ?? 0) > SLOW ? ["slow_answers"] : [];
}
