import { Hono, type Context } from "hono";
import { beginSignIn, endSignIn, readConnector, readPermissions } from "../../connectors";
import { may } from "../../identity";
import { pageAnswer } from "../../ui/layout/page";
import { writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, needs } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";
import { originOf } from "../sources/props";
import { PermissionsPage } from "./onedrive-page";
import { BASE, targetOf } from "./show";

type PageContext = Context<DashboardEnv>;

/** Where Microsoft sends people back to: entered in Azure AD, so it is the same for all storages. */
export function redirectUriOf(c: PageContext): string {
  return `${originOf(c)}${BASE}/onedrive/callback`;
}

/** The Connect button of a OneDrive storage, the way back from Microsoft, and the permissions. */
export function oneDriveRoutes() {
  const routes = new Hono<DashboardEnv>();

  // A link and not a form: our pages send forms to ourselves alone, and this leads to Microsoft.
  routes.get("/connectors/:id/connect", needs("sources:write"), async (c) => {
    const { userId } = c.var.visitor.session;
    const begun = await beginSignIn(c.var.plain, targetOf(c), { by: userId, redirectUri: redirectUriOf(c) });
    return begun.ok ? c.redirect(begun.value.url, 302) : failureAnswer(c, begun.error);
  });

  routes.get("/connectors/onedrive/callback", needs("sources:write"), async (c) => {
    const { visitor, view, plain } = c.var;
    const { organizationId, reach } = visitor.caller;
    const { state = "", code = "", error } = c.req.query();
    const id = /^con_\w{1,60}(?=\.)/.exec(state)?.[0];
    if (error !== undefined && id !== undefined) return c.redirect(`${BASE}/${id}?done=notConnected`, 303);
    if (id === undefined || code === "") return notFoundAnswer(view);
    const { userId } = visitor.session;
    const deps = { ...plain, ...writingDeps(c) };
    const given = { by: userId, state, code: code.slice(0, 5_000) };
    const ended = await endSignIn(deps, { organizationId, reach }, given);
    if (!ended.ok) return failureAnswer(c, ended.error);
    const done = ended.value.failure === null ? "connected" : "notConnected";
    return c.redirect(`${BASE}/${ended.value.id}?done=${done}`, 303);
  });

  routes.get("/connectors/:id/permissions", async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, permissions, whole] = await Promise.all([
      readConnector(deps.db, targetOf(c)),
      readPermissions(c.var.plain, targetOf(c)),
      readWhole(deps.db, visitor),
    ]);
    if (!found.ok) return failureAnswer(c, found.error);
    if (!permissions.ok) return failureAnswer(c, permissions.error);
    return pageAnswer(
      <PermissionsPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        connector={found.value}
        permissions={permissions.value}
        mayWrite={may(visitor.caller, "sources:write")}
      />,
    );
  });

  return routes;
}
