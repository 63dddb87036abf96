import type { Child } from "hono/jsx";
import { MICROS, type Spend } from "../../../analysis";
import type { CampaignRow } from "../../../campaigns";
import type { Caller } from "../../../identity";
import { EmptyState } from "../../../ui/components/empty-state";
import type { FieldErrors } from "../../../ui/components/form";
import { Figure, Figures, Panel } from "../../../ui/components/panel";
import { Table } from "../../../ui/components/table";
import { Tabs } from "../../../ui/components/tabs";
import type { Frame } from "../../../ui/layout/framed";
import type { Difference } from "../../../ui/components/stale";
import { wordsOf } from "../../../ui/strings/define";
import { usageWords } from "../../../ui/strings/usage";
import type { View } from "../../../ui/view";
import {
  dollarsFor,
  prices,
  PRICES_READ_ON,
  usageOf,
  type UsageAlertRow,
  type Used,
  type UsedByCampaign,
} from "../../../usage";
import { SettingsPage } from "../frame";
import { ENGINES } from "../engines/address";
import { AlertPanel } from "./alert-panel";
import { USAGE } from "./address";
import { amountsIn } from "./amounts";

export type UsageParts = {
  /** The first and the last day, as dates. */
  first: string;
  last: string;
  isLastMonth: boolean;
  total: Used;
  /** What each engine charged in the month. */
  engines: readonly Spend[];
  /** Of services and engines together, so far. */
  dollars: number;
  forecast: number | null;
  byCampaign: readonly UsedByCampaign[];
  campaigns: readonly CampaignRow[];
  /** The amount from which on people are notified, and the alert of this month. */
  alertDollars: number | null;
  alert: UsageAlertRow | undefined;
  mayChoose: boolean;
  /** Whether the page of engines is theirs to open. */
  mayReadEngines: boolean;
  /** What the form of the amount is filled from. */
  seen: string;
  /** An amount as it was sent. `seen`: where what its form was filled from is to be judged again. */
  refused?: { amount: string; errors: FieldErrors; seen?: string; differences?: readonly Difference[] };
};

type Props = { view: View; frame: Frame; caller: Caller; parts: UsageParts; toast?: Child };

/** What a month used, and what that is estimated to cost. */
export function UsagePage({ view, frame, caller, parts, toast }: Props) {
  const words = wordsOf(usageWords, view.language);
  const { dollars, bytes } = amountsIn(view.language);
  const { number } = view.formats;
  const { total, forecast } = parts;
  const note = forecast === null ? words.beyond : words.forecast(dollars(forecast));
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="usage"
      state={words.state(view.formats.date(parts.first), view.formats.date(parts.last))}
      toast={toast}
    >
      <Tabs
        label={words.months}
        current={parts.isLastMonth ? `${USAGE}?month=last` : USAGE}
        tabs={[
          { href: USAGE, title: words.thisMonth },
          { href: `${USAGE}?month=last`, title: words.lastMonth },
        ]}
      />
      <Figures>
        <Figure
          name={parts.isLastMonth ? words.estimatedCost : words.cost}
          value={dollars(parts.dollars)}
          note={note}
        />
        <Figure name={words.calls} value={number(total.calls)} />
        <Figure name={words.audio} value={words.minutes(number(Math.round(total.audioMs / 60_000)))} />
        <Figure name={words.stored} value={bytes(total.bytes)} />
        <Figure name={words.deliveries} value={number(total.delivered)} note={words.withSamples} />
      </Figures>
      <Services view={view} total={total} />
      <Engines view={view} engines={parts.engines} link={parts.mayReadEngines} />
      <Campaigns view={view} parts={parts} />
      <AlertPanel view={view} csrf={frame.csrf} parts={parts} />
    </SettingsPage>
  );
}

