import { and, eq, gte, isNull, lt, lte, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { comesAfter, inOrder, type Order } from "../../db/order";
import { notifications } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";
import { mayBeNotified, type Audience } from "./audience";

export type NotificationRow = typeof notifications.$inferSelect;

/** Whose inbox: a person in one organization. */
export type Inbox = { organizationId: string; userId: string };

/** A person who opens their inbox, with what they may see by now. */
export type Reader = Audience & Inbox;

/** The position of a page: after this notification. */
export type NotificationPosition = { createdAt: number; cause: string };

/** `last` is the row to go on after, null at the end. */
export type NotificationPage = { rows: NotificationRow[]; last: NotificationRow | null };

/** Unread ones are counted up to here. */
export const MAX_UNREAD = 100;

/**
 * A person's notifications, newest first where no order is given. What their role and limits hide by now is left out, so a
 * page may be short, even empty, and still have a `last`.
 */
export async function listNotifications(
  db: Database,
  reader: Reader,
  query: {
    unread?: boolean;
    from?: number;
    to?: number;
    limit: number;
    after?: NotificationPosition;
    order?: Order;
  },
): Promise<NotificationPage> {
  const { limit, after, from, to, order = "descending" } = query;
  const { createdAt, cause } = notifications;
  const found = await db
    .select()
    .from(notifications)
    .where(
      and(
        mine(reader),
        // The condition of the partial index is a literal: SQLite uses it only then.
        query.unread ? sql`read_at IS NULL` : undefined,
        from === undefined ? undefined : gte(createdAt, from),
        to === undefined ? undefined : lt(createdAt, to),
        after && sql`(${createdAt}, ${cause}) ${comesAfter(order)} (${after.createdAt}, ${after.cause})`,
      ),
    )
    .orderBy(inOrder(createdAt, order), inOrder(cause, order))
    .limit(limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? (page.at(-1) ?? null) : null;
  return { rows: page.filter((row) => mayBeNotified(reader, row)), last };
}

/** How many a person has not read; exact up to `MAX_UNREAD`, and `more` where there are others. */
export async function countUnread(db: Database, reader: Reader): Promise<{ unread: number; more: boolean }> {
  const rows = await db.all<Pick<NotificationRow, "kind" | "campaignId" | "operatorId">>(
    sql`SELECT kind, campaign_id AS campaignId, operator_id AS operatorId FROM ${notifications}
      WHERE organization_id = ${reader.organizationId} AND user_id = ${reader.userId} AND read_at IS NULL
      ORDER BY created_at DESC, cause DESC LIMIT ${MAX_UNREAD + 1}`,
  );
  const counted = rows.slice(0, MAX_UNREAD);
  return { unread: counted.filter((row) => mayBeNotified(reader, row)).length, more: rows.length > MAX_UNREAD };
}

/** One notification that the person may still see. */
export async function readNotification(
  db: Database,
  reader: Reader,
  cause: string,
): Promise<Result<NotificationRow, DomainError>> {
  const row = await db
    .select()
    .from(notifications)
    .where(and(mine(reader), eq(notifications.cause, cause)))
    .get();
  return row && mayBeNotified(reader, row) ? ok(row) : err(notFound("notification"));
}

/** Marks one notification as read. One that was read before keeps its time. */
export async function markRead(
  { db }: { db: Database },
  reader: Reader,
  cause: string,
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const found = await readNotification(db, reader, cause);
  if (!found.ok) return found;
  await db
    .update(notifications)
    .set({ readAt: now })
    .where(and(mine(reader), isNull(notifications.readAt), eq(notifications.cause, cause)));
  return ok(undefined);
}

/** Marks all as read that were there at `until` (milliseconds): what came since has not been seen. */
export async function markAllRead({ db }: { db: Database }, inbox: Inbox, until: number, { now }: Act): Promise<void> {
  await db
    .update(notifications)
    .set({ readAt: now })
    .where(and(mine(inbox), isNull(notifications.readAt), lte(notifications.createdAt, until)));
}

function mine({ organizationId, userId }: Inbox): SQL | undefined {
  return and(eq(notifications.organizationId, organizationId), eq(notifications.userId, userId));
}
