import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import { auditedBinding } from "../db/audited";
import { openDatabase } from "../db/client";
import type { DomainError } from "../errors";
import { actorText, authenticate, may, noteKeyUse, presentedKeys, type Act, type Within } from "../identity";
import { sameText } from "../lib/constant-time";
import { afterAnswer } from "../lib/http/after-answer";
import { bearerToken } from "../lib/http/authorization";
import { noteFailure, noteSuccess, turnedAway } from "./limit-failures";
import { isSensitive, permissionOf, SELF } from "./permissions";
import { problem } from "./problem";
import { countRequest } from "./quota";
import type { ApiEnv } from "./router";
import { callerOf, sessionOf, sessionTokenOf, unconfirmed, weakSession } from "./session";

/**
 * The one place that decides whether API keys and tokens open a route: they must be valid, of one organization, and
 * have the permission of the operation (permissions.ts). Sets the caller. A route without a permission opens to nobody.
 */
export const requireCaller = createMiddleware<ApiEnv>(async (c, next) => {
  const failed = await identify(c);
  if (failed) return failed;
  // The handler that will answer is the first that is mounted for a method; no such handler, and the answer is 404.
  const handler = matchedRoutes(c).find(({ method }) => method !== METHOD_NAME_ALL);
  if (!handler) return next();
  const permission = permissionOf(handler.method, handler.path);
  if (permission === undefined) throw new Error(`${handler.method} ${handler.path} has no permission`);
  const { session } = c.var;
  if (permission === SELF) return session ? next() : problem(c, NO_PERSON);
  const weak = session && weakSession(session);
  if (weak) return problem(c, weak);
  const stale = isSensitive(permission, handler.path) ? unconfirmed(c) : undefined;
  if (stale) return problem(c, stale);
  if (permission !== "any" && !may(c.var.caller, permission))
    return problem(c, { kind: "permission_missing", permission });
  return next();
});

/** Accepts only the admin, the owner of the deployment, who knows OPERATOR_TOKEN. */
export const requireAdmin = createMiddleware<ApiEnv>(async (c, next) => {
  const token = bearerToken(c.req.raw.headers);
  const away = await turnedAway(c, "admin", []);
  if (away) return away;
  if (token === undefined || !(await sameText(token, c.var.deps.config.adminToken))) {
    await noteFailure(c, "admin");
    return problem(c, {
      kind: "unauthenticated",
      message: "The admin's token is required: send it as Authorization: Bearer.",
    });
  }
  useAudited(c, adminActOf(c));
  return next();
});

/** The organization of a request's caller, as far as they reach in it. */
export function withinOf(c: Context<ApiEnv>): Within {
  const { organizationId, reach } = c.var.caller;
  return { organizationId, reach };
}

/** The actor and time of a request, for functions that write. */
export function actOf(c: Context<ApiEnv>): Act {
  return { actor: c.var.caller.actor, ...circumstancesOf(c) };
}

/** The same for the admin's routes, which no API key opens. */
export function adminActOf(c: Context<ApiEnv>): Act {
  return { actor: { kind: "admin" }, ...circumstancesOf(c) };
}

function circumstancesOf(c: Context<ApiEnv>) {
  const address = c.req.header("cf-connecting-ip") ?? null;
  return { now: c.var.deps.now(), address, requestId: c.var.requestId };
}

/** From here on what the request writes is in the audit log as done by its actor. */
function useAudited(c: Context<ApiEnv>, { actor, now, address = null, requestId }: Act): void {
  const { deps } = c.var;
  const binding = auditedBinding(deps.db.$client, {
    actor: actorText(actor),
    address,
    requestId: requestId ?? null,
    at: now,
  });
  c.set("deps", { ...deps, db: openDatabase(binding) });
}

const NO_PERSON: DomainError = { kind: "forbidden", message: "This is for a signed-in person, not for an API key." };

/** Sets the caller of the request's API keys or of its session, or gives the refusal. Keys count before a cookie. */
async function identify(c: Context<ApiEnv>): Promise<Response | undefined> {
  const keys = presentedKeys(c.req.raw.headers);
  const token = keys.length === 0 ? sessionTokenOf(c) : undefined;
  if (token !== undefined) return identifyBySession(c, token);
  const away = await turnedAway(c, "api", keys);
  if (away) return away;
  const { db, now } = c.var.deps;
  const caller = await authenticate(c.var.deps, keys);
  if (!caller.ok) {
    await noteFailure(c, "api");
    return problem(c, caller.error);
  }
  await noteSuccess(keys);
  c.set("caller", caller.value);
  // The answer does not depend on the note.
  afterAnswer(c, noteKeyUse(db, caller.value.unnoted, now()), "key_use.not_noted");
  const refused = await countRequest(c, caller.value.organizationId);
  useAudited(c, actOf(c));
  return refused;
}

async function identifyBySession(c: Context<ApiEnv>, token: string): Promise<Response | undefined> {
  const found = await sessionOf(c, token);
  if (!found.ok) return problem(c, found.error);
  c.set("session", found.value);
  c.set("caller", await callerOf(c.var.deps.db, found.value));
  const refused = await countRequest(c, found.value.session.organizationId);
  useAudited(c, actOf(c));
  return refused;
}
