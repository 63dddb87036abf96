import { and, eq, inArray, sql } from "drizzle-orm";
import { alertIdOf, ofCallWithin } from "../calls";
import type { Database } from "../db/client";
import { alerts } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { alertOf, type AlertRow } from "./alerts";

/** The open alerts of these calls, as far as they are within reach. */
export async function readOpenAlerts(
  db: Database,
  { organizationId, reach, callIds }: Within & { callIds: readonly string[] },
): Promise<AlertRow[]> {
  const rows = await db
    .select()
    .from(alerts)
    .where(
      and(
        eq(alerts.organizationId, organizationId),
        inArray(alerts.id, valueList(callIds.map(alertIdOf))),
        eq(alerts.state, "open"),
        ofCallWithin(sql`${alerts.callId}`, reach),
      ),
    );
  return rows.map(alertOf);
}
