import { and, desc, eq, isNotNull } from "drizzle-orm";
import { beganWithin, callsWithin, type CallRow } from "../../calls";
import type { Database } from "../../db/client";
import { analyses, calls } from "../../db/schema";
import type { RiskLevel } from "../../events";
import type { Within } from "../../identity";
import { judge, type Judged, type RuleToJudge } from "./judge";
import { knownOfCall } from "./known";
import { activeRules, type RuleRow } from "./rules";
import { levelOf, weigh } from "./weigh";

export type TryDeps = {
  db: Database;
  bucket: R2Bucket;
  operatorChannel(source: { organizationId: string; id: string }): Promise<number>;
};

/** Each of them takes a read of its transcript. */
export const MOST_TRIED = 100;
/** Reads of the storage at a time. */
const AT_ONCE = 6;

/** A call that a rule was tried on. Scores are what all rules come to, without the rule and with it. */
export type TriedCall = {
  call: Pick<CallRow, "id" | "startedAt" | "fromRaw" | "toRaw">;
  holds: boolean | null;
  evidence: Judged["evidence"];
  before: number;
  after: number;
  level: RiskLevel | null;
};

export type Tried = {
  calls: number;
  holds: number;
  unknown: number;
  /** Calls that would be warned of and are not without the rule. */
  newAlerts: number;
  results: TriedCall[];
};

/**
 * Tries a rule on the newest analysed calls within reach that it would have looked at, beside the other rules that are
 * on. `id`: of the rule that it takes the place of. Writes nothing.
 */
export async function tryRule(
  deps: TryDeps,
  query: Within & { campaignId: string | null; from?: number; to?: number; limit: number },
  rule: RuleToJudge,
): Promise<Tried> {
  const [all, rows] = await Promise.all([activeRules(deps.db, query.organizationId), pastCalls(deps.db, query)]);
  const others = all.filter(({ id }) => id !== rule.id);
  const results: TriedCall[] = [];
  for (let at = 0; at < rows.length; at += AT_ONCE)
    results.push(...(await Promise.all(rows.slice(at, at + AT_ONCE).map((row) => tryOn(deps, row, rule, others)))));
  return {
    calls: results.length,
    holds: results.filter(({ holds }) => holds === true).length,
    unknown: results.filter(({ holds }) => holds === null).length,
    newAlerts: results.filter(({ before, level }) => level !== null && levelOf(before) === null).length,
    results,
  };
}

type Past = { call: CallRow; analysis: typeof analyses.$inferSelect };

function pastCalls(
  db: Database,
  { organizationId, reach, campaignId, limit, ...times }: Parameters<typeof tryRule>[1],
): Promise<Past[]> {
  return db
    .select({ call: calls, analysis: analyses })
    .from(calls)
    .innerJoin(analyses, eq(analyses.callId, calls.id))
    .where(
      and(
        eq(calls.organizationId, organizationId),
        campaignId === null ? undefined : eq(calls.campaignId, campaignId),
        callsWithin(reach),
        beganWithin(times),
        isNotNull(analyses.findings),
      ),
    )
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(limit);
}

async function tryOn(
  deps: TryDeps,
  { call, analysis }: Past,
  rule: RuleToJudge,
  others: readonly RuleRow[],
): Promise<TriedCall> {
  const ofCall = others.filter((one) => isFor(one, call.campaignId));
  const source = { organizationId: call.organizationId, id: call.sourceId };
  const isStereo = (analysis.findings as { channels?: unknown[] } | null)?.channels?.length !== 1;
  const operatorChannel = isStereo ? await deps.operatorChannel(source) : null;
  const known = await knownOfCall(deps, { call, analysis, operatorChannel }, [rule, ...ofCall]);
  const judgedOthers = ofCall.map((one) => judge(one, known));
  const judged = judge(rule, known);
  const after = weigh([...judgedOthers, judged]);
  return {
    call,
    holds: judged.holds,
    evidence: judged.evidence,
    before: weigh(judgedOthers),
    after,
    level: levelOf(after),
  };
}

/** Whether a rule looks at the calls of a campaign. */
export function isFor(rule: Pick<RuleRow, "campaignId">, campaignId: string | null): boolean {
  return rule.campaignId === null || rule.campaignId === campaignId;
}
