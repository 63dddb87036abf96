import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { newRequestId, REQUEST_ID_HEADER } from "../lib/request-id";
import { isFromOurselves } from "../lib/http/session-cookie";
import type { View } from "../ui/view";
import { entranceRoutes } from "./entrance";
import { invitationRoutes } from "./invitations";
import { organizationRoutes } from "./organization";
import type { AuthDeps, AuthEnv } from "./request";
import { resetRoutes } from "./reset";
import { setupRoutes } from "./setup";
import { signInRoutes } from "./sign-in";
import { staleAnswer } from "./stale-page";

export type { AuthDeps } from "./request";
export { resetLetters } from "./reset-letter";

// A form that was kept comes along, and each letter of it may take nine bytes.
const MAX_BODY_BYTES = 256 * 1024;
const PATHS = [
  "/",
  "/setup",
  "/invitations/*",
  "/sign-in",
  "/sign-in/*",
  "/sign-out",
  "/reset-password",
  "/reset-password/*",
];
const THIS_MACHINE = /^(?:127(?:\.\d+){3}|\[::1\])$/;

/** The pages of signing in. They take forms from themselves only. */
export function authRoutes(
  makeDeps: (env: Env) => AuthDeps,
  viewOf: (request: Request, env: Env) => View,
): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>();
  for (const path of PATHS) {
    app.use(path, bodyLimit({ maxSize: MAX_BODY_BYTES }), async (c, next) => {
      const url = new URL(c.req.url);
      // A cookie and a passkey belong to a name, so on the machine itself the pages are at `localhost`.
      if (THIS_MACHINE.test(url.hostname) && c.req.method === "GET" && asksForPage(c.req.raw)) {
        url.hostname = "localhost";
        return c.redirect(url.href, 302);
      }
      c.set("requestId", newRequestId());
      c.set("view", viewOf(c.req.raw, c.env));
      if (c.req.method !== "GET" && !isFromOurselves(c.req.raw)) return staleAnswer(c.var.view);
      c.set("deps", makeDeps(c.env));
      await next();
      c.res.headers.set(REQUEST_ID_HEADER, c.var.requestId);
      return undefined;
    });
  }
  for (const routes of [entranceRoutes, setupRoutes, invitationRoutes, organizationRoutes]) app.route("/", routes());
  app.route("/", signInRoutes());
  app.route("/", resetRoutes());
  return app;
}

/** Programs ask for `/` too, and stay at the name that they chose. */
function asksForPage(request: Request): boolean {
  return new URL(request.url).pathname !== "/" || /\btext\/html\b/i.test(request.headers.get("accept") ?? "");
}
