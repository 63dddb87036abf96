import type { CampaignActions, KeptAction } from "../../actions";
import { modelNames } from "../../analysis";
import { listCalls } from "../../calls";
import { listEndpoints, MAX_ENDPOINTS, nameOfEndpoint } from "../../delivery";
import { listTeams, MAX_TEAMS, may } from "../../identity";
import { listReviewers } from "../../quality";
import type { PageContext } from "../deps";
import type { ActionChoices } from "./action-fields";
import type { ActionForm } from "./actions-form";

/** Calls of the campaign that an action can be tried on: the newest. */
const MOST_CALLS = 20;

/** What an action of this kind may name, as far as the visitor may know it. */
export async function choicesFor(
  c: PageContext,
  { campaign, actions }: CampaignActions,
  action: KeptAction | null,
  { kind }: ActionForm,
): Promise<ActionChoices> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const { organizationId, reach } = caller;
  const namesPeople = kind === "assign" || kind === "email";
  const before = action === null ? actions : actions.slice(0, actions.indexOf(action));
  const [people, teams, endpoints, engines, calls] = await Promise.all([
    namesPeople && may(caller, "reviews:assign") ? listReviewers(deps.db, { organizationId, reach }, view.now) : [],
    namesPeople && may(caller, "teams:read") ? listTeams(deps.db, { organizationId, limit: MAX_TEAMS }) : [],
    kind === "webhook" && may(caller, "endpoints:read")
      ? listEndpoints(deps.db, { organizationId, limit: MAX_ENDPOINTS })
      : [],
    kind === "ask" ? modelNames(deps.db, deps.offeredEngines, organizationId) : [],
    may(caller, "calls:read")
      ? listCalls(deps.db, { organizationId, reach, filter: { campaignId: campaign.id }, limit: MOST_CALLS })
      : { rows: [] },
  ]);
  return {
    people: people.map(({ id, name }) => [id, name] as const),
    teams: teams.map(({ id, name }) => [id, name] as const),
    endpoints: endpoints.map(({ id, url, description }) => [id, nameOfEndpoint({ url, description })] as const),
    engines,
    asks: before.filter((one) => one.kind === "ask").map(({ name }) => name),
    calls: calls.rows,
  };
}