function Services({ view, total }: { view: View; total: Used }) {
  const words = wordsOf(usageWords, view.language);
  const { dollars, unitPrice } = amountsIn(view.language);
  const { number, decimal } = view.formats;
  const rows = Object.entries(usageOf(total)) as [keyof typeof prices, number][];
  return (
    <Panel title={words.byService} aside={words.pricesRead(view.formats.date(PRICES_READ_ON))} flush>
      <Table
        view={view}
        label={words.byService}
        rows={rows}
        columns={[
          { name: "service", title: words.service, narrow: "start", cell: ([name]) => words[name] },
          {
            name: "quantity",
            title: words.quantity,
            kind: "number",
            narrow: "below",
            titled: true,
            cell: ([, quantity]) => (quantity < 10 ? decimal(quantity) : number(Math.round(quantity))),
          },
          {
            name: "price",
            title: words.price,
            kind: "number",
            cell: ([name]) => {
              const { dollars: price, per } = prices[name];
              return per === 1 ? words.priceOfEach(unitPrice(price)) : words.priceOf(unitPrice(price), number(per));
            },
          },
          {
            name: "cost",
            title: `${words.costOf} (${words.estimate})`,
            kind: "number",
            narrow: "end",
            cell: ([name, quantity]) => dollars(dollarsFor({ [name]: quantity })),
          },
        ]}
      />
    </Panel>
  );
}

/** What engines were sent in the month costs by the prices that the organization set; the page of engines has the same sums. */
function Engines({ view, engines, link }: { view: View; engines: readonly Spend[]; link: boolean }) {
  const words = wordsOf(usageWords, view.language);
  const { dollars } = amountsIn(view.language);
  const sum = engines.reduce((sofar, { micros }) => sofar + micros, 0);
  const title = words.enginesSum(dollars(sum / MICROS));
  return (
    <Panel title={words.byEngine} aside={link ? <a href={ENGINES}>{title}</a> : title} flush={engines.length > 0}>
      {engines.length === 0 ? (
        <p>{words.noEngines}</p>
      ) : (
        <Table
          view={view}
          label={words.byEngine}
          rows={engines}
          columns={[
            { name: "engine", title: words.engine, kind: "mono", narrow: "start", cell: ({ engine }) => engine },
            {
              name: "sent",
              title: words.sent,
              kind: "number",
              narrow: "below",
              cell: ({ audioMs }) => words.minutes(view.formats.decimal(audioMs / 60_000)),
            },
            {
              name: "cost",
              title: words.costOf,
              kind: "number",
              narrow: "end",
              cell: ({ micros }) => dollars(micros / MICROS),
            },
          ]}
        />
      )}
    </Panel>
  );
}

function Campaigns({ view, parts }: { view: View; parts: UsageParts }) {
  const words = wordsOf(usageWords, view.language);
  const { dollars, bytes } = amountsIn(view.language);
  const { number } = view.formats;
  const names = new Map(parts.campaigns.map(({ id, name }) => [id, name]));
  const nameOf = (id: string | null) => (id === null ? words.noCampaign : (names.get(id) ?? id));
  return (
    <Panel title={words.byCampaign} aside={words.deliveriesApart} flush>
      {parts.byCampaign.length === 0 ? (
        <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
      ) : (
        <Table
          view={view}
          label={words.byCampaign}
          rows={parts.byCampaign}
          columns={[
            {
              name: "campaign",
              title: words.campaign,
              narrow: "start",
              cell: ({ campaignId }) => <span dir="auto">{nameOf(campaignId)}</span>,
            },
            {
              name: "calls",
              title: words.calls,
              kind: "number",
              narrow: "below",
              titled: true,
              cell: ({ calls }) => number(calls),
            },
            {
              name: "recordings",
              title: words.recordings,
              kind: "number",
              cell: ({ recordings }) => number(recordings),
            },
            {
              name: "audio",
              title: words.audio,
              kind: "number",
              cell: ({ audioMs }) => words.minutes(number(Math.round(audioMs / 60_000))),
            },
            { name: "stored", title: words.stored, kind: "number", cell: (used) => bytes(used.bytes) },
            {
              name: "engines",
              title: words.ofEngines,
              kind: "number",
              cell: ({ engineMicros }) => dollars(engineMicros / MICROS),
            },
            {
              name: "cost",
              title: `${words.costOf} (${words.estimate})`,
              kind: "number",
              narrow: "end",
              cell: ({ engineMicros, ...used }) =>
                dollars(dollarsFor(usageOf({ ...used, delivered: 0, attempts: 0 })) + engineMicros / MICROS),
            },
          ]}
        />
      )}
    </Panel>
  );
}
