import type { SQL } from "drizzle-orm";
import { keptRiskOf, riskOf, RULES_ENGINE, snapshotAnalysis, type AnalysisRow, type RiskClaim } from "../analysis";
import { setRisk, snapshotCall, type CallRow } from "../calls";
import type { RowWrite } from "../db/rows";
import { neverRecorded, type GuardedEvent, type RiskLevel } from "../events";
import { raiseAlert, type Fired } from "../quality";

/**
 * What the risk in an analysis leads to, whoever found it: the risk of the call, the events that warn, once per call, and
 * its alert. Nothing where nobody claims a risk. `others`: the other analyses of the call. `guard` holds when the analysis
 * is written.
 */
export function warningsOf(
  call: CallRow,
  found: AnalysisRow,
  others: readonly AnalysisRow[],
  guard: SQL,
  now: number,
): { facts: GuardedEvent[]; rows: RowWrite[] } {
  const { claims } = keptRiskOf(found);
  const analysis = snapshotAnalysis(found);
  const { risk } = analysis;
  const all = [...others.filter(({ id }) => id !== found.id), found].flatMap(
    (row) => riskOf(keptRiskOf(row).claims) ?? [],
  );
  const scores = all.flatMap(({ score }) => score ?? []);
  const highest = scores.length === 0 ? null : Math.round(Math.max(...scores));
  const rows = highest === call.riskScore ? [] : [setRisk(call.id, highest, guard)];
  if (risk === null || risk.level === null) return { facts: [], rows };
  const data = { risk, analysis, call: snapshotCall(call) };
  const warned = (type: "fraud.high_risk" | "fraud.critical") => ({ type, data, when: neverRecorded(call.id, type) });
  const levels = all.map(({ level }) => level);
  const level: RiskLevel = levels.includes("critical") ? "critical" : "high";
  const alert = raiseAlert(call, { level, score: highest, fired: firedBy(found, claims) }, guard, now);
  return {
    facts:
      risk.level === "critical" ? [warned("fraud.high_risk"), warned("fraud.critical")] : [warned("fraud.high_risk")],
    rows: [...rows, alert],
  };
}

/** Each rule that gave points, and what the platform said. */
function firedBy(found: AnalysisRow, claims: readonly RiskClaim[]): Fired[] {
  const byRules = keptRiskOf(found)
    .judged.filter(({ holds, weight }) => holds === true && weight > 0)
    .map(({ id, name, version, weight, evidence }) => ({ rule: { id, name, version, weight }, evidence, said: [] }));
  const others = claims.filter(({ engine }) => engine !== RULES_ENGINE);
  const said = riskOf(others);
  return said ? [...byRules, { rule: null, evidence: [], said: said.evidence }] : byRules;
}
