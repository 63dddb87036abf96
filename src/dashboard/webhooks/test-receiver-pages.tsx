import type { Child } from "hono/jsx";
import { TEST_RECEIVER_LIMITS, type ReceivedAtTest, type TestReceiver } from "../../delivery";
import { Button, ButtonLink } from "../../ui/components/button";
import { Code } from "../../ui/components/code";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Table } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { testReceiverWords } from "../../ui/strings/test-receivers";
import type { View } from "../../ui/view";
import { newOnce } from "../forms";

export const TEST_RECEIVERS = "/dashboard/webhooks/test-receivers";

type ListProps = {
  view: View;
  frame: Frame;
  rows: readonly { receiver: TestReceiver; url: string }[];
  toast: Child;
};

/** The test receivers that are open. */
export function TestReceiverListPage({ view, frame, rows, toast }: ListProps) {
  const words = wordsOf(testReceiverWords, view.language);
  const make = (
    <form method="post" action={TEST_RECEIVERS}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="once" value={newOnce()} />
      <Button kind="main">{words.make}</Button>
    </form>
  );
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="webhooks" toast={toast}>
      <PageHead title={words.title} state={words.state} actions={rows.length > 0 && make} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title={words.emptyTitle} action={make}>
            {words.empty}
          </EmptyState>
        ) : (
          <Table
            view={view}
            label={words.table}
            rows={rows}
            hrefOf={({ receiver }) => `${TEST_RECEIVERS}/${receiver.id}`}
            columns={[
              {
                name: "address",
                title: words.address,
                kind: "mono",
                narrow: "middle",
                cell: ({ receiver, url }) => (
                  <>
                    <span class="clip second">{new URL(url).host}</span>
                    <span class="clip">{receiver.id}</span>
                  </>
                ),
              },
              {
                name: "received",
                title: words.received,
                kind: "number",
                narrow: "end",
                cell: ({ receiver }) => view.formats.number(receiver.received),
              },
              {
                name: "ends",
                title: words.ends,
                narrow: "below",
                cell: ({ receiver }) => <Moment view={view} at={receiver.expiresAt} />,
              },
            ]}
          />
        )}
      </Panel>
    </FramedPage>
  );
}

type OneProps = {
  view: View;
  frame: Frame;
  receiver: TestReceiver;
  requests: readonly ReceivedAtTest[];
  url: string;
};

/** One test receiver: its address, and what arrived. */
export function TestReceiverPage({ view, frame, receiver, requests, url }: OneProps) {
  const words = wordsOf(testReceiverWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.one} current="webhooks">
      <PageHead
        title={words.one}
        state={
          <>
            {words.ends} <Moment view={view} at={receiver.expiresAt} focusable />
          </>
        }
        actions={
          <form method="post" action={`${TEST_RECEIVERS}/${receiver.id}/end`}>
            <input type="hidden" name="csrf" value={frame.csrf} />
            <Button kind="danger">{words.end}</Button>
          </form>
        }
      />
      <Panel title={words.address}>
        <Code view={view} text={url} what={words.address} />
        <p class="hint spaced">{words.whoHasIt}</p>
      </Panel>
      <Arrived view={view} receiver={receiver} requests={requests} />
    </FramedPage>
  );
}

/** What arrived. It asks again by itself until there is something. */
export function Arrived({ view, receiver, requests }: Pick<OneProps, "view" | "receiver" | "requests">) {
  const words = wordsOf(testReceiverWords, view.language);
  const path = `${TEST_RECEIVERS}/${receiver.id}`;
  if (requests.length === 0)
    return (
      <div id="arrived" class="spaced" hx-get={`${path}/arrived`} hx-trigger="every 3s" hx-swap="outerHTML">
        <Panel title={words.arrived}>
          <p role="status">{words.waiting}</p>
          <div class="actions spaced without-script">
            <ButtonLink href={path}>{words.again}</ButtonLink>
          </div>
        </Panel>
      </div>
    );
  return (
    <div id="arrived" class="spaced">
      <Panel title={words.arrived} aside={words.kept(view.formats.number(TEST_RECEIVER_LIMITS.kept))}>
        <div class="actions">
          <ButtonLink href={path}>{words.again}</ButtonLink>
        </div>
        {requests.map((request, index) => (
          <One view={view} request={request} isOpen={index === 0} />
        ))}
      </Panel>
    </div>
  );
}

const FINDINGS = [
  "valid",
  "wrong_secret",
  "stale",
  "body_changed",
  "body_rewritten",
  "no_match",
  "missing_header",
] as const;

function One({ view, request, isOpen }: { view: View; request: ReceivedAtTest; isOpen: boolean }) {
  const words = wordsOf(testReceiverWords, view.language);
  const { number, method, receivedAt, headers, body, endpointId } = request;
  const finding = FINDINGS.find((one) => one === request.finding) ?? "no_match";
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <details class="more spaced" open={isOpen}>
      <summary>
        {view.formats.number(number)} · {method} · <Moment view={view} at={receivedAt} as="exactTime" />{" "}
        <Status tone={toneOf(finding)}>{words[finding]}</Status>
      </summary>
      <div class="form">
        {endpointId !== null && (
          <p>
            <a href={`/dashboard/webhooks/${endpointId}`}>{words.webhook}</a>
          </p>
        )}
        <h3>{words.headers}</h3>
        <Code view={view} text={lines.join("\n")} what={words.headers} />
        <h3>{words.body}</h3>
        <Code view={view} text={body} what={words.body} />
      </div>
    </details>
  );
}

function toneOf(finding: (typeof FINDINGS)[number]): Tone {
  if (finding === "valid") return "good";
  return finding === "no_match" || finding === "missing_header" ? "wrong" : "attention";
}
