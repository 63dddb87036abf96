import { createExecutionContext, createMessageBatch, createScheduledController, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import worker from "../../src";
import { consume, jobDeps } from "../../src/jobs";
import { actOnCalls, type KnownServers } from "../../src/pipeline";
import { MINUTE } from "../../src/lib/time";
import { deadLetterOf, QUEUES } from "../../src/queues/names";
import { askPlatform } from "../../src/sources";
import { sineWav } from "./sine-wav";

// Drives the real handlers with queues in the test's hands: what is sent lands here, and the test decides when it is
// delivered, how often, in which order, and what breaks meanwhile.

type Sent = { queue: string; body: unknown; delaySeconds: number };

export type Pipeline = {
  sent: Sent[];
  /** What was sent for the search index, which only the test of search delivers. */
  indexed: Sent[];
  env: Env;
  /** Requests subscribers got, by delivery order. */
  hooks: {
    url: string;
    headers: Record<string, string>;
    event: { id: string; type: string; seq: number; data: Record<string, never> };
  }[];
  /** What the consumer knows of servers; all are fast when nothing else is said. */
  servers: KnownServers;
  /** Answers for recording URLs; a WAV of a few seconds when nothing else is said. */
  audio: (url: string) => Response;
  /** Answers of https://transcribe.test; nothing is there when nothing else is said. */
  transcriber: (request: Request) => Response | Promise<Response>;
  /** Servers by their hosts: what they answer to a POST. */
  hosts: Map<string, (request: Request) => Response | Promise<Response>>;
  /** Does the post-call actions of an organization that are due, as its lane does. */
  act(organizationId: string): Promise<number | undefined>;
  /** Delivers what was sent, and what that sends, until nothing is due. */
  run(): Promise<void>;
  /** Delivers one batch of one queue to the consumer. */
  deliver(queue: string, bodies: unknown[], attempts?: number): Promise<{ acked: number; retried: number }>;
  post(path: string, body: string, headers: Record<string, string>): Promise<Response>;
  cron(name?: string): Promise<void>;
};

const ALL_FAST: KnownServers = {
  whyLane: () => undefined,
  wasFast: () => undefined,
  wasSlow: () => undefined,
  fastHostsOf: () => [],
};

export function newPipeline(overrides: Partial<Env> = {}): Pipeline {
  const sent: Sent[] = [];
  const indexed: Sent[] = [];
  const listOf = (body: unknown) => ((body as { kind?: string }).kind === "search" ? indexed : sent);
  const queueOf = (queue: string): Queue =>
    ({
      send: async (body: unknown, options?: { delaySeconds?: number }) =>
        void listOf(body).push({ queue, body, delaySeconds: options?.delaySeconds ?? 0 }),
      sendBatch: async (messages: Iterable<MessageSendRequest>) => {
        for (const { body, delaySeconds } of messages)
          listOf(body).push({ queue, body, delaySeconds: delaySeconds ?? 0 });
      },
    }) as unknown as Queue;
  const asked: string[] = [];
  const acting = new Set<string>();
  // What a lane asks is asked when the test's cron is over: the sweep must not have waited for it.
  const lanes = {
    idFromName: (name: string) => name,
    get: (name: string) => ({
      wake: (sourceId: string) => env.SOURCE_LANES.get(env.SOURCE_LANES.idFromName(name)).wake(sourceId),
      ask: async (sourceId: string) => void asked.push(sourceId),
      act: async (organizationId: string) => void acting.add(organizationId),
    }),
  };
  const testEnv: Env = {
    ...env,
    INGEST_QUEUE: queueOf(QUEUES.ingest),
    RECORDINGS_QUEUE: queueOf(QUEUES.recordings),
    ANALYSIS_QUEUE: queueOf(QUEUES.analysis),
    EVENTS_QUEUE: queueOf(QUEUES.events),
    SOURCE_LANES: lanes as never,
    ...overrides,
  };
  const pipeline: Pipeline = {
    sent,
    indexed,
    env: testEnv,
    hooks: [],
    servers: ALL_FAST,
    audio: () => new Response(sineWav(2), { headers: { "content-type": "audio/wav" } }),
    transcriber: () => new Response("gone", { status: 503 }),
    hosts: new Map(),
    act: async (organizationId) => {
      const never = () => new Promise<void>(() => undefined);
      const deps = jobDeps({ ...testEnv }).acting;
      return actOnCalls(deps, organizationId, { until: Date.now() + MINUTE, woken: never });
    },
    deliver: async (queue, bodies, attempts = 1) => {
      const batch = createMessageBatch(
        queue,
        bodies.map((body, index) => ({ id: `${queue}-${index}`, timestamp: new Date(), attempts, body })),
      );
      const ctx = createExecutionContext();
      // A copy: deps are kept by environment, and tests break parts of theirs on the way.
      await consume(batch, jobDeps({ ...testEnv }, pipeline.servers));
      const result = await getQueueResult(batch, ctx);
      return {
        acked: result.ackAll ? bodies.length : result.explicitAcks.length,
        retried: result.retryMessages.length,
      };
    },
    run: async () => {
      for (let round = 0; round < 50; round += 1) {
        const due = sent.filter((message) => message.delaySeconds === 0);
        if (due.length === 0 && acting.size === 0) return;
        const woken = [...acting];
        acting.clear();
        for (const organizationId of woken) await pipeline.act(organizationId);
        for (const message of due) sent.splice(sent.indexOf(message), 1);
        for (const queue of Object.values(QUEUES)) {
          const bodies = due.filter((message) => message.queue === queue).map((message) => message.body);
          if (bodies.length > 0) await pipeline.deliver(queue, bodies);
        }
      }
      throw new Error("the pipeline never comes to rest");
    },
    post: async (path, body, headers) => {
      const ctx = createExecutionContext();
      const request = new Request(`https://trunkline.test${path}`, { method: "POST", body, headers });
      // Not for what goes on behind the answer: refusals are counted there, seconds later.
      return worker.fetch(request, testEnv, ctx);
    },
    cron: async (name = "* * * * *") => {
      await worker.scheduled(createScheduledController({ cron: name }), { ...testEnv });
      const { sweep } = jobDeps({ ...testEnv });
      await Promise.all(asked.splice(0).map((sourceId) => askPlatform(sweep.pull, sourceId)));
    },
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.method === "GET") return pipeline.audio(request.url);
    if (new URL(request.url).host === "transcribe.test") return pipeline.transcriber(request);
    const server = pipeline.hosts.get(new URL(request.url).host);
    if (server) return server(request);
    const event = await request.json<Pipeline["hooks"][number]["event"]>();
    pipeline.hooks.push({ url: request.url, headers: Object.fromEntries(request.headers), event });
    return new Response("ok");
  });
  return pipeline;
}

export { deadLetterOf, QUEUES };
