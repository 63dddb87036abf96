import type { Mailer } from "../lib/mail";
import { REPORT_LINK_LIFETIME, signReportLink } from "../lib/report-link";
import type { MasterKeys } from "../lib/seal";
import { DAY } from "../lib/time";
import { callFigures, reviewFigures, type ReportLetter, type SendReport } from "../reports";
import { formatsOf } from "../ui/formats";
import { languageOf } from "../ui/language";
import { wordsOf } from "../ui/strings/define";
import { mail } from "../ui/strings/mail";

/** Mails that a report is there: its totals, and a link to all of it that works for a week. Nothing of a call is in it. */
export function reportLetters(mailer: Mailer, config: { publicUrl: string; masterKeys: MasterKeys }): SendReport {
  return async (letter) => {
    const sent = await mailer.send({ to: letter.to.email, ...(await composeLetter(letter, config)) });
    if (!sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
    return sent.ok;
  };
}

async function composeLetter(
  { to, organizationName, run, total, now }: ReportLetter,
  config: { publicUrl: string; masterKeys: MasterKeys },
) {
  const language = languageOf(undefined, to.language ?? undefined, false);
  const words = wordsOf(mail, language);
  const formats = formatsOf(language, "UTC");
  const expiresAt = now + REPORT_LINK_LIFETIME;
  const link = await signReportLink({ organizationId: run.organizationId, runId: run.id, expiresAt }, config, language);
  const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");
  const [name, organization] = [oneLine(run.name), oneLine(organizationName)];
  const days = [run.fromDay, run.untilDay - 1].map((day) => formats.isoDay(day * DAY)) as [string, string];
  const { calls } = callFigures(total);
  const { reviews, average_score: score, pass_rate: passed, late } = reviewFigures(total);
  const isOfReviews = run.report.reviewer_id !== undefined || run.report.scorecard_id !== undefined;
  const figures = [
    ...(isOfReviews ? [] : [words.reportCalls(formats.number(calls))]),
    words.reportReviews(formats.number(reviews)),
    ...(score === null ? [] : [words.reportScore(formats.score(score))]),
    ...(passed === null ? [] : [words.reportPassed(formats.percent(passed))]),
    ...(late === 0 ? [] : [words.reportLate(formats.number(late))]),
  ];
  return {
    subject: words.reportSubject(name, ...days),
    text: [
      words.reportText(name, organization, ...days),
      figures.join("\n"),
      words.reportLink(link),
      words.reportEnd(`${config.publicUrl}/dashboard/reports/schedules/${run.scheduleId}`),
    ].join("\n\n"),
  };
}
