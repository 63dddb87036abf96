import type { JobRow } from "../../bulk";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import type { Paged } from "../settings/paged";
import { deedOf, JOB_TONES, progressOf, type BulkWords } from "./job-words";

type Props = {
  view: View;
  frame: Frame;
  page: Paged<JobRow>;
  campaigns: ReadonlyMap<string, string>;
  userId: string;
};

/** Acts on many calls, newest first: one's own, and those of others that one may do oneself. */
export function JobListPage(props: Props) {
  const { view, frame, page } = props;
  const words = wordsOf(bulkWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.earlier} current="calls">
      <PageHead
        title={words.earlier}
        state={words.earlierText}
        actions={<ButtonLink href="/dashboard/calls">{words.cancel}</ButtonLink>}
      />
      <Panel flush>
        {page.rows.length === 0 ? (
          <EmptyState title={words.noJobs}>{words.noJobsText}</EmptyState>
        ) : (
          <Table
            view={view}
            label={words.earlier}
            columns={columnsOf(words, props)}
            rows={page.rows}
            hrefOf={({ id }) => `/dashboard/jobs/${id}`}
          />
        )}
      </Panel>
      <Pager view={view} firstHref={page.firstHref} nextHref={page.nextHref} />
    </FramedPage>
  );
}

function columnsOf(words: BulkWords, { view, campaigns, userId }: Props): Column<JobRow>[] {
  return [
    {
      name: "time",
      title: words.when,
      kind: "mono",
      narrow: "start",
      cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
    },
    {
      name: "what",
      title: words.what,
      narrow: "middle",
      cell: (job) => (
        <span class="clip" dir="auto">
          {deedOf(words, job, campaigns)}
        </span>
      ),
    },
    {
      name: "result",
      title: words.result,
      narrow: "below",
      cell: (job) => (
        <>
          <Status tone={JOB_TONES[job.state]}>{words[job.state]}</Status>{" "}
          <span class="second">{progressOf(words, view, job)}</span>
        </>
      ),
    },
    {
      name: "by",
      title: words.by,
      narrow: "below",
      cell: ({ actor }) => <span class="second">{actor.id === userId ? words.you : words.someoneElse}</span>,
    },
  ];
}
