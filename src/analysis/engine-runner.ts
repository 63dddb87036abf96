import { loadEngine } from "./engine-config";
import { failedRun } from "./engine-run";
import type { RunEngine, RunnerDeps } from "./engine-work";
import { runScorer } from "./scores/run-scorer";
import { transcribe } from "./transcription/transcribe";

export function engineRunner(deps: RunnerDeps): RunEngine {
  return async (work) => {
    const { organizationId } = work.analysis;
    const loaded = await loadEngine(deps, { organizationId, name: work.run.engine });
    if (!loaded.ok) return { run: failedRun(work.run, loaded.error, deps.now()), retryAt: null };
    return loaded.value.kind === "scorer"
      ? runScorer(deps, work, loaded.value)
      : transcribe(deps, work, loaded.value.transcriber);
  };
}
