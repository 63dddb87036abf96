import { Hono } from "hono";
import { actorText, may } from "../../identity";
import { csvStream } from "../../lib/csv";
import {
  MOST_ROWS,
  nameOfCriterion,
  namesAskedFor,
  namesOfReports,
  readReport,
  reportByCriterion,
  reviewsBehind,
} from "../../reports";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { reportWords } from "../../ui/strings/reports";
import { campaignsFor } from "../calls/read";
import { askToConfirm } from "../confirmation/confirm";
import type { DashboardEnv, PageContext } from "../deps";
import { needs } from "../forms";
import { frameOf, readWhole } from "../frame";
import { criteriaLines, reportLines } from "./csv";
import { ReportPage } from "./page";
import {
  daysOf,
  filterOfReport,
  findingOf,
  readReportQuery,
  reportHref,
  REPORTS,
  spanOfDays,
  WHOLE,
  type ReportAsked,
} from "./query";
import { reportScheduleRoutes } from "./schedules/routes";
import { ReportReviewsPage } from "./reviews-page";

/** Reviews on a page, and rows of a report. */
const PAGE = 50;
const ROWS = 50;

/** `/dashboard/reports` */
export function reportRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/reports", "/reports/*", "/reports.csv"]) routes.use(path, needs("reports:read"));

  routes.get("/reports", async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, campaigns, whole] = await Promise.all([
      readAsked(c, ROWS),
      campaignsFor(deps.db, visitor.caller),
      readWhole(deps.db, visitor),
    ]);
    const mayRead = {
      calls: may(visitor.caller, "calls:read"),
      reviews: may(visitor.caller, "reviews:read"),
      schedule: may(visitor.caller, "reports:write"),
    };
    return pageAnswer(
      <ReportPage view={view} frame={frameOf(view, visitor, whole)} parts={{ ...found, campaigns, mayRead }} />,
    );
  });

  routes.get("/reports.csv", async (c) => {
    // What leaves as a file asks who takes it, as at the API.
    const unconfirmed = await askToConfirm(c);
    if (unconfirmed) return unconfirmed;
    const { view } = c.var;
    const words = wordsOf(reportWords, view.language);
    const { report, criteria, first, last } = await readAsked(c);
    const { head, lines } = report ? reportLines(words, report) : criteriaLines(words, criteria);
    // The mark by which spreadsheets know UTF-8.
    return new Response(csvStream(head, lines, { bom: true }), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${words.csvName}-${first}-${last}.csv"`,
        "cache-control": "no-store",
      },
    });
  });

  routes.get("/reports/reviews", needs("reviews:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const asked = readReportQuery(new URL(c.req.url).searchParams);
    const days = daysOf(asked, view.now);
    const [completedAt, id = ""] = asked.after?.split(".") ?? [];
    const query = { organizationId, reach, ...spanOfDays(days), filter: filterOfReport(asked) };
    const { caller } = visitor;
    const reader = { id: actorText(caller.actor), seesAll: may(caller, "reviews:assign") };
    const after = completedAt === undefined ? undefined : { completedAt: Number(completedAt), id };
    const { scorecard: scorecardId, failed: criterionId } = asked;
    const [found, criterion, whole] = await Promise.all([
      reviewsBehind(deps.db, reader, { ...query, limit: PAGE + 1, after, found: findingOf(asked) }),
      scorecardId !== undefined && criterionId !== undefined
        ? nameOfCriterion(deps.db, { organizationId, reach }, { scorecardId, criterionId })
        : undefined,
      readWhole(deps.db, visitor),
    ]);
    const rows = found.rows.slice(0, PAGE);
    const last = rows.at(-1);
    const next = found.rows.length > PAGE && last ? { completedAt: last.completedAt, id: last.id } : found.scannedTo;
    const names = await namesOfReports(deps.db, organizationId, {
      campaign: rows.flatMap(({ campaignId }) => campaignId ?? []),
      operator: rows.flatMap(({ operatorId }) => operatorId ?? []),
      reviewer: rows.map(({ reviewerId }) => reviewerId),
    });
    const here = `${REPORTS}/reviews`;
    return pageAnswer(
      <ReportReviewsPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        first={days.first}
        last={days.last}
        rows={rows}
        names={names}
        shown={shownOf(view, asked, criterion)}
        scannedTo={found.scannedTo?.completedAt}
        reportHref={reportHref(asked, WHOLE)}
        firstHref={after ? reportHref(asked, {}, here) : undefined}
        nextHref={next ? reportHref(asked, { after: `${next.completedAt}.${next.id}` }, here) : undefined}
      />,
    );
  });

  return routes.route("/", reportScheduleRoutes());
}

/** What of the reviews behind a report is shown; undefined where all are. */
function shownOf(view: View, asked: ReportAsked, criterion: string | undefined) {
  const words = wordsOf(reportWords, view.language);
  const withoutHref = reportHref(asked, WHOLE, `${REPORTS}/reviews`);
  if (asked.failed !== undefined) return { name: words.failedCriterion, value: criterion ?? asked.failed, withoutHref };
  if (asked.only === undefined) return undefined;
  return { name: words.only, value: asked.only === "late" ? words.late : words.slaBroken, withoutHref };
}

/** What the URL asks for: the report or, by criterion, what the criteria came to; `rows` of its rows, or all. */
async function readAsked(c: PageContext, rows?: number) {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const asked = readReportQuery(new URL(c.req.url).searchParams);
  const { first, last } = daysOf(asked, view.now);
  const query = { organizationId, reach, ...spanOfDays({ first, last }), filter: filterOfReport(asked) };
  const { by, page = 1, campaign, operator, team, reviewer } = asked;
  const shown = rows === undefined ? undefined : { skip: (page - 1) * rows, limit: rows };
  const [found, names] = await Promise.all([
    by === "criterion"
      ? reportByCriterion(deps.db, query).then((criteria) => ({ report: null, criteria }))
      : readReport(deps.db, by, query, shown).then((report) => ({ report, criteria: null })),
    namesAskedFor(deps.db, { organizationId, reach }, { campaign, operator, team, reviewer }, view.now),
  ]);
  return { asked, first, last, rowsOfPage: rows ?? MOST_ROWS, names, ...found };
}
