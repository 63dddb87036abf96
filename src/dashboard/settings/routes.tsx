import { Hono } from "hono";
import type { DashboardEnv } from "../deps";
import { firstSettingsHref } from "./frame";
import { notificationPreferenceRoutes } from "./notifications/routes";
import { apiKeyRoutes } from "./api-keys/routes";
import { engineRoutes } from "./engines/routes";
import { integrationRoutes } from "./integrations/routes";
import { privacyRoutes } from "./privacy/routes";
import { serviceLevelRoutes } from "./service-levels/routes";
import { peopleRoutes } from "./people/routes";
import { auditLogRoutes } from "./audit-log/routes";
import { usageRoutes } from "./usage/routes";
import { teamRoutes } from "./teams/routes";
import { profileRoutes } from "./profile/routes";
import { roleRoutes } from "./roles/routes";
import { tokenIssuerRoutes } from "./token-issuers/routes";
import { ruleRoutes } from "./rules/routes";
import { securityRoutes } from "./security/routes";

/** `/dashboard/settings` */
export function settingsRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings", (c) => c.redirect(firstSettingsHref(c.var.visitor.caller), 303));

  const parts = [
    profileRoutes,
    notificationPreferenceRoutes,
    peopleRoutes,
    teamRoutes,
    apiKeyRoutes,
    integrationRoutes,
    engineRoutes,
    ruleRoutes,
    tokenIssuerRoutes,
    serviceLevelRoutes,
    privacyRoutes,
    usageRoutes,
    auditLogRoutes,
    securityRoutes,
    roleRoutes,
  ];
  for (const part of parts) routes.route("/", part());
  return routes;
}
