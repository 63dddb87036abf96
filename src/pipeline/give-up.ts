import {
  analysisEnded,
  countScores,
  giveBack,
  givenUpAnalysis,
  isOpenRun,
  packRuns,
  runsOf,
  settleUnfinished,
  type AnalysisRow,
} from "../analysis";
import type { CallFile } from "./consequences";
import { endAnalysis, type EndDeps } from "./end-analysis";

/** Ends an analysis that was given up. What was counted for engines and not used is given back with its end. */
export async function giveUpAnalysis(
  deps: EndDeps,
  claimed: AnalysisRow,
  reason: string,
  known?: CallFile,
): Promise<void> {
  const settled = await Promise.all(
    runsOf(claimed).map(async (run) => (isOpenRun(run) ? settleUnfinished(deps.bucket, claimed, run) : { run })),
  );
  const engines = packRuns(settled.map(({ run }) => run));
  const ended = givenUpAnalysis({ ...claimed, engines }, reason, deps.now());
  const spent = countScores(claimed.organizationId, runsOf(ended), deps.now());
  const refunds = settled.flatMap((one) => ("refund" in one && one.refund ? [one.refund] : []));
  await endAnalysis(deps, { ...ended, engines: packRuns(spent.runs) }, known, {
    talkStrip: null,
    writes: (row) => [...refunds.map((one) => giveBack(one, analysisEnded(row))), ...spent.writes(analysisEnded(row))],
  });
}
