import { and, eq, inArray, isNotNull, lte, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { analyses, pendingStreams, recordings } from "../db/schema";
import type { Nudges } from "../queues/senders";

/**
 * Sends a nudge for everything that is open and due on these calls, whoever left it so. Asked of the database after
 * each batch, changed or not: a redelivered message thereby repairs what a crash between commit and send left undone.
 */
export async function nudgeCalls(db: Database, nudges: Nudges, callIds: readonly string[], now: number): Promise<void> {
  if (callIds.length === 0) return;
  const among = sql`(SELECT value FROM json_each(${JSON.stringify(callIds)}))`;
  const [streams, audio, acoustic] = await db.batch([
    db
      .select({ stream: pendingStreams.stream, organizationId: pendingStreams.organizationId })
      .from(pendingStreams)
      .where(inArray(pendingStreams.stream, among)),
    db
      .select({ callId: recordings.callId, recordingId: recordings.id, organizationId: recordings.organizationId })
      .from(recordings)
      .where(
        and(
          inArray(recordings.callId, among),
          eq(recordings.state, "pending"),
          isNotNull(recordings.url),
          // Their lanes were woken when they were handed over.
          eq(recordings.slow, false),
          lte(recordings.dueAt, now),
          lte(recordings.leaseUntil, now),
        ),
      ),
    db
      .select({ callId: analyses.callId, analysisId: analyses.id, organizationId: analyses.organizationId })
      .from(analyses)
      .where(
        and(
          inArray(analyses.callId, among),
          eq(analyses.state, "pending"),
          lte(analyses.dueAt, now),
          lte(analyses.leaseUntil, now),
        ),
      ),
  ]);
  await Promise.all([nudges.events(streams), nudges.recordings(audio), nudges.analyses(acoustic)]);
}
