import type { Context, Hono, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import { answer } from "./problem";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

type App = Pick<Hono, "router">;

/** Refuses a method that the path does not have, before anything is asked about who calls. `OPTIONS` is told them. */
export function refuseOtherMethods(app: () => App): MiddlewareHandler {
  return async (c, next) => {
    if (matchedRoutes(c).some(({ method }) => method !== METHOD_NAME_ALL)) return next();
    return otherMethods(app(), c) ?? next();
  };
}

/** The answer to an unknown path, or to a known one with another method. */
export function onNotFoundIn(app: App): (c: Context) => Response {
  return (c) => otherMethods(app, c) ?? answer(c, 404, "There is nothing at this address.");
}

/** The answer that names the methods of the path; undefined where there are none, or the request has one of them. */
function otherMethods(app: App, c: Context): Response | undefined {
  const methods = methodsAt(app, c.req.path);
  if (methods.length === 0 || methods.includes(c.req.method)) return undefined;
  c.header("allow", methods.join(", "));
  if (c.req.method === "OPTIONS") return c.body(null, 204);
  return answer(c, 405, `Use ${methods.join(", ")} here.`);
}

/** The methods that have a handler of their own at the path. */
function methodsAt({ router }: App, path: string): string[] {
  const known = METHODS.filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method !== METHOD_NAME_ALL),
  );
  return known.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}
