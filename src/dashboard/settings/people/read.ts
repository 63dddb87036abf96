import type { Context } from "hono";
import { listCampaigns } from "../../../campaigns";
import { listTeams, MAX_TEAMS, may } from "../../../identity";
import { listOperators } from "../../../operators";
import type { DashboardEnv } from "../../deps";
import type { LimitChoices } from "./limits";
import type { MemberChoices } from "./member-pages";

export type PeopleContext = Context<DashboardEnv>;

const MOST_CAMPAIGNS = 500;
const MOST_OPERATORS = 500;

export async function readLimitChoices(c: PeopleContext): Promise<LimitChoices> {
  const { deps, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [campaigns, teams] = await Promise.all([
    listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }),
    may(visitor.caller, "teams:read") ? listTeams(deps.db, { organizationId, limit: MAX_TEAMS }) : [],
  ]);
  return { campaigns, teams };
}

export async function readMemberChoices(c: PeopleContext): Promise<MemberChoices> {
  const { deps, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [limits, operators] = await Promise.all([
    readLimitChoices(c),
    may(visitor.caller, "operators:read")
      ? listOperators(deps.db, { organizationId, reach, filter: { merged: false }, limit: MOST_OPERATORS })
      : [],
  ]);
  return { ...limits, operators };
}
