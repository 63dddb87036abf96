import { callFigures, reviewFigures, type CriterionRow, type Report } from "../../reports";
import type { Words } from "../../ui/strings/define";
import type { reportWords } from "../../ui/strings/reports";
import { nameOfKey } from "./columns";
import { dateOf } from "./days";

type ReportWords = Words<typeof reportWords>;
type Sheet = { head: string[]; lines: Iterable<string[]> };

/** A report as a sheet, with heads in the language of who takes it. Figures are plain numbers, shares between 0 and 1. */
export function reportLines(words: ReportWords, { by, rows, hasCalls }: Report): Sheet {
  const calls = [
    words.calls,
    words.inbound,
    words.outbound,
    words.failed,
    words.recorded,
    words.analysed,
    words.seconds(words.length),
    words.operatorShare,
    words.customerShare,
    words.overlapShare,
    words.silenceShare,
    words.holdShare,
    words.interruptions,
    words.longSilences,
    words.riskRated,
    words.risk,
    words.highRisk,
    words.criticalRisk,
  ];
  const reviews = [
    words.reviews,
    words.average,
    words.passed,
    words.notPassed,
    words.passRate,
    words.autoFailed,
    words.seconds(words.turnaround),
    words.seconds(words.work),
    words.due,
    words.late,
    words.slaBroken,
    words.slaViolations,
  ];
  const own = by === "time" ? [words.from, words.to] : [words.id, words.name];
  return {
    head: [...own, ...(hasCalls ? calls : []), ...reviews],
    lines: rows.map((row) => [
      ...(row.days ? [dateOf(row.days.from), dateOf(row.days.until - 1)] : [row.key ?? "", nameOfKey(words, by, row)]),
      ...(hasCalls ? Object.values(callFigures(row)).map(plain) : []),
      ...Object.values(reviewFigures(row)).map(plain),
    ]),
  };
}

export function criteriaLines(words: ReportWords, rows: readonly CriterionRow[]): Sheet {
  return {
    head: [
      words.ofScorecard,
      words.id,
      words.asked,
      words.average,
      words.answered,
      words.notPassed,
      words.notApplicable,
    ],
    lines: rows.map((row) => [
      row.scorecardName ?? row.scorecardId,
      row.criterionId,
      row.text ?? "",
      row.counted === 0 ? "" : String(Math.round(row.percents / row.counted) / 100),
      String(row.counted),
      String(row.failed),
      String(row.absent),
    ]),
  };
}

function plain(value: number | null): string {
  return value === null ? "" : String(value);
}
