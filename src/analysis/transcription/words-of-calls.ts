import { inArray } from "drizzle-orm";
import type { CallRow } from "../../calls";
import type { Database } from "../../db/client";
import { analyses } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { findTranscript, transcribedRuns } from "./kept";
import { speakerOf, textOf } from "./transcript";

/** What one party of a call says in one recording, from beginning to end. */
export type SpokenWords = { callId: string; speaker: string | null; text: string };

/**
 * What engines understood of these calls, of each recording the newest transcript. What a party says is in one piece,
 * so that a phrase is found although the other speaks in between. Throws where database or storage fails.
 */
export async function wordsOfTranscripts(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  calls: readonly Pick<CallRow, "id">[],
): Promise<SpokenWords[]> {
  const rows = await db
    .select()
    .from(analyses)
    .where(inArray(analyses.callId, valueList(calls.map(({ id }) => id))));
  const words = await Promise.all(
    rows.map(async (row): Promise<SpokenWords[]> => {
      const [newest] = transcribedRuns([row]);
      const found = newest ? await findTranscript(bucket, newest.run) : null;
      if (!found) return [];
      const ofChannel = Map.groupBy(found.segments, ({ channel }) => channel);
      return [...ofChannel].map(([channel, segments]) => ({
        callId: row.callId,
        speaker: speakerOf(found, channel),
        text: segments.map(textOf).join(" "),
      }));
    }),
  );
  return words.flat();
}
