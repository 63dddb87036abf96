import { and, eq, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { insertRow, writeRow } from "../../db/rows";
import { campaigns, tokenIssuerKeys, tokenIssuers } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { invalid, notFound, type DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { checkUrl, type GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { actorText, type Act } from "../actor";
import { refuseBeyond } from "../api-keys";
import type { Reach } from "../reach";
import type { Rights } from "../rights";
import type { ALGORITHMS } from "./issued";
import { selectIssuers, type TokenIssuer, type TokenIssuerRow } from "./issuer-keys";
import { givesNothing, type TokenRule } from "./rules";

/** Issuers of one organization. */
export const MAX_ISSUERS = 20;

/** Names that begin like this are ours. */
const OWN_NAMES = "urn:trunkline:";

export type Algorithm = (typeof ALGORITHMS)[number];

/** What may be set about an issuer. */
export type TokenIssuerInput = {
  name: string;
  issuer: string;
  audience: string;
  keysUrl: string;
  algorithms: Algorithm[];
  rules: TokenRule[];
};

export type NewTokenIssuer = Pick<TokenIssuerInput, "name" | "issuer" | "keysUrl"> &
  Partial<TokenIssuerInput> & { organizationId: string };

type Deps = { db: Database; guardPolicy: GuardPolicy };
type Target = { organizationId: string; id: string };

const TAKEN: DomainError = {
  kind: "conflict",
  message: "Issuer and audience together are in use already: choose another audience.",
};

const CHANGED: DomainError = { kind: "conflict", message: "The issuer was changed at the same time." };

/** The audience of an organization that names none: nobody else can take it. */
export function ownAudience(organizationId: string): string {
  return `${OWN_NAMES}${organizationId}`;
}

/** Adds an issuer. `creator` are the rights of who adds it: its tokens get no more. */
export async function createTokenIssuer(
  deps: Deps,
  input: NewTokenIssuer,
  creator: Rights & { reach: Reach },
  { actor, now }: Act,
): Promise<Result<TokenIssuer, DomainError>> {
  const { organizationId } = input;
  const row: TokenIssuerRow = {
    id: newId("iss", now),
    organizationId,
    name: input.name,
    issuer: input.issuer,
    audience: input.audience ?? ownAudience(organizationId),
    keysUrl: input.keysUrl,
    algorithms: input.algorithms ?? ["RS256"],
    rules: input.rules ?? [],
    version: 1,
    createdAt: now,
    createdBy: actorText(actor),
    updatedAt: now,
  };
  const refused =
    (await refuse(deps, row, creator)) ?? refuseIdle(row.rules, []) ?? (await refuseCampaigns(deps.db, row));
  if (refused) return err(refused);
  const count = sql`(SELECT count(*) FROM ${tokenIssuers} WHERE organization_id = ${organizationId})`;
  const [inserted] = await runBatch(deps.db, [
    writeRow(deps.db, insertRow(tokenIssuers, row, sql`${count} < ${MAX_ISSUERS} AND ${isFree(row)}`)),
  ]);
  if (changesOf(inserted) > 0) return ok({ issuer: row, keys: null });
  const full = (await deps.db.$count(tokenIssuers, eq(tokenIssuers.organizationId, organizationId))) >= MAX_ISSUERS;
  return err(full ? { kind: "conflict", message: `An organization has at most ${MAX_ISSUERS} token issuers.` } : TAKEN);
}

/**
 * Changes an issuer. What its tokens get, changed or not, must be within the rights of who changes it. `seen`: the version
 * that the changes are based on, where they are based on one.
 */
export async function updateTokenIssuer(
  deps: Deps,
  { seen, ...target }: Target & { seen?: number },
  changes: Partial<TokenIssuerInput>,
  changer: Rights & { reach: Reach },
  { now }: Act,
): Promise<Result<TokenIssuer, DomainError>> {
  const found = await readTokenIssuer(deps.db, target);
  if (!found.ok) return found;
  const before = found.value.issuer;
  if (seen !== undefined && seen !== before.version) return err(CHANGED);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const row: TokenIssuerRow = { ...before, ...given, version: before.version + 1, updatedAt: now };
  // Both: whoever leads an issuer's tokens elsewhere has all that they may do, and so has who writes its rules.
  const refused =
    (await refuse(deps, row, changer)) ??
    refuseRules(before, changer) ??
    refuseIdle(row.rules, before.rules) ??
    (changes.rules && (await refuseCampaigns(deps.db, row)));
  if (refused) return err(refused);
  const { name, issuer, audience, keysUrl, algorithms, rules, version, updatedAt } = row;
  const written = await deps.db
    .update(tokenIssuers)
    .set({ name, issuer, audience, keysUrl, algorithms, rules, version, updatedAt })
    .where(and(mine(target), eq(tokenIssuers.version, before.version), isFree(row)))
    .returning({ id: tokenIssuers.id });
  const current = await readTokenIssuer(deps.db, target);
  if (!current.ok || written.length > 0) return current;
  if (current.value.issuer.version === before.version) return err(TAKEN);
  return err(CHANGED);
}

/** Removes an issuer. Its tokens prove nothing from then on. */
export async function deleteTokenIssuer(
  { db }: { db: Database },
  target: Target,
  _act: Act,
): Promise<Result<void, DomainError>> {
  const owned = sql`(SELECT id FROM ${tokenIssuers} WHERE ${mine(target)})`;
  const [, gone] = await runBatch(db, [
    db.delete(tokenIssuerKeys).where(sql`${tokenIssuerKeys.issuerId} = ${owned}`),
    db.delete(tokenIssuers).where(mine(target)),
  ]);
  return changesOf(gone) > 0 ? ok(undefined) : err(notFound("token issuer"));
}

export async function readTokenIssuer(db: Database, target: Target): Promise<Result<TokenIssuer, DomainError>> {
  const row = await selectIssuers(db).where(mine(target)).get();
  return row ? ok(row) : err(notFound("token issuer"));
}

/** The organization's issuers, newest first. */
export async function listTokenIssuers(
  db: Database,
  query: { organizationId: string; limit: number; after?: { id: string }; order?: Order },
): Promise<TokenIssuer[]> {
  const { order = "descending" } = query;
  return selectIssuers(db)
    .where(and(eq(tokenIssuers.organizationId, query.organizationId), isAfter(tokenIssuers.id, order, query.after?.id)))
    .orderBy(inOrder(tokenIssuers.id, order))
    .limit(query.limit);
}

function mine({ organizationId, id }: Target): SQL | undefined {
  return and(eq(tokenIssuers.organizationId, organizationId), eq(tokenIssuers.id, id));
}

/** Whether no other row has its issuer and audience. Part of the statement that writes. */
function isFree({ id, issuer, audience }: TokenIssuerRow): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM ${tokenIssuers} AS other
    WHERE other.issuer = ${issuer} AND other.audience = ${audience} AND other.id <> ${id})`;
}

async function refuse(
  { guardPolicy }: Deps,
  row: TokenIssuerRow,
  creator: Rights & { reach: Reach },
): Promise<DomainError | undefined> {
  if (row.issuer.startsWith(OWN_NAMES)) return invalid("issuer", `must not begin with ${OWN_NAMES}`);
  if (row.audience.startsWith(OWN_NAMES) && row.audience !== ownAudience(row.organizationId))
    return invalid("audience", `must not begin with ${OWN_NAMES}, but for ${ownAudience(row.organizationId)}`);
  const checked = await checkUrl(row.keysUrl, guardPolicy);
  if (!checked.ok) return invalid("jwks_url", checked.error.message);
  return refuseRules(row, creator);
}

function refuseRules({ rules }: TokenIssuerRow, creator: Rights & { reach: Reach }): DomainError | undefined {
  for (const { scopes, campaigns: limit } of rules)
    for (const campaignId of limit ?? [null]) {
      const refused = refuseBeyond({ scopes, campaignId, sourceId: null, expiresAt: null }, creator);
      if (refused) return refused;
    }
  return undefined;
}

/** The refusal of a rule that gives nothing. One that is stored already stays, so that the others can still be changed. */
function refuseIdle(rules: readonly TokenRule[], stored: readonly TokenRule[]): DomainError | undefined {
  const known = new Set(stored.map((rule) => JSON.stringify(rule)));
  const at = rules.findIndex((rule) => givesNothing(rule) && !known.has(JSON.stringify(rule)));
  if (at < 0) return undefined;
  return invalid(`rules.${at}.scopes`, "do nothing in these campaigns: they are for the whole organization");
}

async function refuseCampaigns(db: Database, row: TokenIssuerRow): Promise<DomainError | undefined> {
  const named = new Set(row.rules.flatMap((rule) => rule.campaigns ?? []));
  if (named.size === 0) return undefined;
  const known = await db.$count(
    campaigns,
    and(eq(campaigns.organizationId, row.organizationId), sql`${campaigns.id} IN ${valueList([...named])}`),
  );
  return known < named.size ? invalid("rules", "names a campaign that this organization does not have") : undefined;
}
