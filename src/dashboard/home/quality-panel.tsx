import type { OverdueCount } from "../../quality";
import { reviewFigures, type Sums } from "../../reports";
import { Figure, Figures, Panel } from "../../ui/components/panel";
import type { Words } from "../../ui/strings/define";
import type { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import { reportHref, type Kind } from "../reports/query";
import { tasksHref } from "../tasks/query";
import { QUALITY_DAYS } from "./read";

type Props = { view: View; words: Words<typeof stateWords>; sums: Sums; overdue: OverdueCount | null };

/** What supervisors look at first: how much is judged, how it went, and what is late. Each leads to what is behind it. */
export function QualityPanel({ view, words, sums, overdue }: Props) {
  const { number, counted, percent, score } = view.formats;
  const { average_score: average, not_passed: failed } = reviewFigures(sums);
  const report = (by: Kind) => reportHref({ by, when: "week" }, {});
  return (
    <Panel title={words.quality} aside={words.lastDays(number(QUALITY_DAYS))}>
      <Figures>
        <Figure
          name={words.coverage}
          href={report("campaign")}
          value={sums.recorded === 0 ? "–" : percent(Math.min(1, sums.reviews / sums.recorded))}
          note={words.coverageNote(number(sums.reviews), number(sums.recorded))}
        />
        <Figure
          name={words.averageScore}
          href={report("criterion")}
          value={average === null ? "–" : score(average)}
          note={words.ofReviews(number(sums.scored))}
        />
        <Figure
          name={words.notPassed}
          href={report("operator")}
          value={number(failed)}
          note={words.ofJudged(number(sums.judged))}
        />
        {overdue && (
          <Figure
            name={words.overdue}
            href={tasksHref({ mine: false, state: "late" })}
            value={counted(overdue.tasks, overdue.more)}
            note={
              overdue.oldestDueAt === null
                ? words.nothingLate
                : words.lateSince(view.formats.moment(overdue.oldestDueAt, view.now))
            }
          />
        )}
      </Figures>
    </Panel>
  );
}
