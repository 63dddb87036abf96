import type { Database } from "../db/client";
import { newReplayNumber } from "../delivery";
import type { DomainError } from "../errors";
import { may, type Act, type Caller } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { Nudges } from "../queues/senders";
import { addJob, readJob, type JobRow } from "./jobs";
import { permissionOf, verbOf, type BulkDeps, type BulkItem, type BulkRequest } from "./verbs";
import { workOnJob, type WorkOnJobDeps } from "./work-on-job";

/** Done at once, call by call; or a job that is worked on from now on. */
export type Started = { kind: "done"; items: ReadonlyMap<string, BulkItem> } | { kind: "job"; job: JobRow };

type StartDeps = BulkDeps & { nudges: Pick<Nudges, "jobs"> };

/**
 * Does an action to calls within reach, with the permission that the same act on one call needs. As many as one page of
 * the action has are done at once; more, or what a filter finds, by a job.
 */
export async function startBulk(
  deps: StartDeps,
  caller: Caller,
  asked: BulkRequest,
  act: Act,
): Promise<Result<Started, DomainError>> {
  const allowed = await isAllowed(deps, caller, asked, act.now);
  if (!allowed.ok) return allowed;
  const verb = verbOf(asked.action);
  const { organizationId, reach } = caller;
  const request = withoutDoubles(asked);
  if (isOnePage(request)) {
    const { ids: callIds } = request.selection;
    const hearsAll = may(caller, "originals:read");
    const page = { organizationId, reach, hearsAll, callIds, params: asked.params, once: newReplayNumber(act.now) };
    return ok({ kind: "done", items: await verb.run(deps, page, act) });
  }
  const job = await addJob(deps.db, caller, request, act);
  await deps.nudges.jobs([{ organizationId, jobId: job.id }]);
  return ok({ kind: "job", job });
}

/**
 * The same as a job in every case, so that its results can be read afterwards. Under an id that was used before nothing
 * is begun, and the job of that id is given. What one page has is done before this returns.
 */
export async function startAsJob(
  deps: WorkOnJobDeps & { db: Database },
  caller: Caller,
  asked: BulkRequest,
  { id, ...act }: Act & { id: string },
): Promise<Result<JobRow, DomainError>> {
  const known = await readJob(deps.db, caller, id);
  if (known.ok) return known;
  const allowed = await isAllowed(deps, caller, asked, act.now);
  if (!allowed.ok) return allowed;
  const request = withoutDoubles(asked);
  const message = { organizationId: caller.organizationId, jobId: id };
  await addJob(deps.db, caller, request, act, id);
  await (isOnePage(request) ? workOnJob(deps, message) : deps.nudges.jobs([message]));
  return readJob(deps.db, caller, id);
}

async function isAllowed(
  deps: BulkDeps,
  caller: Caller,
  asked: BulkRequest,
  now: number,
): Promise<Result<unknown, DomainError>> {
  const verb = verbOf(asked.action);
  const { organizationId, reach } = caller;
  const permission = permissionOf(asked.action, asked.params);
  if (!may(caller, permission)) return err({ kind: "permission_missing", permission });
  return (await verb.check?.(deps, { organizationId, reach }, asked.params, now)) ?? ok(undefined);
}

function withoutDoubles(asked: BulkRequest): BulkRequest {
  const { selection } = asked;
  return "ids" in selection ? { ...asked, selection: { ids: [...new Set(selection.ids)] } } : asked;
}

function isOnePage(asked: BulkRequest): asked is BulkRequest & { selection: { ids: readonly string[] } } {
  return "ids" in asked.selection && asked.selection.ids.length <= verbOf(asked.action).atOnce;
}
