import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../campaigns";
import {
  explainProblem,
  statusOf,
  successRateOf,
  troubleOf,
  type ConnectorView,
  type FileRow,
  type PreviewedFile,
  type ProblemCode,
} from "../../connectors";
import { Button, ButtonLink } from "../../ui/components/button";
import { Moment } from "../../ui/components/moment";
import { Facts, Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Detail } from "../../ui/components/stored-reason";
import { Table } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { oneDriveWords } from "../../ui/strings/onedrive";
import type { View } from "../../ui/view";
import { CONNECTOR_TONES } from "./list-page";
import { LeftFilesPanel } from "./left-files";
import { needsPerson, OneDriveTabs } from "./onedrive-page";
import { judgedColumns } from "./judged-columns";
import { besideFacts, placeFacts } from "./place-facts";
import { Processed } from "./processed";

export type TestedStep = {
  step: "list" | "read" | "write" | "delete";
  failure: { code: ProblemCode; detail: string; cause: string; remedy: string } | null;
};

/** What a test or a dry run before this page gave. */
export type Outcome =
  | { kind: "tested"; steps: readonly TestedStep[] }
  | { kind: "previewed"; files: readonly PreviewedFile[]; more: boolean };

type Props = {
  view: View;
  frame: Frame;
  connector: ConnectorView;
  campaign: CampaignRow | undefined;
  refused: readonly FileRow[];
  mayWrite: boolean;
  outcome: Outcome | null;
  toast?: Child;
};

/** One storage: how it does, what is wrong, what it left where it is. */
export function ConnectorPage({ view, frame, connector, campaign, refused, mayWrite, outcome, toast }: Props) {
  const words = wordsOf(connectorWords, view.language);
  const drive = wordsOf(oneDriveWords, view.language);
  const { formats } = view;
  const base = `/dashboard/connectors/${connector.id}`;
  const status = statusOf(connector);
  const trouble = troubleOf(connector, view.language === "es" ? "es" : "en");
  const rate = successRateOf(connector);
  const { lastRunAt } = connector;
  const sentence =
    status === "failing"
      ? (trouble?.cause ?? "")
      : status === "paused"
        ? words.statePaused
        : lastRunAt === null
          ? words.stateWaiting
          : status === "waiting"
            ? words.stateChanged
            : words.stateActive(formats.relative(lastRunAt, view.now));
  const isPaused = connector.state === "paused";
  const shown = hostKeyShown(trouble, outcome);
  const act = (path: string, title: string, main = false) => (
    <form method="post" action={`${base}/${path}`}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <Button kind={main ? "main" : "plain"}>{title}</Button>
    </form>
  );
  return (
    <FramedPage view={view} frame={frame} title={connector.name} current="sources" toast={toast}>
      <PageHead
        title={<span dir="auto">{connector.name}</span>}
        state={sentence}
        actions={
          mayWrite && (
            <>
              <ButtonLink href={`${base}/settings`}>{words.settings}</ButtonLink>
              {needsPerson(connector) && <ButtonLink href={`${base}/connect`}>{drive.connect}</ButtonLink>}
              {isPaused ? act("resume", words.resume, true) : act("sync", words.sync, true)}
            </>
          )
        }
      />
      {connector.kind === "onedrive" && <OneDriveTabs view={view} id={connector.id} current="" mayWrite={mayWrite} />}
      {trouble && (
        <Panel title={words.troubleTitle} tone="wrong">
          <Facts
            facts={[
              [words.cause, trouble.cause],
              [words.remedy, trouble.remedy],
              [words.detail, <Detail view={view} text={trouble.detail} />],
              [
                words.since,
                <>
                  <Moment view={view} at={trouble.since} /> · {words.looks(formats.number(trouble.count))}
                </>,
              ],
            ]}
          />
        </Panel>
      )}
      {shown !== undefined && mayWrite && (
        <Panel title={words.trustTitle}>
          <p>{words.trustText}</p>
          <p class="mono" dir="ltr">
            {shown}
          </p>
          <form method="post" action={`${base}/trust`} class="actions spaced">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="key" value={shown} />
            <Button>{words.trust}</Button>
          </form>
        </Panel>
      )}
      <Panel title={words.overview} aside={<Status tone={CONNECTOR_TONES[status]}>{words[status]}</Status>}>
        <Facts
          facts={[
            ...placeFacts(view, connector),
            ...besideFacts(view, connector),
            [words.campaign, <span dir="auto">{campaign?.name ?? "–"}</span>],
            ...(campaign
              ? [[words.processing, <Processed view={view} campaign={campaign} connector={connector} />] as const]
              : []),
            [words.last, lastRunAt === null ? words.never : <Moment view={view} at={lastRunAt} as="relative" />],
            [words.next, isPaused ? "–" : <Moment view={view} at={connector.dueAt} as="relative" />],
            [words.success, rate === null ? "–" : formats.percent(rate)],
            [words.imported, formats.number(connector.imported)],
            [words.refused, formats.number(connector.refused)],
          ]}
        />
        {mayWrite && (
          <div class="actions spaced">
            {act("test", words.test)}
            {act("preview", words.preview)}
            {!isPaused && act("pause", words.pause)}
            <ButtonLink kind="danger" href={`${base}/delete`}>
              {words.delete}
            </ButtonLink>
          </div>
        )}
      </Panel>
      {outcome?.kind === "tested" && <Tested view={view} steps={outcome.steps} />}
      {outcome?.kind === "previewed" && <Previewed view={view} {...outcome} />}
      <LeftFilesPanel view={view} connector={connector} />
      <Panel title={words.refusedTitle} flush={refused.length > 0}>
        {refused.length === 0 ? (
          words.refusedNone
        ) : (
          <Table
            view={view}
            label={words.refusedTitle}
            rows={refused}
            columns={[
              { name: "file", title: words.file, narrow: "middle", cell: ({ name }) => <span dir="auto">{name}</span> },
              {
                name: "reason",
                title: words.reason,
                narrow: "below",
                cell: ({ reason }) => <Reason view={view} reason={reason ?? ""} />,
              },
              { name: "found", title: words.found, cell: ({ foundAt }) => <Moment view={view} at={foundAt} /> },
              {
                name: "retry",
                title: words.retry,
                silent: true,
                narrow: "end",
                cell: ({ id, name }) =>
                  mayWrite && (
                    <form method="post" action={`${base}/files/${id}/retry`}>
                      <input type="hidden" name="csrf" value={frame.csrf} />
                      <Button small label={`${words.retry}: ${name}`}>
                        {words.retry}
                      </Button>
                    </form>
                  ),
              },
            ]}
          />
        )}
      </Panel>
    </FramedPage>
  );
}

