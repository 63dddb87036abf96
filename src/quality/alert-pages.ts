import type { Database } from "../db/client";
import type { Within } from "../identity";
import { listAlerts, type AlertFilter, type AlertPosition, type ListedAlert } from "./alerts";

const PAGE = 500;
/** Alerts of one file. */
export const MOST_ALERTS_EXPORTED = 10_000;

/** All alerts of calls within reach that a filter finds, the newest first, page by page as they are taken. */
export async function* alertPages(
  db: Database,
  query: Within & { filter: AlertFilter },
): AsyncGenerator<readonly ListedAlert[]> {
  let after: AlertPosition | undefined;
  for (let given = 0; given < MOST_ALERTS_EXPORTED; given += PAGE) {
    const rows = await listAlerts(db, { ...query, limit: PAGE, after });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1)?.alert;
    if (!last || rows.length < PAGE) return;
    after = { raisedAt: last.raisedAt, id: last.id };
  }
}
