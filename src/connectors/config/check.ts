import { readCampaign } from "../../campaigns";
import type { Database } from "../../db/client";
import type { ConnectorSettings } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import type { FieldError } from "../../lib/field-issues";
import { isLimited, type Within } from "../../identity";
import { fieldErrorsOf } from "../../lib/field-issues";
import type { GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { z } from "zod";
import type { ConnectorKind } from "../contract";
import { rulesOf } from "../rules/rules-of";
import { LEAST_POLL, LONGEST_POLL } from "./connector";

/** All that is wrong with several parts of a connector together; undefined where nothing is. What is no field comes alone. */
export function allWrong(...parts: readonly (Result<unknown, DomainError> | DomainError | undefined)[]) {
  const errors = parts.flatMap((part) => (part === undefined ? [] : "ok" in part ? (part.ok ? [] : part.error) : part));
  const other = errors.find(({ kind }) => kind !== "invalid");
  if (other || errors.length === 0) return other;
  const fields = errors.flatMap((error): FieldError[] => (error.kind === "invalid" ? error.fields : []));
  return { kind: "invalid", fields } satisfies DomainError;
}

export async function checkSettings(
  { db, guardPolicy }: { db: Database; guardPolicy: GuardPolicy },
  kind: ConnectorKind,
  given: unknown,
  within: Within,
): Promise<Result<ConnectorSettings, DomainError>> {
  const parsed = kind.settings.safeParse(given);
  if (!parsed.success) return err({ kind: "invalid", fields: fieldErrorsOf(parsed.error, ["settings"]) });
  const wrong = (await kind.checkPlace(parsed.data, guardPolicy)) ?? (await checkCampaigns(db, parsed.data, within));
  return wrong ? err(invalid(`settings.${wrong.field}`, wrong.message)) : ok(parsed.data);
}

/** A file that names its campaign leads into any of them: only who reaches all may set that. */
async function checkCampaigns(
  db: Database,
  settings: ConnectorSettings,
  { organizationId, reach }: Within,
): Promise<{ field: string; message: string } | undefined> {
  const { campaignMap, naming, sidecar } = rulesOf({ settings });
  const ids = new Set(Object.values(campaignMap));
  const isNamed =
    ids.size > 0 || (naming?.includes("{campaign}") ?? false) || sidecar?.fields["campaign"] !== undefined;
  if (!isNamed) return undefined;
  if (isLimited(reach)) return { field: "naming", message: "may name campaigns only by who reaches all of them" };
  for (const id of ids)
    if (!(await readCampaign(db, { organizationId, reach, id })).ok)
      return { field: "campaign_map", message: `${id} names no campaign of this organization` };
  return undefined;
}

const given = z.record(z.string(), z.string());

/**
 * What is stored of credentials once these are given, where `stored` are kept already: each secret that is left out stays, as
 * far as it still belongs to whom it belonged to. With `moved`, they would go to another place, and none stays.
 */
export async function checkCredentials(
  kind: ConnectorKind,
  sent: unknown,
  { stored = {}, moved = false }: { stored?: Readonly<Record<string, string>>; moved?: boolean } = {},
): Promise<Result<Record<string, string>, DomainError>> {
  const named = given.safeParse(sent).data;
  const owners = kind.ownersOfSecrets;
  if (owners === undefined || named === undefined) return parseCredentials(kind, sent);
  const fields: FieldError[] = [];
  const wrong = (name: string, message: string) => {
    const field = `credentials.${name}`;
    if (fields.every((one) => one.field !== field)) fields.push({ field, message });
  };
  const all: Record<string, string> = moved ? { ...named } : { ...stored, ...named };
  if (moved)
    for (const [name, value] of Object.entries(stored))
      if (value !== "" && named[name] === undefined)
        wrong(name, "must be given again, since it would go to another place");
  for (const [secret, owner] of Object.entries(owners)) {
    const isOther = (all[owner] ?? "").trim() !== (stored[owner] ?? "");
    if (all[owner] === "" && named[owner] === "") delete all[secret];
    else if (named[secret] !== undefined && named[secret] !== "" && (all[owner] ?? "") === "")
      wrong(owner, "is needed with what belongs to it");
    else if (!moved && isOther && named[secret] === undefined && stored[secret] !== undefined)
      wrong(secret, "must be given too: what is stored belongs to another one");
  }
  if (fields.length > 0) return err({ kind: "invalid", fields });
  return parseCredentials(kind, all);
}

async function parseCredentials(
  kind: ConnectorKind,
  sent: unknown,
): Promise<Result<Record<string, string>, DomainError>> {
  const parsed = await kind.credentials.safeParseAsync(sent);
  return parsed.success
    ? ok(parsed.data)
    : err({ kind: "invalid", fields: fieldErrorsOf(parsed.error, ["credentials"]) });
}

export function problemOf({ name, pollSeconds }: { name?: string | undefined; pollSeconds?: number | undefined }) {
  if (name !== undefined && (name.trim() === "" || name.length > 200))
    return invalid("name", "must be 1 to 200 characters");
  if (pollSeconds === undefined) return undefined;
  const isSound = Number.isInteger(pollSeconds) && pollSeconds >= LEAST_POLL && pollSeconds <= LONGEST_POLL;
  return isSound ? undefined : invalid("poll_seconds", `must be ${LEAST_POLL} to ${LONGEST_POLL} seconds`);
}
