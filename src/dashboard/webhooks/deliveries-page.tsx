import type { CallHead } from "../../calls";
import type { DeliveryLogEntry, DeliveryState } from "../../delivery";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import type { View } from "../../ui/view";
import { otherPartyOf } from "../calls/row";
import { DeliveryPanel } from "./delivery-panel";
import { DeliveryStatus } from "./delivery-status";
import type { DeliveryList, DeliveryQuery } from "./read";
import { mayRetryAll, WebhookPage, type WebhookPageProps, type WebhookWords } from "./webhook-page";

type Props = WebhookPageProps & { asked: DeliveryQuery; list: DeliveryList; signed: string | null };

export const DELIVERY_STATES: readonly DeliveryState[] = ["pending", "held", "parked", "delivered", "skipped"];

/** Deliveries grouped by call, and one of them with each of its tries. */
export function DeliveriesPage(props: Props) {
  const { view, parts, asked, list } = props;
  const words = wordsOf(webhookPageWords, view.language);
  const base = `/dashboard/webhooks/${parts.endpoint.id}`;
  const { entries, next, chosen } = list;
  return (
    <WebhookPage {...props} tab="">
      <div class="bar">
        <nav class="chips choose" aria-label={words.filter}>
          {[undefined, ...DELIVERY_STATES].map((state) => (
            <a
              class="chip"
              href={deliveriesHref(base, { ...asked, state, before: undefined, delivery: undefined })}
              aria-current={state === asked.state ? "true" : undefined}
            >
              {state === undefined ? words.all : words[state]}
            </a>
          ))}
        </nav>
        {mayRetryAll(props) && (
          <ButtonLink small href={`${base}/replay`}>
            {words.replay}
          </ButtonLink>
        )}
      </div>
      <div class="halves">
        <Panel flush>
          {entries !== null && entries.length > 0 ? (
            <Groups view={view} words={words} base={base} asked={asked} list={list} entries={entries} />
          ) : entries === null ? (
            <EmptyState title={words.logUnknown}>{words.logUnknownText}</EmptyState>
          ) : (
            <Nothing words={words} base={base} isFiltered={asked.state !== undefined || asked.call !== undefined} />
          )}
        </Panel>
        {entries !== null && entries.length > 0 && asked.delivery === undefined ? (
          <Panel>
            <p class="second">{words.chooseDelivery}</p>
          </Panel>
        ) : asked.delivery !== undefined ? (
          <DeliveryPanel {...props} words={words} entry={chosen} />
        ) : null}
      </div>
      <Pager
        view={view}
        firstHref={
          asked.before ? deliveriesHref(base, { ...asked, before: undefined, delivery: undefined }) : undefined
        }
        nextHref={next ? deliveriesHref(base, { ...asked, before: next, delivery: undefined }) : undefined}
      />
    </WebhookPage>
  );
}

export function deliveriesHref(base: string, { state, call, before, delivery }: DeliveryQuery): string {
  const params = new URLSearchParams({
    ...(state === undefined ? {} : { state }),
    ...(call === undefined ? {} : { call }),
    ...(before === undefined ? {} : { before: `${before.enqueuedAt}.${before.deliveryId}` }),
    ...(delivery === undefined ? {} : { delivery }),
  }).toString();
  return params === "" ? base : `${base}?${params}`;
}

type GroupsProps = {
  view: View;
  words: WebhookWords;
  base: string;
  asked: DeliveryQuery;
  list: DeliveryList;
  entries: readonly DeliveryLogEntry[];
};

/** One table; the deliveries of a call follow each other, the call with the newest one first. */
function Groups({ view, words, base, asked, list, entries }: GroupsProps) {
  const streams = [...new Set(entries.map(({ stream }) => stream))];
  return (
    <div class="table-scroll" tabindex={0} role="region" aria-label={words.deliveries}>
      <table class="table deliveries">
        <thead>
          <tr>
            <th scope="col">{words.event}</th>
            <th scope="col">{words.state}</th>
            <th scope="col" class="number">
              {words.tries}
            </th>
            <th scope="col" class="number">
              {words.when}
            </th>
          </tr>
        </thead>
        {streams.map((stream) => (
          <tbody>
            <tr class="group">
              <th scope="rowgroup" colspan={4}>
                <GroupTitle view={view} words={words} stream={stream} call={list.calls.get(stream)} />
              </th>
            </tr>
            {entries
              .filter((entry) => entry.stream === stream)
              .toSorted((one, other) => one.seq - other.seq || one.replay - other.replay)
              .map((entry) => (
                <DeliveryRow
                  view={view}
                  words={words}
                  entry={entry}
                  href={deliveriesHref(base, { ...asked, delivery: entry.deliveryId })}
                  isChosen={entry.deliveryId === asked.delivery}
                />
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

type TitleProps = { view: View; words: WebhookWords; stream: string; call: CallHead | undefined };

function GroupTitle({ view, words, stream, call }: TitleProps) {
  if (!call) return <>{stream.startsWith("call_") ? <code>{stream}</code> : groupName(words, stream)}</>;
  return (
    <>
      <Moment view={view} at={call.startedAt} /> ·{" "}
      <a href={`/dashboard/calls/${call.id}?tab=timeline`} dir="auto">
        {otherPartyOf(call) ?? call.id}
      </a>
      {call.operatorName !== null && (
        <span class="second" dir="auto">
          {" "}
          {call.operatorName}
        </span>
      )}
    </>
  );
}

/** What a group of deliveries that are of no call is about. */
export function groupName(words: WebhookWords, stream: string): string {
  return stream.startsWith("wh_") ? words.aboutWebhook : words.test;
}

type RowProps = { view: View; words: WebhookWords; entry: DeliveryLogEntry; href: string; isChosen: boolean };

function DeliveryRow({ view, words, entry, href, isChosen }: RowProps) {
  const at = entry.attempts.at(-1)?.startedAt ?? entry.enqueuedAt;
  return (
    <tr class={isChosen ? "is-current" : undefined}>
      <td>
        <a href={`${href}#delivery`} aria-current={isChosen ? "true" : undefined}>
          <EventName type={entry.type} />
        </a>{" "}
        {entry.test && <Tag>{words.test}</Tag>}
        {entry.replay > 0 && <Tag>{words.replayed}</Tag>}
      </td>
      <td>
        <DeliveryStatus view={view} words={words} entry={entry} />
      </td>
      <td class="number">{view.formats.number(entry.attemptCount)}</td>
      <td class="number">
        <Moment view={view} at={at} as="timeInList" />
      </td>
    </tr>
  );
}

/** The name of an event, which may break after each of its dots. */
export function EventName({ type }: { type: string }) {
  return (
    <code>
      {type.split(/(?<=\.)/).map((part) => (
        <>
          {part}
          <wbr />
        </>
      ))}
    </code>
  );
}

function Nothing({ words, base, isFiltered }: { words: WebhookWords; base: string; isFiltered: boolean }) {
  if (!isFiltered) return <EmptyState title={words.noDeliveries}>{words.noDeliveriesText}</EmptyState>;
  return (
    <EmptyState title={words.noneLike} action={<ButtonLink href={base}>{words.showAll}</ButtonLink>}>
      {words.noDeliveriesText}
    </EmptyState>
  );
}
