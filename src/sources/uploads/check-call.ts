import { and, eq, or } from "drizzle-orm";
import type { Database } from "../../db/client";
import { campaigns } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { FULL_REACH } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { defaultSourceOf, readSource, type SourceView } from "../config";
import type { CommonSettings } from "../../platforms";
import { readCallFields, type UploadedCall, type UploadFields } from "./call-fields";

/** Whose upload it is. `campaignLimit`: the one campaign their API key may send into, or null. */
export type Uploader = { organizationId: string; campaignLimit: string | null };

/** A call that files are brought for, and the source it will belong to. */
export type CheckedCall = {
  source: { id: string; kind: string; campaignId: string | null };
  call: UploadedCall;
};

const KIND = "internal";
const DEFAULT_TIME_ZONE = "UTC";

/**
 * Checks a sender's fields of a call against the organization's sources and campaigns. Names every field that is wrong.
 */
export async function checkUploadedCall(
  db: Database,
  uploader: Uploader,
  fields: UploadFields,
): Promise<Result<CheckedCall, DomainError>> {
  const source = await findSource(db, uploader.organizationId, fields.get("source_id")?.trim() || null);
  if (!source.ok) return source;
  const { id, kind, campaignId, state, settings } = source.value;
  if (state === "paused") return err({ kind: "conflict", message: "The source is paused: resume it first." });
  const read = readCallFields(fields, settings.time_zone ?? DEFAULT_TIME_ZONE);
  if (!read.ok) return err({ kind: "invalid", fields: read.error });
  const { campaignLimit } = uploader;
  // A key for one campaign must not touch the calls that another campaign's platform brought.
  const isOthers = kind !== KIND || campaignId !== null;
  if (campaignLimit !== null && isOthers && campaignId !== campaignLimit) return err(NOT_ALLOWED);
  const campaign = await findCampaign(db, uploader.organizationId, fields.get("campaign_id")?.trim() || campaignLimit);
  if (!campaign.ok) return campaign;
  if (campaignLimit !== null && campaign.value?.id !== campaignLimit) return err(NOT_ALLOWED);
  const call: UploadedCall = {
    ...read.value,
    campaign_id: campaign.value?.id ?? null,
    campaign_number: campaign.value?.number ?? null,
  };
  return ok({ source: { id, kind, campaignId }, call });
}

const NOT_ALLOWED: DomainError = { kind: "forbidden", message: "This API key may only upload into its campaign." };

type Target = Pick<SourceView, "id" | "kind" | "campaignId" | "state"> & { settings: CommonSettings };

/** The organization's own one is there before its row is: its first call makes that. */
async function findSource(
  db: Database,
  organizationId: string,
  named: string | null,
): Promise<Result<Target, DomainError>> {
  const defaultId = await defaultSourceOf(KIND, organizationId);
  const id = named ?? defaultId;
  const found = await readSource(db, { organizationId, reach: FULL_REACH, id });
  // Settings were checked by the platform's schema when they were written.
  if (found.ok) return ok({ ...found.value, settings: found.value.settings as CommonSettings });
  if (id === defaultId) return ok({ id, kind: KIND, campaignId: null, state: "active", settings: {} });
  return err(invalid("source_id", "names no source of this organization"));
}

/** A campaign by its id or its number. */
async function findCampaign(
  db: Database,
  organizationId: string,
  named: string | null,
): Promise<Result<{ id: string; number: number } | null, DomainError>> {
  if (named === null) return ok(null);
  const number = /^\d{1,9}$/.test(named) ? Number(named) : undefined;
  const found = await db
    .select({ id: campaigns.id, number: campaigns.number })
    .from(campaigns)
    .where(
      and(
        eq(campaigns.organizationId, organizationId),
        or(eq(campaigns.id, named), number === undefined ? undefined : eq(campaigns.number, number)),
      ),
    )
    .get();
  return found ? ok(found) : err(invalid("campaign_id", "names no campaign of this organization"));
}
