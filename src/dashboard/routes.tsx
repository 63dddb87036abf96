import { Hono } from "hono";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { stateWords } from "../ui/strings/state";
import { callRoutes } from "./calls/routes";
import { pageDepsOf, type DashboardEnv, type DashboardOf } from "./deps";
import { frameOf, readWhole } from "./frame";
import { HomePage } from "./home/page";
import { readHome } from "./home/read";
import { messageAnswer } from "./message-page";
import { notificationRoutes } from "./notifications/routes";
import { settingsRoutes } from "./settings/routes";

/** `/dashboard`: pages for whoever is signed in. */
export function dashboardRoutes<Bindings extends object>(of: DashboardOf<Bindings>) {
  const routes = new Hono<DashboardEnv & { Bindings: Bindings }>();

  routes.use(async (c, next) => {
    const plain = of.deps(c.env);
    const deps = pageDepsOf(plain);
    const view = of.view(c.req.raw, c.env);
    const visitor = await of.visitor(c.req.raw, deps);
    if (visitor === null) return signInFirst(c.req.raw, view);
    c.set("plain", plain);
    c.set("deps", deps);
    c.set("view", view);
    c.set("visitor", visitor);
    await next();
    // For the tests of the budget, and for whoever looks why a page is slow.
    if (view.isLocal) c.header("x-d1-round-trips", String(deps.reads.roundTrips()));
    return undefined;
  });

  routes.get("/", async (c) => {
    const { deps, view, visitor } = c.var;
    const [parts, whole] = await Promise.all([
      readHome(deps.db, visitor.caller, view.now),
      readWhole(deps.db, visitor, view.now),
    ]);
    return pageAnswer(<HomePage view={view} frame={frameOf(view, visitor, whole)} parts={parts} />);
  });

  routes.route("/", callRoutes());
  routes.route("/", notificationRoutes());
  routes.route("/", settingsRoutes());
  return routes;
}

/** A page leads to sign-in and back; a form's work is not thrown away with a redirect. */
function signInFirst(request: Request, view: Parameters<typeof messageAnswer>[0]): Promise<Response> | Response {
  if (request.method === "GET")
    return new Response(null, { status: 303, headers: { location: `/sign-in?to=${encodeURIComponent(view.path)}` } });
  const { notSignedIn: title, staleText: text } = wordsOf(stateWords, view.language);
  return messageAnswer(view, 401, { title, text, link: title, href: "/sign-in" });
}
