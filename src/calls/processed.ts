import { sql, type SQL } from "drizzle-orm";
import { analyses, callActions, calls, recordings } from "../db/schema";
import { neverRecorded } from "../events";

/** The open work of a call. */
export type OpenWork = { recordings: number; analyses: number; actions: number };

/**
 * SQL that is true while a call is as it was read: no notice folded in, no work begun or ended since. The events of a
 * batch were built from what was read, so without this they could be outdated when recorded.
 */
export function stillAsRead(callId: string, version: number, open: OpenWork): SQL {
  return sql`EXISTS (SELECT 1 FROM calls AS seen WHERE seen.id = ${callId} AND seen.version = ${version})
    AND (SELECT count(*) FROM recordings AS open WHERE open.call_id = ${callId} AND open.state = 'pending') = ${open.recordings}
    AND (SELECT count(*) FROM analyses AS open WHERE open.call_id = ${callId}
      AND open.state = 'pending' AND open.completed_at IS NULL) = ${open.analyses}
    AND (SELECT count(*) FROM call_actions AS open WHERE open.call_id = ${callId}
      AND open.state = 'pending' AND open.completed_at IS NULL) = ${open.actions}`;
}

/**
 * SQL that is true when a call is settled: what was found of it has ended, its actions are not at work, and it has no
 * `call.processed` yet. Every batch that ends work on a call records the event under this condition, so whichever comes
 * last records it, once.
 */
export function isSettled(callId: string): SQL {
  return sql`${hasEndedFindings(callId)}
    AND NOT EXISTS (SELECT 1 FROM ${callActions} WHERE call_id = ${callId} AND state = 'pending' AND completed_at IS NULL)
    AND ${neverRecorded(callId, "call.processed")}`;
}

/** SQL that is true when a call has ended, is not in quarantine, and has no open recording or analysis. */
export function hasEndedFindings(callId: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${calls} WHERE id = ${callId} AND terminal IS NOT NULL AND quarantine IS NULL)
    AND NOT EXISTS (SELECT 1 FROM ${recordings} WHERE call_id = ${callId} AND state = 'pending')
    AND NOT EXISTS (SELECT 1 FROM ${analyses} WHERE call_id = ${callId} AND state = 'pending' AND completed_at IS NULL)`;
}
