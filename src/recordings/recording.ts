import { and, eq, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { comesAfter, inOrder, type Order } from "../db/order";
import { valueList } from "../db/value-list";
import { recordings, calls } from "../db/schema";
import type { RecordingSnapshot } from "../events";
import { toIso } from "../lib/time";
import { beganWithin, byBeginning, callsWithin, ofCallWithin, rangeOf, readPage, type ScannedPage } from "../calls";
import type { AudioGate } from "./gate";
import type { Reach, Within } from "../identity";

export type RecordingRow = typeof recordings.$inferSelect;

/** The primary key of a recording, with its organization. */
export type RecordingName = { organizationId: string; callId: string; recordingId: string };

/** A recording as its claim returned it. Every write of the attempt is fenced by it (db/work.ts). */
export type ClaimedRecording = RecordingRow;

/** One recording of an organization, or undefined, also where its call is beyond reach. */
export async function findRecording(
  db: Database,
  name: RecordingName & { reach: Reach },
): Promise<RecordingRow | undefined> {
  return db
    .select()
    .from(recordings)
    .where(
      and(
        eq(recordings.callId, name.callId),
        eq(recordings.id, name.recordingId),
        eq(recordings.organizationId, name.organizationId),
        ofCallWithin(sql`${recordings.callId}`, name.reach),
      ),
    )
    .get();
}

/** The recording of a call that comes from this address. */
export async function recordingOfAddress(
  db: Database,
  { organizationId, callId, url }: { organizationId: string; callId: string; url: string },
): Promise<RecordingRow | undefined> {
  return db
    .select()
    .from(recordings)
    .where(and(eq(recordings.callId, callId), eq(recordings.organizationId, organizationId), eq(recordings.url, url)))
    .limit(1)
    .get();
}

/**
 * The public shape of a recording, for events and the API. Links to the audio are added per answer and are not part of
 * it. Media type, size and digest are those of what such a link serves, which the gate says; while it serves nothing they are
 * null, since nobody knows yet which file it will be.
 */
export function snapshotRecording(recording: RecordingRow, gate: AudioGate): RecordingSnapshot {
  // A muted file goes with the audio it was made of.
  const muted = gate.kind === "muted" && recording.key !== null ? gate.file : NO_FILE;
  const file = gate.kind === "open" ? recording : muted;
  return {
    id: recording.id,
    call_id: recording.callId,
    external_id: recording.externalId,
    state: recording.state,
    reason: recording.reason,
    media_type: file.mediaType,
    size_bytes: file.size,
    sha256: file.sha256,
    completed_at: toIso(recording.completedAt),
  };
}

const NO_FILE = { mediaType: null, size: null, sha256: null };

export type RecordingFilter = {
  callId?: string;
  callIds?: readonly string[];
  state?: RecordingRow["state"];
  /** When the call began, in milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
};

/** The position of a page: after this recording of the call that began at this time. */
export type RecordingPosition = { startedAt: number; callId: string; id: string };

/** A recording with the time its call began, by which the list is ordered. */
export type ListedRecording<Row = RecordingRow> = { recording: Row; startedAt: number };

/** What a list of calls shows of a recording, or looks at. */
const LINE_COLUMNS = {
  id: recordings.id,
  callId: recordings.callId,
  organizationId: recordings.organizationId,
  state: recordings.state,
  reason: recordings.reason,
};

/** A recording as a list of calls has it. */
export type RecordingLine = Pick<RecordingRow, keyof typeof LINE_COLUMNS>;

type ListQuery = Within & { filter?: RecordingFilter; limit: number; after?: RecordingPosition; order?: Order };

/**
 * The organization's recordings of calls within a reach, those of the newest calls first. A state is scanned for in a limited
 * number of calls per page.
 */
export function listRecordings(db: Database, query: ListQuery): Promise<ScannedPage<ListedRecording>> {
  return listed(db, query, recordings);
}

/** The same, of each recording what a list of calls shows. */
export function listRecordingLines(
  db: Database,
  query: ListQuery,
): Promise<ScannedPage<ListedRecording<RecordingLine>>> {
  return listed(db, query, LINE_COLUMNS as typeof recordings);
}

/** Rows have the columns that are asked for, and no others. */
async function listed(
  db: Database,
  query: ListQuery,
  columns: typeof recordings,
): Promise<ScannedPage<ListedRecording>> {
  const { organizationId, reach, after, filter = {}, limit, order = "descending" } = query;
  const { from, to } = filter;
  const place = after && { startedAt: after.startedAt, id: after.callId };
  const range = rangeOf({ organizationId, reach, after: place, from, to, order });
  const ofState = filter.state && eq(recordings.state, filter.state);
  const rows = (where: SQL | undefined) =>
    db
      .select({ recording: columns, startedAt: calls.startedAt })
      .from(calls)
      .innerJoin(recordings, eq(recordings.callId, calls.id))
      .where(
        and(
          where,
          eq(recordings.organizationId, organizationId),
          filter.callId === undefined ? undefined : eq(calls.id, filter.callId),
          filter.callIds && sql`${calls.id} IN ${valueList(filter.callIds)}`,
          after &&
            sql`(${calls.startedAt}, ${calls.id}, ${recordings.id}) ${comesAfter(order)} (${after.startedAt}, ${after.callId}, ${after.id})`,
        ),
      )
      .orderBy(byBeginning(order), inOrder(recordings.id, order))
      .limit(limit);
  const isOfCalls = filter.callId !== undefined || filter.callIds !== undefined;
  // Calls are found by their ids; the range, which an index could serve too, would be read to its end.
  if (isOfCalls) return { rows: await rows(and(callsWithin(reach), beganWithin(filter), ofState)), scannedTo: null };
  return readPage<ListedRecording>(db, range, { limit, matching: ofState }, rows);
}
