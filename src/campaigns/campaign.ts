import { and, eq, isNotNull, isNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { campaigns, organizations, teams, type CampaignSettings, type PiiKind } from "../db/schema";
import { valueList } from "../db/value-list";
import { notFound, type DomainError } from "../errors";
import { wholeCampaigns, type Act, type Within } from "../identity";
import { foldName } from "../lib/fold-name";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";

// Campaigns group calls and decide whether their recordings are analysed.

export type CampaignRow = typeof campaigns.$inferSelect;

/** The position of a page: after the campaign with this number. */
export type CampaignPosition = { number: number };

/** What people set. A team is named, and need not be there yet; null for none. */
export type CampaignOptions = {
  autoAnalyze?: boolean;
  notifyOnComplete?: boolean;
  assignToTeam?: string | null;
  engines?: string[];
  language?: string | null;
  keyterms?: string[];
  policy?: "eu" | null;
  indicators?: boolean;
  sumUp?: boolean;
  topics?: string[];
  processedAfterMinutes?: number;
  /** What is taken out of its calls; null: what the organization says. */
  redact?: PiiKind[] | null;
  /** Whether originals are deleted once what is taken out is verified: nothing brings them back. */
  dropOriginals?: boolean;
};

/** The possible changes. What is left out stays unchanged. */
export type CampaignChanges = { name?: string; archived?: boolean; settings?: CampaignOptions };

// A campaign's number as text. No id looks like this.
const NUMBER = /^[0-9]{1,9}$/;

/** A campaign, given by its id or its number. */
export type CampaignTarget = Within & { id: string };
type Target = CampaignTarget;

/**
 * Creates a campaign. Its number is counted inside the insert, so two created at once never share one. `id`: chosen
 * before; asked for twice, it makes one campaign.
 */
export async function createCampaign(
  { db }: { db: Database },
  input: { organizationId: string; name: string; settings?: CampaignOptions; id?: string },
  { now }: Act,
): Promise<CampaignRow> {
  const nextNumber = sql<number>`(
    SELECT coalesce(max(number), 0) + 1 FROM ${campaigns} WHERE organization_id = ${input.organizationId})`;
  const id = input.id ?? newId("cmp", now);
  const made = await db
    .insert(campaigns)
    .values({
      id,
      organizationId: input.organizationId,
      number: nextNumber,
      name: input.name,
      settings: patched(settingsOfNew(input.organizationId), input.organizationId, input.settings ?? {}),
      createdAt: now,
      archivedAt: null,
    })
    .onConflictDoNothing({ target: campaigns.id })
    .returning()
    .get();
  const row = made ?? (await db.select().from(campaigns).where(eq(campaigns.id, id)).get());
  if (!row) throw new Error("a campaign vanished while it was made");
  return row;
}

/** The organization's campaigns within a reach, by number. */
export async function listCampaigns(
  db: Database,
  query: Within & { archived?: boolean; limit: number; after?: CampaignPosition; order?: Order },
): Promise<CampaignRow[]> {
  const { order = "ascending" } = query;
  return db
    .select()
    .from(campaigns)
    .where(
      and(
        eq(campaigns.organizationId, query.organizationId),
        among(query.reach.campaigns),
        archivedIs(query.archived),
        isAfter(campaigns.number, order, query.after?.number),
      ),
    )
    .orderBy(inOrder(campaigns.number, order))
    .limit(query.limit);
}

/** One campaign of the organization, given by its id or its number, if it is within reach. */
export async function readCampaign(db: Database, target: Target): Promise<Result<CampaignRow, DomainError>> {
  const row = await db
    .select()
    .from(campaigns)
    .where(and(named(target), among(target.reach.campaigns)))
    .get();
  return row ? ok(row) : err(notFound("campaign"));
}

/**
 * Renames, archives or restores a campaign, or changes its settings. Archiving it again keeps the first date. Only who
 * reaches all calls of the campaign may.
 */
export async function updateCampaign(
  { db }: { db: Database },
  target: Target,
  changes: CampaignChanges,
  { now }: Act,
): Promise<Result<CampaignRow, DomainError>> {
  const values: Parameters<ReturnType<typeof db.update<typeof campaigns>>["set"]>[0] = {};
  if (changes.name !== undefined) values.name = changes.name;
  if (changes.archived !== undefined) values.archivedAt = changes.archived ? sql`coalesce(archived_at, ${now})` : null;
  if (changes.settings !== undefined) {
    // Merged by D1, so that a setting written by someone else in the meantime is kept.
    values.settings = patched(sql`settings`, target.organizationId, changes.settings);
  }
  if (Object.keys(values).length === 0) return readCampaign(db, target);
  return writeCampaign(db, target, values);
}

/** Writes a campaign that is wholly within reach. */
export async function writeCampaign(
  db: Database,
  target: Target,
  values: Parameters<ReturnType<typeof db.update<typeof campaigns>>["set"]>[0],
): Promise<Result<CampaignRow, DomainError>> {
  const row = await db
    .update(campaigns)
    .set(values)
    .where(and(named(target), among(wholeCampaigns(target.reach))))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("campaign"));
}

/** What a campaign begins with: its organization's choice of what is taken out of calls, where it made one. */
function settingsOfNew(organizationId: string): SQL {
  return sql`json_patch('{"autoAnalyze":true}', json_object('redactDefault',
    (SELECT json(redact) FROM ${organizations} WHERE id = ${organizationId})))`;
}

/** Settings with the changes. Null takes one away, so a team that is not there leaves no id. */
function patched(settings: SQL, organizationId: string, { assignToTeam, ...rest }: CampaignOptions) {
  if (assignToTeam === undefined) return sql<CampaignSettings>`json_patch(${settings}, ${JSON.stringify(rest)})`;
  const teamKey = assignToTeam === null ? null : foldName(assignToTeam);
  const changes = JSON.stringify({ ...rest, assignToTeam, teamKey });
  const teamId = teamOfKey(organizationId, teamKey);
  return sql<CampaignSettings>`json_patch(json_patch(${settings}, ${changes}), json_object('teamId', ${teamId}))`;
}

/** SQL for the id of the team of this folded name, null where there is none. */
export function teamOfKey(organizationId: string, teamKey: string | null): SQL {
  return sql`(SELECT id FROM ${teams} WHERE organization_id = ${organizationId} AND folded_name = ${teamKey})`;
}

function named(target: Target): SQL | undefined {
  const { organizationId, id } = target;
  return and(
    eq(campaigns.organizationId, organizationId),
    NUMBER.test(id) ? eq(campaigns.number, Number(id)) : eq(campaigns.id, id),
  );
}

function among(ids: readonly string[] | null): SQL | undefined {
  return ids === null ? undefined : sql`${campaigns.id} IN ${valueList(ids)}`;
}

function archivedIs(archived: boolean | undefined): SQL | undefined {
  if (archived === undefined) return undefined;
  return archived ? isNotNull(campaigns.archivedAt) : isNull(campaigns.archivedAt);
}
