import type { CriterionRow } from "../../reports";
import { EmptyState } from "../../ui/components/empty-state";
import { Panel } from "../../ui/components/panel";
import { ShareBar } from "../../ui/components/share-bar";
import { Table } from "../../ui/components/table";
import { wordsOf } from "../../ui/strings/define";
import { reportWords } from "../../ui/strings/reports";
import type { View } from "../../ui/view";
import { linked } from "./columns";

type Props = {
  view: View;
  rows: readonly CriterionRow[];
  /** The reviews that failed a criterion; undefined where the visitor may not read them. */
  reviewsOf(row: CriterionRow): string | undefined;
};

/** Scores by criterion, a panel for each scorecard. How often one failed leads to the reviews. */
export function CriteriaPanels({ view, rows, reviewsOf }: Props) {
  const words = wordsOf(reportWords, view.language);
  const { number, score } = view.formats;
  if (rows.length === 0)
    return (
      <Panel>
        <EmptyState title={words.emptyTitle}>{words.emptyCriteria}</EmptyState>
      </Panel>
    );
  const cards = Map.groupBy(rows, ({ scorecardId }) => scorecardId);
  return (
    <>
      {[...cards].map(([id, criteria]) => {
        const title = words.criteriaOf(criteria[0]?.scorecardName ?? id);
        return (
          <Panel title={title} flush>
            <Table
              view={view}
              label={title}
              rows={criteria}
              columns={[
                {
                  name: "criterion",
                  title: words.asked,
                  narrow: "start",
                  cell: ({ text, criterionId }) => <span dir="auto">{text ?? criterionId}</span>,
                },
                {
                  name: "average",
                  title: words.average,
                  narrow: "below",
                  cell: ({ counted, percents }) =>
                    counted === 0 ? (
                      "–"
                    ) : (
                      <ShareBar share={percents / counted / 10_000} label={score(percents / counted / 100)} />
                    ),
                },
                {
                  name: "answered",
                  title: words.answered,
                  kind: "number",
                  narrow: "end",
                  cell: ({ counted }) => number(counted),
                },
                {
                  name: "failed",
                  title: words.notPassed,
                  kind: "number",
                  narrow: "below-end",
                  cell: (row) => linked(number(row.failed), row.failed > 0 ? reviewsOf(row) : undefined),
                },
                {
                  name: "absent",
                  title: words.notApplicable,
                  kind: "number",
                  cell: ({ absent }) => number(absent),
                },
              ]}
            />
          </Panel>
        );
      })}
    </>
  );
}
