import { sql, type SQL } from "drizzle-orm";
import { analyses, calls, recordings } from "../db/schema";
import { neverRecorded } from "../events";

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
