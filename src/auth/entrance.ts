import { Hono } from "hono";
import { findSession, hasOwner } from "../identity";
import { sessionTokenIn, type AuthEnv } from "./request";

/** `/` for a browser: whoever is not signed in goes there first, or sets the deployment up if it is new. */
export function entranceRoutes() {
  return new Hono<AuthEnv>().get("/", async (c, next) => {
    if (!/\btext\/html\b/i.test(c.req.header("accept") ?? "")) return next();
    const { db, now } = c.var.deps;
    if (await findSession(db, sessionTokenIn(c) ?? "", now())) return next();
    c.header("vary", "Accept, Cookie");
    c.header("cache-control", "no-store");
    return c.redirect((await hasOwner(db)) ? "/sign-in" : "/setup", 303);
  });
}
