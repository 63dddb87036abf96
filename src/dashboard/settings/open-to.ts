import type { MiddlewareHandler } from "hono";
import { may, type Permission } from "../../identity";
import type { DashboardEnv } from "../deps";
import { forbiddenAnswer } from "../message-page";

/** Lets those through who have a permission; the others get a page that says so. */
export function openTo(permission: Permission): MiddlewareHandler<DashboardEnv> {
  return async (c, next) => (may(c.var.visitor.caller, permission) ? next() : forbiddenAnswer(c.var.view));
}
