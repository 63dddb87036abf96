import { and, eq, inArray, sql } from "drizzle-orm";
import { alertIdOf, ofCallWithin } from "../calls";
import type { Database } from "../db/client";
import { alerts } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { alertOf, type AlertRow } from "./alerts";

/** The alert of a call within reach, whatever its state; undefined where there is none. */
export async function readAlertOfCall(
  db: Database,
  { organizationId, reach, callId }: Within & { callId: string },
): Promise<AlertRow | undefined> {
  const row = await db
    .select()
    .from(alerts)
    .where(isOf([callId], { organizationId, reach }))
    .get();
  return row && alertOf(row);
}

/** The open alerts of these calls, as far as they are within reach. */
export async function readOpenAlerts(
  db: Database,
  { organizationId, reach, callIds }: Within & { callIds: readonly string[] },
): Promise<AlertRow[]> {
  const rows = await db
    .select()
    .from(alerts)
    .where(and(isOf(callIds, { organizationId, reach }), eq(alerts.state, "open")));
  return rows.map(alertOf);
}

function isOf(callIds: readonly string[], { organizationId, reach }: Within) {
  return and(
    eq(alerts.organizationId, organizationId),
    inArray(alerts.id, valueList(callIds.map(alertIdOf))),
    ofCallWithin(sql`${alerts.callId}`, reach),
  );
}
