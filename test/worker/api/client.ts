import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { apiRoutes, onError, onNotFoundIn, pathOf, type ApiDeps } from "../../../src/api";
import { readConfig } from "../../../src/config";
import {
  type DeliveryLogEntry,
  type EndpointConfig,
  type EnqueuedEvent,
  type LogQuery,
  type ReplayMarks,
  type ReplayQuery,
  endpointConfigOf,
} from "../../../src/delivery";
import type { QuotaShare } from "../../../src/identity";
import { guardPolicyOf } from "../../../src/lib/guard-policy";
import type {
  ErasureMessage,
  IngestMessage,
  JobMessage,
  OperatorMoveMessage,
  PlacementMessage,
} from "../../../src/queues/messages";
import { NOON, openDatabase } from "../../factories";
import { sineWav } from "../sine-wav";

// oxlint-disable-next-line typescript/no-explicit-any -- an answer can be anything; tests say what they expect
type Answer = { status: number; headers: Headers; body: any };
type Call = { key?: string; headers?: Record<string, string>; body?: unknown; text?: string | Uint8Array<ArrayBuffer> };

export const db = openDatabase(env.DB);

/** Enough for whatever a test asks. What is counted, quota.test.ts tests with a share of its own. */
const quota: QuotaShare = {
  take: async () => ({ allowed: true, plan: "standard", limit: 1_000, remaining: 999, resetAt: NOON, hour: 0 }),
  giveBack: async () => {},
};

/** What the API told and asked the endpoints' objects, and sent to the queue. */
type Recorded = {
  configured: EndpointConfig[];
  enqueued: { object: string; events: EnqueuedEvent[]; marks: ReplayMarks | undefined }[];
  logQueries: LogQuery[];
  counted: Omit<LogQuery, "limit" | "before">[];
  decided: string[];
  replayed: { query: ReplayQuery; options: ReplayMarks & { dryRun: boolean } }[];
  tested: EnqueuedEvent[];
  inbox: IngestMessage[];
  placements: PlacementMessage[];
  moves: OperatorMoveMessage[];
  jobs: JobMessage[];
  erasures: ErasureMessage[];
};

// One for all clients, which bring their own dependencies with each request: two hundred routes take their time to build.
const app = new Hono<{ Bindings: Env & { DEPS: ApiDeps } }>({ getPath: pathOf });
app.route(
  "/",
  apiRoutes((bindings) => (bindings as typeof bindings & { DEPS: ApiDeps }).DEPS),
);
app.notFound(onNotFoundIn(app));
app.onError(onError);

/**
 * The API as it is mounted in the Worker, with what leaves it (queue, endpoint objects) written down instead of sent.
 */
