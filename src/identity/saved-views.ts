import { and, asc, eq, or, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../db/client";
import { defaultViews, savedViews, type VIEW_LISTS } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Act } from "./actor";
import type { Caller } from "./caller";
import { isLimited } from "./reach";
import { may } from "./rights";

export type ViewList = (typeof VIEW_LISTS)[number];

/** A view as its person sees it. `isMine`: they may change it. `isDefault`: the list opens with it for them. */
export type SavedView = Pick<typeof savedViews.$inferSelect, "id" | "name" | "query" | "shared" | "version"> & {
  isMine: boolean;
  isDefault: boolean;
};

/** Whose views: those of one list, of a person in an organization. */
export type ViewsOf = { caller: Caller; userId: string; list: ViewList };

/** One person's, and those that are shared with an organization. */
export const MAX_VIEWS = 50;

const FULL: DomainError = {
  kind: "conflict",
  message: `A person has at most ${MAX_VIEWS} views, and an organization shares at most ${MAX_VIEWS}.`,
};

const STALE: DomainError = { kind: "conflict", message: "This view was changed meanwhile." };

/** Who may share views with the whole organization: whoever may change calls in all of it. */
export function mayShareViews(caller: Caller): boolean {
  return may(caller, "calls:write") && !isLimited(caller.reach);
}

/**
 * A person's own views and those that are shared, by name. A limit to campaigns or operators hides the shared ones, whose
 * names and filters may be of others.
 */
export async function listViews(db: Database, of: ViewsOf): Promise<SavedView[]> {
  const { caller, userId, list } = of;
  const isOwn = eq(savedViews.userId, userId);
  const isDefault = sql<number>`EXISTS (SELECT 1 FROM ${defaultViews} WHERE ${defaultViews.organizationId} = ${caller.organizationId}
    AND ${defaultViews.userId} = ${userId} AND ${defaultViews.list} = ${list} AND ${defaultViews.viewId} = ${savedViews.id})`;
  const { id, name, query, shared, version } = savedViews;
  const rows = await db
    .select({ id, name, query, shared, version, owner: savedViews.userId, isDefault })
    .from(savedViews)
    .where(
      and(
        eq(savedViews.organizationId, caller.organizationId),
        eq(savedViews.list, list),
        isLimited(caller.reach) ? isOwn : or(isOwn, eq(savedViews.shared, true)),
      ),
    )
    .orderBy(asc(savedViews.name), asc(savedViews.id))
    .limit(2 * MAX_VIEWS);
  return rows.map(({ owner, ...row }) => ({
    ...row,
    isDefault: row.isDefault === 1,
    isMine: owner === userId || (row.shared && may(caller, "organization:write")),
  }));
}

type Content = { name: string; query: string; shared: boolean };

/** Saves a view under an id that was chosen before: a form that is sent twice makes one. */
export async function saveView(
  { db }: { db: Database },
  of: ViewsOf,
  { id, ...content }: Content & { id: string },
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const { caller, userId, list } = of;
  const { organizationId } = caller;
  if (content.shared && !mayShareViews(caller)) return err({ kind: "permission_missing", permission: "calls:write" });
  const { name, query, shared } = content;
  const [inserted] = await runBatch(db, [
    db.run(sql`INSERT INTO ${savedViews}
      (organization_id, id, user_id, list, name, query, shared, version, created_at, updated_at)
      SELECT ${organizationId}, ${id}, ${userId}, ${list}, ${name}, ${query}, ${shared ? 1 : 0}, 1, ${now}, ${now}
      WHERE ${hasRoom(organizationId, userId, shared)}
      ON CONFLICT DO NOTHING`),
  ]);
  if (changesOf(inserted) > 0) return ok(undefined);
  return (await readOwn(db, of, id)) ? ok(undefined) : err(FULL);
}

/**
 * Changes a view of one's own, or a shared one where one may change what the organization chooses for itself. What was
 * changed since `version` is left as it is.
 */
export async function changeView(
  { db }: { db: Database },
  of: ViewsOf,
  { id, version, ...content }: Content & { id: string; version: number },
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const { organizationId } = of.caller;
  const before = await readOwn(db, of, id);
  if (!before) return err(notFound("view"));
  if (content.shared && !before.shared) {
    if (!mayShareViews(of.caller)) return err({ kind: "permission_missing", permission: "calls:write" });
  }
  const isSame = and(
    eq(savedViews.organizationId, organizationId),
    eq(savedViews.id, id),
    eq(savedViews.version, version),
    content.shared && !before.shared ? hasRoom(organizationId, before.userId, true) : undefined,
  );
  const changed = await db
    .update(savedViews)
    .set({ ...content, version: version + 1, updatedAt: now })
    .where(isSame);
  if (changesOf(changed) > 0) return ok(undefined);
  return err(before.version === version ? FULL : STALE);
}

/** Removes a view, also where it was somebody's first one. One that is gone is gone. */
export async function removeView(
  { db }: { db: Database },
  of: ViewsOf,
  id: string,
  _act: Act,
): Promise<Result<void, DomainError>> {
  const { organizationId } = of.caller;
  if (!(await readOwn(db, of, id))) return err(notFound("view"));
  await runBatch(db, [
    db.delete(defaultViews).where(and(eq(defaultViews.organizationId, organizationId), eq(defaultViews.viewId, id))),
    db.delete(savedViews).where(and(eq(savedViews.organizationId, organizationId), eq(savedViews.id, id))),
  ]);
  return ok(undefined);
}

/** The view that a person's list opens with; null for none. */
export async function chooseDefaultView(
  { db }: { db: Database },
  of: ViewsOf,
  viewId: string | null,
): Promise<Result<void, DomainError>> {
  const { caller, userId, list } = of;
  const { organizationId } = caller;
  const isTheirs = and(
    eq(defaultViews.organizationId, organizationId),
    eq(defaultViews.userId, userId),
    eq(defaultViews.list, list),
  );
  if (viewId === null) {
    await db.delete(defaultViews).where(isTheirs);
    return ok(undefined);
  }
  if (!(await listViews(db, of)).some(({ id }) => id === viewId)) return err(notFound("view"));
  await db
    .insert(defaultViews)
    .values({ organizationId, userId, list, viewId })
    .onConflictDoUpdate({
      target: [defaultViews.organizationId, defaultViews.userId, defaultViews.list],
      set: { viewId },
    });
  return ok(undefined);
}

function hasRoom(organizationId: string, userId: string, shared: boolean) {
  const own = sql`(SELECT count(*) FROM ${savedViews} WHERE organization_id = ${organizationId} AND user_id = ${userId})`;
  const all = sql`(SELECT count(*) FROM ${savedViews} WHERE organization_id = ${organizationId} AND shared = 1)`;
  return shared ? sql`${own} < ${MAX_VIEWS} AND ${all} < ${MAX_VIEWS}` : sql`${own} < ${MAX_VIEWS}`;
}

/** A view that this person may change. */
async function readOwn(db: Database, { caller, userId, list }: ViewsOf, id: string) {
  const isOwn = eq(savedViews.userId, userId);
  const isShared = and(eq(savedViews.shared, true), sql`${may(caller, "organization:write") ? 1 : 0} = 1`);
  return db
    .select()
    .from(savedViews)
    .where(
      and(
        eq(savedViews.organizationId, caller.organizationId),
        eq(savedViews.id, id),
        eq(savedViews.list, list),
        or(isOwn, isShared),
      ),
    )
    .get();
}
