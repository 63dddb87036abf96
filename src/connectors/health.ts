import type { ConnectorView } from "./config/connector";
import { explainProblem } from "./problems";

/** `waiting`: it did not look yet, or not since a change that may have mended what kept it from looking. */
export type ConnectorStatus = "active" | "failing" | "paused" | "waiting";

export function statusOf({ state, trouble, lastRunAt, lastOkAt }: ConnectorView): ConnectorStatus {
  // Paused with trouble: it stopped by itself, and a person has to decide.
  if (trouble !== null) return "failing";
  if (state === "paused") return "paused";
  // A look that ended well is its own last success: after one that failed, the change has taken the trouble away.
  return lastRunAt === null || (lastOkAt ?? 0) < lastRunAt ? "waiting" : "active";
}

/** The share of looks that reached the end of the list; null before the first one. */
export function successRateOf({ looks, failures }: Pick<ConnectorView, "looks" | "failures">): number | null {
  return looks + failures === 0 ? null : looks / (looks + failures);
}

/** What is wrong with a connector, with likely cause and remedy; null when nothing is. */
export function troubleOf({ trouble }: Pick<ConnectorView, "trouble">, language: "en" | "es" = "en") {
  if (trouble === null) return null;
  const { cause = "", remedy = "" } = explainProblem(trouble.code, language) ?? {};
  return { ...trouble, cause, remedy };
}
