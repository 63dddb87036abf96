import type { SQL } from "drizzle-orm";
import { insertRow, type RowWrite } from "../../db/rows";
import { notificationCauses, type NOTIFICATION_KINDS } from "../../db/schema";

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** What happened, and where: that decides who may be notified of it. Time in milliseconds. */
export type Cause = {
  organizationId: string;
  kind: NotificationKind;
  subjectId: string;
  campaignId: string | null;
  operatorId: string | null;
  teamId: string | null;
  /** Who alone is notified, where it is for one person. */
  userId?: string | null;
  createdAt: number;
};

/**
 * The write that has people notified, for the batch of the cause, where `when` is true. Whoever writes it twice notifies
 * once. `moment` tells apart what happens to the same subject again and again.
 */
export function noteCause(cause: Cause, when: SQL, moment?: number | string): RowWrite {
  return insertRow(notificationCauses, { ...cause, cause: causeOf(cause, moment) }, when);
}

function causeOf({ kind, subjectId }: Cause, moment: number | string | undefined): string {
  return moment === undefined ? `${kind}:${subjectId}` : `${kind}:${subjectId}:${moment}`;
}
