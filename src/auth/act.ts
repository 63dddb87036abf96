import type { Context } from "hono";
import type { Act, Place } from "../identity";
import type { AuthEnv } from "./request";

/** Where a request comes from, and its name. */
export function placeOf(c: Context<AuthEnv>): Place & { requestId: string } {
  const address = c.req.header("cf-connecting-ip") ?? null;
  return { address, userAgent: c.req.header("user-agent") ?? null, requestId: c.var.requestId };
}

/** What the person does here, as the audit log has it. */
export function actOf(c: Context<AuthEnv>, userId: string): Act {
  const { address, requestId } = placeOf(c);
  return { actor: { kind: "user", id: userId }, now: c.var.deps.now(), address, requestId };
}
