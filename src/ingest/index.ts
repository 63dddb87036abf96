import { Hono, type Context } from "hono";
import { type KeyedPlatform, type SignedPlatform, type Platform, PLATFORMS } from "../platforms";
import { answerCall, answerMethod, answerReceived } from "./answer";
import { decideKeyed, decideSigned } from "./decide";
import type { IngestDeps } from "./deps";
import { newIsolate } from "./isolate";
import { receive } from "./receive";

export type { IngestDeps } from "./deps";
export { rateLimits } from "./rate-limits";

type App = Hono<{ Bindings: Env }>;

/**
 * The platforms' webhooks: a path per configured source, and a shared path for platforms whose notices cannot name one.
 * Each with and without a trailing slash, because a redirect would turn a POST into a GET.
 */
export function ingestRoutes(depsOf: (env: Env, ctx: ExecutionContext) => IngestDeps): App {
  const app: App = new Hono();
  const isolate = newIsolate();

  function depsFor(c: Context<{ Bindings: Env }>): IngestDeps {
    return depsOf(c.env, c.executionCtx as ExecutionContext);
  }

  function mountKeyed(source: KeyedPlatform): void {
    if (source.webhook === false) return;
    const take = (c: Context<{ Bindings: Env }>, sourceId: string | undefined) => {
      const deps = depsFor(c);
      const gateway = { request: c.req.raw, sourceKind: source.kind, sourceId, keyed: true };
      const decide = () => decideKeyed(c.req.raw, source, sourceId, deps, isolate.memory);
      return receive(gateway, decide, answerCall, deps, isolate);
    };
    if (source.sharedPath) {
      const path = `/webhook/${source.kind}`;
      app.on("POST", [path, `${path}/`], (c) => take(c, undefined));
      app.get(`${path}/health`, (c) => c.json({ status: "ok", service: "trunkline", webhook_ready: true }));
      for (const other of [path, `${path}/`]) app.all(other, () => answerMethod("POST"));
      app.all(`${path}/health`, () => answerMethod("GET, HEAD"));
    }
    for (const path of pathsOf(source)) {
      app.on(methodsOf(source), path, (c) => take(c, c.req.param("sourceId")));
      app.all(path, () => answerMethod(methodsOf(source).join(", ")));
    }
  }

  function mountSigned(source: SignedPlatform): void {
    for (const path of pathsOf(source)) {
      app.on(methodsOf(source), path, (c) => {
        const deps = depsFor(c);
        const sourceId = c.req.param("sourceId");
        const gateway = { request: c.req.raw, sourceKind: source.kind, sourceId, keyed: false };
        const decide = () => decideSigned(c.req.raw, source, sourceId, deps, isolate.memory);
        return receive(gateway, decide, answerReceived, deps, isolate);
      });
      app.all(path, () => answerMethod(methodsOf(source).join(", ")));
    }
  }

  for (const source of Object.values<Platform>(PLATFORMS)) {
    if (source.authentication === "api_key") mountKeyed(source);
    else mountSigned(source);
  }
  return app;
}

function pathsOf(source: Platform) {
  return [`/webhook/${source.kind}/:sourceId`, `/webhook/${source.kind}/:sourceId/`] as const;
}

function methodsOf({ methods = ["POST"] }: Platform): string[] {
  return [...methods];
}
