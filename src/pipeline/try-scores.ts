import { redactedBefore, runsOf, tryScores, type FailedTry, type LoadDeps, type TriedScores } from "../analysis";
import { readCall } from "../calls";
import type { OwnScore } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { readCallFile } from "./consequences";

type TryScoresDeps = LoadDeps & {
  bucket: R2Bucket;
  operatorChannel(source: { organizationId: string; id: string }): Promise<number>;
  now(): number;
};

type Asked = { engine: string; callId: string; scores: readonly OwnScore[] };

/**
 * Has a language model score a past call within reach by scores that nobody saved: what they come to, or why they come to
 * nothing, as an analysis would say it. Nothing is written but what it costs.
 */
export async function tryScoresOnCall(
  deps: TryScoresDeps,
  { organizationId, reach }: Within,
  { engine, callId, scores }: Asked,
): Promise<Result<Result<TriedScores, FailedTry>, DomainError>> {
  const call = await readCall(deps.db, { organizationId, reach, id: callId });
  const file = call.ok ? await readCallFile(deps.db, callId) : undefined;
  if (!call.ok || !file) return err(notFound("call"));
  const { analyses, rules } = file;
  const channels = Math.max(0, ...analyses.map(({ findings }) => channelsIn(findings)));
  const operatorChannel = channels > 1 ? await deps.operatorChannel({ organizationId, id: call.value.sourceId }) : null;
  const { policy } = rules;
  // As in an analysis: what is taken out of the call, and what was before. Words from before that are stored as they were.
  const redact = [...new Set([...rules.redact, ...redactedBefore(analyses.flatMap(runsOf), call.value)])];
  return ok(await tryScores(deps, { organizationId, engine, analyses, scores, operatorChannel, policy, redact }));
}

function channelsIn(findings: unknown): number {
  const { channels } = (findings ?? {}) as { channels?: unknown };
  return Array.isArray(channels) ? channels.length : 0;
}
