import { Hono } from "hono";
import type { Deps } from "../../deps";
import { csvStream } from "../../lib/csv";
import { openReportLink } from "../../reports";
import { languageOf } from "../../ui/language";
import { wordsOf } from "../../ui/strings/define";
import { reportScheduleWords } from "../../ui/strings/report-schedules";
import { reportWords } from "../../ui/strings/reports";
import type { View } from "../../ui/view";
import { messageAnswer } from "../message-page";
import { criteriaLines, reportLines } from "./csv";
import { dateOf } from "./days";

/**
 * `/sent-reports/{id}`: the file behind the link of a letter or of `report.ready`, for whoever has it. A link that was not
 * made here, one that is over and one whose report may not be sent any more look alike.
 */
export function sentReportRoutes<Bindings extends object>(
  depsOf: (env: Bindings) => Pick<Deps, "db" | "config" | "now">,
  viewOf: (request: Request, env: Bindings) => View,
) {
  return new Hono<{ Bindings: Bindings }>().get("/sent-reports/:id", async (c) => {
    const { db, config, now } = depsOf(c.env);
    const { organization: organizationId = "", expires = "", signature = "", language } = c.req.query();
    const asked = { organizationId, runId: c.req.param("id"), expires, signature };
    const opened = await openReportLink({ db, masterKeys: config.masterKeys }, asked, now());
    if (!opened.ok) {
      const view = viewOf(c.req.raw, c.env);
      const { overTitle: title, overText: text } = wordsOf(reportScheduleWords, view.language);
      return messageAnswer(view, 404, { title, text });
    }
    const words = wordsOf(reportWords, languageOf(undefined, language, false));
    const { run, report, criteria } = opened.value;
    const { head, lines } = report ? reportLines(words, report) : criteriaLines(words, criteria);
    const name = `${words.csvName}-${dateOf(run.fromDay)}-${dateOf(run.untilDay - 1)}.csv`;
    return new Response(csvStream(head, lines, { bom: true }), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex",
      },
    });
  });
}
