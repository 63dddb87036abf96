import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { mutedNotifications, notificationDigests, NOTIFICATION_KINDS } from "../../db/schema";
import { DAY } from "../../lib/time";
import type { Act } from "../actor";
import type { NotificationKind } from "./causes";
import type { Inbox } from "./inbox";

/** What a person wants in their inbox, and whether they want a daily letter of what is unread there. */
export type NotificationPreferences = { kinds: Record<NotificationKind, boolean>; digest: boolean };

/** What is left out stays. `language`: of the letters, where they are turned on. */
export type PreferenceChanges = {
  kinds?: Partial<Record<NotificationKind, boolean>>;
  digest?: boolean;
  language?: string;
};

export async function readPreferences(db: Database, inbox: Inbox): Promise<NotificationPreferences> {
  const [muted, digests] = await db.batch([
    db.select({ kind: mutedNotifications.kind }).from(mutedNotifications).where(mutesOf(inbox)),
    db.select({ dueAt: notificationDigests.dueAt }).from(notificationDigests).where(digestOf(inbox)),
  ]);
  const off = new Set(muted.map(({ kind }) => kind));
  const kinds = Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, !off.has(kind)]));
  return { kinds: kinds as Record<NotificationKind, boolean>, digest: digests.length > 0 };
}

/** Turns kinds and the letter on and off; what is left out stays. The first letter comes a day later. */
export async function writePreferences(
  { db }: { db: Database },
  inbox: Inbox,
  { kinds = {}, digest, language = "en" }: PreferenceChanges,
  { now }: Act,
): Promise<NotificationPreferences> {
  const { organizationId, userId } = inbox;
  for (const [kind, on] of Object.entries(kinds) as [NotificationKind, boolean][])
    await (on
      ? db.delete(mutedNotifications).where(and(mutesOf(inbox), eq(mutedNotifications.kind, kind)))
      : db.insert(mutedNotifications).values({ organizationId, userId, kind }).onConflictDoNothing());
  if (digest === false) await db.delete(notificationDigests).where(digestOf(inbox));
  if (digest === true) {
    const row = { organizationId, userId, dueAt: now + DAY, coveredUntil: now, language };
    await db.insert(notificationDigests).values(row).onConflictDoNothing();
  }
  return readPreferences(db, inbox);
}

function mutesOf({ organizationId, userId }: Inbox) {
  return and(eq(mutedNotifications.organizationId, organizationId), eq(mutedNotifications.userId, userId));
}

function digestOf({ organizationId, userId }: Inbox) {
  return and(eq(notificationDigests.organizationId, organizationId), eq(notificationDigests.userId, userId));
}
