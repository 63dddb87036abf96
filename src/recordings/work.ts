import { and, eq, isNotNull, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import { recordings, sources } from "../db/schema";
import { claimNamed, claimWork, isDue, type Work } from "../db/work";
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

/** SQL that is true for a recording that its source's lane fetches: a literal, as `open` of the work is. */
export const isSlow = sql`${recordings.slow} = 1`;

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

/** A statement that claims those of the named recordings that are due and have an address. It gives their rows. */
export function claimRecordings(db: Database, names: readonly RecordingName[], now: number, when?: SQL) {
  const keys = names.map(({ organizationId, callId, recordingId: id }) => ({ organizationId, callId, id }));
  return claimNamed(db, recordingWork, keys, now, and(hasAddress, when));
}

/** The origin of a URL: everything up to its path. */
function originOf(url: SQL | SQLWrapper): SQL {
  return sql`substr(${url}, 1, 8 + instr(substr(${url}, 9) || '/', '/'))`;
}

export type LaneBounds = {
  limit: number;
  /** Of one host, of the lane's source; `mostPerHost` for any host. */
  perHost(host: string): number;
  mostPerHost: number;
  /** Of one host, of all sources of the organization. */
  perHostOfAll: number;
  /** What is under way in the lane already, by host. */
  busy: ReadonlyMap<string, number>;
};

/**
 * Claims slow recordings of a source, the longest due first, within these bounds. `isMore` when others are due that
 * the bounds do not allow yet.
 */
export async function claimSlowRecordings(
  db: Database,
  sourceId: string,
  bounds: LaneBounds,
  now: number,
): Promise<{ claimed: LinkedRecording[]; isMore: boolean }> {
  const due = and(isDue(recordingWork, now), hasAddress, isSlow, eq(recordings.sourceId, sourceId));
  const origin = originOf(recordings.url);
  const waiting = await db.all<{ organization_id: string; call_id: string; id: string; url: string }>(sql`
    SELECT organization_id, call_id, id, url FROM
      (SELECT *, row_number() OVER (PARTITION BY ${origin} ORDER BY due_at) AS place FROM ${recordings} WHERE ${due})
    WHERE place <= ${bounds.mostPerHost} ORDER BY due_at`);
  const [first] = waiting;
  if (!first) return { claimed: [], isMore: false };
  const owned = await sourcesOf(db, first.organization_id);
  const busy = new Map(bounds.busy);
  const claimed: LinkedRecording[] = [];
  for (const { organization_id: organizationId, call_id: callId, id: recordingId, url } of waiting) {
    if (claimed.length >= bounds.limit) break;
    const host = hostOf(url);
    const count = busy.get(host) ?? 0;
    if (count >= bounds.perHost(host)) continue;
    const when = and(isSlow, hasRoomAtHost(owned, url, bounds.perHostOfAll, now));
    const row = await claimRecording(db, { organizationId, callId, recordingId }, now, when);
    if (!row) continue;
    claimed.push(row);
    busy.set(host, count + 1);
  }
  return { claimed, isMore: waiting.length > claimed.length };
}

/** The ids of an organization's sources. Asked by itself: sources have another home than recordings. */
async function sourcesOf(db: Database, organizationId: string): Promise<string[]> {
  const owned = await db.select({ id: sources.id }).from(sources).where(eq(sources.organizationId, organizationId));
  return owned.map(({ id }) => id);
}

/** Counted in the claim itself, so that lanes that claim at the same time do not pass the bound together. */
function hasRoomAtHost(sourceIds: readonly string[], url: string, most: number, now: number): SQL {
  return sql`(SELECT count(*) FROM recordings AS other WHERE other.state = 'pending' AND other.slow = 1
    AND other.source_id IN ${valueList(sourceIds)} AND other.lease_until > ${now}
    AND ${originOf(sql`other.url`)} = ${originOf(sql`${url}`)}) < ${most}`;
}

/** The host that a recording is requested from first. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "";
}

function withUrl(row: ClaimedRecording | undefined): LinkedRecording | undefined {
  return row && row.url !== null ? { ...row, url: row.url } : undefined;
}
