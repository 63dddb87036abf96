import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { authenticateKeys, type Act } from "../identity";
import { noteFailure, noteSuccess, turnedAway } from "./limit-failures";
import { problem } from "./problem";
import type { ApiEnv } from "./router";

/** Lets a request pass when its API keys speak for one organization, and says which. */
export const requireApiKey = createMiddleware<ApiEnv>(async (c, next) => {
  const failed = await identify(c);
  if (failed) return failed;
  if (c.var.caller.campaignId !== null) {
    return problem(c, { kind: "forbidden", message: "This API key may only send calls into its campaign." });
  }
  return next();
});

/** The same for a request that brings calls, which a key limited to one campaign may. */
export const requireSendingKey = createMiddleware<ApiEnv>(async (c, next) => (await identify(c)) ?? next());

/** Lets only the operator of the deployment pass: whoever knows OPERATOR_TOKEN. */
export const requireOperator = createMiddleware<ApiEnv>(async (c, next) => {
  const token = bearerToken(c);
  const away = await turnedAway(c, "admin", []);
  if (away) return away;
  if (token === undefined || !(await sameText(token, c.var.deps.config.operatorToken))) {
    await noteFailure(c, "admin");
    return problem(c, {
      kind: "unauthenticated",
      message: "The operator's token is required: send it as Authorization: Bearer.",
    });
  }
  return next();
});

/** Who does what this request asks for, and when: for the verbs that write. */
export function actOf(c: Context<ApiEnv>): Act {
  return { actor: { kind: "apiKey", id: c.var.caller.keyId }, now: c.var.deps.now() };
}

/** The same on the admin's routes, which no API key opens. */
export function adminActOf(c: Context<ApiEnv>): Act {
  return { actor: { kind: "admin" }, now: c.var.deps.now() };
}

/** Sets the caller its keys speak for, or gives the refusal. */
async function identify(c: Context<ApiEnv>): Promise<Response | undefined> {
  const keys = presentedKeys(c);
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

function presentedKeys(c: Context): string[] {
  const sent = [c.req.header("x-api-key"), bearerToken(c), c.req.header("x-auth-token")];
  return sent.filter((key): key is string => key !== undefined && key !== "");
}

function bearerToken(c: Context): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

// Hashes have one length and tell nothing of the texts, so that comparing them takes the same time whatever was sent.
async function sameText(left: string, right: string): Promise<boolean> {
  const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await hash(left), await hash(right));
}
