import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What people are notified of. */
export const NOTIFICATION_KINDS = [
  "task_assigned",
  "task_unassigned",
  "call_completed",
  "call_unassigned",
  "endpoint_failing",
  "endpoint_disabled",
  "usage_alert",
  "review_assigned",
  "opinions_apart",
  "call_action",
  "alert_raised",
  "comment_mention",
  "comment_reply",
] as const;

/**
 * What people are to be notified of: written in the batch of its cause, and deleted in the batch that writes the
 * notifications.
 */
export const notificationCauses = sqliteTable(
  "notification_causes",
  {
    organizationId: text("organization_id").notNull(),
    /** Kind and subject: the same cause is one row, and one notification of each person. */
    cause: text().notNull(),
    kind: text({ enum: NOTIFICATION_KINDS }).notNull(),
    /** The id of the task, call or endpoint; of unassigned calls, of their source; of use, the first day of its month. */
    subjectId: text("subject_id").notNull(),
    campaignId: text("campaign_id"),
    operatorId: text("operator_id"),
    teamId: text("team_id"),
    /** Who alone is notified, if they may see the subject; null for all who may. */
    userId: text("user_id"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.cause] })],
);

/** The inbox of each person. Columns as in `notification_causes`. */
export const notifications = sqliteTable(
  "notifications",
  {
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    cause: text().notNull(),
    kind: text({ enum: NOTIFICATION_KINDS }).notNull(),
    subjectId: text("subject_id").notNull(),
    campaignId: text("campaign_id"),
    operatorId: text("operator_id"),
    teamId: text("team_id"),
    createdAt: integer("created_at").notNull(),
    readAt: integer("read_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId, table.cause] }),
    index("notifications_by_time").on(table.organizationId, table.userId, table.createdAt, table.cause),
    index("notifications_unread")
      .on(table.organizationId, table.userId, table.createdAt, table.cause)
      .where(sql`read_at IS NULL`),
  ],
);

/** The kinds that a person does not want in the inbox of an organization. */
export const mutedNotifications = sqliteTable(
  "muted_notifications",
  {
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    kind: text({ enum: NOTIFICATION_KINDS }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.userId, table.kind] })],
);

/** Who wants the unread notifications of an organization by mail, once a day. */
export const notificationDigests = sqliteTable(
  "notification_digests",
  {
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    dueAt: integer("due_at").notNull(),
    /** Notifications up to here were in a letter, or were there before the person asked for letters. */
    coveredUntil: integer("covered_until").notNull(),
    /** The language in which they asked for letters. */
    language: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    index("notification_digests_due").on(table.dueAt),
  ],
);
