import { and, eq, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { valueList } from "../db/value-list";
import { recordings, sources } from "../db/schema";
import { claimNamed, isDue } from "../db/work";
import { hasAddress, hostOf, isSlow, recordingWork } from "./work";

// The recordings of one source's lane: which of them may be begun, and their claim.

/** A recording that waits in the lane of its source. */
export type WaitingRecording = { organizationId: string; callId: string; id: string; url: string };

/** One to be claimed, and how many of its host are claimed before it in the same statement. */
export type PickedRecording = WaitingRecording & { before: number };

export type LaneBounds = {
  limit: number;
  /** Of one host, of the lane's source. */
  perHost(host: string): number;
  /** What is under way in the lane already, by host. */
  busy: ReadonlyMap<string, number>;
};

/** The slow recordings of a source that are due, the longest due first, `mostPerHost` of each host. */
export async function waitingInLane(
  db: Database,
  sourceId: string,
  mostPerHost: number,
  now: number,
): Promise<WaitingRecording[]> {
  const due = and(isDue(recordingWork, now), hasAddress, isSlow, eq(recordings.sourceId, sourceId));
  return db.all<WaitingRecording>(sql`
    SELECT organization_id AS "organizationId", call_id AS "callId", id, url FROM
      (SELECT *, row_number() OVER (PARTITION BY ${originOf(recordings.url)} ORDER BY due_at) AS place
       FROM ${recordings} WHERE ${due})
    WHERE place <= ${mostPerHost} ORDER BY due_at`);
}

/** Those of the waiting recordings that may be begun within these bounds, in order. */
export function pickWithin(waiting: readonly WaitingRecording[], bounds: LaneBounds): PickedRecording[] {
  const picked: PickedRecording[] = [];
  const ofHost = new Map<string, number>();
  for (const one of waiting) {
    if (picked.length >= bounds.limit) break;
    const host = hostOf(one.url);
    const before = ofHost.get(host) ?? 0;
    if ((bounds.busy.get(host) ?? 0) + before >= bounds.perHost(host)) continue;
    ofHost.set(host, before + 1);
    picked.push({ ...one, before });
  }
  return picked;
}

/**
 * A statement that claims these recordings, of each host as many as may be under way in all lanes of the organization,
 * whose sources these are. It gives their rows.
 */
export function claimSlowRecordings(
  db: Database,
  picked: readonly PickedRecording[],
  { sourceIds, perHostOfAll }: { sourceIds: readonly string[]; perHostOfAll: number },
  now: number,
): Statement {
  const keys = picked.map(({ organizationId, callId, id }) => ({ organizationId, callId, id }));
  const before = picked.map((one) => one.before);
  const room = hasRoomAtHost(sourceIds, perHostOfAll, now);
  return claimNamed(db, recordingWork, keys, now, and(hasAddress, isSlow, room), before);
}

/** The ids of an organization's sources. Asked by itself: sources have another home than recordings. */
export async function sourceIdsOf(db: Database, organizationId: string): Promise<string[]> {
  const owned = await db.select({ id: sources.id }).from(sources).where(eq(sources.organizationId, organizationId));
  return owned.map(({ id }) => id);
}

/**
 * Counted in the claim itself, so that lanes that claim at the same time do not pass the bound together. The statement
 * does not see what it claims: `given.beside` is how many of the host come before in it.
 */
function hasRoomAtHost(sourceIds: readonly string[], most: number, now: number): SQL {
  return sql`given.beside + (SELECT count(*) FROM recordings AS other WHERE other.state = 'pending' AND other.slow = 1
    AND other.source_id IN ${valueList(sourceIds)} AND other.lease_until > ${now}
    AND ${originOf(sql`other.url`)} = ${originOf(recordings.url)}) < ${most}`;
}

/** The origin of a URL: everything up to its path. */
function originOf(url: SQL | SQLWrapper): SQL {
  return sql`substr(${url}, 1, 8 + instr(substr(${url}, 9) || '/', '/'))`;
}
