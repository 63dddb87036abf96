import { z } from "zod";
import { catalog, matchesSubscription, type EventType } from "../../events";
import { PERMISSIONS, reachesCall, type Permission, type Reach } from "../../identity";

/**
 * Somebody who listens to an organization's events. `permissions`: what they may read. `events`: what they ask for, as
 * an endpoint subscribes. `profile`: requests are made for them as for an endpoint of it, signed with their own secret.
 */
export const listenerShape = z.object({
  id: z.string(),
  permissions: z.array(z.enum(Object.keys(PERMISSIONS) as [Permission, ...Permission[]])),
  reach: z.object({
    campaigns: z.array(z.string()).readonly().nullable(),
    operators: z.array(z.string()).readonly().nullable(),
  }),
  events: z.array(z.string()),
  profile: z.enum(["standard", "audian", "voqo", "voicesense", "authentivoice"]).nullable(),
});

export type Listener = z.infer<typeof listenerShape>;

/** What each key of an event's data needs to be read. A key that is not here is a word about the others. */
const NEEDED: Readonly<Record<string, Permission>> = {
  call: "calls:read",
  conversation: "calls:read",
  recording: "recordings:read",
  recordings: "recordings:read",
  analysis: "analyses:read",
  analyses: "analyses:read",
  task: "tasks:read",
  review: "reviews:read",
  reviews: "reviews:read",
  consensus: "reviews:read",
  violation: "reviews:read",
  report: "reports:read",
  endpoint: "endpoints:read",
  delivery: "endpoints:read",
};

/** What somebody needs to hear events of a type: for all that its data holds. What names nothing known is unheard. */
export function permissionsFor(type: string): readonly Permission[] | undefined {
  if (!Object.hasOwn(catalog, type)) return undefined;
  const keys = Object.keys(catalog[type as EventType].shape);
  const needed = new Set(keys.flatMap((key) => NEEDED[key] ?? []));
  return needed.size === 0 ? undefined : [...needed];
}

/** An event as far as it decides who may hear of it. */
export type Heard = { type: string; data: Record<string, unknown> };

/** Whether a listener asks for an event, may read all that is in it, and reaches its call. */
export function mayHear(listener: Listener, { type, data }: Heard): boolean {
  if (!listener.events.some((pattern) => matchesSubscription(pattern, type))) return false;
  const needed = permissionsFor(type);
  if (!needed || !needed.every((one) => listener.permissions.includes(one))) return false;
  return isWithin(listener.reach, data);
}

function isWithin(reach: Reach, { call }: Record<string, unknown>): boolean {
  // What is of no call is of the whole organization, and its permission is only for who reaches all of it.
  if (typeof call !== "object" || call === null) return reach.campaigns === null && reach.operators === null;
  const { campaign_id: campaign, operator } = call as { campaign_id?: unknown; operator?: { id?: unknown } | null };
  return reachesCall(reach, {
    campaignId: typeof campaign === "string" ? campaign : null,
    operatorId: typeof operator?.id === "string" ? operator.id : null,
  });
}
