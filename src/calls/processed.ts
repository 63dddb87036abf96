import { sql, type SQL } from "drizzle-orm";
import { analyses, calls, recordings } from "../db/schema";
import { neverRecorded } from "../events";

/** How much of a call's work is open. */
export type OpenWork = { recordings: number; analyses: number };

/**
 * SQL that holds while a call is what its reader saw: no notice folded in, no work begun or ended since. What a batch
 * tells of a call was made from what was read; without this it could be told after it ceased to be true.
 */
export function stillAsRead(callId: string, version: number, open: OpenWork): SQL {
  return sql`EXISTS (SELECT 1 FROM calls AS seen WHERE seen.id = ${callId} AND seen.version = ${version})
    AND (SELECT count(*) FROM recordings AS open WHERE open.call_id = ${callId} AND open.state = 'pending') = ${open.recordings}
    AND (SELECT count(*) FROM analyses AS open WHERE open.call_id = ${callId} AND open.state = 'pending') = ${open.analyses}`;
}

/**
 * SQL that holds when a call has come to rest: it ended, waits for no decision, and has no open recording or analysis,
 * and `call.processed` was not told before. Every batch that ends a piece of work ends with it, so whichever comes
 * last tells it, once.
 */
export function atRest(callId: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${calls} WHERE id = ${callId} AND terminal IS NOT NULL AND quarantine IS NULL)
    AND NOT EXISTS (SELECT 1 FROM ${recordings} WHERE call_id = ${callId} AND state = 'pending')
    AND NOT EXISTS (SELECT 1 FROM ${analyses} WHERE call_id = ${callId} AND state = 'pending')
    AND ${neverRecorded(callId, "call.processed")}`;
}
