import { Hono } from "hono";
import { apiRoutes, onError, onNotFound } from "./api";
import { readConfig } from "./config";
import { homeRoutes } from "./dashboard";
import { openDatabase } from "./db/client";
import { endpointObjects } from "./delivery";
import { edgeHeaders } from "./edge-headers";
import { addressAskedFor } from "./lib/http/address";
import { ingestRoutes, rateLimits } from "./ingest";
import { guardPolicyOf } from "./lib/guard-policy";
import { outboundFetchOf } from "./lib/outbound/deployment";
import { inboxOn } from "./queues/inbox";
import { nudgesOn } from "./queues/senders";

/** Every edge that speaks HTTP, under one error policy. */
export const app = new Hono<{ Bindings: Env }>();

app.onError(onError);
app.notFound(onNotFound);

app.use(edgeHeaders);

app.route(
  "/",
  homeRoutes<Env>((request, env) => readConfig(env).publicUrl || new URL(request.url).origin),
);

app.get("/health", (c) => c.json({ status: "ok" }));

app.route(
  "/",
  ingestRoutes((env, ctx) => ({
    db: openDatabase(env.DB),
    bucket: env.BUCKET,
    inbox: inboxOn(env, readConfig(env).inbox),
    masterKeys: readConfig(env).masterKeys,
    now: () => Date.now(),
    limits: rateLimits(env),
    waitUntil: (work) => ctx.waitUntil(work),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    publicAddressOf: (request) => addressAskedFor(request.url, readConfig(env).publicUrl),
    log: (line) => console.log(JSON.stringify(line)),
  })),
);

app.route(
  "/",
  apiRoutes((env) => ({
    config: readConfig(env),
    masterKeys: readConfig(env).masterKeys,
    guardPolicy: guardPolicyOf(readConfig(env)),
    db: openDatabase(env.DB),
    bucket: env.BUCKET,
    inbox: inboxOn(env, readConfig(env).inbox),
    nudges: nudgesOn(env),
    endpointObjects: endpointObjects(env.ENDPOINTS),
    now: () => Date.now(),
    limits: rateLimits(env),
    fetch: outboundFetchOf(readConfig(env)),
  })),
);