/** Why a file was left where it is: the likely cause in words, above what happened. */
function Reason({ view, reason }: { view: View; reason: string }) {
  const [code = ""] = reason.split(": ");
  const explained = explainProblem(code, view.language === "es" ? "es" : "en");
  return (
    <>
      {explained && <span>{explained.cause} </span>}
      <span class="second">
        <Detail view={view} text={reason} />
      </span>
    </>
  );
}

/** The host key that a look or a test was shown and that waits for a person. */
function hostKeyShown(trouble: ConnectorView["trouble"], outcome: Outcome | null): string | undefined {
  const failures = outcome?.kind === "tested" ? outcome.steps.map(({ failure }) => failure) : [];
  const found = [...failures, trouble].find(
    (failure) => failure?.code === "host_key_unknown" || failure?.code === "host_key_changed",
  );
  return found?.detail;
}

function Tested({ view, steps }: { view: View; steps: readonly TestedStep[] }) {
  const words = wordsOf(connectorWords, view.language);
  const titles = { list: words.list, read: words.read, write: words.write, delete: words.remove };
  return (
    <Panel title={words.testTitle} id="outcome">
      <Facts
        facts={steps.map(({ step, failure }) => [
          titles[step],
          failure === null ? (
            <Status tone="good">{words.stepGood}</Status>
          ) : (
            <>
              <Status tone="wrong">{words.stepWrong}</Status>
              <p>
                {failure.cause} {failure.remedy}
              </p>
              <p class="second">
                <Detail view={view} text={failure.detail} />
              </p>
            </>
          ),
        ])}
      />
    </Panel>
  );
}

function Previewed({ view, files, more }: { view: View; files: readonly PreviewedFile[]; more: boolean }) {
  const words = wordsOf(connectorWords, view.language);
  return (
    <Panel title={words.previewTitle} flush={files.length > 0} id="outcome">
      {files.length === 0 ? (
        words.previewNone
      ) : (
        <Table
          view={view}
          label={words.previewTitle}
          rows={files}
          columns={judgedColumns<PreviewedFile>(view, [
            {
              name: "size",
              title: words.size,
              kind: "number",
              // What a row names has no size before it is fetched.
              cell: ({ size, verdict }) =>
                size === 0 && verdict === "take" ? "–" : `${view.formats.number(Math.ceil(size / 1024))} kB`,
            },
          ])}
        />
      )}
      {more && <p class="second">{words.previewMore}</p>}
    </Panel>
  );
}
