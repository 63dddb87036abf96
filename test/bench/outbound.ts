import type { Ends } from "./burst.ts";
import { countDeliveryRows, type DeliveryRows } from "./delivery-rows.ts";
import { measureFailing, type FailingFigures, type FailingPlan, type FailingSubject } from "./failing-endpoint.ts";
import { prices } from "./prices.ts";
import { measureShards, type ShardsFigures, type ShardsPlan, type ShardsSubject } from "./shards.ts";
import { print, ratio, type Cell } from "./table.ts";

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
  return {
    failing: await measureFailing(ends, receiverUrl, plan.failing),
    shards: await measureShards(ends, receiverUrl, plan.shards),
    rows: await countDeliveryRows(ends, receiverUrl, plan.rows),
  };
}

export function printOutbound({ failing, shards, rows }: OutboundFigures): void {
  const { healthy } = failing;
  print("Nine endpoints beside a tenth, from the 2xx to the receiver (aim: p99 within 1.2 × with the tenth failing)", [
    ["the tenth", "p50 ms", "× healthy", "p99 ms", "× healthy", "CPU ms each", "lost", "turned down"],
    ...(Object.keys(failing) as FailingSubject[]).map((name): Cell[] => {
      const { p50, p99, cpuMs, lost, refusals } = failing[name];
      return [name, p50, ratio(p50, healthy.p50), p99, ratio(p99, healthy.p99), cpuMs, lost, refusals];
    }),
  ]);
  const { one } = shards;
  print("One endpoint over shards, from the recorded event on; the slow receiver takes 20 ms", [
    ["shards", "deliveries/s", "× one", "CPU ms each", "slow: deliveries/s", "× one", "lost"],
    ...(Object.keys(shards) as ShardsSubject[]).map((name): Cell[] => {
      const { perSecond, cpuMs, slowPerSecond, lost } = shards[name];
      const slow = [slowPerSecond, ratio(slowPerSecond, one.slowPerSecond)];
      return [name, perSecond, ratio(perSecond, one.perSecond), cpuMs, ...slow, lost];
    }),
  ]);
  print(`Rows written in the object per successful delivery, ${rows.deliveries} in a minute (aim: at most 4)`, [
    ["insert", rows.insert],
    ["outcome", rows.outcome],
    ["alarm's share", rows.alarmShare],
    ["expiry", rows.expiry],
    ["all of it", rows.total],
  ]);
  const names = Object.keys(rows.perDelivery) as (keyof typeof rows.perDelivery)[];
  print("Operations from the nudge on", [
    ["", "a delivery", "of it an alarm's run, whole"],
    ...names.map((name): Cell[] => [name, rows.perDelivery[name], rows.perAlarm[name]]),
  ]);
  const charged = Object.keys(rows.bill.dollars) as (keyof typeof prices)[];
  print("Dollars per million deliveries from the nudge on, beyond what is included", [
    ...charged.map((name): Cell[] => [prices[name].unit, rows.bill.dollars[name] ?? 0]),
    ["all of it", rows.bill.running],
  ]);
}
