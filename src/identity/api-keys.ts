import { and, eq, getTableColumns, isNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { apiKeys, campaigns, sources } from "../db/schema";
import { valueList } from "../db/value-list";
import { invalid, notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import { FORM_KEY_SHOWN_FOR } from "./form-key";
import { mintApiKey, rightsIn, type ApiKeyRow, type NewApiKey } from "./key";
import { allowsNothing } from "./key-state";
import { isLimited, reachesCampaign, wholeCampaigns, type Reach, type Within } from "./reach";
import { ended, fieldBeyond, type Rights } from "./rights";

/** The position of a page: after the key with this id. */
export type ApiKeyPosition = { id: string };

/**
 * Creates a key. The answer is the only place that contains its text. `creator` are the rights of who makes it: no key
 * gets more.
 */
export async function createApiKey(
  { db }: { db: Database },
  input: NewApiKey,
  creator: Rights & { reach: Reach },
  act: Act,
): Promise<Result<{ key: string; row: ApiKeyRow }, DomainError>> {
  const rights = rightsIn(input);
  const beyond = refuseBeyond(rights, creator);
  if (beyond) return err(beyond);
  if (ended(rights, act.now)) return err(invalid("expires_at", "is not in the future"));
  const idle = refuseIdle(rights);
  if (idle) return err(idle);
  const { campaignId, sourceId } = rights;
  const ofOrganization = { organizationId: input.organizationId };
  if (campaignId !== null && !(await exists(db, campaigns, { ...ofOrganization, id: campaignId })))
    return err(invalid("campaign_id", "names no campaign of this organization"));
  // Whose a source is, who is limited need not learn: their keys name none.
  if (
    sourceId !== null &&
    (isLimited(creator.reach) || !(await exists(db, sources, { ...ofOrganization, id: sourceId })))
  )
    return err(invalid("source_id", "names no source of this organization"));
  const minted = await mintApiKey(input, act);
  const [row] = await db.insert(apiKeys).values(minted.row).onConflictDoNothing({ target: apiKeys.hash }).returning();
  return row ? ok(minted) : readMade(db, minted, act);
}

/** The key that the same form made a moment ago. Later it is shown no more. */
export async function readMade(
  db: Database,
  { key, row: { organizationId, hash } }: { key: string; row: ApiKeyRow },
  { now }: Act,
): Promise<Result<{ key: string; row: ApiKeyRow }, DomainError>> {
  const mine = and(eq(apiKeys.organizationId, organizationId), eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt));
  const row = await db.select().from(apiKeys).where(mine).get();
  if (row && row.createdAt > now - FORM_KEY_SHOWN_FOR) return ok({ key, row });
  return err({ kind: "conflict", message: "This form was sent already, and its key was shown then." });
}

/** The refusal of rights beyond those of who gives them; undefined when they are within. */
export function refuseBeyond(wanted: Rights, creator: Rights & { reach: Reach }): DomainError | undefined {
  const isBeyond = !reachesCampaign(creator.reach, wanted.campaignId);
  const field = isBeyond ? "campaign_id" : fieldBeyond(wanted, creator);
  return field && { kind: "forbidden", message: `A key cannot give more rights than it has: ${field} goes beyond.` };
}

/** The refusal of rights that come to nothing: a limit to one campaign or source leaves only sending to it. */
export function refuseIdle(rights: Omit<Rights, "expiresAt">): DomainError | undefined {
  if (!allowsNothing(rights)) return undefined;
  if (rights.sourceId !== null)
    return invalid("source_id", "leaves only notices:write, which these scopes do not have");
  if (rights.campaignId !== null)
    return invalid(
      "campaign_id",
      "leaves only notices:write, uploads:read and uploads:write, none of which these scopes have",
    );
  return invalid("scopes", "allow nothing");
}

async function exists(
  db: Database,
  table: typeof campaigns | typeof sources,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<boolean> {
  const named = and(eq(table.organizationId, organizationId), eq(table.id, id));
  const notDeleted = table === sources ? isNull(sources.deletedAt) : undefined;
  return (await db.select({ id: table.id }).from(table).where(and(named, notDeleted)).get()) !== undefined;
}

/** Whether a key that works allows the pages of a web site. It says neither which nor whose. */
export async function anyKeyAllows(db: Database, origin: string): Promise<boolean> {
  // The condition of the partial index is a literal: SQLite uses it only then.
  const found = await db.get(sql`SELECT 1 FROM ${apiKeys} WHERE allowed_origins IS NOT NULL AND revoked_at IS NULL
    AND EXISTS (SELECT 1 FROM json_each(allowed_origins) WHERE value = ${origin}) LIMIT 1`);
  return found !== undefined;
}

/** A key with whether the source that it is limited to is there no more. */
export type ListedKey = ApiKeyRow & { sourceDeleted: boolean };

/** The organization's keys within a reach, including revoked ones, newest first. */
export async function listApiKeys(
  db: Database,
  query: Within & { limit: number; after?: ApiKeyPosition; order?: Order },
): Promise<ListedKey[]> {
  const { order = "descending" } = query;
  const sourceDeleted = sql`(${apiKeys.sourceId} IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM ${sources} WHERE ${sources.id} = ${apiKeys.sourceId} AND ${sources.deletedAt} IS NULL))`;
  return db
    .select({ ...getTableColumns(apiKeys), sourceDeleted: sourceDeleted.mapWith(Boolean) })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.organizationId, query.organizationId),
        apiKeysWithin(query.reach),
        isAfter(apiKeys.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(apiKeys.id, order))
    .limit(query.limit);
}

/** A key of an organization, if it is within reach. */
export async function readApiKey(
  db: Database,
  target: Within & { id: string },
): Promise<Result<ApiKeyRow, DomainError>> {
  const row = await db.select().from(apiKeys).where(whereApiKey(target)).get();
  return row ? ok(row) : err(notFound("API key"));
}

/**
 * Revokes a key; revoking it again changes nothing. The last full key (all rights, no end) cannot be revoked, or
 * the organization would lock itself out. The statement checks this, so two keys that revoke each other at once cannot both
 * succeed.
 */
export async function revokeApiKey(
  { db }: { db: Database },
  target: Within & { id: string },
  act: Act,
): Promise<Result<void, DomainError>> {
  const mine = whereApiKey(target);
  const anotherRemains = sql`(campaign_id IS NOT NULL OR source_id IS NOT NULL OR scopes IS NOT NULL
    OR expires_at IS NOT NULL OR EXISTS (
    SELECT 1 FROM ${apiKeys} AS other WHERE other.organization_id = ${target.organizationId} AND other.id <> ${target.id}
    AND other.campaign_id IS NULL AND other.source_id IS NULL AND other.scopes IS NULL AND other.expires_at IS NULL
    AND other.revoked_at IS NULL))`;
  const revoked = await db
    .update(apiKeys)
    .set({ revokedAt: act.now })
    .where(and(mine, isNull(apiKeys.revokedAt), anotherRemains))
    .returning({ id: apiKeys.id });
  if (revoked.length > 0) return ok(undefined);
  const row = await db.select({ revokedAt: apiKeys.revokedAt }).from(apiKeys).where(mine).get();
  if (!row) return err(notFound("API key"));
  if (row.revokedAt !== null) return ok(undefined);
  return err({
    kind: "conflict",
    message: "This is the organization's last key with all rights and no end. Make another one first.",
  });
}

/** A key of an organization, if it is within reach: with a limit, if it sends calls into a campaign within it. */
export function whereApiKey(target: Within & { id: string }): SQL | undefined {
  return and(eq(apiKeys.organizationId, target.organizationId), eq(apiKeys.id, target.id), apiKeysWithin(target.reach));
}

function apiKeysWithin(reach: Reach): SQL | undefined {
  const reached = wholeCampaigns(reach);
  return reached === null ? undefined : sql`${apiKeys.campaignId} IN ${valueList(reached)}`;
}
