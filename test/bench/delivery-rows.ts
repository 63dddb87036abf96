import { setTimeout as sleep } from "node:timers/promises";
import { deliverStage, post, type Ends, type Subject } from "./burst.ts";
import { billOfDelivery, type DeliveryBill } from "./cost.ts";
import type { Counters } from "./counted/counters.ts";
import { markOf } from "./notices.ts";
import { resetCounters, countersOf } from "./operations.ts";
import { quiet } from "./process-cpu.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { oursSubject } from "./subjects.ts";

/**
 * What one successful delivery writes in its endpoint's object. The alarm's share is of `deliveries` in one minute; a
 * delivery that is alone in its minute has the alarm to itself. All from the nudge on: the call itself is not in it.
 */
export type DeliveryRows = {
  deliveries: number;
  insert: number;
  outcome: number;
  alarmShare: number;
  expiry: number;
  /** What a day costs, whatever was delivered: its table is closed, a new one made, and the old one dropped. */
  dayShare: number;
  total: number;
  /** Everything the bindings did for one delivery, the alarm's run included. */
  perDelivery: Counters;
  /** One alarm's run, with the report of how the endpoint is doing. */
  perAlarm: Counters;
  cpuMs: number;
  bill: DeliveryBill;
};

/** An object with something left to report does so once it was quiet for seven seconds. Seconds. */
const ALARM_PATIENCE = 15;
/** Milliseconds after which a call's report is made, whenever the call was. */
const FIRST_OVER = 10_000;

export type CountedObject = { server: Server; subject: Subject };

/** One endpoint and its first call, which makes the object's tables. */
export async function prepareDeliveryRows(ends: Ends, receiverUrl: string): Promise<CountedObject> {
  const server = await startServer({ config: "wrangler.toml", main: "test/bench/counted/index.ts" });
  await migrate(server);
  const subject = await oursSubject(server, [`${receiverUrl}/0`]);
  await post(ends, subject, [markOf("rows", 0)], { connections: 1 });
  return { server, subject };
}

/** Successful deliveries of one minute to one endpoint, its alarm, and in the end their expiry, counted row by row. */
export async function countDeliveryRows(
  ends: Ends,
  { server, subject }: CountedObject,
  deliveries: number,
): Promise<DeliveryRows> {
  // The alarm of the first call, if it left one, was over some seconds after it.
  await sleep(FIRST_OVER);
  const marks = Array.from({ length: deliveries }, (_, number) => markOf("rows", number + 1));
  const { cpuMs, lost } = await counted(ends, subject, marks);
  if (lost > 0) throw new Error(`${lost} deliveries did not come`);
  const sent = await countersOf(server);
  await alarmOf(server);
  const { counters, written } = await countersOf(server);
  const perAlarm = combine(counters, sent.counters, (after, before) => after - before);
  const alarms = written["object insert alarm"] ?? 0;

  await resetCounters(server);
  await expire(server, subject);
  const ofDay = (await countersOf(server)).written;
  const expired = writtenIn(ofDay, "object delete deliveries");
  const rows = {
    insert: (writtenIn(written, "object insert") - alarms) / deliveries,
    outcome: writtenIn(written, "object update") / deliveries,
    alarmShare: alarms / deliveries,
    // The first call's row goes with them.
    expiry: expired / (deliveries + 1),
    dayShare: (writtenIn(ofDay, "object") - expired) / (deliveries + 1),
  };
  // Each nudge is a message that ingest writes; here it came from outside and was not counted.
  const perDelivery = combine(counters, counters, (amount) => amount / deliveries);
  perDelivery.queueMessages += 1;
  perDelivery.queueOperations += 1;
  return {
    deliveries,
    ...rows,
    total: rows.insert + rows.outcome + rows.alarmShare + rows.expiry + rows.dayShare,
    perDelivery,
    perAlarm,
    cpuMs,
    bill: billOfDelivery(perDelivery, cpuMs, rows.expiry + rows.dayShare),
  };
}

/** Rows of all statements of one kind, whatever tables they are in. */
function writtenIn(written: Record<string, number>, kind: string): number {
  return Object.entries(written).reduce((sum, [name, rows]) => (name.startsWith(kind) ? sum + rows : sum), 0);
}

async function counted(ends: Ends, subject: Subject, marks: string[]) {
  await quiet(subject.server.pid);
  const load = subject.load.bind(subject);
  return deliverStage(
    ends.receiver,
    {
      ...subject,
      load: async (given) => {
        const release = await load(given);
        await resetCounters(subject.server);
        return release;
      },
    },
    marks,
  );
}

/** Waits until the object's alarm has run since the last reset, if one is due, and what it set off is done. */
async function alarmOf(server: Server): Promise<void> {
  for (let second = 0; second < ALARM_PATIENCE; second += 1) {
    if ((await countersOf(server)).counters.objectAlarms > 0) {
      await quiet(server.pid);
      return;
    }
    await sleep(1000);
  }
}

async function expire(server: Server, { organizations: [organization] }: Subject): Promise<void> {
  const [id] = organization?.endpointIds ?? [];
  if (id === undefined) throw new Error("there is no endpoint");
  const object = encodeURIComponent(`${id}/0`);
  const answer = await fetch(`${server.url}/bench/expire?object=${object}`, { method: "POST" });
  if (!answer.ok) throw new Error(`the deliveries did not expire: ${answer.status}`);
}

function combine(one: Counters, other: Counters, by: (one: number, other: number) => number): Counters {
  const names = Object.keys(one) as (keyof Counters)[];
  return Object.fromEntries(names.map((name) => [name, by(one[name], other[name])])) as Counters;
}
