import { Hono } from "hono";
import { listEndpoints } from "../../delivery";
import { pageAnswer } from "../../ui/layout/page";
import type { DashboardEnv } from "../deps";
import { needs } from "../forms";
import { frameOf, readWhole } from "../frame";
import { DeveloperToolsPage } from "./page";

const MOST = 200;

/** `/dashboard/developer-tools` */
export function developerToolRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/developer-tools", needs("endpoints:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const [endpoints, whole] = await Promise.all([
      listEndpoints(deps.db, { organizationId: caller.organizationId, limit: MOST }),
      readWhole(deps.db, visitor),
    ]);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<DeveloperToolsPage view={view} frame={frame} caller={caller} endpoints={endpoints} />);
  });

  return routes;
}
