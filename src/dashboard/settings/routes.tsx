import { Hono } from "hono";
import { pageAnswer } from "../../ui/layout/page";
import type { DashboardEnv } from "../deps";
import { frameOf, readWhole } from "../frame";
import { firstSettingsHref } from "./frame";
import { notificationPreferenceRoutes } from "./notifications/routes";
import { apiKeyRoutes } from "./api-keys/routes";
import { peopleRoutes } from "./people/routes";
import { auditLogRoutes } from "./audit-log/routes";
import { usageRoutes } from "./usage/routes";
import { teamRoutes } from "./teams/routes";
import { profileRoutes } from "./profile/routes";
import { RolesPage } from "./roles/page";
import { tokenIssuerRoutes } from "./token-issuers/routes";
import { securityRoutes } from "./security/routes";

/** `/dashboard/settings` */
export function settingsRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings", (c) => c.redirect(firstSettingsHref(c.var.visitor.caller), 303));

  routes.get("/settings/roles", async (c) => {
    const { deps, view, visitor } = c.var;
    const frame = frameOf(view, visitor, await readWhole(deps.db, visitor, view.now));
    return pageAnswer(<RolesPage view={view} frame={frame} caller={visitor.caller} />);
  });

  const parts = [
    profileRoutes,
    notificationPreferenceRoutes,
    peopleRoutes,
    teamRoutes,
    apiKeyRoutes,
    tokenIssuerRoutes,
    usageRoutes,
    auditLogRoutes,
    securityRoutes,
  ];
  for (const part of parts) routes.route("/", part());
  return routes;
}
