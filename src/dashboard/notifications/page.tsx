import type { NotificationPage, NotificationRow } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { Tabs } from "../../ui/components/tabs";
import { failureOfEndpoint, mannerOfPage, sentenceOf } from "../../ui/failures";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { notificationWords } from "../../ui/strings/notifications";
import type { View } from "../../ui/view";
import type { Subjects } from "./read";

const HERE = "/dashboard/notifications";

type Props = {
  view: View;
  frame: Frame;
  page: NotificationPage;
  subjects: Subjects;
  /** Those that are read, too. */
  all: boolean;
  isFirst: boolean;
};

/** A person's inbox, newest first. Opening a notification marks it as read. */
export function NotificationsPage({ view, frame, page, subjects, all, isFirst }: Props) {
  const words = wordsOf(notificationWords, view.language);
  const { rows, last } = page;
  const here = all ? `${HERE}?all=yes` : HERE;
  return (
    <FramedPage view={view} frame={frame} title={words.title} current={null}>
      <PageHead
        title={words.title}
        state={stateOf(view, words, frame.unread)}
        actions={
          <>
            <ButtonLink href="/dashboard/settings/notifications">{words.preferences}</ButtonLink>
            {frame.unread > 0 && <MarkAll view={view} frame={frame} here={here} />}
          </>
        }
      />
      <Tabs
        label={words.tabs}
        current={here}
        tabs={[
          { href: HERE, title: words.unreadTab },
          { href: `${HERE}?all=yes`, title: words.allTab },
        ]}
      />
      <Panel flush>
        {rows.length > 0 ? (
          <ul class="notices">
            {rows.map((row) => (
              <Notice view={view} frame={frame} row={row} subjects={subjects} here={here} />
            ))}
          </ul>
        ) : (
          <EmptyState title={all ? words.empty : words.allRead}>{all ? words.emptyText : words.allReadText}</EmptyState>
        )}
      </Panel>
      <Pager
        view={view}
        firstHref={isFirst ? undefined : here}
        nextHref={
          last ? `${here}${all ? "&" : "?"}after=${last.createdAt}.${encodeURIComponent(last.cause)}` : undefined
        }
      />
    </FramedPage>
  );
}

function stateOf(view: View, words: Words<typeof notificationWords>, unread: number): string {
  if (unread === 0) return words.noneUnread;
  return unread === 1 ? words.unreadOne : words.unreadCount(view.formats.number(unread));
}

function MarkAll({ view, frame, here }: { view: View; frame: Frame; here: string }) {
  const words = wordsOf(notificationWords, view.language);
  return (
    <form method="post" action={`${HERE}/read`}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="until" value={String(view.now)} />
      <input type="hidden" name="back" value={here} />
      <Button kind="main">{words.markAllRead}</Button>
    </form>
  );
}

function Notice(props: { view: View; frame: Frame; row: NotificationRow; subjects: Subjects; here: string }) {
  const { view, frame, row, subjects, here } = props;
  const words = wordsOf(notificationWords, view.language);
  const text = textOf(view, words, row, subjects);
  const path = `${HERE}/${encodeURIComponent(row.cause)}`;
  return (
    <li>
      <div>
        <p>
          <a href={path}>
            <b>{words[row.kind]}</b>
          </a>{" "}
          {row.readAt === null && <Tag tone="attention">{words.unread}</Tag>}
        </p>
        {text !== "" && (
          <p class="second" dir="auto">
            {text}
          </p>
        )}
      </div>
      <span class="second">
        <Moment view={view} at={row.createdAt} as="relative" />
      </span>
      {row.readAt === null && (
        <form method="post" action={`${path}/read`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="back" value={here} />
          <Button small kind="quiet">
            {words.markRead}
          </Button>
        </form>
      )}
    </li>
  );
}

function textOf(view: View, words: Words<typeof notificationWords>, row: NotificationRow, subjects: Subjects): string {
  const { names, troubles } = subjects;
  const trouble = troubles.get(row.subjectId);
  const campaign = row.campaignId === null ? undefined : names.get(row.campaignId);
  const inCampaign = campaign === undefined ? "" : words.inCampaign(campaign);
  const subject = names.get(row.subjectId);
  switch (row.kind) {
    case "task_assigned":
    case "call_completed":
    case "review_assigned":
    case "opinions_apart":
    case "call_action":
    case "alert_raised":
    case "comment_mention":
    case "comment_reply":
      return inCampaign;
    case "task_unassigned":
      return `${words.taskUnassignedText} ${inCampaign}`.trim();
    case "call_unassigned":
      return words.callUnassignedText(subject ?? words.aSource);
    case "endpoint_failing":
    case "endpoint_disabled": {
      if (trouble?.isWrong) {
        const { code, text } = sentenceOf(failureOfEndpoint(trouble), mannerOfPage(view));
        return `${text} (${code})`;
      }
      // Null: it is known, and all is well with it by now.
      if (trouble !== undefined) return words.endpointWellText(subject ?? words.anEndpoint);
      const past = row.kind === "endpoint_failing" ? words.endpointFailingText : words.endpointDisabledText;
      return past(subject ?? words.anEndpoint);
    }
    case "usage_alert":
      return words.usageAlertText;
  }
}
