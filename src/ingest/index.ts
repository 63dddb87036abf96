import { Hono, type Context } from "hono";
import { type KeyedPlatform, type Platform, PLATFORMS } from "../platforms";
import { readHeaderFields } from "../lib/http/header-fields";
import { answerCall, answerMethod, answerReceived } from "./answer";
import { decideKeyed, decideSigned } from "./decide";
import type { IngestDeps } from "./deps";
import { newIsolate, type Isolate } from "./isolate";
import { readNoticePath } from "./notice-path";
import { receive } from "./receive";

export type { IngestDeps } from "./deps";
export { storageChanges } from "./storage-changes";
export { rateLimits } from "./rate-limits";

type App = Hono<{ Bindings: Env }>;

/** The two ways to the same functions. */
export type IngestEdge = {
  /** Every path and method of the platforms' webhooks. */
  routes: App;
  /** Takes a plain notice at once, without a router; undefined for every other request, which the routes answer. */
  straight(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> | undefined;
  /** The first that answers. */
  fetch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response>;
};

/**
 * The platforms' webhooks: a path per configured source, and a shared path for platforms whose notices cannot name one.
 * Each with and without a trailing slash, because a redirect would turn a POST into a GET.
 */
export function ingestEdge(depsOf: (env: Env, ctx: ExecutionContext) => IngestDeps): IngestEdge {
  const app: App = new Hono();
  const isolate = newIsolate();

  function mount(source: Platform, methods: string[], path: string): void {
    app.on(methods, path, (c: Context<{ Bindings: Env }>) => {
      const asked = { path: new URL(c.req.url).pathname, sourceId: c.req.param("sourceId") };
      return take(c.req.raw, asked, source, depsOf(c.env, c.executionCtx as ExecutionContext), isolate);
    });
  }

  for (const source of Object.values<Platform>(PLATFORMS)) {
    if (hasNoWebhook(source)) continue;
    if (hasSharedPath(source)) {
      const path = `/webhook/${source.kind}`;
      for (const own of [path, `${path}/`]) mount(source, ["POST"], own);
      app.get(`${path}/health`, (c) => c.json({ status: "ok", service: "trunkline", webhook_ready: true }));
      for (const other of [path, `${path}/`]) app.all(other, () => answerMethod("POST"));
      app.all(`${path}/health`, () => answerMethod("GET, HEAD"));
    }
    for (const path of [`/webhook/${source.kind}/:sourceId`, `/webhook/${source.kind}/:sourceId/`]) {
      mount(source, methodsOf(source), path);
      app.all(path, () => answerMethod(methodsOf(source).join(", ")));
    }
  }

  function straight(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> | undefined {
    if (request.method !== "POST") return undefined;
    const asked = readNoticePath(request.url);
    const source = asked && BY_KIND.get(asked.kind);
    if (!source || (asked.sourceId === undefined && !hasSharedPath(source))) return undefined;
    return take(request, asked, source, depsOf(env, ctx), isolate);
  }

  return {
    routes: app,
    straight,
    fetch: (request, env, ctx) => straight(request, env, ctx) ?? app.fetch(request, env, ctx),
  };
}

function take(
  request: Request,
  { path, sourceId }: { path: string; sourceId: string | undefined },
  source: Platform,
  deps: IngestDeps,
  isolate: Isolate,
): Promise<Response> {
  const keyed = source.authentication === "api_key";
  const headers = readHeaderFields(request.headers);
  const gateway = { request, headers, path, sourceKind: source.kind, sourceId, keyed };
  return source.authentication === "api_key"
    ? receive(gateway, () => decideKeyed(gateway, source, deps, isolate.memory), answerCall, deps, isolate)
    : receive(gateway, () => decideSigned(gateway, source, deps, isolate.memory), answerReceived, deps, isolate);
}

const BY_KIND: ReadonlyMap<string, Platform> = new Map(
  Object.values<Platform>(PLATFORMS)
    .filter((source) => !hasNoWebhook(source) && methodsOf(source).includes("POST"))
    .map((source) => [source.kind, source]),
);

function hasSharedPath(source: Platform): source is KeyedPlatform {
  return source.authentication === "api_key" && source.sharedPath;
}

function hasNoWebhook(source: Platform): boolean {
  return source.authentication === "api_key" && source.webhook === false;
}

function methodsOf({ methods = ["POST"] }: Platform): string[] {
  return [...methods];
}
