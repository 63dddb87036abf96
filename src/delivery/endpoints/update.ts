import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { ProfileName } from "../contract";
import { isSigningKey, newSigningKey } from "../profiles";
import { planShards } from "../shards";
import { liveEndpoint, type EndpointDeps, type EndpointRow } from "./endpoint";
import { applyOptions, type EndpointDraft, type EndpointOptions } from "./options";
import { checkDraft } from "./rules";
import { sealHeaders } from "./sealed-headers";
import { openSecrets, sealSecrets } from "./secret";
import { checkEndpointUrl } from "./url";

type Target = { organizationId: string; id: string };

// A round fails only when someone else wrote the endpoint in the meantime.
const ROUNDS = 4;

/**
 * Changes an endpoint and pushes it to its objects. Throws when the push fails; the same change again raises the
 * version and pushes again, even when nothing differs. Setting it active undoes an automatic disabling.
 */
export async function updateEndpoint(
  deps: EndpointDeps,
  target: Target,
  changes: EndpointOptions & { profile?: ProfileName },
  { now }: Act,
): Promise<Result<EndpointRow, DomainError>> {
  const { db } = deps;
  const url = changes.url === undefined ? undefined : await checkEndpointUrl(changes.url, deps.guardPolicy);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const row = await db.select().from(endpoints).where(liveEndpoint(target)).get();
    if (!row) return err(notFound("endpoint"));
    const shards = planShards(row, changes, now);
    if (!shards.ok) return shards;
    const draft = { ...applyOptions(row, changes), shards: shards.value };
    const fields = await checkDraft(db, draft, changes);
    if (changes.profile !== undefined && changes.profile !== row.profile) {
      fields.unshift({
        field: "profile",
        message: `stays ${row.profile}: a receiver and its secret are made for it; make another endpoint`,
      });
    }
    if (url?.ok === false) fields.unshift(...url.error);
    if (fields.length > 0) return err({ kind: "invalid", fields });
    const secrets = await secretsFor(row, draft, deps);
    const headers = await sealHeaders(deps.masterKeys, row.id, draft.headers);
    const next = { ...draft, url: url?.ok ? url.value : row.url, headers, secrets };
    const written = await writeDraft(db, row, next, changes.active !== undefined);
    if (written) {
      await deps.endpointObjects.configure(written);
      return ok(written);
    }
  }
  return err({ kind: "conflict", message: "The endpoint is being changed by somebody else at the same time." });
}

// The Ed25519 key is added and removed with the setting. The HMAC secret stays.
async function secretsFor(row: EndpointRow, draft: EndpointDraft, deps: EndpointDeps): Promise<string> {
  const wanted = draft.settings.ed25519 === true;
  if (wanted === (row.settings.ed25519 === true)) return row.secrets;
  const others = (await openSecrets(deps.masterKeys, row.id, row.secrets)).filter(({ value }) => !isSigningKey(value));
  const added = wanted ? [{ value: newSigningKey(), until: null }] : [];
  return sealSecrets(deps.masterKeys, row.id, [...others, ...added]);
}

// Writes only over the version that was read, so that two changes at once never undo each other.
async function writeDraft(
  db: Database,
  row: EndpointRow,
  next: EndpointDraft & { secrets: string },
  decidesActive: boolean,
): Promise<EndpointRow | undefined> {
  const { id, organizationId, version } = row;
  return db
    .update(endpoints)
    .set({
      url: next.url,
      description: next.description,
      payloadVersion: next.payloadVersion,
      method: next.method,
      headers: next.headers,
      template: next.template,
      events: next.events,
      filters: next.filters,
      ordering: next.ordering,
      settings: next.settings,
      shards: next.shards,
      active: next.active,
      paused: next.paused,
      secrets: next.secrets,
      ...(decidesActive ? { disabledReason: null, disabledAt: null } : {}),
      version: sql`version + 1`,
      updatedAt: d1Now,
    })
    .where(and(liveEndpoint({ organizationId, id }), eq(endpoints.version, version)))
    .returning()
    .get();
}
