import { and, eq, sql, type SQL } from "drizzle-orm";
import { readCall, taskIdOf, type CallRow } from "../../calls";
import { changesOf, runBatch, type Database } from "../../db/client";
import { insertRow, writeRow, writeRows, type RowWrite } from "../../db/rows";
import { calls, reviewComments, reviews, tasks } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import {
  may,
  noteCause,
  reachesCall,
  readColleagues,
  type Act,
  type Colleague,
  type NotificationKind,
  type Within,
} from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { isToDecide } from "../consensus/blind";
import { readReview } from "../reviews/read";
import type { ReadReview } from "../reviews/rows";
import { handlesOf, mentionsIn, type Handle } from "./mentions";
import { MOST_COMMENTS, readComment } from "./read";
import { namedComment, type CommentReader, type CommentRow } from "./rows";

type Deps = { db: Database };
type OfCall = Within & { callId: string };
type OfComment = OfCall & { id: string };
type Outcome = Promise<Result<CommentRow, DomainError>>;

/** What somebody says. `atSeconds`: of the recording; undefined where it stays as it is. */
export type CommentText = { text: string; atSeconds?: number | null | undefined };

/** `id`: of the comment, where its form has one, so that it is written once. */
export type NewComment = CommentText & {
  reviewId?: string | undefined;
  parentId?: string | undefined;
  id?: string | undefined;
};

const FULL: DomainError = { kind: "conflict", message: `A call has at most ${MOST_COMMENTS} comments.` };
const CHANGED: DomainError = { kind: "conflict", message: "The comment was changed meanwhile." };
const NOT_YOURS: DomainError = { kind: "forbidden", message: "Only who wrote a comment changes it." };
const NO_REVIEW = invalid("review_id", "must name a finished review of this call");
const NO_PARENT = invalid("parent_id", "must name a comment of this call that you may read");

/**
 * Says something of a call within reach, or of a review of it, or replies to what was said. Whoever does not judge calls
 * answers finished reviews alone. Those that it names are notified, and the reviewer, and whom it replies to.
 */
export async function addComment(
  { db }: Deps,
  author: CommentReader,
  target: OfCall,
  said: NewComment,
  act: Act,
): Outcome {
  const { organizationId, callId } = target;
  const about = await readAbout(db, author, target, said);
  if (!about.ok) return about;
  const { call, parent, review } = about.value;
  const readers = await readReaders(db, call, review);
  const mentions = mentionsIn(said.text, readers);
  if (!mentions.ok) return mentions;
  const row: CommentRow = {
    organizationId,
    reviewId: review?.id ?? "",
    id: said.id ?? newId("cmt", act.now),
    callId,
    kind: author.judges ? "comment" : "answer",
    authorId: author.id,
    // A thread has one level, so that it can be read from top to bottom.
    parentId: parent ? (parent.parentId ?? parent.id) : null,
    atSeconds: said.atSeconds ?? null,
    text: said.text,
    mentions: mentions.value,
    createdAt: act.now,
    editedAt: null,
  };
  // The call may be erased, the review be taken back, and others may write at the same time.
  const isThere = sql`EXISTS (SELECT 1 FROM ${calls} WHERE id = ${callId} AND organization_id = ${organizationId})
    AND (SELECT count(*) FROM ${reviewComments} WHERE call_id = ${callId}) < ${MOST_COMMENTS}`;
  const isFinished = sql`EXISTS (SELECT 1 FROM ${reviews} WHERE organization_id = ${organizationId}
    AND id = ${row.reviewId} AND state = 'completed')`;
  const when = author.judges ? isThere : sql`${isThere} AND ${isFinished}`;
  const answered = [parent?.authorId, review?.reviewerId].flatMap((id) => id ?? []);
  const [written] = await runBatch(db, [
    writeRow(db, insertRow(reviewComments, row, when)),
    ...writeRows(db, notesOf({ call, row, readers, answered, named: row.mentions, act })),
  ]);
  if (changesOf(written) > 0) return ok(row);
  // Its form was sent twice, or there is no room for it.
  const before = await readComment(db, author, { ...target, id: row.id });
  return before.ok ? before : err(FULL);
}

/** Changes what somebody said themselves. Whom it names anew is notified. */
export async function changeComment(
  { db }: Deps,
  author: CommentReader,
  target: OfComment,
  said: CommentText,
  act: Act,
): Outcome {
  const found = await readOwn(db, author, target);
  if (!found.ok) return found;
  const before = found.value;
  const about = await readAbout(db, author, target, { reviewId: before.reviewId || undefined });
  if (!about.ok) return about;
  const { call, review } = about.value;
  const readers = await readReaders(db, call, review);
  const mentions = mentionsIn(said.text, readers);
  if (!mentions.ok) return mentions;
  const { atSeconds = before.atSeconds } = said;
  const set = { text: said.text, atSeconds, mentions: mentions.value, editedAt: act.now };
  const row = { ...before, ...set };
  const named = mentions.value.filter((id) => !before.mentions.includes(id));
  const isAsRead = sql`${reviewComments.editedAt} IS ${before.editedAt}`;
  const [written] = await runBatch(db, [
    db
      .update(reviewComments)
      .set(set)
      .where(and(isOwn(author, target), isAsRead)),
    ...writeRows(db, notesOf({ call, row, readers, answered: [], named, act })),
  ]);
  return changesOf(written) > 0 ? ok(row) : err(CHANGED);
}

