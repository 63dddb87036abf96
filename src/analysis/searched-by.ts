import { inArray } from "drizzle-orm";
import type { CallRow } from "../calls";
import type { Database } from "../db/client";
import { analyses } from "../db/schema";
import { valueList } from "../db/value-list";
import { scoreSetsOf, snapshotScores } from "./scores/score-set";
import { findTranscript, transcribedRuns } from "./transcription/kept";
import { speakerOf, textOf } from "./transcription/transcript";

type AnalysisRow = typeof analyses.$inferSelect;

/** What one party of a call says in one recording, from beginning to end. */
export type SpokenWords = { callId: string; speaker: string | null; text: string };

/** A named number of a call; `name` null: how risky it is, 0 to 100. */
export type NamedNumber = { callId: string; name: string | null; value: number };

/** What analyses found that calls are searched by. */
export type SearchedBy = { spoken: SpokenWords[]; scores: NamedNumber[]; topics: { callId: string; name: string }[] };

/**
 * The words that engines understood of these calls, of each recording the newest transcript, and their scores and risk as
 * the API gives them. What a party says is in one piece, so that a phrase is found although the other speaks in between.
 * Throws where database or storage fails.
 */
export async function searchedBy(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  calls: readonly Pick<CallRow, "id" | "riskScore">[],
): Promise<SearchedBy> {
  const rows = await db
    .select()
    .from(analyses)
    .where(inArray(analyses.callId, valueList(calls.map(({ id }) => id))));
  const words = await Promise.all(rows.map((row) => wordsOf(bucket, row)));
  const risks = calls.flatMap(({ id: callId, riskScore }) => riskOf(callId, riskScore));
  const told = rows.flatMap((row) =>
    scoreSetsOf(row).flatMap(({ about }) => (about ? [{ callId: row.callId, about }] : [])),
  );
  const summaries = told.flatMap(({ callId, about }): SpokenWords[] =>
    about.statements.map(({ text }) => ({ callId, speaker: null, text })),
  );
  return {
    spoken: [...words.flat(), ...summaries],
    scores: [...risks, ...rows.flatMap(scoresOf)],
    topics: told.flatMap(({ callId, about: { topics } }) => topics.map(({ name }) => ({ callId, name }))),
  };
}

async function wordsOf(bucket: R2Bucket, row: AnalysisRow): Promise<SpokenWords[]> {
  const [newest] = transcribedRuns([row]);
  const found = newest ? await findTranscript(bucket, newest.run) : null;
  if (!found) return [];
  const ofChannel = Map.groupBy(found.segments, ({ channel }) => channel);
  return [...ofChannel].map(([channel, segments]) => ({
    callId: row.callId,
    speaker: speakerOf(found, channel),
    text: segments.map(textOf).join(" "),
  }));
}

function scoresOf(row: AnalysisRow): NamedNumber[] {
  const { callId } = row;
  const { risk_score: risk, scores } = snapshotScores(row);
  const named = (scores ?? []).flatMap((channel) => Object.entries(channel ?? {}));
  return [...riskOf(callId, risk), ...named.map(([name, value]) => ({ callId, name, value }))];
}

function riskOf(callId: string, value: number | null): NamedNumber[] {
  return value === null ? [] : [{ callId, name: null, value }];
}
