import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { secretReveals } from "../../db/schema";
import { actorText, type Act } from "../../identity";
import { newId } from "../../lib/id";

export type SecretReveal = typeof secretReveals.$inferSelect;

/** The position of a page: after the reveal with this id. */
export type RevealPosition = { id: string };

/** Records that a secret is about to be shown. Written first, so that no secret is shown without a record. */
export async function recordReveal(
  db: Database,
  reveal: { organizationId: string; endpointId: string | null },
  { actor, now }: Act,
): Promise<void> {
  // The column is older than actors: API keys stay as their plain ids, other actors are written beside them.
  const apiKeyId = actorText(actor);
  await db.insert(secretReveals).values({ ...reveal, apiKeyId, id: newId("rvl", now), revealedAt: now });
}

/** Lists who was shown which secret, newest first. */
export async function listReveals(
  db: Database,
  query: { organizationId: string; endpointId?: string; limit: number; after?: RevealPosition; order?: Order },
): Promise<SecretReveal[]> {
  const { order = "descending" } = query;
  return db
    .select()
    .from(secretReveals)
    .where(
      and(
        eq(secretReveals.organizationId, query.organizationId),
        query.endpointId === undefined ? undefined : eq(secretReveals.endpointId, query.endpointId),
        isAfter(secretReveals.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(secretReveals.id, order))
    .limit(query.limit);
}
