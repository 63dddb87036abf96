import type { Database } from "../../db/client";
import { invalid, type DomainError } from "../../errors";
import { may, rightsOfActor, type ReachingRights, type Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";

/** What a reviewer may do; null where nobody in particular is to review. */
export async function mayReview(
  db: Database,
  { organizationId }: Within,
  reviewerId: string | null,
  now: number,
): Promise<Result<ReachingRights | null, DomainError>> {
  if (reviewerId === null) return ok(null);
  const kind = reviewerId.startsWith("key_") ? ("apiKey" as const) : ("user" as const);
  const rights = await rightsOfActor(db, { organizationId, actor: { kind, id: reviewerId } }, now);
  return rights && may(rights, "reviews:write")
    ? ok(rights)
    : err(invalid("reviewer_id", "names nobody of this organization who may review"));
}
