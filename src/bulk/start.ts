import { newReplayNumber } from "../delivery";
import type { DomainError } from "../errors";
import { may, type Act, type Caller } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { Nudges } from "../queues/senders";
import { addJob, type JobRow } from "./jobs";
import { verbOf, type BulkDeps, type BulkItem, type BulkRequest } from "./verbs";

/** Done at once, call by call; or a job that is worked on from now on. */
export type Started = { kind: "done"; items: ReadonlyMap<string, BulkItem> } | { kind: "job"; job: JobRow };

/**
 * Does an action to calls within reach, with the permission that the same act on one call needs. As many as one page of
 * the action has are done at once; more, or what a filter finds, by a job.
 */
export async function startBulk(
  deps: BulkDeps & { nudges: Pick<Nudges, "jobs"> },
  caller: Caller,
  asked: BulkRequest,
  act: Act,
): Promise<Result<Started, DomainError>> {
  const verb = verbOf(asked.action);
  const { organizationId, reach } = caller;
  if (!may(caller, verb.permission)) return err({ kind: "permission_missing", permission: verb.permission });
  const checked = await verb.check?.(deps, { organizationId, reach }, asked.params);
  if (checked && !checked.ok) return checked;
  const { selection } = asked;
  if ("ids" in selection) {
    const callIds = [...new Set(selection.ids)];
    if (callIds.length <= verb.atOnce) {
      const page = { organizationId, reach, callIds, params: asked.params, once: newReplayNumber(act.now) };
      return ok({ kind: "done", items: await verb.run(deps, page, act) });
    }
    const job = await addJob(deps.db, caller, { ...asked, selection: { ids: callIds } } as BulkRequest, act);
    await deps.nudges.jobs([{ organizationId, jobId: job.id }]);
    return ok({ kind: "job", job });
  }
  const job = await addJob(deps.db, caller, asked, act);
  await deps.nudges.jobs([{ organizationId, jobId: job.id }]);
  return ok({ kind: "job", job });
}
