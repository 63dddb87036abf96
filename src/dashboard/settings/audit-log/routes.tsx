import { Hono } from "hono";
import { listApiKeys, listAudit, listMembers, may } from "../../../identity";
import { pageAnswer } from "../../../ui/layout/page";
import { askToConfirm } from "../../confirmation/confirm";
import type { DashboardEnv } from "../../deps";
import { needs } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { auditFilterOf, exportHref, readAuditAsked } from "./filter";
import { AuditLogPage } from "./page";

const PAGE = 50;
const MOST_NAMED = 500;

/** `/dashboard/settings/audit-log` */
export function auditLogRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/audit-log", needs("audit:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const asked = readAuditAsked(new URL(c.req.url).searchParams);
    const query = { organizationId, filter: auditFilterOf(asked), limit: PAGE };
    const [page, members, keys, whole] = await Promise.all([
      listAudit(deps.db, asked.after === undefined ? query : { ...query, after: asked.after }),
      may(caller, "people:read") ? listMembers(deps.db, { organizationId, limit: MOST_NAMED }) : [],
      may(caller, "keys:read") ? listApiKeys(deps.db, { organizationId, reach, limit: MOST_NAMED }) : [],
      readWhole(deps.db, visitor),
    ]);
    const names = new Map([
      ...members.map(({ userId, name }) => [userId, name] as const),
      ...keys.map(({ id, name }) => [id, name] as const),
    ]);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(
      <AuditLogPage view={view} frame={frame} caller={caller} asked={asked} page={page} names={names} />,
    );
  });

  // The API gives the file; it refuses whoever has not proved lately who they are, so that is asked for here.
  routes.get("/settings/audit-log/export", needs("audit:read"), async (c) => {
    const asked = readAuditAsked(new URL(c.req.url).searchParams);
    return (await askToConfirm(c)) ?? c.redirect(exportHref(asked), 303);
  });

  return routes;
}
