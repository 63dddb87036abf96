import type { CampaignRow } from "../../campaigns";
import { isRefused, type UploadRow } from "../../sources";
import { Button } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { uploadWords } from "../../ui/strings/uploads";
import type { View } from "../../ui/view";
import { sizeText, UploadDesk } from "./desk";

type Props = {
  view: View;
  frame: Frame;
  uploads: readonly UploadRow[];
  campaigns: readonly CampaignRow[];
  /** The campaign that each call is in now, by the id of the call; what an upload asked for may be another, or none. */
  campaignOf: ReadonlyMap<string, string | null>;
  organizationId: string;
  csrf: string;
  mostBytes: number;
  mayUpload: boolean;
  mayOpenCalls: boolean;
  after: string | null;
  next: string | null;
};

/** Files to send, and those that were sent, newest first. */
export function UploadsPage(props: Props) {
  const { view, frame, uploads, campaigns, organizationId, mostBytes, mayUpload, after, next } = props;
  const words = wordsOf(uploadWords, view.language);
  const open = campaigns.filter(({ archivedAt }) => archivedAt === null);
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="uploads">
      <PageHead title={words.title} state={words.text} />
      {mayUpload && <UploadDesk view={view} campaigns={open} organizationId={organizationId} mostBytes={mostBytes} />}
      <Panel title={words.sent} flush>
        {uploads.length > 0 ? (
          <Table view={view} label={words.sentLabel} columns={columnsOf(props, words)} rows={uploads} />
        ) : (
          <EmptyState title={words.emptyTitle}>{words.emptyText}</EmptyState>
        )}
      </Panel>
      <Pager
        view={view}
        firstHref={after === null ? undefined : "/dashboard/uploads"}
        nextHref={next === null ? undefined : `/dashboard/uploads?after=${next}`}
      />
    </FramedPage>
  );
}

function columnsOf(props: Props, words: Words<typeof uploadWords>): Column<UploadRow>[] {
  const { view, campaigns, campaignOf, csrf, mayUpload, mayOpenCalls } = props;
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  return [
    {
      name: "time",
      title: words.begun,
      kind: "mono",
      narrow: "end",
      cell: ({ createdAt }) => <Moment view={view} at={createdAt} />,
    },
    {
      name: "file",
      title: words.file,
      narrow: "middle",
      cell: ({ fileName }) => (
        <span class="clip" dir="auto">
          {fileName ?? words.unnamed}
        </span>
      ),
    },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ call, callId }) => {
        const now = callId === null ? undefined : campaignOf.get(callId);
        return (
          <span class="clip" dir="auto">
            {names.get(now === undefined ? String(call["campaign_id"]) : (now ?? "")) ?? "–"}
          </span>
        );
      },
    },
    {
      name: "size",
      title: words.size,
      kind: "number",
      cell: ({ size }) => (size === null ? "–" : sizeText(view, size)),
    },
    { name: "state", title: words.state, narrow: "below", cell: (row) => stateOf(view, words, row) },
    {
      name: "call",
      title: words.call,
      silent: true,
      narrow: "below-end",
      cell: ({ id, state, callId, fileName }) => {
        const label = (verb: string) => `${verb}: ${fileName ?? id}`;
        if (state === "completed" && callId !== null && mayOpenCalls)
          return (
            <a href={`/dashboard/calls/${callId}`} aria-label={label(words.openCall)}>
              {words.openCall}
            </a>
          );
        if (state !== "open" || callId !== null || !mayUpload) return null;
        return (
          <form method="post" action={`/dashboard/uploads/${id}/abort`}>
            <input type="hidden" name="csrf" value={csrf} />
            <Button kind="quiet" small label={label(words.cancel)}>
              {words.cancel}
            </Button>
          </form>
        );
      },
    },
  ];
}

const TONES: Record<UploadRow["state"], Tone> = { open: "attention", completed: "good", aborted: "idle" };

function stateOf(view: View, words: Words<typeof uploadWords>, row: UploadRow) {
  if (isRefused(row)) return <Status tone="wrong">{words.refusedNoAudio}</Status>;
  const { state, received, size, expiresAt } = row;
  const share = size === null || size === 0 ? null : view.formats.percent(received / size);
  const isOver = state === "open" && expiresAt <= view.now;
  const text = {
    open: isOver ? words.expired : share === null ? words.unfinished : words.unfinishedAt(share),
    completed: words.completed,
    aborted: words.aborted,
  };
  return <Status tone={TONES[state]}>{text[state]}</Status>;
}
