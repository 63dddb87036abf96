import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import { may, type Act, type Caller } from "../identity";
import { digestOf, newId } from "../lib/id";
import { err, type Result } from "../lib/result";
import { readJob, undoneBy, type JobRow } from "./jobs";
import { startAsJob } from "./start";
import { verbOf } from "./verbs";
import { workOnJob, type WorkOnJobDeps } from "./work-on-job";

/**
 * Takes back what a job changed, by a job of its own: what calls were moved goes to where each was before, a tag comes off
 * the calls that got it, a task that was closed is open again. Once: whoever asks again is given the same job. With `atOnce`
 * what one page has is done before this returns.
 */
export async function undoJob(
  deps: WorkOnJobDeps & { db: Database },
  caller: Caller,
  id: string,
  { atOnce, ...act }: Act & { atOnce: boolean },
): Promise<Result<JobRow, DomainError>> {
  const found = await readJob(deps.db, caller, id);
  if (!found.ok) return found;
  const { endedAt, changed } = found.value;
  const undone = undoneBy(found.value);
  if (undone === null) return err(NOT_UNDOABLE);
  if (endedAt === null) return err(STILL_OPEN);
  if (changed === 0) return err(NOTHING_CHANGED);
  const asked = { action: "undo", params: { undone }, selection: { job: id } } as const;
  const undoId = await undoIdOf(id, endedAt);
  const started = await startAsJob(deps, caller, asked, { ...act, id: undoId });
  if (!started.ok || !atOnce || found.value.pages > 1) return started;
  await workOnJob(deps, { organizationId: caller.organizationId, jobId: undoId });
  return readJob(deps.db, caller, undoId);
}

const NOT_UNDOABLE: DomainError = { kind: "conflict", message: "What this job did cannot be undone." };
const STILL_OPEN: DomainError = {
  kind: "conflict",
  message: "This job is still under way. Cancel it, or wait for its end, and undo it then.",
};
const NOTHING_CHANGED: DomainError = { kind: "conflict", message: "This job changed nothing." };

/** Whether this one may undo a job now, and the job that did so, if any. */
export async function readUndo(
  db: Database,
  caller: Caller,
  job: JobRow,
): Promise<{ possible: boolean; done: JobRow | null }> {
  const { endedAt, changed } = job;
  const undone = undoneBy(job);
  if (undone === null || endedAt === null || changed === 0 || !may(caller, verbOf(undone.action).permission))
    return { possible: false, done: null };
  const known = await readJob(db, caller, await undoIdOf(job.id, endedAt));
  return { possible: !known.ok, done: known.ok ? known.value : null };
}

/** There is one undoing of a job, so its id is made of the job's. Among other jobs it stands where that one ended. */
async function undoIdOf(jobId: string, endedAt: number): Promise<string> {
  const random = (await digestOf(["undo", jobId])).slice(0, 16);
  return newId("job", endedAt).slice(0, -random.length) + random;
}
