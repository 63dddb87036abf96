import { Hono, type HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { may } from "../identity";
import { newRequestId, REQUEST_ID_HEADER } from "../lib/request-id";
import { pageAnswer } from "../ui/layout/page";
import { PAGE_HEADERS } from "../ui/security";
import { wordsOf } from "../ui/strings/define";
import { stateWords } from "../ui/strings/state";
import type { View } from "../ui/view";
import { alertRoutes } from "./alerts/routes";
import { apiRoutes } from "./api/routes";
import { bulkRoutes } from "./bulk/routes";
import { callRoutes } from "./calls/routes";
import { campaignRoutes } from "./campaigns/routes";
import { takeConfirmation } from "./confirmation/confirm";
import { connectorRoutes } from "./connectors/routes";
import { confirmationRoutes } from "./confirmation/routes";
import { isOwnForm, pageDepsOf, type DashboardEnv, type DashboardOf, type PageContext } from "./deps";
import { frameOf, readWhole } from "./frame";
import { developerToolRoutes } from "./developer-tools/routes";
import { firstHourRoutes } from "./home/first-hour-routes";
import { liveRoute } from "./home/live-route";
import { HomePage } from "./home/page";
import { mayBegin, readHome } from "./home/read";
import { inboundRoutes } from "./inbound/routes";
import { endedAnswer, staleFormAnswer, textFormOf } from "./kept-forms";
import { messageAnswer } from "./message-page";
import { notificationRoutes } from "./notifications/routes";
import { operatorRoutes } from "./operators/routes";
import { PROFILE } from "./settings/profile/address";
import { reportRoutes } from "./reports/routes";
import { reviewRoutes } from "./reviews/routes";
import { reviewerRoutes } from "./reviewers/routes";
import { scorecardRoutes } from "./scorecards/routes";
import { settingsRoutes } from "./settings/routes";
import { sourceRoutes } from "./sources/routes";
import { tasksHref } from "./tasks/query";
import { taskActRoutes } from "./tasks/act-routes";
import { taskRoutes } from "./tasks/routes";
import { unassignedRoutes } from "./unassigned/routes";
import { uploadRoutes } from "./uploads/routes";
import { viewRoutes } from "./views/routes";
import { webhookRoutes } from "./webhooks/routes";

/** A notice that somebody tries may be large, and in a form each of its letters may take nine bytes. */
const MAX_FORM_BYTES = 1024 * 1024;

/** `/dashboard`: pages for whoever is signed in. */
export function dashboardRoutes<Bindings extends object>(of: DashboardOf<Bindings>) {
  const routes = new Hono<DashboardEnv & { Bindings: Bindings }>();

  routes.use(
    bodyLimit({
      maxSize: MAX_FORM_BYTES,
      onError: (c) => {
        const view = of.view(c.req.raw, c.env as Bindings);
        const { tooLarge: title, tooLargeText: text } = wordsOf(stateWords, view.language);
        return messageAnswer(view, 413, { title, text });
      },
    }),
  );

  routes.use(async (c, next) => {
    const plain = of.deps(c.env);
    const deps = pageDepsOf(plain);
    const view = of.view(c.req.raw, c.env);
    const [visitor, form] = await Promise.all([of.visitor(c.req.raw, deps), textFormOf(c.req)]);
    if (visitor === null) return c.req.method === "GET" ? signInFirst(c.req, view) : endedAnswer(c.req.raw, view, form);
    c.set("plain", plain);
    c.set("deps", deps);
    const { naming } = visitor.organization;
    c.set("view", naming === undefined ? view : { ...view, naming });
    c.set("visitor", { ...visitor, now: view.now });
    c.set("cookies", []);
    c.set("requestId", newRequestId());
    await next();
    c.res.headers.set(REQUEST_ID_HEADER, c.var.requestId);
    for (const cookie of c.var.cookies) c.res.headers.append("set-cookie", cookie);
    // For the tests of the budget, and for whoever looks why a page is slow.
    if (view.isLocal) c.res.headers.set("x-d1-round-trips", String(deps.reads.roundTrips()));
    return undefined;
  });

  routes.route("/", pageRoutes());
  return routes;
}

function pageRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.use(async (c, next) => (await beforeRoutes(c, await textFormOf(c.req))) ?? next());

  // Where somebody lands: whose work is to review calls, and nothing else, at their tasks.
  routes.get("/begin", (c) => {
    const { caller } = c.var.visitor;
    const onlyReviews =
      may(caller, "reviews:write") && may(caller, "tasks:read") && !may(caller, "reviews:assign") && !mayBegin(caller);
    return c.redirect(onlyReviews ? tasksHref({ mine: false, state: undefined }) : "/dashboard", 303);
  });

  routes.get("/", async (c) => {
    const { deps, view, visitor } = c.var;
    const [parts, whole] = await Promise.all([
      readHome(deps.db, visitor.caller, view.now),
      readWhole(deps.db, visitor),
    ]);
    return pageAnswer(
      <HomePage
        view={view}
        frame={frameOf(view, visitor, whole)}
        parts={parts}
        overdue={whole.late}
        mayConnect={may(visitor.caller, "sources:write") && may(visitor.caller, "campaigns:write")}
        mayUpload={may(visitor.caller, "uploads:write")}
      />,
    );
  });

  const parts = [
    firstHourRoutes,
    liveRoute,
    // Before the page of a call, whose address takes any name.
    bulkRoutes,
    viewRoutes,
    callRoutes,
    unassignedRoutes,
    taskRoutes,
    taskActRoutes,
    reviewRoutes,
    reportRoutes,
    reviewerRoutes,
    alertRoutes,
    operatorRoutes,
    uploadRoutes,
    campaignRoutes,
    scorecardRoutes,
    sourceRoutes,
    connectorRoutes,
    webhookRoutes,
    developerToolRoutes,
    inboundRoutes,
    apiRoutes,
    confirmationRoutes,
    notificationRoutes,
    settingsRoutes,
  ];
  for (const part of parts) routes.route("/", part());
  return routes;
}

