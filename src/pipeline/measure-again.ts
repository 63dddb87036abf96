import { DEFAULT_ENGINE, failedRun, WAITS, type AnalysisRow, type EngineRun } from "../analysis";
import { isOriginalDeleted } from "../recordings";
import { analyse, reasonOf, stripOf, type Heard, type HearDeps } from "./hear-recording";

/** The run as it is afterwards, when it is to be tried again if it has not ended, and what is known of the recording by now. */
export type MeasuredAgain = { run: EngineRun; retryAt: number | null; heard: Heard };

/**
 * Has the built-in engine measure a recording again, as its present version does. What it finds takes the place of what was
 * found before, which the run holds from then on. Both are written with the end of the analysis.
 */
export async function measureAgain(
  deps: HearDeps,
  analysis: AnalysisRow,
  run: EngineRun,
  heard: Heard,
): Promise<MeasuredAgain> {
  const named: EngineRun = { ...run, kind: "scores", version: DEFAULT_ENGINE.version };
  const failed = (reason: string) => ({ run: failedRun(named, reason, deps.now()), retryAt: null, heard });
  if (isOriginalDeleted(heard)) return failed("muted: the original was deleted, and what was muted is no silence");
  const found = await analyse(deps, analysis, { ...heard.recording, key: heard.key });
  if (!found.ok) {
    const reason = reasonOf(found.error);
    const wait = found.error.kind === "unreadable" ? WAITS[run.tries] : undefined;
    if (wait === undefined) return failed(reason);
    return { run: { ...named, tries: run.tries + 1, reason }, retryAt: deps.now() + wait, heard };
  }
  const { findings, findingsKey, engineVersion } = heard.kept;
  const isOther = engineVersion !== found.value.kept.engineVersion;
  const earlier: EngineRun = {
    ...named,
    version: engineVersion,
    state: "completed",
    reason: null,
    completedAt: analysis.completedAt ?? deps.now(),
    ...(isOther && { findings, findingsKey }),
  };
  const talkStrip = stripOf(found.value.findings, heard.operatorChannel);
  return { run: earlier, retryAt: null, heard: { ...heard, ...found.value, talkStrip } };
}
