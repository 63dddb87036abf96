import { and, desc, eq, getTableColumns, inArray, sql, type SQL } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { scorecards } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { notFound, type DomainError } from "../../errors";
import { FULL_REACH, type Act, type Reach, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { checkCampaigns } from "../known-campaigns";
import type { ScorecardDefinition } from "./definition";

// Scorecards, version by version. Whoever judges a call keeps the number of the version with it: what was published is
// never changed, so an old judgement means later what it meant then.

type Row = typeof scorecards.$inferSelect;
export type ScorecardRow = Omit<Row, "definition"> & { definition: ScorecardDefinition };
export type ScorecardState = Row["state"];

/** The position of a page: after the scorecard with this id. */
export type ScorecardPosition = { id: string };

/** A page of the dashboard shows them all. */
export const MAX_SCORECARDS = 200;

/** Campaigns that one scorecard is for, at most; more is for all. */
export const MAX_SCORECARD_CAMPAIGNS = 200;

type Deps = { db: Database };
type Target = Within & { id: string };
type Content = { name: string; campaigns: readonly string[] | null; definition: ScorecardDefinition };

const FULL: DomainError = {
  kind: "conflict",
  message: `An organization has at most ${MAX_SCORECARDS} scorecards.`,
};
const CHANGED: DomainError = {
  kind: "conflict",
  message: "The scorecard was changed at the same time. Read it again.",
};
const NO_DRAFT: DomainError = {
  kind: "conflict",
  message: "The scorecard has no draft. Change it first: that begins one.",
};

/** Creates a scorecard as a draft. `id`: chosen before; asked for twice, it makes one scorecard. */
export async function createScorecard(
  { db }: Deps,
  input: { organizationId: string; id?: string } & Content,
  { now }: Act,
): Promise<Result<ScorecardRow, DomainError>> {
  const { organizationId } = input;
  const checked = await checkCampaigns(db, organizationId, input.campaigns);
  if (!checked.ok) return checked;
  const row = newVersion({ ...input, id: input.id ?? newId("scd", now), version: 1 }, now);
  const room = sql`(SELECT count(DISTINCT id) FROM ${scorecards} WHERE organization_id = ${organizationId}) < ${MAX_SCORECARDS}`;
  if (await insertWhere(db, row, room)) return ok(row);
  const before = await readScorecard(db, { organizationId, id: row.id, reach: FULL_REACH });
  return before.ok ? before : err(FULL);
}

/** The newest version of each scorecard within reach, or the one in a state, the oldest scorecard first where no order is given. */
export async function listScorecards(
  db: Database,
  query: Within & {
    state?: ScorecardState;
    campaignId?: string;
    limit: number;
    after?: ScorecardPosition;
    order?: Order;
  },
): Promise<ScorecardRow[]> {
  const { organizationId, state, order = "ascending" } = query;
  const rows = await db
    .select()
    .from(scorecards)
    .where(
      and(
        eq(scorecards.organizationId, organizationId),
        isAfter(scorecards.id, order, query.after?.id),
        state === undefined
          ? isNewest(sql`TRUE`)
          : and(eq(scorecards.state, state), isNewest(sql`other.state = ${state}`)),
        query.campaignId === undefined ? undefined : isFor([query.campaignId]),
        query.reach.campaigns === null ? undefined : isFor(query.reach.campaigns),
      ),
    )
    .orderBy(inOrder(scorecards.id, order))
    .limit(query.limit);
  return rows.map((row) => shownTo(query.reach, row));
}

/** One version of a scorecard within reach: the newest one where none is named. */
export async function readScorecard(
  db: Database,
  target: Target & { version?: number },
): Promise<Result<ScorecardRow, DomainError>> {
  const row = await db
    .select()
    .from(scorecards)
    .where(
      and(
        named(target),
        target.version === undefined ? undefined : eq(scorecards.version, target.version),
        target.reach.campaigns === null ? undefined : isFor(target.reach.campaigns),
      ),
    )
    .orderBy(desc(scorecards.version))
    .limit(1)
    .get();
  return row ? ok(shownTo(target.reach, row)) : err(notFound("scorecard"));
}

/** The versions of a scorecard, the newest first, without what they ask. */
export async function listVersions(db: Database, target: Target): Promise<Omit<ScorecardRow, "definition">[]> {
  const { definition: _, ...facts } = getTableColumns(scorecards);
  const rows = await db
    .select(facts)
    .from(scorecards)
    .where(and(named(target), target.reach.campaigns === null ? undefined : isFor(target.reach.campaigns)))
    .orderBy(desc(scorecards.version))
    .limit(100);
  return rows.map((row) => ({ ...row, campaigns: within(target.reach, row.campaigns) }));
}

/** Changes the draft of a scorecard. Without one, a draft is begun from the newest version. */
export async function changeScorecard(
  { db }: Deps,
  target: Target,
  changes: Partial<Content>,
  { now }: Act,
): Promise<Result<ScorecardRow, DomainError>> {
  const { organizationId } = target;
  const checked = await checkCampaigns(db, organizationId, changes.campaigns ?? null);
  if (!checked.ok) return checked;
  const found = await readScorecard(db, target);
  if (!found.ok) return found;
  const newest = found.value;
  const content = { ...newest, ...changes };
  if (newest.state === "draft") {
    const row = await db
      .update(scorecards)
      .set({ name: content.name, campaigns: listOf(content.campaigns), definition: content.definition })
      .where(and(ofVersion(newest), eq(scorecards.state, "draft")))
      .returning()
      .get();
    return row ? ok(shownTo(target.reach, row)) : err(CHANGED);
  }
  const row = newVersion({ ...content, version: newest.version + 1 }, now);
  const isNext = sql`(SELECT max(version) FROM ${scorecards} WHERE organization_id = ${organizationId}
    AND id = ${target.id}) = ${newest.version}`;
  return (await insertWhere(db, row, isNext)) ? ok(row) : err(CHANGED);
}

/**
 * Publishes the draft of a scorecard, which is never changed from then on. The version before is archived. `changes`: what the
 * draft is changed to first, in the same write, so that nothing else is published than what somebody has before them.
 */
export async function publishScorecard(
  { db }: Deps,
  target: Target,
  { now }: Act,
  changes: Partial<Content> = {},
): Promise<Result<ScorecardRow, DomainError>> {
  const checked = await checkCampaigns(db, target.organizationId, changes.campaigns ?? null);
  if (!checked.ok) return checked;
  const found = await readScorecard(db, target);
  if (!found.ok) return found;
  const draft = found.value;
  if (draft.state !== "draft") return err(NO_DRAFT);
  const { campaigns, ...others } = changes;
  const written = { ...others, ...(campaigns !== undefined && { campaigns: listOf(campaigns) }) };
  const isPublished = sql`EXISTS (SELECT 1 FROM ${scorecards} AS other WHERE other.organization_id = ${target.organizationId}
    AND other.id = ${target.id} AND other.version = ${draft.version} AND other.state = 'published')`;
  const [published] = await runBatch(db, [
    db
      .update(scorecards)
      .set({ ...written, state: "published", publishedAt: now })
      .where(and(ofVersion(draft), eq(scorecards.state, "draft"))),
    db
      .update(scorecards)
      .set({ state: "archived", archivedAt: now })
      .where(
        and(
          named(target),
          eq(scorecards.state, "published"),
          sql`${scorecards.version} < ${draft.version}`,
          isPublished,
        ),
      ),
  ]);
  if (changesOf(published) === 0) return err(CHANGED);
  return ok(shownTo(target.reach, { ...draft, ...written, state: "published", publishedAt: now }));
}

/** Archives a scorecard: no call is judged by it from then on. Judgements by it stay as they are. */
export async function archiveScorecard(
  { db }: Deps,
  target: Target,
  { now }: Act,
): Promise<Result<ScorecardRow, DomainError>> {
  const found = await readScorecard(db, target);
  if (!found.ok) return found;
  await db
    .update(scorecards)
    .set({ state: "archived", archivedAt: now })
    .where(and(named(target), inArray(scorecards.state, ["draft", "published"])));
  return readScorecard(db, target);
}

function newVersion(
  {
    organizationId,
    id,
    version,
    name,
    campaigns: list,
    definition,
  }: Content & Pick<Row, "organizationId" | "id" | "version">,
  now: number,
): ScorecardRow {
  const campaignIds = listOf(list);
  const times = { createdAt: now, publishedAt: null, archivedAt: null };
  return { organizationId, id, version, name, state: "draft", campaigns: campaignIds, definition, ...times };
}

async function insertWhere(db: Database, row: ScorecardRow, when: SQL): Promise<boolean> {
  const [inserted] = await runBatch(db, [
    db.run(sql`INSERT INTO ${scorecards} (organization_id, id, version, name, state, campaigns, definition, created_at)
      SELECT ${row.organizationId}, ${row.id}, ${row.version}, ${row.name}, ${row.state},
        ${row.campaigns && JSON.stringify(row.campaigns)}, ${JSON.stringify(row.definition)}, ${row.createdAt}
      WHERE ${when} ON CONFLICT DO NOTHING`),
  ]);
  return changesOf(inserted) > 0;
}

/** Whether a version is for all campaigns, or for one of these. */
function isFor(ids: readonly string[]): SQL {
  return sql`(${scorecards.campaigns} IS NULL
    OR EXISTS (SELECT 1 FROM json_each(${scorecards.campaigns}) AS linked WHERE linked.value IN ${valueList(ids)}))`;
}

function isNewest(among: SQL): SQL {
  return sql`${scorecards.version} = (SELECT max(other.version) FROM ${scorecards} AS other
    WHERE other.organization_id = ${scorecards.organizationId} AND other.id = ${scorecards.id} AND ${among})`;
}

function named({ organizationId, id }: Pick<Row, "organizationId" | "id">): SQL | undefined {
  return and(eq(scorecards.organizationId, organizationId), eq(scorecards.id, id));
}

function ofVersion(row: Pick<Row, "organizationId" | "id" | "version">): SQL | undefined {
  return and(named(row), eq(scorecards.version, row.version));
}

function listOf(ids: readonly string[] | null): string[] | null {
  return ids === null ? null : [...new Set(ids)];
}

/** A scorecard as somebody may see it, who is not shown campaigns beyond their reach. */
function shownTo(reach: Reach, row: Row): ScorecardRow {
  return { ...row, campaigns: within(reach, row.campaigns), definition: row.definition as ScorecardDefinition };
}

function within({ campaigns: reached }: Reach, ids: string[] | null): string[] | null {
  return ids === null || reached === null ? ids : ids.filter((id) => reached.includes(id));
}
