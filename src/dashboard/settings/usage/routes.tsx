import { Hono } from "hono";
import { listCampaigns } from "../../../campaigns";
import { DAY, toIso } from "../../../lib/time";
import { pageAnswer } from "../../../ui/layout/page";
import { dollarsFor, forecastOf, monthOf, sumOf, usageByCampaign, usageByDay, usageOf } from "../../../usage";
import type { DashboardEnv } from "../../deps";
import { frameOf, readWhole } from "../../frame";
import { openTo } from "../open-to";
import { UsagePage } from "./page";

const MOST_SHOWN = 100;
const MOST_NAMED = 500;

/** `/dashboard/settings/usage` */
export function usageRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/usage", openTo("usage:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const isLastMonth = c.req.query("month") === "last";
    const month = monthOf(view.now, isLastMonth ? 1 : 0);
    const today = Math.floor(view.now / DAY);
    const span = { organizationId, from: month.from, until: Math.min(month.until, today + 1) };
    const [days, byCampaign, campaigns, whole] = await Promise.all([
      usageByDay(deps.db, span),
      usageByCampaign(deps.db, span),
      listCampaigns(deps.db, { organizationId, reach, limit: MOST_NAMED }),
      readWhole(deps.db, visitor, view.now),
    ]);
    const total = sumOf(days);
    const parts = {
      first: dateOf(span.from),
      last: dateOf(span.until - 1),
      isLastMonth,
      total,
      forecast: forecastOf(dollarsFor(usageOf(total)), month, view.now),
      byCampaign: byCampaign.slice(0, MOST_SHOWN),
      campaigns,
    };
    return pageAnswer(<UsagePage view={view} frame={frameOf(view, visitor, whole)} caller={caller} parts={parts} />);
  });

  return routes;
}

function dateOf(day: number): string {
  return toIso(day * DAY).slice(0, 10);
}
