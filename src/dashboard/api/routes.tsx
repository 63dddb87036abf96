import { Hono } from "hono";
import { listApiKeys, readQuota } from "../../identity";
import { pageAnswer } from "../../ui/layout/page";
import type { DashboardEnv } from "../deps";
import { needs } from "../forms";
import { frameOf, readWhole } from "../frame";
import { ApiPage } from "./page";

const MOST_KEYS = 5;

/** `/dashboard/api` */
export function apiRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/api", needs("keys:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const [quota, keys, whole] = await Promise.all([
      readQuota(deps.db, organizationId, view.now),
      listApiKeys(deps.db, { organizationId, reach, limit: MOST_KEYS }),
      readWhole(deps.db, visitor),
    ]);
    return pageAnswer(
      <ApiPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={caller}
        quota={quota}
        keys={keys}
        origin={deps.config.publicUrl ?? new URL(c.req.url).origin}
      />,
    );
  });

  return routes;
}
