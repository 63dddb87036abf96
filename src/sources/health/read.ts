import type { Database } from "../../db/client";
import type { SourceView } from "../config";
import { judgeHealth, STATUS_SPAN, type Verdict } from "./judge";
import { lastAcceptedAt, readCounts } from "./read-counts";
import { firstHour, reportHealth, type HealthReport } from "./report";

type Judged = Pick<SourceView, "id" | "kind" | "state" | "organizationId">;

/** How one source did in the last `hours` hours, with when its last accepted request came (milliseconds). */
export async function readSourceHealth(
  db: Database,
  source: Judged,
  hours: number,
  now: number,
): Promise<HealthReport & { lastAcceptedAt: number | null }> {
  const since = Math.min(firstHour(hours, now), now - STATUS_SPAN);
  const counts = await readCounts(db, source.organizationId, [source], since);
  const report = reportHealth(source.state, counts.get(source.id) ?? [], hours, now);
  return { ...report, lastAcceptedAt: (await lastAcceptedAt(db, source.organizationId, source)) ?? null };
}

/** The state each of an organization's sources is in, by its id: one query for all. */
export async function judgeSources(
  db: Database,
  organizationId: string,
  sources: readonly Judged[],
  now: number,
): Promise<Map<string, Verdict>> {
  const counts = await readCounts(db, organizationId, sources, now - STATUS_SPAN);
  return new Map(sources.map(({ id, state }) => [id, judgeHealth(state, counts.get(id) ?? [], now)]));
}
