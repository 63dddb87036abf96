import { sql, type SQL } from "drizzle-orm";
import { calls, legalHolds } from "../db/schema";

/** SQL that is true for calls under a legal hold: their own, their campaign's, or a party's. */
export function isHeld(): SQL {
  return sql`EXISTS (SELECT 1 FROM ${legalHolds} WHERE ${legalHolds.organizationId} = ${calls.organizationId}
    AND ((${legalHolds.kind} = 'call' AND ${legalHolds.subject} = ${calls.id})
      OR (${legalHolds.kind} = 'campaign' AND ${legalHolds.subject} = ${calls.campaignId})
      OR (${legalHolds.kind} = 'caller'
        AND ${legalHolds.subject} IN (${calls.fromE164}, ${calls.fromRaw}, ${calls.toE164}, ${calls.toRaw}))))`;
}
