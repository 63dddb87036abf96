import { Hono } from "hono";
import { apiRoutes, onError, onNotFound } from "./api";
import { homeRoutes } from "./dashboard";
import { depsOf } from "./deps";
import { edgeHeaders } from "./edge-headers";
import { ingestRoutes, rateLimits } from "./ingest";
import { addressAskedFor } from "./lib/http/address";

/** All HTTP edges, with one error handler. */
export const app = new Hono<{ Bindings: Env }>();

app.onError(onError);
app.notFound(onNotFound);

app.use(edgeHeaders);

app.route(
  "/",
  homeRoutes<Env>((request, env) => depsOf(env).config.publicUrl || new URL(request.url).origin),
);

app.get("/health", (c) => c.json({ status: "ok" }));

app.route(
  "/",
  ingestRoutes((env, ctx) => ({
    ...depsOf(env),
    limits: rateLimits(env),
    waitUntil: (work) => ctx.waitUntil(work),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    publicAddressOf: (request) => addressAskedFor(request.url, depsOf(env).config.publicUrl),
    log: (line) => console.log(JSON.stringify(line)),
  })),
);

app.route(
  "/",
  apiRoutes((env) => ({ ...depsOf(env), limits: rateLimits(env) })),
);
