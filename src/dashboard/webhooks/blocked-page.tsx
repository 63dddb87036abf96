import type { CallHead } from "../../calls";
import type { BlockedLane } from "../../delivery";
import { may } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Table, type Column } from "../../ui/components/table";
import { blockedWords } from "../../ui/strings/blocked";
import { wordsOf, type Words } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import { otherPartyOf } from "../calls/row";
import { EventName, groupName } from "./deliveries-page";
import type { BlockedList } from "./read";
import { WebhookPage, type WebhookPageProps, type WebhookWords } from "./webhook-page";

type Props = WebhookPageProps & {
  list: BlockedList;
  /** Whether this page is not the first one. */
  isLater: boolean;
};

/** Calls that wait: why the event in front of each is not taken, and what can be done about it. */
export function BlockedPage(props: Props) {
  const { view, parts, list, isLater } = props;
  const own = wordsOf(blockedWords, view.language);
  const base = `/dashboard/webhooks/${parts.endpoint.id}`;
  const { lanes, next, calls } = list;
  const rows = (lanes ?? []).map((lane) => ({ lane, call: calls.get(lane.entry.stream) }));
  return (
    <WebhookPage {...props} tab="blocked">
      {rows.length > 0 && (
        <div class="bar">
          <p class="second">{own.blockedText}</p>
        </div>
      )}
      <Panel flush>
        {lanes === null ? (
          <EmptyState title={own.blockedUnknown}>{own.blockedUnknownText}</EmptyState>
        ) : rows.length === 0 ? (
          <EmptyState
            title={isLater ? own.noMoreBlocked : own.noBlocked}
            action={isLater && <ButtonLink href={`${base}/blocked`}>{own.fromOldest}</ButtonLink>}
          >
            {own.noBlockedText}
          </EmptyState>
        ) : (
          <div class="blocked-calls">
            <Table
              view={view}
              label={own.blocked}
              columns={columnsOf(props)}
              rows={rows}
              hrefOf={({ lane: { entry }, call }) =>
                call ? `/dashboard/calls/${call.id}?tab=timeline` : deliveryHref(base, entry.deliveryId)
              }
            />
          </div>
        )}
      </Panel>
      <Pager
        view={view}
        titles={{ first: own.fromOldest, next: own.newerBlocked }}
        firstHref={isLater ? `${base}/blocked` : undefined}
        nextHref={next ? `${base}/blocked?after=${next.arrival}.${next.deliveryId}` : undefined}
      />
    </WebhookPage>
  );
}

type Row = { lane: BlockedLane; call: CallHead | undefined };

function columnsOf(props: Props): Column<Row>[] {
  const { view, caller, parts } = props;
  const words = wordsOf(webhookPageWords, view.language);
  const own = wordsOf(blockedWords, view.language);
  const base = `/dashboard/webhooks/${parts.endpoint.id}`;
  const columns: Column<Row>[] = [
    {
      name: "call",
      title: words.call,
      narrow: "middle",
      cell: (row) => (
        <>
          <span class="clip" dir="auto">
            <b>{nameOf(words, row)}</b>{" "}
            <span class="second">{row.call?.operatorName ?? row.call?.operatorReference}</span>
          </span>
          {row.call && (
            <span class="second">
              <Moment view={view} at={row.call.startedAt} />
            </span>
          )}
        </>
      ),
    },
    {
      name: "event",
      title: words.event,
      narrow: "below",
      cell: ({ lane: { entry } }) => (
        <a href={deliveryHref(base, entry.deliveryId)}>
          <EventName type={entry.type} />
        </a>
      ),
    },
    {
      name: "since",
      title: own.waitsSince,
      narrow: "end",
      cell: ({ lane: { entry } }) => <Moment view={view} at={entry.enqueuedAt} />,
    },
    {
      name: "answer",
      title: words.tries,
      narrow: "below",
      cell: ({ lane }) => stateOf(props, own, lane),
    },
    {
      name: "queued",
      title: own.queued,
      kind: "number",
      narrow: "below",
      titled: true,
      cell: ({ lane }) => view.formats.number(lane.queued),
    },
  ];
  if (!may(caller, "deliveries:write")) return columns;
  const acts: Column<Row> = {
    name: "acts",
    title: words.retryNow,
    silent: true,
    narrow: "below",
    cell: (row) => <Acts {...props} words={words} row={row} />,
  };
  return [...columns, acts];
}

