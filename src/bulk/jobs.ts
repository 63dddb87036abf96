import { and, asc, eq, gte, sql, type SQL } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { insertRow, writeRow } from "../db/rows";
import { jobResults, jobs } from "../db/schema";
import { NUDGE_AFTER, type Work } from "../db/work";
import { notFound, type DomainError } from "../errors";
import { actEntries, isLimited, may, type Act, type Actor, type Caller, type ReachingRights } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { MINUTE } from "../lib/time";
import { storedOf } from "./selection";
import {
  ACTIONS,
  BULK_VERBS,
  keepsWhatWas,
  undoable,
  type ActionName,
  type Before,
  type BulkItem,
  type BulkRequest,
  type Undone,
} from "./verbs";

export type JobRow = typeof jobs.$inferSelect;
export type JobName = Pick<JobRow, "organizationId" | "id">;

/** What became of one call of a job, as it is stored. */
export type JobResult = { id: string } & ({ changed: boolean; before?: Before } | { error: DomainError });

/** The position of a page: before the job with this id. */
export type JobPosition = { id: string };

/** Longer than one page takes. A crash delays a job by this much. */
export const JOB_LEASE = 2 * MINUTE;

export const jobWork: Work<typeof jobs> = {
  table: jobs,
  key: ["organizationId", "id"],
  open: sql`${jobs.state} = 'open'`,
  lease: JOB_LEASE,
};

/**
 * Adds an open job with its entry in the audit log. Its row is the work; the message is to follow. Where there is a job
 * of this id, nothing is added.
 */
export async function addJob(
  db: Database,
  caller: Caller,
  asked: BulkRequest,
  act: Act,
  id = newId("job", act.now),
): Promise<JobRow> {
  const { organizationId, scopes, campaignId, sourceId, expiresAt, reach } = caller;
  const { action, params, selection } = asked;
  const rights: ReachingRights = { scopes, campaignId, sourceId, expiresAt, reach };
  const total = "ids" in selection ? selection.ids.length : null;
  const row: JobRow = {
    organizationId,
    id,
    action,
    params: keepsWhatWas(asked) ? { ...params, keeps: true } : params,
    selection: storedOf(selection) as JobRow["selection"],
    actor: act.actor,
    rights,
    address: act.address ?? null,
    requestId: act.requestId ?? null,
    state: "open",
    reason: null,
    total,
    done: 0,
    changed: 0,
    failed: 0,
    pages: 0,
    cursor: null,
    dueAt: act.now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: NUDGE_AFTER,
    createdAt: act.now,
    endedAt: null,
  };
  const what = { organizationId, resourceType: "job", resourceIds: [id] };
  const entry = { ...what, action: "job.created" as const, after: { action, calls: total } };
  const isNew = sql`NOT EXISTS (SELECT 1 FROM ${jobs}
    WHERE ${and(eq(jobs.organizationId, organizationId), eq(jobs.id, id))})`;
  await runBatch(db, [actEntries(db, entry, act, isNew), writeRow(db, insertRow(jobs, row))]);
  return row;
}

/**
 * Whoever began a job sees it, and who reaches the whole organization and may do the same. Null: this one may see none
 * but their own.
 */
function visibleTo(caller: Caller): SQL | undefined {
  const own = sql`${jobs.actor} = ${JSON.stringify(caller.actor)}`;
  if (isLimited(caller.reach)) return own;
  const actions = ACTIONS.filter((action) => may(caller, BULK_VERBS[action].permission));
  return sql`(${own} OR ${jobs.action} IN (SELECT value FROM json_each(${JSON.stringify(actions)})))`;
}

/** The jobs that a caller may see, newest first. */
export async function listJobs(
  db: Database,
  caller: Caller,
  { limit, after, order = "descending" }: { limit: number; after?: JobPosition; order?: Order },
): Promise<JobRow[]> {
  const inPage = isAfter(jobs.id, order, after?.id);
  return db
    .select()
    .from(jobs)
    .where(and(eq(jobs.organizationId, caller.organizationId), inPage, visibleTo(caller)))
    .orderBy(inOrder(jobs.id, order))
    .limit(limit);
}

export async function readJob(db: Database, caller: Caller, id: string): Promise<Result<JobRow, DomainError>> {
  const isIt = and(eq(jobs.organizationId, caller.organizationId), eq(jobs.id, id));
  const row = await db
    .select()
    .from(jobs)
    .where(and(isIt, visibleTo(caller)))
    .get();
  return row ? ok(row) : err(notFound("job"));
}

/** The position of a result: the page of calls, and the place in it. */
export type ResultPosition = { page: number; at: number };

/** Pages of results that are read at once. Of a filter a page may have few. */
const RESULT_PAGES = 20;