export function apiClient(overrides: Partial<ApiDeps> = {}) {
  const recorded: Recorded = {
    configured: [],
    enqueued: [],
    logQueries: [],
    counted: [],
    decided: [],
    replayed: [],
    tested: [],
    inbox: [],
    placements: [],
    moves: [],
    jobs: [],
    erasures: [],
  };
  const log: DeliveryLogEntry[] = [];
  const find = (deliveryId: string) => log.find((entry) => entry.deliveryId === deliveryId) ?? null;
  const config = overrides.config ?? readConfig(env);
  const deps: ApiDeps = {
    config,
    masterKeys: config.masterKeys,
    guardPolicy: guardPolicyOf(config),
    db,
    bucket: env.BUCKET,
    search: env.SEARCH,
    inbox: {
      put: async (message) => {
        if ("kind" in message) recorded.placements.push(message);
        else recorded.inbox.push(message);
      },
    },
    nudges: {
      recordings: async () => {},
      analyses: async () => {},
      events: async () => {},
      search: async () => {},
      actions: async () => {},
      jobs: async (messages) => void recorded.jobs.push(...messages),
      erasures: async (messages) => void recorded.erasures.push(...messages),
      reviews: async () => {},
      operatorMoves: async (moves) =>
        void recorded.moves.push(...moves.map((move) => ({ kind: "operator_move" as const, ...move }))),
    },
    offeredEngines: { transcribeUrl: null, ai: null },
    endpointObjects: {
      enqueue: async (object, _config, events, marks) => {
        recorded.enqueued.push({ object, events: [...events], marks });
        return { accepted: events.length, duplicates: 0, refused: null };
      },
      configure: async (endpoint) => void recorded.configured.push(endpointConfigOf(endpoint)),
      log: async (_endpoint, query) => {
        recorded.logQueries.push(query);
        return log.slice(0, query.limit);
      },
      blocked: async (_endpoint, { limit, after }) =>
        log
          .filter(({ attempts, state }) => state === "held" || (state === "pending" && attempts.length > 0))
          .map((entry) => {
            const reason = entry.state === "held" ? ("held" as const) : ("retry" as const);
            return { reason, entry, arrival: entry.enqueuedAt * 1000, queued: 2 };
          })
          .filter(({ entry }) => !after || entry.deliveryId > after.deliveryId)
          .slice(0, limit),
      count: async (_endpoint, query) => {
        recorded.counted.push(query);
        return { count: log.length, more: false };
      },
      delivery: async (_endpoint, deliveryId) => find(deliveryId),
      retryAll: async () => ({ retried: log.filter(({ state }) => state === "pending").length, more: false }),
      retry: async (_endpoint, deliveryId) => {
        const entry = find(deliveryId);
        if (entry) recorded.decided.push(`retry ${deliveryId}`);
        return entry === null ? "not_found" : entry.state === "pending" ? "scheduled" : "replayed";
      },
      settle: async (_endpoint, deliveryId, action, seen) => {
        const state = find(deliveryId)?.state;
        if (state !== "held" && !(action === "skip" && state === "pending")) return false;
        if (seen !== undefined && state !== seen) return false;
        recorded.decided.push(`${action} ${deliveryId}`);
        return true;
      },
      hold: async (_endpoint, deliveryId, { dryRun }) => {
        const entry = find(deliveryId);
        if (entry?.state !== "pending") return entry === null ? "not_found" : "not_waiting";
        if (!dryRun) recorded.decided.push(`hold ${deliveryId}`);
        return "held";
      },
      replay: async (_endpoint, query, options) => {
        recorded.replayed.push({ query, options });
        return { matched: { count: log.length, more: false }, enqueued: options.dryRun ? 0 : log.length };
      },
      countOf: async () => 0,
      erase: async () => 0,
      health: async () => [],
      test: async (endpoint, event) => {
        recorded.tested.push(event);
        return deliveryOf({ eventId: event.eventId, type: event.type, stream: endpoint.id, test: true });
      },
    },
    eventStreams: {
      join: async () => {
        const { 0: client, 1: server } = new WebSocketPair();
        server.accept();
        server.close(1000);
        return client;
      },
      publish: async () => {},
      erase: async () => {},
    },
    sampleAudio: async () => sineWav(1),
    sourceLimit: async () => true,
    now: () => NOON,
    pause: async () => {},
    limits: { refused: async () => true },
    quota,
    mailer: null,
    connect: () => {
      throw new Error("no server is connected to here");
    },
    fetch: () => Promise.reject(new Error("the API fetches nothing in these tests")),
    ...overrides,
  };
  async function call(method: string, path: string, { key, headers, body, text }: Call = {}): Promise<Answer> {
    const sent = new Headers(headers);
    if (key !== undefined) sent.set("x-api-key", key);
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    if (content !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
    const response = await app.request(
      `https://trunkline.test${path}`,
      { method, headers: sent, body: content },
      { ...env, DEPS: deps },
    );
    const answer = await response.text();
    const type = response.headers.get("content-type") ?? "";
    const parsed = /\bjson\b/.test(type) && answer !== "" ? JSON.parse(answer) : answer;
    return {
      status: response.status,
      headers: response.headers,
      body: type.includes("problem+json") && answer !== "" ? withoutRequestId(parsed, response.headers) : parsed,
    };
  }

  return {
    deps,
    recorded,
    log,
    call,
    get: (path: string, options?: Call) => call("GET", path, options),
    post: (path: string, options?: Call) => call("POST", path, options),
    put: (path: string, options?: Call) => call("PUT", path, options),
    patch: (path: string, options?: Call) => call("PATCH", path, options),
    delete: (path: string, options?: Call) => call("DELETE", path, options),
  };
}

/** A problem without the id of its request, which no two have in common: it must be the one of the header. */
function withoutRequestId({ request_id: id, ...problem }: Record<string, unknown>, headers: Headers) {
  if (typeof id !== "string" || id !== headers.get("x-request-id"))
    throw new Error(`a problem names the request ${String(id)}, its header ${headers.get("x-request-id")}`);
  return problem;
}

/** A delivery as an object's log has it: taken at the first try. */
export function deliveryOf(overrides: Partial<DeliveryLogEntry> = {}): DeliveryLogEntry {
  return {
    deliveryId: "dlv_1",
    stream: "call_1",
    seq: 1,
    replay: 0,
    test: false,
    eventId: "evt_1",
    type: "call.completed",
    state: "delivered",
    attempts: [
      {
        number: 1,
        dueAt: NOON,
        startedAt: NOON,
        endedAt: NOON + 400,
        status: 204,
        error: null,
        detail: null,
        request: { method: "POST", url: "https://subscriber.test/hooks", headers: { "x-a": "1" }, body: "{}" },
        response: { headers: {}, body: "" },
      },
    ],
    attemptCount: 1,
    enqueuedAt: NOON,
    dueAt: null,
    finishedAt: NOON + 400,
    ...overrides,
  };
}

/** The fields a 422 names. */
export function fieldsOf(answer: Answer): string[] {
  return answer.body.errors.map((error: { field: string }) => error.field);
}
