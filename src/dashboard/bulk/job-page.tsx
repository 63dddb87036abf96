import { keepsAll, type JobResult, type JobRow } from "../../bulk";
import type { CallHead } from "../../calls";
import { Button, ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Figure, Figures, Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import { refusalText } from "../../ui/strings/refusals";
import type { View } from "../../ui/view";
import { otherPartyOf } from "../calls/row";
import { backWords, changedAs, deedOf, JOB_TONES, progressOf, stopOf, type BulkWords } from "./job-words";

/** What became of one call, with the call where this person may still see it. */
export type ShownResult = { result: JobResult; call: CallHead | undefined };

type Props = {
  view: View;
  frame: Frame;
  job: JobRow;
  campaigns: ReadonlyMap<string, string>;
  results: readonly ShownResult[];
  back: string;
  firstHref: string | undefined;
  nextHref: string | undefined;
  /** Whether it can be taken back, and the job that did so. */
  undo: { possible: boolean; done: JobRow | null };
};

/** How far an act on many calls is, and what became of each call. */
export function JobPage(props: Props) {
  const { view, frame, job, campaigns, results, back, firstHref, nextHref } = props;
  const words = wordsOf(bulkWords, view.language);
  const title = deedOf(words, job, campaigns);
  return (
    <FramedPage view={view} frame={frame} title={title} current="calls">
      <PageHead
        title={<span dir="auto">{title}</span>}
        state={
          <>
            <Status tone={JOB_TONES[job.state]}>{words[job.state]}</Status> · <Moment view={view} at={job.createdAt} />
          </>
        }
        actions={
          <>
            <ButtonLink href="/dashboard/jobs">{words.earlier}</ButtonLink>
            <ButtonLink href={back}>{backWords(words, back)}</ButtonLink>
          </>
        }
      />
      {stopOf(words, job) !== null && <p class="notice">{stopOf(words, job)}</p>}
      <JobProgress view={view} job={job} />
      <Acts {...props} words={words} />
      {job.state !== "open" && (
        <>
          <Panel title={keepsAll(job) ? words.results : words.failures} flush>
            {results.length === 0 ? (
              <EmptyState title={words.noFailures} />
            ) : (
              <Table
                view={view}
                label={words.results}
                columns={columnsOf(view, words, job)}
                rows={results}
                hrefOf={({ result }) => `/dashboard/calls/${result.id}`}
              />
            )}
          </Panel>
          <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
        </>
      )}
    </FramedPage>
  );
}

/** How far it is. While it goes on, this part looks anew by itself. */
export function JobProgress({ view, job }: { view: View; job: JobRow }) {
  const words = wordsOf(bulkWords, view.language);
  const { number } = view.formats;
  const { state, done, total, changed, failed } = job;
  const polls =
    state === "open"
      ? { "hx-get": `/dashboard/jobs/${job.id}/progress`, "hx-trigger": "every 2s", "hx-swap": "outerHTML" }
      : {};
  return (
    <div id="progress" aria-live="polite" {...polls}>
      {state === "open" && (
        <p class="spaced-below">
          {progressOf(words, view, job)}
          <progress class="progress" max={total ?? undefined} value={total === null ? undefined : done} />
        </p>
      )}
      <Figures>
        <Figure name={changedAs(words, job)} value={number(changed)} />
        <Figure name={words.unchanged} value={number(done - changed - failed)} />
        <Figure name={words.notPossible} value={number(failed)} />
      </Figures>
    </div>
  );
}

function Acts({ view, frame, job, back, undo, words }: Props & { words: BulkWords }) {
  if (job.state === "open")
    return (
      <form method="post" action={`/dashboard/jobs/${job.id}/cancel`} class="actions spaced-below">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="back" value={back} />
        <span class="second">{words.stopHint}</span>
        <ButtonLink href={view.path}>{words.lookAgain}</ButtonLink>
        <Button kind="danger">{words.stop}</Button>
      </form>
    );
  if (undo.done)
    return (
      <p class="actions spaced-below">
        <ButtonLink href={`/dashboard/jobs/${undo.done.id}?back=${encodeURIComponent(back)}`}>
          {words.seeUndo}
        </ButtonLink>
      </p>
    );
  const { tags } = job.params;
  // Of a job from before it was kept which of them each call had.
  if (!undo.possible && job.changed > 0 && Array.isArray(tags) && tags.length > 1 && job.params.keeps !== true)
    return <p class="second spaced-below">{words.noUndo}</p>;
  if (!undo.possible) return null;
  return (
    <form method="post" action={`/dashboard/jobs/${job.id}/undo`} class="actions spaced-below">
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="back" value={back} />
      <span class="second">{words.undoHint(view.formats.number(job.changed))}</span>
      <Button icon="undo">{words.undo}</Button>
    </form>
  );
}

function columnsOf(view: View, words: BulkWords, job: JobRow): Column<ShownResult>[] {
  return [
    {
      name: "time",
      title: words.time,
      kind: "mono",
      narrow: "start",
      cell: ({ call }) => (call ? <Moment view={view} at={call.startedAt} as="timeInList" /> : "–"),
    },
    {
      name: "party",
      title: words.party,
      kind: "mono",
      narrow: "middle",
      cell: ({ call }) => (
        <span class="clip" dir="auto">
          {call ? (otherPartyOf(call) ?? "–") : words.notYours}
        </span>
      ),
    },
    {
      name: "outcome",
      title: words.outcome,
      narrow: "below",
      cell: ({ result }) => {
        if ("error" in result) return <Status tone="wrong">{refusalText(result.error, view.language)}</Status>;
        return result.changed ? (
          <Status tone="good">
            {job.action === "analyse" || job.action === "replay" ? changedAs(words, job) : words.itChanged}
          </Status>
        ) : (
          <Status tone="idle">{words.itDidNot}</Status>
        );
      },
    },
  ];
}
