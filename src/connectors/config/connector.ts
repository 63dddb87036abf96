import { and, count, eq, isNotNull, isNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { connectors } from "../../db/schema";
import { contextOf } from "../../db/sealed-places";
import { valueList } from "../../db/value-list";
import { notFound, type DomainError } from "../../errors";
import { isLimited, wholeCampaigns, type Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import { z } from "zod";

export type ConnectorRow = typeof connectors.$inferSelect;

/** A connector as its owner may see it: everything but the credentials. */
export type ConnectorView = Omit<ConnectorRow, "credentials" | "deletedAt" | "cursor">;

export type ConnectorTarget = Within & { id: string };

/** Connectors of one organization. */
export const MAX_CONNECTORS = 100;

/** In seconds. */
export const LEAST_POLL = 60;
export const USUAL_POLL = 300;
export const LONGEST_POLL = 86_400;

/** One connector of an organization, if all calls of its campaign are within reach, unless it was deleted. */
export function whereConnector(target: ConnectorTarget): SQL | undefined {
  return and(
    eq(connectors.organizationId, target.organizationId),
    eq(connectors.id, target.id),
    isNull(connectors.deletedAt),
    connectorsWithin(target.reach),
  );
}

function connectorsWithin(reach: Within["reach"]): SQL | undefined {
  return isLimited(reach) ? sql`${connectors.campaignId} IN ${valueList(wholeCampaigns(reach) ?? [])}` : undefined;
}

export async function readConnectorRow(
  db: Database,
  target: ConnectorTarget,
): Promise<Result<ConnectorRow, DomainError>> {
  const row = await db.select().from(connectors).where(whereConnector(target)).get();
  return row ? ok(row) : err(notFound("connector"));
}

export async function readConnector(
  db: Database,
  target: ConnectorTarget,
): Promise<Result<ConnectorView, DomainError>> {
  const row = await readConnectorRow(db, target);
  return row.ok ? ok(viewOf(row.value)) : row;
}

/** Where a list goes on: after the connector with this id. */
export type ConnectorPosition = { id: string };

/** The organization's connectors within a reach, the newest first; of one campaign where it is given. */
export async function listConnectors(
  db: Database,
  query: Within & {
    campaignId?: string | undefined;
    limit: number;
    after?: ConnectorPosition | undefined;
    order?: Order;
  },
): Promise<ConnectorView[]> {
  const { order = "descending" } = query;
  const rows = await db
    .select()
    .from(connectors)
    .where(
      and(
        eq(connectors.organizationId, query.organizationId),
        isNull(connectors.deletedAt),
        connectorsWithin(query.reach),
        query.campaignId === undefined ? undefined : eq(connectors.campaignId, query.campaignId),
        isAfter(connectors.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(connectors.id, order))
    .limit(query.limit);
  return rows.map(viewOf);
}

/** How many storages within a reach cannot be read, as `statusOf` says: what every page shows. */
export async function countFailingConnectors(db: Database, { organizationId, reach }: Within): Promise<number> {
  const found = await db
    .select({ n: count() })
    .from(connectors)
    .where(
      and(
        eq(connectors.organizationId, organizationId),
        isNull(connectors.deletedAt),
        isNotNull(connectors.trouble),
        connectorsWithin(reach),
      ),
    );
  return found[0]?.n ?? 0;
}

export async function countConnectors(db: Database, organizationId: string): Promise<number> {
  const found = await db
    .select({ n: count() })
    .from(connectors)
    .where(and(eq(connectors.organizationId, organizationId), isNull(connectors.deletedAt)))
    .get();
  return found?.n ?? 0;
}

export function viewOf(row: ConnectorRow): ConnectorView {
  const { credentials: _credentials, deletedAt: _deletedAt, cursor: _cursor, ...view } = row;
  return view;
}

/** Seals what opens a storage. */
export function sealCredentials(
  keys: MasterKeys,
  id: string,
  credentials: Readonly<Record<string, string>>,
): Promise<string> {
  return seal(keys, contextOf("connectors.credentials", id), JSON.stringify(credentials));
}

/** How often what was written meanwhile is joined with what a storage replaced. */
const TRIES = 5;

/**
 * Stores credentials that a storage replaced. What somebody else wrote meanwhile stays, and the replaced ones are put into
 * it: a new token is the only one that is still good, so it must not be lost; unless who asks is another by now. `row` has
 * them from then on, so that what is written after a look still finds it.
 */
export async function keepCredentials(
  { db, masterKeys }: { db: Database; masterKeys: MasterKeys },
  row: ConnectorRow,
  credentials: Readonly<Record<string, string>>,
): Promise<void> {
  const before = await openCredentials(masterKeys, row);
  const names = new Set([...Object.keys(before), ...Object.keys(credentials)]);
  const replaced = [...names].filter((name) => before[name] !== credentials[name]);
  let [current, next] = [row.credentials, credentials];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const sealed = await sealCredentials(masterKeys, row.id, next);
    const kept = await db
      .update(connectors)
      .set({ credentials: sealed })
      .where(and(eq(connectors.id, row.id), eq(connectors.credentials, current)))
      .returning({ id: connectors.id });
    if (kept.length > 0) {
      row.credentials = sealed;
      return;
    }
    const written = await db.select().from(connectors).where(eq(connectors.id, row.id)).get();
    if (!written) return;
    const now = await openCredentials(masterKeys, written);
    // Another secret, or a token that was replaced once more: theirs count.
    const isOther = [...names].some((name) => !replaced.includes(name) && isProof(name) && before[name] !== now[name]);
    if (isOther || replaced.some((name) => isProof(name) && now[name] !== before[name])) return;
    current = written.credentials;
    const joined: Record<string, string> = { ...now };
    for (const name of replaced) {
      const value = credentials[name];
      if (value === undefined) delete joined[name];
      else joined[name] = value;
    }
    next = joined;
  }
}

/** Whether a credential says who asks, and is no note of a watch or of when a token ends. */
function isProof(name: string): boolean {
  return name === "client_secret" || name === "refresh_token";
}

const named = z.record(z.string(), z.string());

export async function openCredentials(keys: MasterKeys, row: ConnectorRow): Promise<Record<string, string>> {
  return named.parse(JSON.parse(await unseal(keys, contextOf("connectors.credentials", row.id), row.credentials)));
}
