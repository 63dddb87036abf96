import type { AttemptContext } from "../contract";
import type { AnalysisSnapshot, ScoreSetSnapshot } from "../../../events";
import { factsOf } from "../facts";

/** One party's scores by name, null for a party that never spoke, and its seconds of speech. */
type Side = { Scores: Record<string, number> | null; TalkDuration: number };

/** The variables of templates. The default body is all of them but the last two. */
export type VoicesenseVariables = {
  /** Trunkline's id of the analysis. */
  StreamId: string;
  /** The platform's id of the call. */
  ReferenceId: string;
  PredictorState: number;
  /** Seconds. */
  AudioDuration: number;
  ScoreLeft: Side;
  ScoreRight: Side;
  ErrorMessage: string | null;
  EngineVersion: string | null;
  CompanyId: string;
};

// The contract shows 0 for a processed stream and names no other state.
const PROCESSED = 0;
const NOT_PROCESSED = 1;

/** The default message: what Voicesense posts of an analysis that has ended. */
export type VoicesenseMessage = Omit<VoicesenseVariables, "EngineVersion" | "CompanyId">;

type AnalysisEnd = Pick<AttemptContext, "type" | "data" | "organizationId">;

export function voicesenseMessage(end: AnalysisEnd): VoicesenseMessage {
  const { EngineVersion: _, CompanyId: __, ...own } = scoresOf(end);
  return own;
}

/** The result of an analysis under the contract's names. */
export function scoresOf(context: AnalysisEnd): VoicesenseVariables {
  const { call, analysis } = factsOf(context.data);
  const failed = context.type === "analysis.failed";
  const side = (channel: number): Side => ({
    Scores: analysis.scores?.[channel] ?? null,
    TalkDuration: Math.round(analysis.measures?.talk_seconds[channel] ?? talkOf(analysis.score_sets, channel)),
  });
  return {
    StreamId: analysis.id ?? "",
    ReferenceId: call.external_id ?? "",
    PredictorState: failed ? NOT_PROCESSED : PROCESSED,
    // What a platform found has no measures of ours.
    AudioDuration:
      analysis.measures?.duration_seconds ?? (analysis.score_sets?.length ? call.duration_seconds : 0) ?? 0,
    ScoreLeft: side(0),
    ScoreRight: side(1),
    ErrorMessage: failed ? (reasonOf(analysis) ?? "The analysis failed.") : null,
    EngineVersion: analysis.engine_version ?? null,
    CompanyId: context.organizationId,
  };
}

/** A channel's seconds of speech as the engine of its scores counted them. */
function talkOf(sets: readonly ScoreSetSnapshot[] = [], channel: number): number {
  const sides = sets.flatMap(({ channels }) => channels.filter((one) => one.channel === channel));
  return sides.find(({ talk_seconds: talk }) => talk !== null)?.talk_seconds ?? 0;
}

/** Why there is no result: in a platform's own words, where it said so. */
function reasonOf({ reason, score_sets: sets }: Partial<AnalysisSnapshot>): string | null {
  return sets?.at(-1)?.reason ?? reason ?? null;
}
