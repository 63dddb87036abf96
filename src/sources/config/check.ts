import { and, eq, inArray } from "drizzle-orm";
import type { z } from "zod";
import type { Database } from "../../db/client";
import { valueList } from "../../db/value-list";
import { campaigns, type SourceSettings } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { isLimited, reachesCampaign, type Within } from "../../identity";
import { fieldErrorsOf } from "../../lib/field-issues";
import { err, ok, type Result } from "../../lib/result";
import type { Platform } from "../../platforms";

/** What a source may be given, besides its platform. */
export type SourceInput = {
  name?: string;
  campaignId?: string | null;
  settings?: SourceSettings;
};

/**
 * What is wrong with what a source is to be configured with, or undefined. `settings` were checked by `parseSettings`.
 * A campaign beyond reach looks unknown, and who reaches some campaigns only must name one of them.
 */
export async function checkSource(
  db: Database,
  { organizationId, reach }: Within,
  input: SourceInput,
): Promise<DomainError | undefined> {
  if (input.name !== undefined && (input.name.trim() === "" || input.name.length > 200)) {
    return invalid("name", "must be 1 to 200 characters");
  }
  const mapped = Object.entries((input.settings?.["campaigns"] ?? {}) as Record<string, string>);
  const named = [...(typeof input.campaignId === "string" ? [input.campaignId] : []), ...mapped.map(([, id]) => id)];
  const must = "must name a campaign that you are not kept from";
  if (input.campaignId === null && isLimited(reach)) return invalid("campaign_id", must);
  if (named.length === 0) return undefined;
  const rows = await db
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, organizationId), inArray(campaigns.id, valueList(named))));
  const known = new Set(rows.map(({ id }) => id).filter((id) => reachesCampaign(reach, id)));
  const unknown = "names no campaign of this organization";
  if (typeof input.campaignId === "string" && !known.has(input.campaignId)) return invalid("campaign_id", unknown);
  const stray = mapped.find(([, id]) => !known.has(id));
  return stray && invalid(`settings.campaigns.${stray[0]}`, unknown);
}

/** The settings as the platform takes them, or every field that is wrong. */
export function parseSettings(platform: Platform, settings: unknown): Result<SourceSettings, DomainError> {
  const parsed = platform.settings.safeParse(settings);
  return parsed.success ? ok(parsed.data) : err(problemsOf("settings", parsed.error));
}

/** The credentials as the platform takes them, or every field that is wrong. */
export function parseCredentials(
  platform: Platform,
  credentials: unknown,
): Result<Record<string, string>, DomainError> {
  if (!platform.credentials)
    return err(invalid("credentials", `are not used: ${platform.title} is never asked for anything`));
  const parsed = platform.credentials.safeParse(credentials);
  if (!parsed.success) return err(problemsOf("credentials", parsed.error));
  const given = Object.entries(parsed.data).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return ok(Object.fromEntries(given));
}

function problemsOf(part: string, error: z.ZodError): DomainError {
  return { kind: "invalid", fields: fieldErrorsOf(error, [part]) };
}
