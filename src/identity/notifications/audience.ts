import { reachesCall, type Reach } from "../reach";
import { may, type Rights } from "../rights";
import { ROLES, type Permission } from "../permissions";
import type { Cause, NotificationKind } from "./causes";

/** Who is notified of each kind: who may see the subject and, where it is nobody's, may do something about it. */
const AUDIENCE: Record<NotificationKind, Permission> = {
  task_assigned: "tasks:read",
  task_unassigned: "teams:write",
  call_completed: "tasks:read",
  call_unassigned: "calls:write",
  endpoint_failing: "endpoints:write",
  endpoint_disabled: "endpoints:write",
  usage_alert: "usage:read",
  review_assigned: "reviews:write",
  opinions_apart: "reviews:assign",
  call_action: "calls:read",
  alert_raised: "alerts:write",
  comment_mention: "reviews:read",
  comment_reply: "reviews:read",
};

/** Who may be notified: what they may do, as far as they reach. */
export type Audience = Omit<Rights, "expiresAt"> & { reach: Reach };

/** What a member of this role is allowed within their reach. */
export function audienceOf(role: string, reach: Reach): Audience {
  const scopes = Object.hasOwn(ROLES, role) ? ROLES[role as keyof typeof ROLES].scopes : [];
  return { scopes, campaignId: null, sourceId: null, reach };
}

/** The kinds that somebody can be notified of at all. */
export function kindsFor(audience: Audience): NotificationKind[] {
  return (Object.keys(AUDIENCE) as NotificationKind[]).filter((kind) => may(audience, AUDIENCE[kind]));
}

/** Whether somebody may be notified of this: their permissions and reach let them see the subject. */
export function mayBeNotified(audience: Audience, subject: Pick<Cause, "kind" | "campaignId" | "operatorId">): boolean {
  return may(audience, AUDIENCE[subject.kind]) && reachesCall(audience.reach, subject);
}
