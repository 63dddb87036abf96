import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { valueList } from "../../db/value-list";
import { campaigns, sources } from "../../db/schema";
import { profiles } from "../profiles";
import { checkHeaders, checkTemplate, HIDDEN, type Problem } from "../templates";
import type { EndpointDraft, EndpointOptions } from "./options";
import { showHeaders } from "./sealed-headers";
import { checkSubscriptions } from "./subscription";

const VERSIONS = ["v1"];

/**
 * All problems of an endpoint as it would be after the write, except its URL, which the network guard checks. Only the
 * options of this change are checked, and what they depend on: an endpoint that newer rules would refuse can still be
 * paused or deleted.
 */
export async function checkDraft(db: Database, draft: EndpointDraft, changes: EndpointOptions): Promise<Problem[]> {
  return [
    ...(changes.events === undefined ? [] : checkSubscriptions(draft.events, profiles[draft.profile])),
    ...checkVersion(draft),
    ...checkBody(draft, changes),
    ...checkOrdering(draft),
    ...(draft.settings.ed25519 && draft.profile !== "standard"
      ? [
          {
            field: "settings.ed25519",
            message: `the ${draft.profile} profile has no Ed25519 signature; only standard does`,
          },
        ]
      : []),
    ...(changes.filters === undefined ? [] : await checkFilters(db, draft)),
  ];
}

function checkVersion(draft: EndpointDraft): Problem[] {
  if (VERSIONS.includes(draft.payloadVersion)) return [];
  return [
    { field: "version", message: `"${draft.payloadVersion}" is no payload version; there is ${VERSIONS.join(", ")}` },
  ];
}

// Headers and template are checked together: a body that is not JSON needs a Content-Type header.
function checkBody(draft: EndpointDraft, changes: EndpointOptions): Problem[] {
  if (changes.headers === undefined && changes.template === undefined) return [];
  const profile = profiles[draft.profile];
  return [
    // As given, or as shown where they stay: what is stored is sealed.
    ...checkHeaders(changes.headers ?? showHeaders(draft.headers), profile, draft.template),
    ...(changes.headers === undefined ? [] : checkKept(draft.headers)),
    ...(draft.template === null ? [] : checkTemplate(draft.template, profile, draft.headers)),
  ];
}

// What is still hidden after the merge stands for no stored value.
function checkKept(headers: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(headers)
    .filter(([, value]) => value === HIDDEN)
    .map(([name]) => ({
      field: `headers.${name}`,
      message: `is new: "${HIDDEN}" keeps the value of one that is stored`,
    }));
}

// Calls stay in the object they began in, so an endpoint that ever had several objects cannot be put in one order.
function checkOrdering(draft: EndpointDraft): Problem[] {
  if (draft.ordering !== "endpoint" || draft.shards.every((epoch) => epoch.shards === 1)) return [];
  const message = "an endpoint that was ever spread over several objects cannot be put in one order; make another";
  return [{ field: "ordering", message }];
}

async function checkFilters(db: Database, { organizationId, filters }: EndpointDraft): Promise<Problem[]> {
  const known = {
    campaign_ids: await db
      .select({ id: campaigns.id })
      .from(campaigns)
      .where(
        and(eq(campaigns.organizationId, organizationId), inArray(campaigns.id, valueList(filters.campaignIds ?? []))),
      ),
    source_ids: await db
      .select({ id: sources.id })
      .from(sources)
      .where(
        and(
          eq(sources.organizationId, organizationId),
          isNull(sources.deletedAt),
          inArray(sources.id, valueList(filters.sourceIds ?? [])),
        ),
      ),
  };
  return [
    ...strangers("campaign_ids", "campaign", filters.campaignIds, known.campaign_ids),
    ...strangers("source_ids", "source", filters.sourceIds, known.source_ids),
  ];
}

function strangers(
  field: string,
  what: string,
  ids: readonly string[] = [],
  known: readonly { id: string }[],
): Problem[] {
  return ids.flatMap((id, index) =>
    known.some((row) => row.id === id)
      ? []
      : [{ field: `filters.${field}.${index}`, message: `names no ${what} of this organization` }],
  );
}
