import { Hono } from "hono";
import { readIntegrations } from "../../../health";
import { may } from "../../../identity";
import { pageAnswer } from "../../../ui/layout/page";
import type { DashboardEnv } from "../../deps";
import { needs } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { IntegrationsPage } from "./page";

/** `/dashboard/settings/integrations` */
export function integrationRoutes() {
  return new Hono<DashboardEnv>().get("/settings/integrations", needs("sources:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const seesEndpoints = may(caller, "endpoints:read");
    const sees = { sources: true, endpoints: seesEndpoints, api: seesEndpoints };
    const [integrations, whole] = await Promise.all([
      readIntegrations(deps.db, { organizationId, reach, sees }, view.now),
      readWhole(deps.db, visitor),
    ]);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<IntegrationsPage view={view} frame={frame} caller={caller} integrations={integrations} />);
  });
}
