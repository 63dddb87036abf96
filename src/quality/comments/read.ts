import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { comesAfter, inOrder, type Order } from "../../db/order";
import { calls, reviewComments } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { isBlindFor } from "../consensus/blind";
import { namedComment, readableBy, type CommentReader, type CommentRow } from "./rows";

/** A call has at most so many, so that all of them can be read at once. */
export const MOST_COMMENTS = 500;

/** The position of a page: after this comment. The ids of those written on pages say nothing of when. */
export type CommentPosition = { createdAt: number; id: string };

export type CommentPage = CommentRow[];

/** What is said of a call within reach, as far as somebody may read it; the oldest first where no order is given. */
export async function listComments(
  db: Database,
  reader: CommentReader,
  query: Within & { callId: string; limit: number; after?: CommentPosition | undefined; order?: Order },
): Promise<CommentPage> {
  const { organizationId, reach, callId, limit, after, order = "ascending" } = query;
  return db
    .select()
    .from(reviewComments)
    .where(
      and(
        eq(reviewComments.callId, callId),
        // By the call alone: with the organization SQLite would read all of its comments.
        sql`+${reviewComments.organizationId} = ${organizationId}`,
        readableBy(reader, reach),
        after &&
          sql`(${reviewComments.createdAt}, ${reviewComments.id}) ${comesAfter(order)} (${after.createdAt}, ${after.id})`,
      ),
    )
    .orderBy(inOrder(reviewComments.createdAt, order), inOrder(reviewComments.id, order))
    .limit(limit);
}

/** One comment of a call that somebody may read. */
export async function readComment(
  db: Database,
  reader: CommentReader,
  { organizationId, reach, callId, id }: Within & { callId: string; id: string },
): Promise<Result<CommentRow, DomainError>> {
  const row = await db
    .select()
    .from(reviewComments)
    .where(and(namedComment(organizationId, callId, id), readableBy(reader, reach)))
    .get();
  return row ? ok(row) : err(notFound("comment"));
}

/** Whether what others say of a call is kept back from somebody, because it is reviewed blind. */
export async function isBlindTo(db: Database, reader: CommentReader, callId: string): Promise<boolean> {
  const row = await db
    .select({ isBlind: sql<boolean>`${isBlindFor(reader, sql`${calls.id}`)}`.mapWith(Boolean) })
    .from(calls)
    .where(eq(calls.id, callId))
    .get();
  return row?.isBlind ?? false;
}
