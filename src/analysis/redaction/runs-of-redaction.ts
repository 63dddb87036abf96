import { redactionFindings, REDACTION_ENGINE, type RedactionFindings, type Rendition } from "../../recordings";
import { isOpenRun, newRun, type EngineRun } from "../engine-run";
import type { PiiKind } from "./kinds";

// The step that mutes a recording is an engine among those of its analysis: it waits for the words, is tried again, and says
// how it ended, as they do. A Worker from before it knows takes it for one that scores, and does nothing with it.

/** Whether a run is of the step that mutes the recording. */
export function isRedaction({ engine }: Pick<EngineRun, "engine">): boolean {
  return engine === REDACTION_ENGINE;
}

/** The last run of the step; undefined where there is none. */
export function lastRedaction(runs: readonly EngineRun[]): EngineRun | undefined {
  return runs.findLast(isRedaction);
}

/** What the step found; undefined where it has not, or not to the end. */
export function redactionOf(run: EngineRun | undefined): RedactionFindings | undefined {
  return run?.state === "completed" ? redactionFindings.safeParse(run.findings).data : undefined;
}

/** The muted rendition of a recording; null where nothing is muted in it. */
export function renditionOf(runs: readonly EngineRun[]): Rendition | null {
  return redactionOf(lastRedaction(runs))?.rendition ?? null;
}

/**
 * What was taken out of a call before, whatever its campaign says by now: what hears the call anew must not bring back what
 * is masked in everything else of it.
 */
export function redactedBefore(
  runs: readonly EngineRun[],
  call: { unmasked: { kinds: readonly PiiKind[] } | null } | undefined,
): PiiKind[] {
  const kinds = runs.flatMap((run) => [
    ...(run.masked ?? []),
    ...((isRedaction(run) && redactionOf(run)?.kinds) || []),
  ]);
  return [...new Set([...kinds, ...(call?.unmasked?.kinds ?? [])])];
}

/**
 * The runs of an analysis, with one more of the step where it is wanting: it was never there, words came after it, or it
 * looked for less.
 */
export function withRedaction(
  runs: readonly EngineRun[],
  kinds: readonly PiiKind[],
  claims: number,
  now: number,
): EngineRun[] {
  const last = lastRedaction(runs);
  if (kinds.length === 0 || (last && isOpenRun(last))) return [...runs];
  const since = last?.completedAt ?? -Infinity;
  const hasNewWords = runs.some(
    (run) => run.state === "completed" && run.kind !== "scores" && !isRedaction(run) && (run.completedAt ?? 0) > since,
  );
  const done = redactionOf(last)?.kinds;
  const looksForMore = done !== undefined && kinds.some((kind) => !done.includes(kind));
  return last && !hasNewWords && !looksForMore
    ? [...runs]
    : [...runs, { ...newRun(REDACTION_ENGINE, claims, now), kind: "scores" }];
}
