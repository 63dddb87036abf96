import { and, eq, inArray, or } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiKeys, tokenIssuers } from "../db/schema";
import { selectIssuers, type Claimed, type TokenIssuer } from "./tokens";

export type FoundKey = Pick<
  typeof apiKeys.$inferSelect,
  | "id"
  | "organizationId"
  | "scopes"
  | "campaignId"
  | "sourceId"
  | "expiresAt"
  | "revokedAt"
  | "lastUsedAt"
  | "allowedOrigins"
>;

export type Found = {
  keyOfHash(hash: string): FoundKey | undefined;
  keyOfId(id: string): FoundKey | undefined;
  issuerOf(claimed: Claimed): TokenIssuer | undefined;
};

/**
 * The keys and the issuers that a request names: whether a key is still accepted is said by its state. This look-up has no organization: it finds it.
 * One query, however many keys; a second one, in the same batch, only where keys and tokens of an issuer come together.
 */
export async function lookUp(
  db: Database,
  wanted: { hashes: readonly string[]; keyIds: readonly string[]; claimed: readonly Claimed[] },
): Promise<Found> {
  const { hashes, keyIds, claimed } = wanted;
  const keysQuery = () => {
    const named = or(
      hashes.length > 0 ? inArray(apiKeys.hash, [...hashes]) : undefined,
      keyIds.length > 0 ? inArray(apiKeys.id, [...keyIds]) : undefined,
    );
    const { hash, id, organizationId, scopes, campaignId, sourceId, expiresAt, revokedAt } = apiKeys;
    const { lastUsedAt, allowedOrigins } = apiKeys;
    const rights = { scopes, campaignId, sourceId, expiresAt, revokedAt };
    return db
      .select({ hash, id, organizationId, ...rights, lastUsedAt, allowedOrigins })
      .from(apiKeys)
      .where(named);
  };
  const issuersQuery = () => {
    const named = claimed.map(({ issuer, audiences }) =>
      and(eq(tokenIssuers.issuer, issuer), inArray(tokenIssuers.audience, audiences)),
    );
    return selectIssuers(db).where(or(...named));
  };
  const withKeys = hashes.length + keyIds.length > 0;
  const [keys, issuers] =
    withKeys && claimed.length > 0
      ? await db.batch([keysQuery(), issuersQuery()])
      : [withKeys ? await keysQuery() : [], claimed.length > 0 ? await issuersQuery() : []];
  return {
    keyOfHash: (hash) => keys.find((key) => key.hash === hash),
    keyOfId: (id) => keys.find((key) => key.id === id),
    issuerOf: ({ issuer, audiences }) => {
      const named = issuers.filter((one) => one.issuer.issuer === issuer && audiences.includes(one.issuer.audience));
      // A token for two of them names no one organization.
      return named.length === 1 ? named[0] : undefined;
    },
  };
}
