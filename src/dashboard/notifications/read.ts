import { callIdOfTask } from "../../calls";
import { listCampaigns } from "../../campaigns";
import type { Database } from "../../db/client";
import { listEndpoints, MAX_ENDPOINTS } from "../../delivery";
import { may, type Caller, type NotificationRow } from "../../identity";
import { listSources } from "../../sources";

/** How what notifications are about is called, by its id. */
export type Names = ReadonlyMap<string, string>;

const MOST_CAMPAIGNS = 500;
const MOST_SOURCES = 200;

/** The names of what these notifications are about, as far as the reader may see them. One round trip. */
export async function readNames(db: Database, caller: Caller, rows: readonly NotificationRow[]): Promise<Names> {
  const { organizationId, reach } = caller;
  const has = (kinds: readonly NotificationRow["kind"][]) => rows.some(({ kind }) => kinds.includes(kind));
  const [campaigns, endpoints, sources] = await Promise.all([
    rows.some(({ campaignId }) => campaignId !== null) && may(caller, "campaigns:read")
      ? listCampaigns(db, { organizationId, reach, limit: MOST_CAMPAIGNS })
      : [],
    has(["endpoint_failing", "endpoint_disabled"]) && may(caller, "endpoints:read")
      ? listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS })
      : [],
    has(["call_unassigned"]) && may(caller, "sources:read")
      ? listSources(db, { organizationId, reach, limit: MOST_SOURCES })
      : [],
  ]);
  return new Map([
    ...campaigns.map(({ id, name }) => [id, name] as const),
    ...endpoints.map(({ id, url }) => [id, URL.parse(url)?.host ?? url] as const),
    ...sources.map(({ id, name }) => [id, name] as const),
  ]);
}

/** The page of what a notification is about. */
export function hrefOfSubject({ kind, subjectId }: Pick<NotificationRow, "kind" | "subjectId">): string {
  switch (kind) {
    case "task_assigned":
    case "task_unassigned":
      return `/dashboard/calls/${encodeURIComponent(callIdOfTask(subjectId))}`;
    case "call_completed":
      return `/dashboard/calls/${encodeURIComponent(subjectId)}`;
    case "call_unassigned":
      return "/dashboard/unassigned";
    case "endpoint_failing":
    case "endpoint_disabled":
      return `/dashboard/webhooks/${encodeURIComponent(subjectId)}`;
  }
}
