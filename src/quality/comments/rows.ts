import { and, eq, or, sql, type SQL } from "drizzle-orm";
import type { Reach } from "../../identity";
import { ofCallWithin } from "../../calls";
import { reviewComments, reviews } from "../../db/schema";
import { isBlindFor, type Reader } from "../consensus/blind";

// Who reads what is said of calls. Who judges calls reads all of it, but what is said of a review before that is finished.
// Who does not judge, as the operator on the call, reads what is said of finished reviews, and answers it. While a call is
// reviewed blind, nobody reads what others say of it who must not know what they found.

export type CommentRow = typeof reviewComments.$inferSelect;

/** Who reads. `judges`: they may read tasks, as everybody does who works on the calls of others. */
export type CommentReader = Reader & { judges: boolean };

/** SQL that is true for a comment that somebody may read. */
export function readableBy(reader: CommentReader, reach: Reach): SQL | undefined {
  const { id, seesAll, judges } = reader;
  const isReadable = sql`EXISTS (SELECT 1 FROM ${reviews} AS about
    WHERE about.organization_id = ${reviewComments.organizationId} AND about.id = ${reviewComments.reviewId}
      AND (about.state IN ('completed', 'returned')${seesAll ? sql` OR TRUE` : sql` OR about.reviewer_id = ${id}`}))`;
  const ofCall = judges ? sql`(${reviewComments.reviewId} = '' OR ${isReadable})` : isReadable;
  const ofOthers = and(ofCall, sql`NOT ${isBlindFor(reader, sql`${reviewComments.callId}`)}`);
  return and(or(eq(reviewComments.authorId, id), ofOthers), ofCallWithin(sql`${reviewComments.callId}`, reach));
}

/** SQL that is true for one comment of a call. */
export function namedComment(organizationId: string, callId: string, id: string): SQL | undefined {
  return and(
    eq(reviewComments.callId, callId),
    eq(reviewComments.organizationId, organizationId),
    eq(reviewComments.id, id),
  );
}
