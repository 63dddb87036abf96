import { Hono } from "hono";
import { findSession, hasOwner } from "../identity";
import { sessionTokenIn, type AuthEnv } from "./request";

/** `/` for a browser: leads to the pages, to sign-in, or where a new deployment is set up. */
export function entranceRoutes() {
  return new Hono<AuthEnv>().get("/", async (c, next) => {
    if (!/\btext\/html\b/i.test(c.req.header("accept") ?? "")) return next();
    const { db, now } = c.var.deps;
    c.header("vary", "Accept, Cookie");
    c.header("cache-control", "no-store");
    if (await findSession(db, sessionTokenIn(c) ?? "", now())) return c.redirect("/dashboard/begin", 303);
    return c.redirect((await hasOwner(db)) ? "/sign-in" : "/setup", 303);
  });
}
