import type { LoadResult } from "./load.ts";
import { audianNotice, markOf, type Notice } from "./notices.ts";
import { makeOrganization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import type { Receipt } from "./receiver.ts";
import { migrate, startServer, type Server } from "./server.ts";
import { layOutbox } from "./outbox.ts";
import { interleave, percentile } from "./statistics.ts";
import type { Subprocess } from "./subprocess.ts";

export type DeliveryPlan = {
  rounds: number;
  /** Deliveries of one burst, by number of endpoints: the calls are so many fewer. */
  burst: number;
  connections: number;
  /** The paced part: calls a second, and for how long. */
  rate: number;
  seconds: number;
};

/**
 * `whole`: from the first 2xx of a burst on. `stage`: from the nudge on, events recorded. Latencies are of the paced part.
 * Processor time is per delivery, until nothing is left to do; it bears a busy machine better than rates do.
 */
export type DeliveryFigures = {
  wholePerSecond: number;
  wholeCpuMs: number;
  stagePerSecond: number;
  stageCpuMs: number;
  p50: number;
  p99: number;
  lost: number;
};

export type DeliverySubject = "floor" | "ours";

const SECRET = "whsec_the_floor_has_a_secret_of_its_own";
const PATIENCE = 60;

type Subject = {
  server: Server;
  notice(mark: string): Notice;
  /** Makes everything ready to deliver about these calls, and gives what sets it off. */
  load(marks: string[]): Promise<() => Promise<void>>;
};

/** Deliveries to so many endpoints of one organization, from the POST of the call on, and from the recorded event on. */
export async function measureDelivery(
  load: Subprocess,
  receiver: Subprocess,
  receiverUrl: string,
  endpoints: number,
  plan: DeliveryPlan,
): Promise<Record<DeliverySubject, DeliveryFigures>> {
  const floor = await startServer({
    config: "test/bench/floor/wrangler.toml",
    vars: { SECRET, RECEIVER_URL: receiverUrl },
  });
  const ours = await startServer({ config: "wrangler.toml" });
  try {
    await migrate(ours);
    const urls = Array.from({ length: endpoints }, (_, endpoint) => `${receiverUrl}/${endpoint}`);
    const subjects: Record<DeliverySubject, Subject> = {
      floor: floorSubject(floor, endpoints),
      ours: await oursSubject(ours, urls),
    };
    let phase = 0;
    const trial = async (name: DeliverySubject): Promise<DeliveryFigures> => {
      const subject = subjects[name];
      const marks = (count: number) => {
        phase += 1;
        return Array.from({ length: count }, (_, number) => markOf(`${name}${phase}`, number));
      };
      const calls = Math.ceil(plan.burst / endpoints);
      await quiet(subject.server.pid);
      const whole = await post(load, receiver, subject, marks(calls), { endpoints, connections: plan.connections });
      const stage = await deliverStage(receiver, subject, marks(calls), endpoints);
      const paced = await post(load, receiver, subject, marks(plan.rate * plan.seconds), {
        endpoints,
        connections: plan.connections,
        rate: plan.rate,
      });
      return {
        wholePerSecond: whole.perSecond,
        wholeCpuMs: whole.cpuMs,
        stagePerSecond: stage.perSecond,
        stageCpuMs: stage.cpuMs,
        p50: percentile(paced.latencies, 0.5),
        p99: percentile(paced.latencies, 0.99),
        lost: whole.lost + stage.lost + paced.lost,
      };
    };
    for (const name of ["floor", "ours"] as const) await trial(name);
    return await interleave(plan.rounds, ["floor", "ours"], trial);
  } finally {
    await Promise.all([floor.stop(), ours.stop()]);
  }
}

function floorSubject(server: Server, endpoints: number): Subject {
  const notice = (mark: string) => audianNotice("/", SECRET, mark, { "x-endpoints": String(endpoints) });
  return {
    server,
    notice,
    load: async (marks) => {
      const queue = await server.miniflare.getQueueProducer("QUEUE");
      const messages = marks.map((mark) => ({ endpoints, body: notice(mark).body }));
      return () => sendAll(queue, messages);
    },
  };
}

async function oursSubject(server: Server, urls: string[]): Promise<Subject> {
  const organization = await makeOrganization(server, { urls, events: ["call.completed"] });
  const notice = (mark: string) => audianNotice(organization.sourcePath, organization.sourceSecret, mark);
  return {
    server,
    notice,
    load: async (marks) => {
      const nudges = await layOutbox(server, marks);
      const queue = await server.miniflare.getQueueProducer("EVENTS_QUEUE");
      return () => sendAll(queue, nudges);
    },
  };
}

type Sent = { perSecond: number; latencies: number[]; cpuMs: number; lost: number };

async function post(
  load: Subprocess,
  receiver: Subprocess,
  subject: Subject,
  marks: string[],
  { endpoints, ...pace }: { endpoints: number; connections: number; rate?: number },
): Promise<Sent> {
  await receiver.ask("reset");
  const cpuBefore = cpuSeconds(subject.server.pid);
  const { answeredAt, failed } = await load.ask<LoadResult>("run", {
    url: subject.server.url,
    notices: marks.map((mark) => subject.notice(mark)),
    ...pace,
  });
  if (failed > 0) throw new Error(`${failed} of ${marks.length} calls were not taken`);
  const receipts = await collect(receiver, marks.length * endpoints);
  const begun = Math.min(...Object.values(answeredAt));
  // A receiver may be told before the sender of the call has read its answer.
  const latencies = receipts.map(({ mark, at }) => Math.max(0, at - (answeredAt[mark] ?? Number.NaN)));
  return {
    perSecond: rateOf(receipts, begun),
    latencies,
    cpuMs: await cpuEach(subject, cpuBefore, receipts),
    lost: marks.length * endpoints - receipts.length,
  };
}

async function deliverStage(receiver: Subprocess, subject: Subject, marks: string[], endpoints: number): Promise<Sent> {
  const release = await subject.load(marks);
  await receiver.ask("reset");
  const cpuBefore = cpuSeconds(subject.server.pid);
  const begun = performance.timeOrigin + performance.now();
  await release();
  const receipts = await collect(receiver, marks.length * endpoints);
  return {
    perSecond: rateOf(receipts, begun),
    latencies: [],
    cpuMs: await cpuEach(subject, cpuBefore, receipts),
    lost: marks.length * endpoints - receipts.length,
  };
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

async function sendAll(
  queue: { sendBatch(messages: { body: unknown; contentType: "json" }[]): Promise<unknown> },
  bodies: unknown[],
): Promise<void> {
  for (let start = 0; start < bodies.length; start += 100) {
    await queue.sendBatch(bodies.slice(start, start + 100).map((body) => ({ body, contentType: "json" })));
  }
}
