import { sql, type SQL } from "drizzle-orm";
import type { RowWrite } from "../db/rows";
import { calls } from "../db/schema";

/** The write that gives the call its risk where `when` is true. As with the talk strip, no merge writes this column. */
export function setRisk(callId: string, score: number | null, when: SQL): RowWrite {
  return { write: sql`UPDATE ${calls} SET risk_score = ${score}`, when: sql`${calls.id} = ${callId} AND ${when}` };
}
