import type { ReviewRow } from "../../quality";
import { ButtonLink } from "../../ui/components/button";
import { Chip, Chips } from "../../ui/components/chips";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { reportWords } from "../../ui/strings/reports";
import type { View } from "../../ui/view";

type Props = {
  view: View;
  frame: Frame;
  first: string;
  last: string;
  rows: readonly ReviewRow[];
  /** What of the reviews is shown, and the address of all of them. */
  shown: { name: string; value: string; withoutHref: string } | undefined;
  /** How far the search got where it ended before the page was full. */
  scannedTo: number | undefined;
  names: ReadonlyMap<string, string>;
  reportHref: string;
  firstHref: string | undefined;
  nextHref: string | undefined;
};

/** The reviews that a number of a report counts. A row opens the review, which leads to its call. */
export function ReportReviewsPage({
  view,
  frame,
  first,
  last,
  rows,
  names,
  shown,
  scannedTo,
  reportHref,
  firstHref,
  nextHref,
}: Props) {
  const words = wordsOf(reportWords, view.language);
  const nameOf = (id: string) => names.get(id) ?? id;
  return (
    <FramedPage view={view} frame={frame} title={words.behind} current="reports">
      <PageHead
        title={words.behind}
        state={words.state(view.formats.date(first), view.formats.date(last))}
        actions={<ButtonLink href={reportHref}>{words.back}</ButtonLink>}
      />
      {shown && (
        <div class="bar">
          <Chips>
            <Chip view={view} {...shown} />
          </Chips>
        </div>
      )}
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title={words.noReviews}>{words.noReviewsText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.behind}
            rows={rows}
            hrefOf={({ id }) => `/dashboard/reviews/${id}`}
            columns={[
              {
                name: "time",
                title: words.completed,
                kind: "mono",
                narrow: "start",
                cell: ({ completedAt }) => completedAt !== null && <Moment view={view} at={completedAt} />,
              },
              {
                name: "reviewer",
                title: words.ofReviewer,
                narrow: "below",
                cell: ({ reviewerId }) => (
                  <span class="clip" dir="auto">
                    {nameOf(reviewerId)}
                  </span>
                ),
              },
              {
                name: "operator",
                title: words.ofOperator,
                cell: ({ operatorId }) => (
                  <span class="clip" dir="auto">
                    {operatorId === null ? "–" : nameOf(operatorId)}
                  </span>
                ),
              },
              {
                name: "campaign",
                title: words.ofCampaign,
                cell: ({ campaignId }) => (
                  <span class="clip second" dir="auto">
                    {campaignId === null ? "–" : nameOf(campaignId)}
                  </span>
                ),
              },
              {
                name: "score",
                title: words.score,
                kind: "number",
                narrow: "end",
                cell: ({ score }) => (score === null ? "–" : view.formats.score(score)),
              },
              {
                name: "result",
                title: words.result,
                narrow: "below-end",
                cell: ({ passed }) =>
                  passed !== null && (
                    <Status tone={passed ? "good" : "wrong"}>{passed ? words.passed : words.notPassed}</Status>
                  ),
              },
            ]}
          />
        )}
      </Panel>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref}>
        {scannedTo !== undefined && words.scannedUntil(view.formats.moment(scannedTo, view.now))}
      </Pager>
    </FramedPage>
  );
}
