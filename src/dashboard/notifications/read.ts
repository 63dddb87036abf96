import { callIdOfTask } from "../../calls";
import { listCampaigns } from "../../campaigns";
import type { Database } from "../../db/client";
import {
  listEndpoints,
  MAX_ENDPOINTS,
  nameOfEndpoint,
  readHealth,
  troubleOf,
  type EndpointTrouble,
} from "../../delivery";
import { may, type Caller, type NotificationRow } from "../../identity";
import { DAY } from "../../lib/time";
import { listSources } from "../../sources";

/** What notifications are about, by its id: how it is called, and what is wrong with an endpoint now. */
export type Subjects = { names: ReadonlyMap<string, string>; troubles: ReadonlyMap<string, EndpointTrouble | null> };

const MOST_CAMPAIGNS = 500;
const MOST_SOURCES = 200;

/** What these notifications are about, as far as the reader may see it. One round trip. */
export async function readSubjects(
  db: Database,
  caller: Caller,
  rows: readonly NotificationRow[],
  now: number,
): Promise<Subjects> {
  const { organizationId, reach } = caller;
  const has = (kinds: readonly NotificationRow["kind"][]) => rows.some(({ kind }) => kinds.includes(kind));
  const seesEndpoints = has(["endpoint_failing", "endpoint_disabled"]) && may(caller, "endpoints:read");
  const [campaigns, endpoints, healths, sources] = await Promise.all([
    rows.some(({ campaignId }) => campaignId !== null) && may(caller, "campaigns:read")
      ? listCampaigns(db, { organizationId, reach, limit: MOST_CAMPAIGNS })
      : [],
    seesEndpoints ? listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS }) : [],
    seesEndpoints ? readHealth(db, { organizationId, since: now - DAY }) : [],
    has(["call_unassigned"]) && may(caller, "sources:read")
      ? listSources(db, { organizationId, reach, limit: MOST_SOURCES })
      : [],
  ]);
  const health = new Map(healths.map((one) => [one.endpointId, one]));
  return {
    names: new Map([
      ...campaigns.map(({ id, name }) => [id, name] as const),
      ...endpoints.map((one) => [one.id, nameOfEndpoint(one)] as const),
      ...sources.map(({ id, name }) => [id, name] as const),
    ]),
    troubles: new Map(endpoints.map((one) => [one.id, troubleOf(one, health.get(one.id))])),
  };
}

/** The page of what a notification is about. */
export function hrefOfSubject({ kind, subjectId }: Pick<NotificationRow, "kind" | "subjectId">): string {
  switch (kind) {
    case "task_assigned":
    case "task_unassigned":
    case "opinions_apart":
      return `/dashboard/calls/${encodeURIComponent(callIdOfTask(subjectId))}?tab=scorecard`;
    case "alert_raised":
      return `/dashboard/alerts/${encodeURIComponent(subjectId)}`;
    case "call_completed":
    case "call_action":
    case "comment_mention":
    case "comment_reply":
      return `/dashboard/calls/${encodeURIComponent(subjectId)}`;
    case "call_unassigned":
      return "/dashboard/unassigned";
    case "endpoint_failing":
    case "endpoint_disabled":
      return `/dashboard/webhooks/${encodeURIComponent(subjectId)}`;
    case "review_assigned":
      return `/dashboard/reviews/${encodeURIComponent(subjectId)}`;
    case "usage_alert":
      return "/dashboard/settings/usage";
  }
}
