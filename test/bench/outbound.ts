import type { Ends } from "./burst.ts";
import { countDeliveryRows, prepareDeliveryRows, type DeliveryRows } from "./delivery-rows.ts";
import { measureFailing, type FailingFigures, type FailingPlan, type FailingSubject } from "./failing-endpoint.ts";
import { prices } from "../../src/usage/prices.ts";
import { blank, spreadRow } from "./quietness.ts";
import { measureShards, type ShardsFigures, type ShardsPlan, type ShardsSubject } from "./shards.ts";
import { ratio, type Cell, type Table } from "./table.ts";

export type OutboundPlan = {
  failing: FailingPlan;
  shards: ShardsPlan;
  /** Deliveries counted, in one minute. */
  rows: number;
};

export type OutboundFigures = {
  failing: Record<FailingSubject, FailingFigures>;
  shards: Record<ShardsSubject, ShardsFigures>;
  rows: DeliveryRows;
};

/** What concerns delivery only: one failing endpoint among others, shards, and the rows of a delivery. */
export async function measureOutbound(ends: Ends, receiverUrl: string, plan: OutboundPlan): Promise<OutboundFigures> {
  const counted = await prepareDeliveryRows(ends, receiverUrl);
  try {
    const failing = await measureFailing(ends, receiverUrl, plan.failing);
    const shards = await measureShards(ends, receiverUrl, plan.shards);
    return { failing, shards, rows: await countDeliveryRows(ends, counted, plan.rows) };
  } finally {
    await counted.server.stop();
  }
}

export function outboundTables({ failing, shards, rows }: OutboundFigures): Table[] {
  return [failingTable(failing), shardsTable(shards), ...rowsTables(rows)];
}

function failingTable(failing: OutboundFigures["failing"]): Table {
  const { healthy } = failing;
  const times = (name: FailingSubject, figure: "p50" | "p90" | "p99"): Cell[] => {
    const value = failing[name].latencies[figure];
    return [value, ratio(value, healthy.latencies[figure])];
  };
  return {
    name: "failing",
    title: "Nine endpoints beside a tenth, from the 2xx to the receiver",
    head: ["the tenth", "p50 ms", "×", "p90 ms", "×", "p99 ms", "×", "CPU ms each", "calls", "lost", "turned down"],
    rows: [
      ...(["healthy", "failing"] as const).map((name): Cell[] => {
        const { cpuMs, lost, refusals, latencies } = failing[name];
        const label = name === "healthy" ? "takes everything" : "answers 503";
        const percentiles = [...times(name, "p50"), ...times(name, "p90"), ...times(name, "p99")];
        return [label, ...percentiles, cpuMs, latencies.calls, lost, refusals];
      }),
      spreadRow("the first", [healthy.spread.p50, ...blank(5), healthy.spread.cpuMs, ...blank(3)]),
    ],
  };
}

function shardsTable(shards: OutboundFigures["shards"]): Table {
  const { one } = shards;
  const { spread } = one;
  return {
    name: "shards",
    title: "One endpoint over shards, from the recorded event on; the slow receiver takes 20 ms",
    head: ["shards", "deliveries/s", "× one", "CPU ms each", "slow: deliveries/s", "× one", "lost"],
    rows: [
      ...(["one", "four"] as const).map((name): Cell[] => {
        const { perSecond, cpuMs, slowPerSecond, lost } = shards[name];
        const slow = [slowPerSecond, ratio(slowPerSecond, one.slowPerSecond)];
        return [name, perSecond, ratio(perSecond, one.perSecond), cpuMs, ...slow, lost];
      }),
      spreadRow("one", [spread.perSecond, ...blank(1), spread.cpuMs, spread.slowPerSecond, ...blank(2)]),
    ],
  };
}

function rowsTables(rows: DeliveryRows): Table[] {
  const names = Object.keys(rows.perDelivery) as (keyof typeof rows.perDelivery)[];
  const charged = Object.keys(rows.bill.dollars) as (keyof typeof prices)[];
  return [
    {
      name: "delivery-rows",
      title: `Rows written in the object per successful delivery, ${rows.deliveries} in a minute`,
      head: [],
      rows: [
        ["insert", rows.insert],
        ["outcome", rows.outcome],
        [`alarm's share, ${rows.deliveries} deliveries in the minute`, rows.alarmShare],
        ["expiry", rows.expiry],
        [`a day's share, were it these ${rows.deliveries} deliveries`, rows.dayShare],
        ["all of it", rows.total],
      ],
    },
    {
      name: "delivery-operations",
      title: "Operations from the nudge on",
      head: ["", "a delivery", "of it an alarm's run, whole"],
      rows: names.map((name): Cell[] => [name, rows.perDelivery[name], rows.perAlarm[name]]),
    },
    {
      name: "delivery-dollars",
      title: "Dollars per million deliveries from the nudge on, beyond what is included",
      head: [],
      rows: [
        ...charged.map((name): Cell[] => [prices[name].unit, rows.bill.dollars[name] ?? 0]),
        ["all of it", rows.bill.running],
      ],
    },
  ];
}
