import { and, asc, eq, gt, isNull, lte } from "drizzle-orm";
import type { Database } from "../../db/client";
import { memberships, notificationDigests, notifications, organizations, users } from "../../db/schema";
import { DAY, HOUR, MINUTE } from "../../lib/time";
import { reachOfMember } from "../reach-of-member";
import { audienceOf, mayBeNotified, type Audience } from "./audience";
import type { NotificationKind } from "./causes";

type DigestRow = typeof notificationDigests.$inferSelect;

/** A daily letter: to whom, and how many unread notifications of each kind came since the one before; none, perhaps. */
export type Digest = {
  organizationId: string;
  /** What its reader may know. */
  audience: Audience;
  now: number;
  email: string;
  language: string;
  organizationName: string;
  counts: readonly { kind: NotificationKind; notifications: number }[];
};

/** Hands a letter over where it has anything to say; false where it was not taken. */
export type SendDigest = (digest: Digest) => Promise<boolean>;

/** Letters in one run; the rest waits for the next minute. */
const AT_ONCE = 20;
/** Notifications that one letter counts at most. */
const MOST_COUNTED = 1_000;
/** A notification is in its inbox this long after what it is about, at the latest. */
const WRITTEN_WITHIN = 10 * MINUTE;

/**
 * Sends the letters that are due. Each is claimed before it is sent, so that two runs never send it twice; one that was
 * not taken is tried again an hour later with the same notifications, and those that have come since.
 */
export async function sendDueDigests(db: Database, send: SendDigest, now: number): Promise<void> {
  const due = await db
    .select()
    .from(notificationDigests)
    .where(lte(notificationDigests.dueAt, now))
    .orderBy(asc(notificationDigests.dueAt))
    .limit(AT_ONCE);
  for (const row of due) if (await claim(db, row, now)) await sendOne(db, row, send, now);
}

async function sendOne(db: Database, row: DigestRow, send: SendDigest, now: number): Promise<void> {
  const coveredUntil = now - WRITTEN_WITHIN;
  const digest = await composeDigest(db, row, { until: coveredUntil, now });
  if (!digest) {
    await db.delete(notificationDigests).where(keyOf(row));
    return;
  }
  if (!(await send(digest))) return;
  const dueAt = Math.max(row.dueAt + DAY, now + HOUR);
  await db.update(notificationDigests).set({ dueAt, coveredUntil }).where(keyOf(row));
}

/** Takes a letter for an hour; false where another run has it. */
async function claim(db: Database, row: DigestRow, now: number): Promise<boolean> {
  const claimed = await db
    .update(notificationDigests)
    .set({ dueAt: now + HOUR })
    .where(and(keyOf(row), eq(notificationDigests.dueAt, row.dueAt)))
    .returning({ userId: notificationDigests.userId });
  return claimed.length > 0;
}

/** Undefined where the person is no longer a member. */
async function composeDigest(
  db: Database,
  row: DigestRow,
  { until, now }: { until: number; now: number },
): Promise<Digest | undefined> {
  const { organizationId, userId } = row;
  const member = await db
    .select({ membership: memberships, email: users.email, locale: users.locale, name: organizations.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(
      and(
        eq(memberships.organizationId, organizationId),
        eq(memberships.userId, userId),
        isNull(memberships.disabledAt),
      ),
    )
    .get();
  if (!member) return undefined;
  const audience = audienceOf(member.membership.role, await reachOfMember(db, member.membership));
  const found = await db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.organizationId, organizationId),
        eq(notifications.userId, userId),
        isNull(notifications.readAt),
        gt(notifications.createdAt, row.coveredUntil),
        lte(notifications.createdAt, until),
      ),
    )
    .limit(MOST_COUNTED);
  const counts = new Map<NotificationKind, number>();
  for (const one of found) if (mayBeNotified(audience, one)) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1);
  return {
    organizationId,
    audience,
    now,
    email: member.email,
    language: member.locale ?? row.language,
    organizationName: member.name,
    counts: [...counts].map(([kind, notified]) => ({ kind, notifications: notified })),
  };
}

function keyOf({ organizationId, userId }: DigestRow) {
  return and(eq(notificationDigests.organizationId, organizationId), eq(notificationDigests.userId, userId));
}
