import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import { checkUrl, type GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { endpointConfigOf, liveEndpoint, type EndpointChange } from "./endpoint";
import { checkSubscriptions } from "./subscription";

/** What may change; what is left out stays. */
export type EndpointChanges = {
  url?: string;
  events?: readonly string[];
  description?: string | null;
  active?: boolean;
};

/**
 * Changes an endpoint and raises its version, even when nothing differs: a caller whose push to the endpoint's object
 * failed repeats the change to push again.
 */
export async function updateEndpoint(
  db: Database,
  target: { organizationId: string; id: string },
  changes: EndpointChanges,
  policy: GuardPolicy,
): Promise<Result<EndpointChange, DomainError>> {
  const subscriptions = changes.events === undefined ? ok(undefined) : checkSubscriptions(changes.events);
  if (!subscriptions.ok) return subscriptions;
  const url = changes.url === undefined ? ok(undefined) : await checkUrl(changes.url, policy);
  if (!url.ok) return err(invalid("url", url.error.message));

  const row = await db
    .update(endpoints)
    .set({
      // drizzle leaves out what is undefined.
      url: url.value?.href,
      events: subscriptions.value,
      description: changes.description,
      active: changes.active,
      version: sql`version + 1`,
      updatedAt: d1Now,
    })
    .where(liveEndpoint(target))
    .returning()
    .get();
  return row ? ok({ row, config: endpointConfigOf(row) }) : err(notFound("endpoint"));
}
