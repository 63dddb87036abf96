import { newId } from "../../lib/id";
import type { AnalysisRow } from "../analyses";
import { runsOf, type EngineRun } from "../engine-run";
import { TRANSCRIPTS_PREFIX } from "../transcription/kept";
import { scoreSetsOf, storedSet, type ScoreSet } from "./score-set";

/** In bytes of JSON. */
const INLINE_MAX = 2_000;

type Kept = { set: ScoreSet; findingsKey: string | null };

/**
 * What a row holds of scores: all, or the figures alone where explanations and quotes are long. The whole is in R2 then,
 * beside the transcripts of the same analysis: swept and erased as they are, by the key in the run. What is said of the
 * whole call stays in the row, since events and the search take it from there.
 */
export async function keepScores(bucket: R2Bucket, analysisId: string, set: ScoreSet): Promise<Kept> {
  if (new TextEncoder().encode(JSON.stringify(set.channels)).length <= INLINE_MAX) return { set, findingsKey: null };
  const findingsKey = `${TRANSCRIPTS_PREFIX}${analysisId}/${newId("att", set.at)}`;
  await bucket.put(findingsKey, JSON.stringify(set));
  const channels = set.channels.map((channel) => ({
    ...channel,
    scores: channel.scores.map(({ name, value, scale }) => ({ name, value, ...(scale && { scale }) })),
  }));
  return { set: { ...set, channels }, findingsKey };
}

/** The scores of an analysis, whole. Where the storage has them no more, what the row has of them. */
export async function readScoreSets(
  bucket: R2Bucket,
  row: Pick<AnalysisRow, "scores" | "engines">,
): Promise<ScoreSet[]> {
  const runs = runsOf(row);
  return Promise.all(scoreSetsOf(row).map((set) => wholeOf(bucket, set, runs)));
}

async function wholeOf(bucket: R2Bucket, set: ScoreSet, runs: readonly EngineRun[]): Promise<ScoreSet> {
  const run = runs.find(
    ({ kind, engine, version, completedAt, findingsKey }) =>
      kind === "scores" &&
      engine === set.engine &&
      version === set.version &&
      completedAt === set.at &&
      findingsKey !== null,
  );
  const object = run?.findingsKey ? await bucket.get(run.findingsKey) : null;
  return (object && storedSet.safeParse(await object.json()).data) ?? set;
}
