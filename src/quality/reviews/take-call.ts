import { notFound, type DomainError } from "../../errors";
import { actorText, type Act, type Within } from "../../identity";
import { err, type Result } from "../../lib/result";
import { assignCalls, readHeld, type Held } from "./assign";
import { lineQueries, linesOf } from "./queue";
import type { ReviewRow } from "./rows";
import { LOST, NO_SCORECARD, resumeReview, type ReviewDeps, type Taken } from "./take";

const NOT_GIVEN: DomainError = {
  kind: "forbidden",
  message: "The call is not given to you, and only who may give calls to reviewers chooses one.",
};

/**
 * One certain call to review, now: a review of it that somebody has begun or was given goes on. Who `mayChoose` is given it
 * where they have none, unless somebody else is at it.
 */
export async function takeCall(
  deps: ReviewDeps,
  { callId, mayChoose, ...within }: Within & { callId: string; mayChoose: boolean },
  act: Act,
): Promise<Result<Taken, DomainError>> {
  const reviewerId = actorText(act.actor);
  const held = await heldOf(deps, within, callId);
  if (!held) return err(notFound("task"));
  const own = openReviewOf(held, reviewerId);
  if (own) return resumeReview(deps, { ...within, review: own }, act);
  if (!mayChoose) return err(NOT_GIVEN);
  // Before it is given to them: they could not begin.
  const campaignId = held.task.campaignId ?? undefined;
  const lines = linesOf(await deps.db.batch([...lineQueries(deps.db, within, { reviewerId, campaignId })]));
  if (campaignId === undefined || lines.length === 0) return err(NO_SCORECARD);
  const given = (await assignCalls(deps, { ...within, callIds: [callId], choice: { reviewerId } }, act)).get(callId);
  if (given && !given.ok) return given;
  const now = await heldOf(deps, within, callId);
  const review = now && openReviewOf(now, reviewerId);
  // Of two who choose it at once the one is given it, and taken from, before they begin.
  return review ? resumeReview(deps, { ...within, review }, act) : err(LOST);
}

async function heldOf({ db }: ReviewDeps, within: Within, callId: string): Promise<Held | undefined> {
  return (await readHeld(db, within, [callId])).get(callId);
}

/** What somebody may go on with: what they submitted is not among it. */
function openReviewOf({ open }: Held, reviewer: string): ReviewRow | undefined {
  return open.find(({ reviewerId, state }) => reviewerId === reviewer && state !== "submitted");
}
