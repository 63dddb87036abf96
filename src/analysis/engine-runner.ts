import { failedRun } from "./engine-run";
import type { RunEngine, RunnerDeps } from "./engine-work";
import { loadEngine } from "./load-engine";
import { isRedaction, runRedaction } from "./redaction/run-redaction";
import { runHttp } from "./scores/http/run-http";
import { runScorer } from "./scores/run-scorer";
import { settleUnfinished } from "./used-of";
import { transcribe } from "./transcription/transcribe";

export function engineRunner(deps: RunnerDeps): RunEngine {
  return async (work) => {
    const { organizationId } = work.analysis;
    if (isRedaction(work.run)) return runRedaction(deps, work);
    const { engine: name, model } = work.run;
    const loaded = await loadEngine(deps, { organizationId, name, model });
    if (!loaded.ok) {
      const settled = await settleUnfinished(deps.bucket, work.analysis, work.run);
      return { ...settled, run: failedRun(settled.run, loaded.error, deps.now()), retryAt: null };
    }
    switch (loaded.value.kind) {
      case "scorer":
        return runScorer(deps, work, loaded.value);
      case "http":
        return runHttp(deps, work, loaded.value.engine);
      case "transcriber":
        return transcribe(deps, work, loaded.value.transcriber);
    }
  };
}
