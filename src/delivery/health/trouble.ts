import { warningsFor, type EndpointRow } from "../endpoints";
import type { FailureCode } from "./failure-code";
import type { EndpointHealth } from "./read";
import type { UndeliveredCount } from "./undelivered";

/**
 * What can be wrong with an endpoint: a failure of its deliveries, or a state. `gone` and `failing` are those in which
 * Trunkline disabled it, `off` that in which a person did; `undelivered`: its object takes no more for now;
 * `slow_answers`: it works, slower than its platform asks for.
 */
export type EndpointTroubleCode = FailureCode | "failing" | "off" | "undelivered" | "slow_answers";

/** What is wrong with an endpoint. Times in milliseconds. */
export type EndpointTrouble = {
  code: EndpointTroubleCode;
  host: string;
  /** The HTTP status of the last failure; null where no answer came. */
  status: number | null;
  since: number | null;
  /** How many attempts failed in a row. */
  failures: number;
  /** How many deliveries wait. */
  waiting: number;
  isWrong: boolean;
};

/** What an endpoint is called wherever it is named: as its people named it, and by its host where they did not. */
export function nameOfEndpoint({ description, url }: Pick<EndpointRow, "description" | "url">): string {
  return description || hostOfEndpoint(url);
}

/** The host that an endpoint's events go to, as sentences of what failed name it. */
export function hostOfEndpoint(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** The worst that is wrong with an endpoint, or null. */
export function troubleOf(
  endpoint: EndpointRow,
  health: EndpointHealth | undefined,
  undelivered?: UndeliveredCount,
): EndpointTrouble | null {
  const host = hostOfEndpoint(endpoint.url);
  const waiting = health?.backlog ?? 0;
  const nothing = { host, status: null, since: null, failures: 0, waiting, isWrong: true };
  if (!endpoint.active) {
    const since = endpoint.disabledAt ?? endpoint.updatedAt;
    const failures = health?.failure?.failures ?? 0;
    const { disabledReason } = endpoint;
    if (disabledReason === null) return { ...nothing, code: "off", since, isWrong: false };
    return { ...nothing, code: disabledReason === "gone" ? "gone" : "failing", since, failures };
  }
  if (typeof health?.failingSince === "number") {
    const { code = "unknown", status = null, failures = 0 } = health.failure ?? {};
    return { ...nothing, code, status, since: health.failingSince, failures };
  }
  if (undelivered) return { ...nothing, code: "undelivered", since: undelivered.since, waiting: undelivered.streams };
  if (health && warningsFor(endpoint, health).includes("slow_answers"))
    return { ...nothing, code: "slow_answers", since: health.since, isWrong: false };
  return null;
}
