import { sql } from "drizzle-orm";
import { runBatch } from "../../db/client";
import { writeRow } from "../../db/rows";
import { err, ok, type Result } from "../../lib/result";
import type { OwnScore, PiiKind } from "../../db/schema";
import { costOf, countSpend, giveBack, monthNumber } from "../spend";
import { maskTranscript } from "../redaction";
import { readTranscript, transcribedRuns } from "../transcription/kept";
import type { AnalysisRow } from "../analyses";
import type { ScorePolicy } from "../engine-work";
import { loadEngine, type LoadDeps } from "../load-engine";
import { metered } from "./llm/metered";
import { scoreCall } from "./llm/score-call";
import { FIFTEEN, versionOf } from "./rubric";
import { askedOf, channelsFor } from "./run-scorer";
import type { ScoreSet } from "./score-set";

type TryDeps = LoadDeps & { bucket: R2Bucket; now(): number };

/** What scores came to on a call, under the version that they would have; or why there are none, as an analysis says it. */
export type TriedScores = {
  version: string;
  channels: ScoreSet["channels"];
  micros: number;
  operatorChannel: number | null;
};

type Tried = {
  organizationId: string;
  engine: string;
  /** Of the call, in which its newest transcript is. */
  analyses: readonly AnalysisRow[];
  /** As they would be saved; none: the fifteen names. */
  scores: readonly OwnScore[];
  operatorChannel: number | null;
  policy: ScorePolicy;
  /** What is taken out of the call before anybody is told its words. */
  redact: readonly PiiKind[];
};

/** Why there are none, and what it cost all the same: an answer that does not fit was paid for. */
export type FailedTry = { reason: string; micros: number };

/** Has a language model score a call that is there, by scores that nobody saved. Nothing is written but what it costs. */
export async function tryScores(deps: TryDeps, tried: Tried): Promise<Result<TriedScores, FailedTry>> {
  const { organizationId, engine, scores } = tried;
  const loaded = await loadEngine(deps, { organizationId, name: engine });
  if (!loaded.ok) return failed(loaded.error);
  if (loaded.value.kind !== "scorer") return failed(`unknown_engine: ${engine} is no language model`);
  const { model, microsPerMinute } = loaded.value;
  const [newest] = transcribedRuns(tried.analyses);
  const stored = newest ? await readTranscript(deps.bucket, newest.run) : null;
  if (!stored || stored.segments.length === 0) return failed("no_transcript: no engine has words of this call");
  const transcript = tried.redact.length > 0 ? maskTranscript(stored, tried.redact) : stored;
  const criteria = scores.length === 0 ? FIFTEEN : scores;
  const asked = askedOf(channelsFor(transcript, tried), criteria, tried.operatorChannel);
  if (asked.size === 0) return failed("no_channel: none of these scores is of a party that may be scored on this call");
  const audioMs = transcript.segments.reduce((sum, { start, end }) => sum + end - start, 0);
  const each = { engine, audioMs, micros: costOf(audioMs, microsPerMinute), month: monthNumber(deps.now()) };
  let paid = 0;
  const asking = metered(model, async (requests) => {
    const isPaid = await countSpend(deps.db, organizationId, each);
    if (isPaid) paid = requests;
    return isPaid;
  });
  const scored = await scoreCall(asking.model, transcript, asked);
  const micros = asking.billed() * each.micros;
  if (each.micros > 0 && paid > asking.billed())
    await runBatch(deps.db, [writeRow(deps.db, giveBack({ organizationId, ...each }, sql`TRUE`))]);
  if (!scored.ok) return failed(`${scored.error.kind}: ${scored.error.detail}`, micros);
  return ok({
    version: await versionOf(model.version, scores),
    channels: scored.value,
    micros,
    operatorChannel: tried.operatorChannel,
  });
}

function failed(reason: string, micros = 0): Result<never, FailedTry> {
  return err({ reason, micros });
}
