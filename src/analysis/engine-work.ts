import type { CallRow } from "../calls";
import type { AnalysisRow } from "./analyses";
import type { Findings } from "./contract";
import type { LoadDeps } from "./load-engine";
import type { EngineRun } from "./engine-run";
import type { PiiKind } from "./redaction";
import type { AboutWanted } from "./scores/about-call";
import type { ScoreSet } from "./scores/score-set";
import type { Refund } from "./spend";
import type { Wanted } from "./transcription/contract";
import type { MasterKeys } from "../lib/seal";
import { MINUTE } from "../lib/time";

/** `eu`: what is inferred of the operator's feelings is not asked for (AI Act, Article 5 (1) f). */
export type ScorePolicy = "eu" | null;

/** What an engine is to work on. */
export type EngineWork = {
  analysis: AnalysisRow;
  run: EngineRun;
  findings: Findings;
  /** The runs of the analysis as they are now, this one included. */
  runs: readonly EngineRun[];
  /** Whose voices may not be scored. */
  policy: ScorePolicy;
  recording: { id: string; organizationId: string; size: number | null; mediaType: string | null };
  /** The key of its audio. */
  key: string;
  /** The channel that carries the operator; null where one channel carries everyone. */
  operatorChannel: number | null;
  /** The call it is of; null where that is gone. */
  call: Pick<CallRow, "conversation" | "startedAt"> | null;
  /** What is masked in its words. */
  redact: readonly PiiKind[];
  /** What a language model is to say of the whole call; null for nothing. */
  about: AboutWanted | null;
} & Wanted;

/**
 * The run as it is afterwards. `retryAt`: it has not ended, and is to be tried again then. `waits`: for the words that
 * another run is to bring. `scores`: what it gave. `noted`: what the row says of it by now, where the engine had it
 * written before it was asked.
 */
export type RunOutcome = {
  run: EngineRun;
  retryAt: number | null;
  noted?: EngineRun;
  refund?: Refund;
  waits?: true;
  scores?: ScoreSet;
};

/** Has an engine work on a recording. */
export type RunEngine = (work: EngineWork) => Promise<RunOutcome>;

export type RunnerDeps = LoadDeps & {
  bucket: R2Bucket;
  now(): number;
  /** For links to audio, and to where engines answer. */
  config: { publicUrl: string; masterKeys: MasterKeys };
};

/** How long an engine that does not answer is left alone, try by try; after the last it has failed. */
export const WAITS = [1, 2, 4, 8, 15, 30, 60].map((minutes) => minutes * MINUTE);
