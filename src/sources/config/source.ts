import { and, eq, inArray, isNull, sql, type SQL } from "drizzle-orm";
import { sources } from "../../db/schema";
import type { Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { insertRow, type RowWrite } from "../../db/rows";
import { valueList } from "../../db/value-list";
import { FULL_REACH, isLimited, wholeCampaigns, type Within } from "../../identity";
import { digestOf } from "../../lib/id";
import { type KeyedPlatform, internal, uploadPathOf } from "../../platforms";

/** A source as its owner may see it: everything but the secrets and credentials. */
export type SourceView = Omit<typeof sources.$inferSelect, "secrets" | "credentials" | "deletedAt"> & {
  hasCredentials: boolean;
};

/** The columns of a view. */
export const viewColumns = {
  id: sources.id,
  organizationId: sources.organizationId,
  kind: sources.kind,
  name: sources.name,
  campaignId: sources.campaignId,
  settings: sources.settings,
  hasCredentials: sql<boolean>`${sources.credentials} IS NOT NULL`.mapWith(Boolean),
  state: sources.state,
  createdAt: sources.createdAt,
};

/** A source, as far as whoever asks reaches. */
export type SourceTarget = Within & { id: string };

/** One source of an organization, if it is within reach, unless it was deleted. */
export function whereSource(target: SourceTarget) {
  return and(
    eq(sources.organizationId, target.organizationId),
    eq(sources.id, target.id),
    isNull(sources.deletedAt),
    sourcesWithin(target.reach),
  );
}

/**
 * SQL that is true for the sources within a reach; undefined where it has no limit. All campaigns that a source is set
 * up with must be wholly within it.
 */
export function sourcesWithin(reach: Within["reach"]): SQL | undefined {
  if (!isLimited(reach)) return undefined;
  const campaigns = valueList(wholeCampaigns(reach) ?? []);
  return sql`${sources.campaignId} IN ${campaigns} AND NOT EXISTS (
    SELECT 1 FROM json_each(${sources.settings}, '$.campaigns') AS mapped WHERE mapped.value NOT IN ${campaigns})`;
}

/** The ids of the sources within a reach, deleted ones too; null for all. */
export async function sourceIdsWithin(db: Database, { organizationId, reach }: Within): Promise<string[] | null> {
  if (!isLimited(reach)) return null;
  const rows = await db
    .select({ id: sources.id })
    .from(sources)
    .where(and(eq(sources.organizationId, organizationId), sourcesWithin(reach)));
  return rows.map(({ id }) => id);
}

export async function readSource(db: Database, target: SourceTarget): Promise<Result<SourceView, DomainError>> {
  const row = await db.select(viewColumns).from(sources).where(whereSource(target)).get();
  return row ? ok(row) : err(notFound("source"));
}

/** The channel of a source's recordings that carries the operator: the left one unless its settings name another. */
export async function operatorChannelOf(db: Database, target: { organizationId: string; id: string }): Promise<number> {
  const row = await db
    .select({ settings: sources.settings })
    .from(sources)
    .where(whereSource({ ...target, reach: FULL_REACH }))
    .get();
  const channel = row?.settings.operator_channel;
  return typeof channel === "number" ? channel : 0;
}

/** The sources of an organization whose operator is not on the left, by id, with the channel that is theirs. */
export async function operatorChannels(db: Database, organizationId: string): Promise<Record<string, number>> {
  const rows = await db
    .select({ id: sources.id, channel: sql<number>`${sources.settings} ->> '$.operator_channel'` })
    .from(sources)
    .where(and(eq(sources.organizationId, organizationId), sql`${sources.settings} ->> '$.operator_channel' = 1`));
  return Object.fromEntries(rows.map(({ id, channel }) => [id, channel]));
}

/** Where a list goes on: after the source with this id. */
export type SourcePosition = { id: string };

/** The organization's sources within a reach, by id from the last; of `ids` alone where they are given. */
export async function listSources(
  db: Database,
  query: Within & { ids?: readonly string[]; limit: number; after?: SourcePosition; order?: Order },
): Promise<SourceView[]> {
  const { order = "descending" } = query;
  return db
    .select(viewColumns)
    .from(sources)
    .where(
      and(
        eq(sources.organizationId, query.organizationId),
        isNull(sources.deletedAt),
        sourcesWithin(query.reach),
        query.ids && inArray(sources.id, valueList(query.ids)),
        isAfter(sources.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(sources.id, order))
    .limit(query.limit);
}

/**
 * The id of an organization's one source of a platform on a shared path. All organizations share the path and differ by
 * key, so the id is derived and ingest needs no database to know it.
 */
export async function defaultSourceOf(kind: string, organizationId: string): Promise<string> {
  return `src_${await digestOf([kind, organizationId])}`;
}

/** The write that makes that source unless it is there. `id` comes from `defaultSourceOf`. */
export function ensureDefaultSource(
  platform: Pick<KeyedPlatform, "kind" | "title">,
  organizationId: string,
  id: string,
  now: number,
): RowWrite {
  return insertRow(sources, {
    id,
    organizationId,
    kind: platform.kind,
    name: platform.title,
    campaignId: null,
    settings: {},
    secrets: null,
    credentials: null,
    state: "active",
    createdAt: now,
    deletedAt: null,
  });
}

/**
 * The path a source's platform posts its notices to. It names the source even where the platform could do without
 * (Anura's shared path), so that what is refused there can be shown to the source's owner. Of a source without a
 * webhook, the path its calls are uploaded to.
 */
export async function webhookPathOf(source: { kind: string; id: string; organizationId: string }): Promise<string> {
  if (source.kind !== internal.kind) return `/webhook/${source.kind}/${source.id}`;
  const isDefault = source.id === (await defaultSourceOf(source.kind, source.organizationId));
  return uploadPathOf(isDefault ? null : source.id);
}
