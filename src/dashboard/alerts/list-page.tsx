import type { CampaignRow } from "../../campaigns";
import type { AlertState, ListedAlert } from "../../quality";
import { ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Status, Tag, type Tone } from "../../ui/components/status";
import { Table, type Column } from "../../ui/components/table";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { SelectionBar } from "../bulk/selection-bar";
import { RULES } from "../settings/rules/address";

export const ALERTS = "/dashboard/alerts";
export const ALERT_TONES: Record<AlertState, Tone> = { open: "attention", confirmed: "wrong", false_alarm: "idle" };

/** Which alerts are shown. */
export const SHOWN = ["open", "mine", "confirmed", "false_alarm", "all"] as const;
export type Shown = (typeof SHOWN)[number];

type Props = {
  view: View;
  frame: Frame;
  rows: readonly ListedAlert[];
  shown: Shown;
  campaigns: readonly CampaignRow[];
  /** The visitor's own id. */
  self: string;
  mayReadRules: boolean;
  /** Whether the visitor may change alerts, and see their calls, among which they are selected. */
  mayChange: boolean;
  /** The address of this page. */
  here: string;
  firstHref: string | undefined;
  nextHref: string | undefined;
};

/** Calls that are warned of, the newest first. A row opens its alert. */
export function AlertListPage(props: Props) {
  const { view, frame, rows, shown, mayReadRules, mayChange, here, firstHref, nextHref } = props;
  const words = wordsOf(ruleWords, view.language);
  const titles: Record<Shown, string> = {
    open: words.openOnes,
    mine: words.mine,
    confirmed: words.confirmedOnes,
    false_alarm: words.falseAlarms,
    all: words.allStates,
  };
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="alerts">
      <PageHead
        title={words.title}
        state={words.text}
        actions={
          <>
            <ButtonLink href={`${ALERTS}.csv?show=${shown}`} icon="download">
              {words.csv}
            </ButtonLink>
            {mayReadRules && <ButtonLink href={RULES}>{words.toRules}</ButtonLink>}
          </>
        }
      />
      <nav class="chips choose" aria-label={words.state}>
        {SHOWN.map((one) => (
          <a
            class="chip"
            href={one === "open" ? ALERTS : `${ALERTS}?show=${one}`}
            aria-current={one === shown ? "true" : undefined}
          >
            {titles[one]}
          </a>
        ))}
      </nav>
      <form action="/dashboard/calls/bulk">
        <Panel flush>
          {rows.length === 0 ? (
            <EmptyState title={words.noneTitle}>{words.none}</EmptyState>
          ) : (
            <Table
              view={view}
              label={words.alertsLabel}
              columns={columnsOf(props)}
              rows={rows}
              hrefOf={({ alert }) => `${ALERTS}/${alert.id}`}
              {...(mayChange ? { select: selectOf(props) } : {})}
            />
          )}
        </Panel>
        {mayChange && rows.length > 0 && <SelectionBar view={view} back={here} />}
      </form>
      <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
    </FramedPage>
  );
}

function selectOf({ view }: Props) {
  const words = wordsOf(bulkWords, view.language);
  return {
    name: "call",
    all: words.selectPage,
    idOf: ({ call }: ListedAlert) => call.id,
    labelOf: ({ call }: ListedAlert) =>
      words.selectCall(
        (call.direction === "outbound" ? call.toRaw : call.fromRaw) ?? view.formats.moment(call.startedAt, view.now),
      ),
  };
}

function columnsOf({ view, campaigns, self }: Props): Column<ListedAlert>[] {
  const words = wordsOf(ruleWords, view.language);
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  return [
    {
      name: "raised",
      title: words.raised,
      kind: "mono",
      narrow: "start",
      cell: ({ alert }) => <Moment view={view} at={alert.raisedAt} />,
    },
    {
      name: "level",
      title: words.level,
      narrow: "middle",
      cell: ({ alert: { level, score } }) => (
        <>
          <Tag tone={level === "critical" ? "wrong" : "attention"}>{words[level]}</Tag>{" "}
          {score === null ? "" : view.formats.number(score)}
        </>
      ),
    },
    {
      name: "why",
      title: words.why,
      narrow: "below",
      cell: ({ alert: { fired } }) => (
        <span class="clip" dir="auto">
          {fired.map(({ rule }) => rule?.name ?? words.platform).join(", ")}
        </span>
      ),
    },
    {
      name: "number",
      title: words.when,
      kind: "mono",
      narrow: "below",
      cell: ({ call }) => (
        <span class="clip" dir="auto">
          {(call.direction === "outbound" ? call.toRaw : call.fromRaw) ?? "–"}
        </span>
      ),
    },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ call }) => (
        <span class="clip second" dir="auto">
          {call.campaignId === null ? "–" : (names.get(call.campaignId) ?? "–")}
        </span>
      ),
    },
    {
      name: "owner",
      title: words.owner,
      cell: ({ alert }) => ownerText(words, alert.ownerId, self),
    },
    {
      name: "state",
      title: words.state,
      narrow: "end",
      cell: ({ alert: { state } }) => <Status tone={ALERT_TONES[state]}>{words[state]}</Status>,
    },
  ];
}

export function ownerText(
  words: { nobody: string; you: string; someone: string },
  ownerId: string | null,
  self: string,
): string {
  return ownerId === null ? words.nobody : ownerId === self ? words.you : words.someone;
}
