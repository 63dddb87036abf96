import { sql, type SQL } from "drizzle-orm";
import type { RowWrite } from "../db/rows";
import { calls } from "../db/schema";

/**
 * The write that gives the call its talk strip where `when` is true. It is no fact of the platform's: the version that
 * merges guard themselves with stays as it is, and no merge writes this column.
 */
export function setTalkStrip(callId: string, packed: string, when: SQL): RowWrite {
  return { write: sql`UPDATE ${calls} SET talk_strip = ${packed}`, when: sql`${calls.id} = ${callId} AND ${when}` };
}
