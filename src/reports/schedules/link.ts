import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { reportRuns } from "../../db/schema";
import { verifyReportLink, type ReportLinkRequest } from "../../lib/report-link";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { reportByCriterion, type CriterionRow } from "../criteria";
import { readReport, type Report } from "../report";
import type { RunRow } from "./schedules";
import { filterOfRun } from "./send";
import { reasonToPause } from "./standing";

/** What was sent, as it is now: a report, or scores by criterion. */
export type SentReport = { run: RunRow } & (
  | { report: Report; criteria: null }
  | { report: null; criteria: CriterionRow[] }
);

/**
 * Opens the link to a sent report: it is read as it is now, so what was erased meanwhile is in it no more, and only while
 * its owner has the rights that it was sent with.
 */
export async function openReportLink(
  { db, masterKeys }: { db: Database; masterKeys: MasterKeys },
  request: ReportLinkRequest,
  now: number,
): Promise<Result<SentReport, "invalid" | "over">> {
  const grant = await verifyReportLink(request, masterKeys, now);
  if (!grant.ok) return grant;
  const { organizationId, runId } = grant.value;
  const run = await db
    .select()
    .from(reportRuns)
    .where(and(eq(reportRuns.organizationId, organizationId), eq(reportRuns.id, runId)))
    .get();
  if (!run || (await reasonToPause(db, run, now))) return err("over");
  const { reach, fromDay: from, untilDay: until } = run;
  const query = { organizationId, reach, from, until, filter: filterOfRun(run) };
  if (run.report.by === "criterion") return ok({ run, report: null, criteria: await reportByCriterion(db, query) });
  return ok({ run, report: await readReport(db, run.report.by as Report["by"], query), criteria: null });
}
