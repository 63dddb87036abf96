import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import { claimKey, openAnswer, type IdempotencyRow, type Keyed } from "../../identity";
import type { ApiEnv } from "../router";
import { answerLost, otherRequest, sendAgain, stillRunning } from "./answers";
import { keyInHeader, nameRequest } from "./key";
import { hashInPassing, hashOf } from "./passing-hash";
import { runOnce } from "./run";

/**
 * A POST with an `Idempotency-Key` is carried out once; sent again, it is answered alike
 * (docs/understand/adr/0052-idempotency.md). Comes after whoever decides that the caller may do it.
 */
export function idempotent(app: () => OpenAPIHono<ApiEnv>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (!isPost(c)) return next();
    const second = c.var.rerun;
    if (second) {
      const fingerprint = () => Promise.resolve(second.fingerprint);
      return runOnce(c, next, { claim: second.claim, fingerprint, body: undefined, app });
    }
    const named = await nameRequest(c);
    if (named === undefined || named instanceof Response) return named ?? next();
    const { body, fingerprint } = named;
    const asked = { claim: c.var.requestId, fingerprint, of: "body" } as const;
    const state = await claimKey(c.var.deps.db, keyedOf(c, named.key), asked, c.var.deps.now());
    if (state.kind === "known") return answerTo(c, state.row, fingerprint);
    return runOnce(c, next, { claim: state.claim, fingerprint: () => Promise.resolve(fingerprint), body, app });
  };
}

/** The same for an upload in one request: its body is hashed as it passes, and is no envelope. */
export function idempotentUpload(app: () => OpenAPIHono<ApiEnv>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = isPost(c) ? keyInHeader(c) : undefined;
    if (key === undefined || key instanceof Response) return key ?? next();
    const asked = { claim: c.var.requestId, fingerprint: null, of: "upload" } as const;
    const state = await claimKey(c.var.deps.db, keyedOf(c, key), asked, c.var.deps.now());
    const named = (hash: string | null) => hash && `${hash}${new URL(c.req.url).search}`;
    if (state.kind === "known") return answerTo(c, state.row, named(await hashOf(c.req.raw)));
    const { request, hash } = hashInPassing(c.req.raw);
    c.req.raw = request;
    const fingerprint = async () => named(await hash());
    return runOnce(c, next, { claim: state.claim, fingerprint, body: undefined, app });
  };
}

async function answerTo(c: Context<ApiEnv>, row: IdempotencyRow, fingerprint: string | null): Promise<Response> {
  if (row.fingerprint !== null && row.fingerprint !== fingerprint) return otherRequest(c);
  const answer = await openAnswer(c.var.deps, row);
  if (answer) return sendAgain(answer);
  return row.acted && row.leaseUntil <= c.var.deps.now() ? answerLost(c) : stillRunning(c);
}

function keyedOf(c: Context<ApiEnv>, key: string): Keyed {
  const caller = c.get("caller") as ApiEnv["Variables"]["caller"] | undefined;
  return {
    organizationId: caller?.organizationId ?? null,
    actor: caller?.actor ?? { kind: "admin" },
    method: c.req.method,
    path: c.req.path,
    key,
  };
}

function isPost(c: Context<ApiEnv>): boolean {
  return c.req.method === "POST" && matchedRoutes(c).some(({ method }) => method !== METHOD_NAME_ALL);
}
