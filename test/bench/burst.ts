import type { LoadResult } from "./load.ts";
import type { Notice } from "./notices.ts";
import type { Organization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import type { Receipt } from "./receiver.ts";
import type { Server } from "./server.ts";
import type { Subprocess } from "./subprocess.ts";

/** A Worker that delivers about calls; `perCall` is to how many endpoints. */
export type Subject = {
  server: Server;
  perCall: number;
  /** The notice of the call with this mark, the `number`th of its burst. */
  notice(mark: string, number: number): Notice;
  /** Prepares everything to deliver about these calls, and returns the function that starts it. */
  load(marks: string[]): Promise<() => Promise<void>>;
  /** The organizations of the calls; the floor has none. */
  organizations: readonly Organization[];
};

/** The result of a burst. Processor time is per delivery, until nothing is left to do. Milliseconds. */
export type Sent = { perSecond: number; latencies: number[]; cpuMs: number; lost: number };

/** The sender and the receiver, each a process of its own. */
export type Ends = { load: Subprocess; receiver: Subprocess };

/** Seconds. */
const PATIENCE = 60;

/** Posts a notice per mark, and waits for the deliveries. */
export async function post(
  { load, receiver }: Ends,
  subject: Subject,
  marks: string[],
  pace: { connections: number; rate?: number },
): Promise<Sent> {
  await receiver.ask("reset");
  const cpuBefore = cpuSeconds(subject.server.pid);
  const { answeredAt, failed } = await load.ask<LoadResult>("run", {
    url: subject.server.url,
    notices: marks.map((mark, number) => subject.notice(mark, number)),
    ...pace,
  });
  if (failed > 0) throw new Error(`${failed} of ${marks.length} calls were not taken`);
  const receipts = await collect(receiver, marks.length * subject.perCall);
  const begun = Math.min(...Object.values(answeredAt));
  // A receiver may get the delivery before the sender of the call has read its answer.
  const latencies = receipts.map(({ mark, at }) => Math.max(0, at - (answeredAt[mark] ?? Number.NaN)));
  return {
    perSecond: rateOf(receipts, begun),
    latencies,
    cpuMs: await cpuEach(subject, cpuBefore, receipts),
    lost: marks.length * subject.perCall - receipts.length,
  };
}

/** Starts what was prepared for each mark, and waits for the deliveries. */
export async function deliverStage(receiver: Subprocess, subject: Subject, marks: string[]): Promise<Sent> {
  const release = await subject.load(marks);
  await receiver.ask("reset");
  const cpuBefore = cpuSeconds(subject.server.pid);
  const begun = performance.timeOrigin + performance.now();
  await release();
  const receipts = await collect(receiver, marks.length * subject.perCall);
  return {
    perSecond: rateOf(receipts, begun),
    latencies: [],
    cpuMs: await cpuEach(subject, cpuBefore, receipts),
    lost: marks.length * subject.perCall - receipts.length,
  };
}

/** Sends messages in the largest batches a queue takes. */
export async function sendAll(
  queue: { sendBatch(messages: { body: unknown; contentType: "json" }[]): Promise<unknown> },
  bodies: unknown[],
): Promise<void> {
  for (let start = 0; start < bodies.length; start += 100) {
    await queue.sendBatch(bodies.slice(start, start + 100).map((body) => ({ body, contentType: "json" })));
  }
}

async function cpuEach({ server }: Subject, before: number, receipts: readonly Receipt[]): Promise<number> {
  await quiet(server.pid);
  return ((cpuSeconds(server.pid) - before) * 1000) / receipts.length;
}

/** Each delivery once, whatever was delivered twice. */
async function collect(receiver: Subprocess, expected: number): Promise<Receipt[]> {
  const all = await receiver.ask<Receipt[]>("collect", { expected, seconds: PATIENCE });
  return [...new Map(all.map((receipt) => [`${receipt.endpoint} ${receipt.mark}`, receipt])).values()];
}

function rateOf(receipts: readonly Receipt[], begun: number): number {
  return (receipts.length * 1000) / (Math.max(...receipts.map(({ at }) => at)) - begun);
}