function deliveryHref(base: string, deliveryId: string): string {
  return `${base}?delivery=${encodeURIComponent(deliveryId)}#delivery`;
}

/** The other party of the call; its id where the call is not there for this person. */
function nameOf(words: WebhookWords, { lane: { entry }, call }: Row): string {
  if (call) return otherPartyOf(call) ?? call.id;
  return entry.stream.startsWith("call_") ? entry.stream : groupName(words, entry.stream);
}

/** One sentence: how often the event in front was tried, what came back last, and when it is tried next. */
function stateOf(
  { view, parts: { endpoint } }: Props,
  own: Words<typeof blockedWords>,
  { entry, reason }: BlockedLane,
): string {
  const { number, moment } = view.formats;
  const { attempts, attemptCount, dueAt, state, byPerson } = entry;
  const status = attempts.at(-1)?.status ?? null;
  const tried =
    attemptCount === 0
      ? own.untried
      : own.triedAndAnswered(number(attemptCount), status === null ? null : String(status));
  if (state === "held") return own.sentence(tried, byPerson ? own.pausedByPerson : own.waitsForDecision);
  if (isAtRest(endpoint)) return own.sentence(tried, own.notWhileResting);
  if (reason === "circuit_open") return own.sentence(tried, own.onlyProbed);
  // A head that is under way right now has the time at which it was due.
  const next = dueAt === null || dueAt <= view.now ? own.nextAtOnce : own.nextTry(moment(dueAt, view.now));
  return own.sentence(tried, next);
}

/** Whether nothing is sent before somebody resumes the webhook, or switches it on. */
function isAtRest({ active, paused }: { active: boolean; paused: boolean }): boolean {
  return !active || paused;
}

/**
 * Retry now, or once more where it is held; pause; and skip, which asks first. All lead back to this tab. A webhook at rest retries
 * nothing, and what it would not try needs no pause.
 */
function Acts({ view, frame, parts, words, row }: Props & { words: WebhookWords; row: Row }) {
  const { deliveryId, state, replay } = row.lane.entry;
  // Elsewhere the lane is not the call: all of the webhook, which has a pause of its own, or one event or replay alone.
  const isOfCall = parts.endpoint.ordering === "call" && replay === 0;
  const act = `/dashboard/webhooks/${parts.endpoint.id}/deliveries/${encodeURIComponent(deliveryId)}`;
  const [wanted, title] = state === "held" ? ["release", words.release] : ["retry", words.retryNow];
  // Its time tells it from another call of the same number.
  const startedAt = row.call ? `, ${view.formats.moment(row.call.startedAt, view.now)}` : "";
  const of = (does: string) => `${does}: ${nameOf(words, row)}${startedAt}`;
  return (
    <form method="post" action={act} class="actions">
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="from" value="blocked" />
      <input type="hidden" name="seen" value={state} />
      {!isAtRest(parts.endpoint) && (
        <Button small name="do" value={wanted} label={of(title)}>
          {title}
        </Button>
      )}
      {!isAtRest(parts.endpoint) && state === "pending" && isOfCall && (
        <Button small name="do" value="hold" label={of(words.pause)}>
          {words.pause}
        </Button>
      )}
      <ButtonLink small kind="danger" href={`${act}/skip?from=blocked`} label={of(words.skip)}>
        {words.skip}
      </ButtonLink>
    </form>
  );
}
