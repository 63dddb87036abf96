import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { authenticateKeys, type Act } from "../identity";
import { problem } from "./problem";
import type { ApiEnv } from "./router";

/** Lets a request pass when its API keys speak for one organization, and says which. */
export const requireApiKey = createMiddleware<ApiEnv>(async (c, next) => {
  const caller = await authenticateKeys(c.var.deps.db, presentedKeys(c));
  if (!caller.ok) return problem(c, caller.error);
  if (caller.value.campaignId !== null) {
    return problem(c, { kind: "forbidden", message: "This API key may only send calls into its campaign." });
  }
  c.set("caller", caller.value);
  return next();
});

/** The same for a request that brings calls, which a key limited to one campaign may. */
export const requireSendingKey = createMiddleware<ApiEnv>(async (c, next) => {
  const caller = await authenticateKeys(c.var.deps.db, presentedKeys(c));
  if (!caller.ok) return problem(c, caller.error);
  c.set("caller", caller.value);
  return next();
});

/** Lets only the operator of the deployment pass: whoever knows OPERATOR_TOKEN. */
export const requireOperator = createMiddleware<ApiEnv>(async (c, next) => {
  const token = bearerToken(c);
  if (token === undefined || !(await sameText(token, c.var.deps.config.operatorToken))) {
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
