import type { MiddlewareHandler } from "hono";
import { may, type Permission } from "../../identity";
import type { DashboardEnv } from "../deps";
import { lackingAnswer } from "../message-page";

/** Lets those through who have a permission; the others get a page that says so. */
export function openTo(permission: Permission): MiddlewareHandler<DashboardEnv> {
  return async (c, next) => {
    const { caller } = c.var.visitor;
    return may(caller, permission) ? next() : lackingAnswer(c.var.view, caller, permission);
  };
}
