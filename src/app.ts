import { Hono, type Context } from "hono";
import { apiRoutes, healthzAnswer, onError, onNotFoundIn, pathOf, requestIdOf } from "./api";
import { authRoutes, resetLetters } from "./auth";
import {
  addressRoutes,
  componentRoutes,
  dashboardRoutes,
  failedAnswer,
  languageRoutes,
  notFoundAnswer,
  sentReportRoutes,
} from "./dashboard";
import { depsOf } from "./deps";
import { edgeHeaders, setEdgeHeaders } from "./edge-headers";
import { quotaShareOn, type QuotaShare } from "./identity";
import { ingestEdge, rateLimits, storageChanges, type IngestDeps } from "./ingest";
import { addressAskedFor } from "./lib/http/address";
import { viewOf } from "./ui/view";
import { visitorOf } from "./visitor";

/** All HTTP edges, with one error handler. */
export const app = new Hono<{ Bindings: Env }>({ getPath: pathOf });

app.onError((error, c) => failedPage(c, onError(error, c)));
app.notFound((c) => missingPage(c, onNotFoundIn(app)(c)));

app.use(edgeHeaders);

app.route(
  "/",
  authRoutes((env) => ({ ...depsOf(env), sendResetLink: resetLetters(depsOf(env).mailer) }), viewOfRequest),
);

app.route("/", addressRoutes());

app.route("/", languageRoutes());
app.route("/", componentRoutes<Env>(viewOfRequest));
app.route("/", sentReportRoutes<Env>(depsOf, viewOfRequest));
app.route("/dashboard", dashboardRoutes<Env>({ deps: depsOf, view: viewOfRequest, visitor: visitorOf }));

// On Cloudflare an asset is given before the Worker is asked; `npm start` asks the Worker first.
app.get("/assets/*", async (c) => {
  const asset = await c.env.ASSETS.fetch(c.req.raw);
  return asset.status === 404 ? c.notFound() : asset;
});

app.get("/healthz", (c) => healthzAnswer(c.env, depsOf(c.env)));
app.get("/health", (c) => c.json({ status: "ok" }));

// Built once per environment, as the deps they are made of: all but what the request itself brings.
const ingestDeps = new WeakMap<Env, Omit<IngestDeps, "waitUntil">>();

function ingestDepsOf(env: Env): Omit<IngestDeps, "waitUntil"> {
  const known = ingestDeps.get(env);
  if (known) return known;
  const deps = {
    ...depsOf(env),
    limits: rateLimits(env),
    publicAddressOf: (request: Request) => addressAskedFor(request.url, depsOf(env).config.publicUrl),
    log: (line: Record<string, unknown>) => console.log(JSON.stringify(line)),
  };
  ingestDeps.set(env, deps);
  return deps;
}

const ingest = ingestEdge((env, ctx) => ({ ...ingestDepsOf(env), waitUntil: (work) => ctx.waitUntil(work) }));

app.route("/", ingest.routes);
app.route("/", storageChanges(ingestDepsOf));

app.route(
  "/",
  apiRoutes((env) => ({
    ...depsOf(env),
    limits: rateLimits(env),
    quota: quotaOf(env),
    sendResetLink: resetLetters(depsOf(env).mailer),
  })),
);

// An isolate's share of the quotas, which it keeps from request to request.
const quotas = new WeakMap<Env, QuotaShare>();

function quotaOf(env: Env): QuotaShare {
  const known = quotas.get(env) ?? quotaShareOn(depsOf(env).db);
  quotas.set(env, known);
  return known;
}

/**
 * What failed on our side, as a page where a browser asked for one; else the answer of every other address. The API's is
 * problem+json whatever is accepted: clients of some languages name text/html first by themselves.
 */
async function failedPage(c: Context<{ Bindings: Env }>, answered: Response): Promise<Response> {
  if (answered.status !== 500 || !asksForPage(c)) return answered;
  try {
    return await failedAnswer(viewOfRequest(c.req.raw, c.env), requestIdOf(c));
  } catch {
    // A deployment that is not configured has no view.
    return answered;
  }
}

/** What a browser opened that is no page: a mistyped address, or one that only takes forms. Signed in or not. */
async function missingPage(c: Context<{ Bindings: Env }>, answered: Response): Promise<Response> {
  if (c.req.method !== "GET" || !asksForPage(c)) return answered;
  try {
    return await notFoundAnswer(viewOfRequest(c.req.raw, c.env));
  } catch {
    // A deployment that is not configured has no view.
    return answered;
  }
}

/** Below these only programs ask, whatever they accept: the API, and platforms with their notices. */
const PROGRAMS = /^\/(?:v1|webhook)(?:\/|$)/;

function asksForPage(c: Context): boolean {
  return /\btext\/html\b/i.test(c.req.header("accept") ?? "") && !PROGRAMS.test(pathOf(c.req.raw));
}

function viewOfRequest(request: Request, env: Env) {
  const { now, config } = depsOf(env);
  return viewOf(request, { now: now(), isLocal: config.allowPrivateAddresses });
}

/** The Worker's answer. Notices, by far the most requests, take the straight path; the router has all the others. */
export function answer(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response> {
  return takeNotice(request, env, ctx) ?? app.fetch(request, env, ctx);
}

function takeNotice(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> | undefined {
  try {
    return ingest.straight(request, env, ctx)?.then((taken) => {
      setEdgeHeaders(taken.headers, request.url);
      return taken;
    });
  } catch {
    // A deployment that is not configured: the router gives the answer that every other address gives.
    return undefined;
  }
}
