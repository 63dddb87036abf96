import { z } from "zod";
import type { CampaignRow } from "../../../campaigns";
import { MOST_ORIGINS, type NewApiKey } from "../../../identity";
import { isOrigin } from "../../../lib/http/origin";
import { DAY } from "../../../lib/time";
import type { SourceView } from "../../../sources";
import type { FieldErrors } from "../../../ui/components/form";
import type { Words } from "../../../ui/strings/define";
import type { apiKeyWords } from "../../../ui/strings/api-keys";
import { NO_RIGHTS, rightsIn, type RightsForm } from "../rights-fields";

/** What can be chosen for a key. */
export type Choices = { campaigns: readonly CampaignRow[]; sources: readonly SourceView[] };

/** The form as it was sent, to be shown again. */
export type KeyForm = RightsForm & {
  name: string;
  campaign: string;
  source: string;
  end: string;
  /** Web sites, with spaces or commas between them. */
  origins: string;
  /** What only this form carries. */
  once: string;
};

export const EMPTY_FORM: KeyForm = { ...NO_RIGHTS, name: "", campaign: "", source: "", end: "", origins: "", once: "" };

const name = z.string().trim().min(1).max(200);
const day = z.iso.date();

export function readKeyForm(form: Record<string, unknown>): KeyForm {
  const text = (field: string) => (typeof form[field] === "string" ? form[field].slice(0, 300) : "");
  return {
    name: text("name"),
    rights: text("rights"),
    scopes: [form["scope"] ?? []].flat().map(String),
    campaign: text("campaign"),
    source: text("source"),
    end: text("end"),
    origins: typeof form["origins"] === "string" ? form["origins"].slice(0, MOST_ORIGINS * 300) : "",
    once: text("once"),
  };
}

/** The key that a form asks for, or what is wrong with it. A day ends where the viewer's zone has its end. */
export function keyOf(
  form: KeyForm,
  organizationId: string,
  words: Words<typeof apiKeyWords>,
  endOfDay: (day: string) => number,
): { input: NewApiKey } | { errors: FieldErrors } {
  const errors: { field: string; message: string }[] = [];
  const named = name.safeParse(form.name);
  if (!named.success) errors.push({ field: "name", message: words.nameNeeded });
  const { role, scopes } = rightsIn(form);
  if (scopes?.length === 0) errors.push({ field: "rights", message: words.scopesNeeded });
  const end = form.end === "" ? null : day.safeParse(form.end).data;
  if (end === undefined) errors.push({ field: "end", message: words.endPast });
  const origins = [...new Set(form.origins.split(/[\s,]+/).filter((part) => part !== ""))];
  if (origins.length > MOST_ORIGINS || !origins.every(isOrigin))
    errors.push({ field: "origins", message: words.originsWrong });
  if (errors.length > 0) return { errors };
  return {
    input: {
      organizationId,
      name: named.data ?? "",
      role,
      scopes,
      campaignId: form.campaign === "" ? null : form.campaign,
      sourceId: form.source === "" ? null : form.source,
      allowedOrigins: origins.length === 0 ? null : origins,
      expiresAt: end === null || end === undefined ? null : endOfDay(end),
    },
  };
}

/** The last moment of a day in the zone of these formats. */
export function endOfDayIn(isoDay: (at: number) => string): (day: string) => number {
  return (wanted) => {
    const midnight = Date.parse(`${wanted}T00:00:00Z`) + DAY;
    const STEP = 900_000;
    for (let at = midnight - 15 * 3_600_000; at <= midnight + 15 * 3_600_000; at += STEP)
      if (isoDay(at) > wanted) return at;
    return midnight;
  };
}
