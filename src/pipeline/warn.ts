import type { SQL } from "drizzle-orm";
import { keptRiskOf, riskOf, RULES_ENGINE, snapshotAnalysis, type AnalysisRow, type KeptRisk } from "../analysis";
import { alertIdOf, setRisk, snapshotCall, type CallRow } from "../calls";
import type { RowWrite } from "../db/rows";
import { neverRecorded, type GuardedEvent, type RiskLevel } from "../events";
import { noteCause } from "../identity";
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
  const analysis = snapshotAnalysis(found);
  const { risk } = analysis;
  // In an order that does not depend on which of them ended last.
  const kept = [...others.filter(({ id }) => id !== found.id), found]
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .map(keptRiskOf);
  const all = kept.flatMap(({ claims }) => riskOf(claims) ?? []);
  const scores = all.flatMap(({ score }) => score ?? []);
  const highest = scores.length === 0 ? null : Math.round(Math.max(...scores));
  const rows = highest === call.riskScore ? [] : [setRisk(call.id, highest, guard)];
  if (risk === null || risk.level === null) return { facts: [], rows };
  const data = { risk, analysis, call: snapshotCall(call) };
  const warned = (type: "fraud.high_risk" | "fraud.critical") => ({ type, data, when: neverRecorded(call.id, type) });
  const levels = all.map(({ level }) => level);
  const level: RiskLevel = levels.includes("critical") ? "critical" : "high";
  const alert = raiseAlert(call, { level, score: highest, fired: firedBy(kept) }, guard, now);
  return {
    facts:
      risk.level === "critical" ? [warned("fraud.high_risk"), warned("fraud.critical")] : [warned("fraud.high_risk")],
    rows: [...rows, alert, noteAlert(call, level, guard, now)],
  };
}

/** Whoever may see to the alert is notified of it: once, and once more where it has become critical since. */
function noteAlert(call: CallRow, level: RiskLevel, guard: SQL, now: number): RowWrite {
  const { organizationId, campaignId, operatorId } = call;
  const kind = "alert_raised" as const;
  const cause = { organizationId, kind, subjectId: alertIdOf(call.id), campaignId, operatorId, teamId: null };
  return noteCause({ ...cause, createdAt: now }, guard, level === "critical" ? 1 : 0);
}

/** Each rule that gave points in any analysis of the call, once, and what platforms said. */
function firedBy(kept: readonly KeptRisk[]): Fired[] {
  const held = kept.flatMap(({ judged }) => judged.filter(({ holds, weight }) => holds === true && weight > 0));
  const byRules = [...Map.groupBy(held, ({ id }) => id).values()].map((ofOne) => {
    // Of an analysis that ended before the rule was changed, what it found then counts too.
    const [newest] = ofOne.toSorted((one, other) => other.version - one.version);
    const { id, name, version, weight } = newest!;
    const evidence = distinct(ofOne.flatMap((one) => one.evidence));
    return { rule: { id, name, version, weight }, evidence, said: [] };
  });
  const said = riskOf(kept.flatMap(({ claims }) => claims.filter(({ engine }) => engine !== RULES_ENGINE)));
  return said ? [...byRules, { rule: null, evidence: [], said: said.evidence }] : byRules;
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];
}
