import { and, eq, isNotNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { claimWork, isDue, type Work } from "../db/work";
import { MINUTE } from "../lib/time";
import type { LinkedRecording } from "./openers";
import type { ClaimedRecording, RecordingName } from "./recording";

/** How long a claim lasts, in milliseconds: a queue consumer lives 15 minutes, so no attempt outlives its claim. */
export const RECORDING_LEASE = 15 * MINUTE;

export const recordingWork: Work<typeof recordings> = {
  table: recordings,
  key: ["callId", "id"],
  open: sql`${recordings.state} = 'pending'`,
  lease: RECORDING_LEASE,
};

/** SQL that is true for a recording with an address. Without one there is nothing to do but wait. */
export const hasAddress = isNotNull(recordings.url);

/** SQL that is true for a recording that its source's slow lane fetches. */
export const isSlow = eq(recordings.slow, true);

/**
 * Claims a recording that is due and has an address; undefined when it is done, not due, or claimed by another worker.
 */
export async function claimRecording(
  db: Database,
  { organizationId, callId, recordingId: id }: RecordingName,
  now: number,
  when?: SQL,
): Promise<LinkedRecording | undefined> {
  return withUrl(await claimWork(db, recordingWork, { organizationId, callId, id }, now, and(hasAddress, when)));
}

/** The origin of a recording's URL: everything up to its path. */
const origin = sql`substr(${recordings.url}, 1, 8 + instr(substr(${recordings.url}, 9) || '/', '/'))`;

/**
 * Claims slow recordings of a source, the longest due first: at most `limit`, and per host only as many as keep
 * `perHost` under way. `busy` counts by host what is under way already.
 */
export async function claimSlowRecordings(
  db: Database,
  sourceId: string,
  bounds: { limit: number; perHost: number; busy: ReadonlyMap<string, number> },
  now: number,
): Promise<LinkedRecording[]> {
  const due = and(isDue(recordingWork, now), hasAddress, isSlow, eq(recordings.sourceId, sourceId));
  const waiting = await db.all<{ organization_id: string; call_id: string; id: string; url: string }>(sql`
    SELECT organization_id, call_id, id, url FROM
      (SELECT *, row_number() OVER (PARTITION BY ${origin} ORDER BY due_at) AS place FROM ${recordings} WHERE ${due})
    WHERE place <= ${bounds.perHost} ORDER BY due_at`);
  const busy = new Map(bounds.busy);
  const claimed: LinkedRecording[] = [];
  for (const { organization_id: organizationId, call_id: callId, id: recordingId, url } of waiting) {
    if (claimed.length >= bounds.limit) break;
    const host = hostOf(url);
    const count = busy.get(host) ?? 0;
    if (count >= bounds.perHost) continue;
    const row = await claimRecording(db, { organizationId, callId, recordingId }, now, isSlow);
    if (!row) continue;
    claimed.push(row);
    busy.set(host, count + 1);
  }
  return claimed;
}

/** The host that a recording is requested from first. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "";
}

function withUrl(row: ClaimedRecording | undefined): LinkedRecording | undefined {
  return row && row.url !== null ? { ...row, url: row.url } : undefined;
}