/** The results of a job, in order. */
export async function listJobResults(
  db: Database,
  { organizationId, id }: JobName,
  { limit, after }: { limit: number; after?: ResultPosition },
): Promise<(ResultPosition & { result: JobResult })[]> {
  const found: (ResultPosition & { result: JobResult })[] = [];
  let from = after?.page ?? 0;
  for (;;) {
    const rows = await db
      .select({ page: jobResults.page, results: jobResults.results })
      .from(jobResults)
      .where(and(eq(jobResults.organizationId, organizationId), eq(jobResults.jobId, id), gte(jobResults.page, from)))
      .orderBy(asc(jobResults.page))
      .limit(RESULT_PAGES);
    const all = rows.flatMap(({ page, results }) =>
      (results as JobResult[]).map((result, at) => ({ page, at, result })),
    );
    found.push(...all.filter(({ page, at }) => !after || page > after.page || at > after.at));
    const last = rows.at(-1);
    if (!last || rows.length < RESULT_PAGES || found.length >= limit) return found.slice(0, limit);
    from = last.page + 1;
  }
}

/** What became of each call, as it is stored and shown. */
export function resultsOf(items: ReadonlyMap<string, BulkItem>): JobResult[] {
  return [...items].map(([id, item]) => (item.ok ? { id, ...item.value } : { id, error: item.error }));
}

/**
 * Cancels an open job: no further page is begun. One that is being worked on is finished, and its results are kept. A
 * job that is over is left as it is.
 */
export async function cancelJob(
  db: Database,
  caller: Caller,
  id: string,
  act: Act,
): Promise<Result<JobRow, DomainError>> {
  const found = await readJob(db, caller, id);
  if (!found.ok) return found;
  const { organizationId } = caller;
  const isOpen = and(eq(jobs.organizationId, organizationId), eq(jobs.id, id), jobWork.open);
  const what = { organizationId, resourceType: "job", resourceIds: [id], action: "job.cancelled" as const };
  const stillOpen = sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${isOpen})`;
  await runBatch(db, [
    actEntries(db, what, act, stillOpen),
    db.update(jobs).set({ state: "cancelled", endedAt: act.now }).where(isOpen),
  ]);
  return readJob(db, caller, id);
}

/** What a page brought, as it is written. */
export type PageDone = { items: ReadonlyMap<string, BulkItem>; cursor: string | null; leaseUntil: number };

/**
 * Writes the results of a page and how far the job is, while the claim lasts; gives the row then, undefined where the
 * claim is lost. A job that was cancelled meanwhile stays cancelled.
 */
export async function advanceJob(
  db: Database,
  job: JobRow,
  { items, cursor, leaseUntil }: PageDone,
  now: number,
): Promise<JobRow | undefined> {
  const all = resultsOf(items);
  const failed = all.filter((one) => "error" in one);
  const changed = all.filter((one) => "changed" in one && one.changed).length;
  const kept = keepsAll(job) ? all : failed;
  const isMine = and(
    eq(jobs.organizationId, job.organizationId),
    eq(jobs.id, job.id),
    eq(jobs.claims, job.claims),
    eq(jobs.leaseUntil, job.leaseUntil),
  );
  const page = { organizationId: job.organizationId, jobId: job.id, page: job.pages, results: kept };
  const [, updated] = await runBatch(db, [
    kept.length > 0
      ? writeRow(db, insertRow(jobResults, page, sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${isMine})`))
      : db
          .select({ none: sql`1` })
          .from(jobs)
          .limit(0),
    db.run(sql`UPDATE ${jobs} SET done = done + ${items.size}, changed = changed + ${changed},
      failed = failed + ${failed.length}, pages = pages + 1, attempts = 0, lease_until = ${leaseUntil},
      due_at = ${now}, nudge_after = ${NUDGE_AFTER},
      cursor = ${cursor ?? job.cursor},
      total = CASE WHEN ${cursor === null ? 1 : 0} AND state = 'open' THEN done + ${items.size} ELSE total END,
      ended_at = CASE WHEN ${cursor === null ? 1 : 0} AND state = 'open' THEN ${now} ELSE ended_at END,
      state = CASE WHEN ${cursor === null ? 1 : 0} AND state = 'open' THEN 'completed' ELSE state END
      WHERE ${isMine}`),
  ]);
  if ((updated?.meta.changes ?? 0) === 0) return undefined;
  const isIt = and(eq(jobs.organizationId, job.organizationId), eq(jobs.id, job.id));
  return db.select().from(jobs).where(isIt).get();
}

/** Whether it is known of each call what became of it, and not of those alone for which nothing could be done. */
export function keepsAll(job: Pick<JobRow, "action" | "params" | "selection">): boolean {
  return "ids" in job.selection || undoneBy(job) !== null;
}

/** What takes a job back; null where that cannot be known: of several tags a job of before kept not which a call got. */
export function undoneBy({ action, params }: Pick<JobRow, "action" | "params">): Undone | null {
  const undone = undoable.safeParse({ ...params, action });
  return undone.success ? undone.data : null;
}

/** Ends a job that cannot go on. */
export async function failJob(db: Database, { organizationId, id }: JobName, reason: string, now: number) {
  const isOpen = and(eq(jobs.organizationId, organizationId), eq(jobs.id, id), jobWork.open);
  await db.update(jobs).set({ state: "failed", reason, endedAt: now }).where(isOpen);
}

/** The actor of a stored job, and its act. */
export function actOfJob({ actor, address, requestId }: JobRow, now: number): Act {
  return { actor: actor as Actor, now, address, ...(requestId === null ? {} : { requestId }) };
}

export function actionOf({ action }: Pick<JobRow, "action">): ActionName | undefined {
  return ACTIONS.find((one) => one === action);
}
