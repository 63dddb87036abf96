import type { Database } from "../../db/client";
import type { Within } from "../../identity";
import { toIso } from "../../lib/time";
import { alertPages, type AlertFilter, type ListedAlert } from "../../quality";

/** The columns of the file, by the names of the JSON, with the call's own facts behind `call_id`. */
export const ALERT_COLUMNS = [
  "id",
  "call_id",
  "call_started_at",
  "call_from",
  "call_to",
  "campaign_id",
  "level",
  "score",
  "state",
  "reason",
  "owner_id",
  "note",
  "rules",
  "platform",
  "raised_at",
  "decided_by",
  "decided_at",
] as const;

/** The alerts that a filter finds, as the cells of lines, page by page. */
export async function* alertLines(
  db: Database,
  query: Within & { filter: AlertFilter },
): AsyncGenerator<readonly (readonly string[])[]> {
  for await (const page of alertPages(db, query)) yield page.map(cellsOf);
}

function cellsOf({ alert, call }: ListedAlert): string[] {
  return [
    alert.id,
    alert.callId,
    toIso(call.startedAt),
    call.fromRaw ?? "",
    call.toRaw ?? "",
    call.campaignId ?? "",
    alert.level,
    alert.score === null ? "" : String(alert.score),
    alert.state,
    alert.reason ?? "",
    alert.ownerId ?? "",
    alert.note ?? "",
    alert.fired.flatMap(({ rule }) => (rule === null ? [] : [rule.name])).join("; "),
    alert.fired.flatMap(({ said }) => said).join("; "),
    toIso(alert.raisedAt),
    alert.decidedBy ?? "",
    toIso(alert.decidedAt) ?? "",
  ];
}
