import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { authenticateKeys, presentedKeys, type Act } from "../identity";
import { sameText } from "../lib/constant-time";
import { bearerToken } from "../lib/http/authorization";
import { noteFailure, noteSuccess, turnedAway } from "./limit-failures";
import { problem } from "./problem";
import type { ApiEnv } from "./router";

/** Accepts a request whose API keys are valid and of one organization. Sets the caller. */
export const requireApiKey = createMiddleware<ApiEnv>(async (c, next) => {
  const failed = await identify(c);
  if (failed) return failed;
  if (c.var.caller.campaignId !== null) {
    return problem(c, { kind: "forbidden", message: "This API key may only send calls into its campaign." });
  }
  return next();
});

/** The same for a request that sends calls, for which a key limited to one campaign is enough. */
export const requireSendingKey = createMiddleware<ApiEnv>(async (c, next) => (await identify(c)) ?? next());

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
  return next();
});

/** The actor and time of a request, for functions that write. */
export function actOf(c: Context<ApiEnv>): Act {
  return { actor: { kind: "apiKey", id: c.var.caller.keyId }, now: c.var.deps.now() };
}

/** The same for the admin's routes, which no API key opens. */
export function adminActOf(c: Context<ApiEnv>): Act {
  return { actor: { kind: "admin" }, now: c.var.deps.now() };
}

/** Sets the caller of the request's API keys, or gives the refusal. */
async function identify(c: Context<ApiEnv>): Promise<Response | undefined> {
  const keys = presentedKeys(c.req.raw.headers);
  const away = await turnedAway(c, "api", keys);
  if (away) return away;
  const caller = await authenticateKeys(c.var.deps.db, keys);
  if (!caller.ok) {
    await noteFailure(c, "api");
    return problem(c, caller.error);
  }
  await noteSuccess(keys);
  c.set("caller", caller.value);
  return undefined;
}