/** What comes before any page: another second factor, the form's token, and the proof that a form brings along. */
async function beforeRoutes(c: PageContext, form: FormData | undefined): Promise<Response | undefined> {
  if (c.var.visitor.session.isWeak && !isOpenToWeak(c.req.path)) return enrolFirst(c);
  if (!form?.has("csrf")) return undefined;
  if (!(await isOwnForm(c, { csrf: form.get("csrf") }))) return staleFormAnswer(c, form);
  return takeConfirmation(c, form);
}

/** A page leads to sign-in and back. */
function signInFirst(req: HonoRequest, { path }: View): Response {
  if (isPartOfPage(req)) return wholePageAgain(401);
  return new Response(null, { status: 303, headers: { location: `/sign-in?to=${encodeURIComponent(path)}` } });
}

/** Whether a page that is open asks for a part of itself (htmx): it would put the answer into its middle. */
function isPartOfPage(req: HonoRequest): boolean {
  return req.header("hx-request") === "true";
}

/** Has the page that asked load itself anew: it is led elsewhere, and from there back to itself. */
function wholePageAgain(status: 401 | 403): Response {
  return new Response(null, { status, headers: { ...PAGE_HEADERS, "hx-refresh": "true" } });
}

/** Where an organization requires a second factor, whoever has none is led to where it is set up. */
function isOpenToWeak(path: string): boolean {
  return path.startsWith(`${PROFILE}/`) || path.startsWith("/dashboard/confirmation/");
}

function enrolFirst({ req, var: { view } }: PageContext): Response {
  if (req.method === "GET" && isPartOfPage(req)) return wholePageAgain(403);
  const to = req.method === "GET" ? view.path : "/dashboard";
  const location = `${PROFILE}/second-factor?to=${encodeURIComponent(to)}`;
  return new Response(null, { status: 303, headers: { location } });
}
