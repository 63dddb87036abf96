import { env } from "cloudflare:test";
import { Hono } from "hono";
import { apiRoutes, onError, onNotFound, type ApiDeps } from "../../../src/api";
import { readConfig } from "../../../src/config";
import type { DeliveryLogEntry, EndpointConfig, LogQuery } from "../../../src/delivery";
import type { IngestMessage } from "../../../src/queues/messages";
import { NOON, openDatabase } from "../../factories";

// oxlint-disable-next-line typescript/no-explicit-any -- an answer can be anything; each test says what it expects of it
type Answer = { status: number; headers: Headers; body: any };
type Call = { key?: string; headers?: Record<string, string>; body?: unknown; text?: string };

export const db = openDatabase(env.DB);

/** The API as it is mounted in the Worker, with what leaves it (queue, endpoint objects) written down instead of sent. */
export function apiClient(overrides: Partial<ApiDeps> = {}) {
  const told: { configured: EndpointConfig[]; logQueries: LogQuery[]; inbox: IngestMessage[] } = {
    configured: [],
    logQueries: [],
    inbox: [],
  };
  const log: DeliveryLogEntry[] = [];
  const deps: ApiDeps = {
    config: readConfig(env),
    db,
    bucket: env.BUCKET,
    inbox: { put: async (message) => void told.inbox.push(message) },
    nudges: { recordings: async () => {}, analyses: async () => {}, events: async () => {} },
    endpointObjects: {
      configure: async (config) => void told.configured.push(config),
      log: async (_endpointId, _organizationId, query) => {
        told.logQueries.push(query);
        return log.slice(0, query.limit);
      },
    },
    now: () => NOON,
    fetch: () => Promise.reject(new Error("the API fetches nothing in these tests")),
    ...overrides,
  };
  const app = new Hono<{ Bindings: Env }>();
  app.route(
    "/",
    apiRoutes(() => deps),
  );
  app.notFound(onNotFound);
  app.onError(onError);

  async function call(method: string, path: string, { key, headers, body, text }: Call = {}): Promise<Answer> {
    const sent = new Headers(headers);
    if (key !== undefined) sent.set("x-api-key", key);
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    if (content !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
    const response = await app.request(`https://trunkline.test${path}`, { method, headers: sent, body: content }, env);
    const answer = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && answer !== "" ? JSON.parse(answer) : answer,
    };
  }

  return {
    told,
    log,
    call,
    get: (path: string, options?: Call) => call("GET", path, options),
    post: (path: string, options?: Call) => call("POST", path, options),
    patch: (path: string, options?: Call) => call("PATCH", path, options),
    delete: (path: string, options?: Call) => call("DELETE", path, options),
  };
}

/** The fields a 422 names. */
export function fieldsOf(answer: Answer): string[] {
  return answer.body.errors.map((error: { field: string }) => error.field);
}