/** Takes back what somebody said themselves. Replies to it stay. */
export async function deleteComment({ db }: Deps, author: CommentReader, target: OfComment): Outcome {
  const found = await readOwn(db, author, target);
  if (!found.ok) return found;
  await db.delete(reviewComments).where(isOwn(author, target));
  return found;
}

/** How those are named who may read what is said of a call, or of a review of it: they alone can be mentioned. */
export async function readHandles(
  db: Database,
  reader: CommentReader,
  target: OfCall & { reviewId?: string | undefined },
): Promise<Result<Handle[], DomainError>> {
  const about = await readAbout(db, reader, target, target);
  if (!about.ok) return about;
  return ok(handlesOf(await readReaders(db, about.value.call, about.value.review)));
}

type About = { call: CallRow; parent: CommentRow | null; review: ReadReview | null };

/** What a comment is about, as far as its author may know of it. */
async function readAbout(
  db: Database,
  reader: CommentReader,
  { organizationId, reach, callId }: OfCall,
  { reviewId: named, parentId }: Pick<NewComment, "reviewId" | "parentId">,
): Promise<Result<About, DomainError>> {
  const within = { organizationId, reach };
  const [call, parent] = await Promise.all([
    readCall(db, { ...within, id: callId }),
    parentId === undefined ? null : readComment(db, reader, { ...within, callId, id: parentId }),
  ]);
  if (!call.ok) return err(notFound("call"));
  if (parent && !parent.ok) return err(NO_PARENT);
  // A reply is about what its thread is about.
  const reviewId = parent ? parent.value.reviewId || undefined : named;
  if (reviewId === undefined)
    return reader.judges ? ok({ call: call.value, parent: parent?.value ?? null, review: null }) : err(NO_REVIEW);
  const review = await readReview(db, reader, { ...within, id: reviewId });
  if (!review.ok || review.value.callId !== callId || review.value.isWithheld === true) return err(NO_REVIEW);
  if (!reader.judges && review.value.state !== "completed") return err(NO_REVIEW);
  return ok({ call: call.value, parent: parent?.value ?? null, review: review.value });
}

async function readOwn(db: Database, author: CommentReader, target: OfComment): Outcome {
  const found = await readComment(db, author, target);
  return found.ok && found.value.authorId !== author.id ? err(NOT_YOURS) : found;
}

function isOwn({ id: authorId }: CommentReader, { organizationId, callId, id }: OfComment): SQL | undefined {
  return and(namedComment(organizationId, callId, id), eq(reviewComments.authorId, authorId));
}

/** The members who may read what is said of a call, or of a review of it, at this moment: `readableBy`, of many at once. */
async function readReaders(db: Database, call: CallRow, review: ReadReview | null): Promise<Colleague[]> {
  const { organizationId } = call;
  const [colleagues, [task], done] = await Promise.all([
    readColleagues(db, organizationId),
    db
      .select({
        isBlind: sql<boolean>`(${tasks.blind} AND ${tasks.state} = 'open')`.mapWith(Boolean),
        isToDecide: sql<boolean>`${isToDecide(sql`${tasks.organizationId}`, sql`${tasks.callId}`)}`.mapWith(Boolean),
      })
      .from(tasks)
      .where(eq(tasks.id, taskIdOf(call.id))),
    db
      .select({ reviewerId: reviews.reviewerId })
      .from(reviews)
      .where(and(eq(reviews.callId, call.id), eq(reviews.state, "completed"))),
  ]);
  return colleagues.filter(({ userId, audience }) => {
    if (!may(audience, "reviews:read") || !may(audience, "calls:read") || !reachesCall(audience.reach, call))
      return false;
    const seesAll = may(audience, "reviews:assign");
    const isBlind = task?.isBlind === true && !(seesAll && task.isToDecide);
    if (isBlind && !done.some(({ reviewerId }) => reviewerId === userId)) return false;
    if (review === null) return may(audience, "tasks:read");
    return review.state === "completed" || review.state === "returned" || review.reviewerId === userId || seesAll;
  });
}

type Notes = {
  call: CallRow;
  row: CommentRow;
  readers: readonly Colleague[];
  /** Whom it answers, and whom it names: they are told once, that they are named. */
  answered: readonly string[];
  named: readonly string[];
  act: Act;
};

/** That people are notified of a comment, where it is written as it is here. */
function notesOf({ call, row, readers, answered, named, act }: Notes): RowWrite[] {
  const isWritten = sql`EXISTS (SELECT 1 FROM ${reviewComments} WHERE call_id = ${row.callId} AND id = ${row.id}
    AND author_id = ${row.authorId} AND edited_at IS ${row.editedAt})`;
  const { organizationId, campaignId, operatorId } = call;
  const note = (kind: NotificationKind, userId: string) => {
    const where = { organizationId, campaignId, operatorId, teamId: null, userId };
    return noteCause({ ...where, kind, subjectId: call.id, createdAt: act.now }, isWritten, `${row.id}:${userId}`);
  };
  const others = (ids: readonly string[]) =>
    [...new Set(ids)].filter((id) => id !== row.authorId && readers.some(({ userId }) => userId === id));
  return [
    ...others(named).map((id) => note("comment_mention", id)),
    ...others(answered.filter((id) => !named.includes(id))).map((id) => note("comment_reply", id)),
  ];
}
