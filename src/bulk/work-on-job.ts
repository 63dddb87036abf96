import { sql } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { jobResults, jobs } from "../db/schema";
import { claimWork, freeAll, takeNudges } from "../db/work";
import { replayNumberOf } from "../delivery";
import {
  auditedDatabase,
  commonReach,
  may,
  rightsOfActor,
  type Permission,
  type Reach,
  type ReachingRights,
} from "../identity";
import { DAY } from "../lib/time";
import type { JobMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import { actionOf, actOfJob, advanceJob, failJob, JOB_LEASE, jobWork, type JobRow } from "./jobs";
import { nextCalls, selectionOf, type StoredSelection } from "./selection";
import { permissionOf, verbOf, type BulkDeps } from "./verbs";

export type WorkOnJobDeps = BulkDeps & { nudges: Pick<Nudges, "jobs">; now(): number };

/** Pages worked on in one go: together they stay below the statements D1 takes in one invocation. */
const PAGES = 4;
/** An undo may give each call of a page to somebody else, each with statements of its own. */
const PAGES_OF_UNDO = 1;
/** A page that failed so often in a row will not succeed. */
const MAX_ATTEMPTS = 10;
/** How long a job that is over can be read. */
const KEPT = 30 * DAY;

/**
 * Continues a job, page by page, noting its progress after each. What is left when it stops is done by a new message or,
 * after a crash, by the sweep. A page may be done twice, which changes nothing more.
 */
export async function workOnJob(deps: WorkOnJobDeps, message: JobMessage): Promise<void> {
  const { db, nudges } = deps;
  const name = { organizationId: message.organizationId, id: message.jobId };
  let job = await claimWork(db, jobWork, name, deps.now());
  if (!job) return;
  const allowed = await allowedOfJob(db, job, deps.now());
  if (allowed === undefined) return failJob(db, job, "permission_missing", deps.now());
  if (job.attempts > MAX_ATTEMPTS) return failJob(db, job, "interrupted", deps.now());
  for (let page = 1; job?.state === "open"; page += 1) {
    const isLast = page === (job.action === "undo" ? PAGES_OF_UNDO : PAGES);
    job = await workOnPage(deps, job, allowed, isLast ? 0 : deps.now() + JOB_LEASE);
    if (isLast && job?.state === "open") return nudges.jobs([message]);
  }
}

async function workOnPage(
  deps: WorkOnJobDeps,
  job: JobRow,
  { reach, hearsAll }: Allowed,
  leaseUntil: number,
): Promise<JobRow | undefined> {
  const action = actionOf(job);
  if (!action) throw new Error(`no verb for the action ${job.action}`);
  const { organizationId, params, cursor } = job;
  const verb = verbOf(action);
  const act = actOfJob(job, deps.now());
  const db = auditedDatabase(deps.db, act);
  const within = { organizationId, reach };
  const selection = selectionOf(job.selection as StoredSelection);
  const next = await nextCalls(deps, within, selection, { cursor, limit: verb.atOnce });
  const { ids: callIds, before } = next;
  const page = {
    ...within,
    hearsAll,
    callIds,
    params: verb.params.parse(params),
    once: replayNumberOf(job.createdAt),
    before,
  };
  const items = next.ids.length === 0 ? new Map<string, never>() : await verb.run({ ...deps, db }, page, act);
  return advanceJob(deps.db, job, { items, cursor: next.cursor, leaseUntil }, deps.now());
}

type Allowed = { reach: Reach; hearsAll: boolean };

/** How far a job reaches: as far as whoever began it did then and does now. Undefined when they may not do it now. */
async function allowedOfJob(db: Database, job: JobRow, now: number): Promise<Allowed | undefined> {
  const action = actionOf(job);
  const { actor } = actOfJob(job, now);
  const rights = job.rights as ReachingRights;
  const present = await rightsOfActor(db, { organizationId: job.organizationId, actor }, now);
  if (!action || !present) return undefined;
  const permission = permissionOf(action, job.params);
  const reach = commonReach(rights.reach, present.reach);
  const mayThenAndNow = (one: Permission) => may({ ...rights, reach }, one) && may({ ...present, reach }, one);
  return mayThenAndNow(permission) ? { reach, hearsAll: mayThenAndNow("originals:read") } : undefined;
}

const AT_ONCE = 100;

/** Sends the messages of jobs whose last one was lost. */
export async function nudgeOpenJobs(
  { db, nudges }: { db: Database; nudges: Pick<Nudges, "jobs"> },
  now: number,
): Promise<void> {
  const rows = await takeNudges(db, jobWork, now, AT_ONCE);
  await nudges.jobs(rows.map(({ organizationId, id: jobId }) => ({ organizationId, jobId })));
}

/** Frees jobs that a process had claimed, once it is gone. */
export async function freeJobs(db: Database): Promise<void> {
  await runBatch(db, [freeAll(db, jobWork)]);
}

/** Deletes jobs that have been over for thirty days, with their results. */
export async function forgetOldJobs(db: Database, now: number, limit: number): Promise<void> {
  const old = sql`SELECT organization_id, id FROM ${jobs}
    WHERE ended_at IS NOT NULL AND ended_at < ${now - KEPT} ORDER BY ended_at, id LIMIT ${limit}`;
  await runBatch(db, [
    db.delete(jobResults).where(sql`(organization_id, job_id) IN (${old})`),
    db.delete(jobs).where(sql`(organization_id, id) IN (${old})`),
  ]);
}
