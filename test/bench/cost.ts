import type { AnalysisFigures } from "./analysis.ts";
import type { Counters } from "./counted/counters.ts";
import type { CallOperations } from "./operations.ts";
import { dollarsPerMillion, OBJECT_GB, type Usage } from "../../src/usage/prices.ts";

/** What a call is taken to be where the bill depends on it. */
export const ASSUMED = {
  callMinutes: 3,
  /** Kept as a stereo MP3 at 64 kbit/s: bytes for each minute. */
  audioBytesPerMinute: 480_000,
  /**
   * How long a subscriber takes to answer; an object waits for it, in one lane, delivery after delivery. The rows that are
   * counted are those of one that answers at once: one that takes this long costs some nine rows more for a call of six
   * events (docs/understand/adr/0102-first-tries-before-their-rows.md).
   */
  subscriberSeconds: 0.15,
} as const;

/** What a million calls cost beyond the included amounts, by what is charged; audio as one month of keeping it. */
export type Bill = {
  usage: Usage;
  dollars: ReturnType<typeof dollarsPerMillion>;
  running: number;
  keepingAudioAMonth: number;
};

export function billOf(
  { perCall, deliveries, cpuMs }: CallOperations,
  analysis: AnalysisFigures,
  fixtureMinutes: number,
): Bill {
  const usage = {
    requests: perCall.requests,
    // The measured call is as long as the fixture; the priced one is longer.
    cpuMs: cpuMs + (ASSUMED.callMinutes - fixtureMinutes) * analysis.cpuMsPerMinute,
    queueOperations: perCall.queueOperations,
    d1RowsRead: perCall.d1RowsRead,
    d1RowsWritten: perCall.d1RowsWritten,
    r2ClassA: perCall.r2ClassA,
    r2ClassB: perCall.r2ClassB,
    // The alarm of the minute comes after the counting: one for the call, its row and its run. Nothing is written for a delivery that
    // has aged, for its table is dropped whole (ADR 0034; counted in delivery-rows.ts).
    objectRequests: perCall.objectRequests + perCall.objectAlarms + 1,
    objectRowsRead: perCall.objectRowsRead,
    objectRowsWritten: perCall.objectRowsWritten + 1,
    objectGbSeconds: deliveries * ASSUMED.subscriberSeconds * OBJECT_GB,
  } satisfies Usage;
  const dollars = dollarsPerMillion(usage);
  const audio = dollarsPerMillion({ r2GbMonths: (ASSUMED.callMinutes * ASSUMED.audioBytesPerMinute) / 1e9 });
  return {
    usage,
    dollars,
    running: Object.values(dollars).reduce((sum, one) => sum + one, 0),
    keepingAudioAMonth: audio.r2GbMonths ?? 0,
  };
}

/** What a million deliveries cost beyond the included amounts: from the nudge on, the call itself not in it. */
export type DeliveryBill = { usage: Usage; dollars: ReturnType<typeof dollarsPerMillion>; running: number };

export function billOfDelivery(perDelivery: Counters, cpuMs: number, expiry: number): DeliveryBill {
  const usage = {
    requests: perDelivery.requests,
    cpuMs,
    queueOperations: perDelivery.queueOperations,
    d1RowsRead: perDelivery.d1RowsRead,
    d1RowsWritten: perDelivery.d1RowsWritten,
    objectRequests: perDelivery.objectRequests + perDelivery.objectAlarms,
    objectRowsRead: perDelivery.objectRowsRead,
    objectRowsWritten: perDelivery.objectRowsWritten + expiry,
    objectGbSeconds: ASSUMED.subscriberSeconds * OBJECT_GB,
  } satisfies Usage;
  const dollars = dollarsPerMillion(usage);
  return { usage, dollars, running: Object.values(dollars).reduce((sum, one) => sum + one, 0) };
}
