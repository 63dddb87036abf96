import type { RunEngine, RunnerDeps } from "./engine-work";
import { loadEngine } from "./load-engine";
import { isRedaction, runRedaction } from "./redaction/run-redaction";
import { runHttp } from "./scores/http/run-http";
import { runScorer } from "./scores/run-scorer";
import { failUnfinished } from "./used-of";
import { transcribe } from "./transcription/transcribe";

export function engineRunner(deps: RunnerDeps): RunEngine {
  return async (work) => {
    const { organizationId } = work.analysis;
    if (isRedaction(work.run)) return runRedaction(deps, work);
    const { engine: name, model } = work.run;
    const loaded = await loadEngine(deps, { organizationId, name, model });
    if (!loaded.ok) return failUnfinished(deps, work.analysis, work.run, loaded.error);
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
