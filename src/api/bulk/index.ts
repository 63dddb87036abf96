import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { countSelected, estimateAnalyses, resultsOf, startBulk, type BulkRequest, type Selection } from "../../bulk";
import { invalid, type DomainError } from "../../errors";
import { may } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { AlertChanges } from "../../quality";
import { SEARCH_NOT_SET_UP } from "../../search";
import { knowsEngine } from "../../pipeline";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf } from "../campaign-name";
import { NEEDS_REVIEWS, verdictFilterOf } from "../calls/verdict";
import { gradedBy } from "../search-conditions";
import { failures, problem } from "../problem";
import { taskChangeOf } from "../task-state";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";
import { bulkOutcome, bulkRequest, job, viewEstimate, viewJob, viewResult, type BulkInput } from "./shapes";

const start = createRoute({
  tags: ["Bulk"],
  security: SECURED,
  method: "post",
  path: "/",
  summary: "Do something to many calls",
  description:
    "Up to 1,000 calls by their ids, or all that a filter finds. Each call is treated as if it were sent alone, with the permission and limits of the caller. A page of calls is done at once; more become a job. A job that begins by a filter takes the calls that match when it comes to them, the newest first. With an `Idempotency-Key`, a `replay` that is done at once is carried out at least once: after a crash that left no answer it is done again.",
  request: { body: { required: true, ...json(bulkRequest) } },
  responses: {
    200: { description: "What was done, call by call, or what a dry run counted", ...json(bulkOutcome) },
    202: { description: "A job does it: see `Location`", ...json(job) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

/** `/v1/bulk` */
export function bulkRoutes() {
  return newRouter().openapi(start, async (c) => {
    const given = c.req.valid("json");
    const selection = await selectionOf(c, given);
    if (!selection.ok) return problem(c, selection.error);
    if (given.dry_run) {
      const counted = await countSelected(c.var.deps, withinOf(c), selection.value);
      const estimate = await estimateOf(c, given, selection.value);
      return estimate.ok
        ? c.json({ ...counted, changed: 0, failed: 0, results: [], estimate: estimate.value }, 200)
        : problem(c, estimate.error);
    }
    const asked = requestOf(given, selection.value);
    if (!asked.ok) return problem(c, asked.error);
    const started = await startBulk(c.var.deps, c.var.caller, asked.value, actOf(c));
    if (!started.ok) return problem(c, started.error);
    if (started.value.kind === "job") {
      const { job: row } = started.value;
      c.header("location", `/v1/jobs/${row.id}`);
      c.header("retry-after", "2");
      return c.json(viewJob(row), 202);
    }
    const results = resultsOf(started.value.items).map(viewResult);
    const failed = results.filter(({ error }) => error !== null).length;
    const changed = results.filter((one) => one.changed).length;
    return c.json({ matched: results.length, more: false, changed, failed, results, estimate: null }, 200);
  });
}

/** What it would cost to have an engine hear the calls again; null for every other act. */
async function estimateOf(
  c: Context<ApiEnv>,
  given: BulkInput,
  selection: Selection,
): Promise<Result<ReturnType<typeof viewEstimate> | null, DomainError>> {
  if (given.action !== "analyse") return ok(null);
  if (!may(c.var.caller, "analyses:write")) return err({ kind: "permission_missing", permission: "analyses:write" });
  const known = await knowsEngine(c.var.deps, withinOf(c), given);
  if (!known.ok) return known;
  return ok(viewEstimate(await estimateAnalyses(c.var.deps, withinOf(c), selection), given));
}

async function selectionOf(c: Context<ApiEnv>, given: BulkInput): Promise<Result<Selection, DomainError>> {
  const { calls: ids, filter } = given;
  if (ids !== undefined && filter === undefined) return ok({ ids });
  if (filter === undefined || ids !== undefined) return err(invalid("calls", "or else `filter` has to be given"));
  const { campaign_id: named, operator_id: operatorId, team_id: teamId, quarantine, q: text, ...listed } = filter;
  const { risk_min: least, risk_max: most, score: scores, verdict: _, reviewer_id: __, ...rest } = listed;
  const verdict = verdictFilterOf(listed);
  if (verdict !== undefined && !may(c.var.caller, "reviews:read")) return err(NEEDS_REVIEWS);
  if (Object.keys(filter).length === 0) return err(invalid("filter", "must have at least one condition"));
  const campaign = await campaignIdOf(c.var.deps.db, withinOf(c), named);
  if (!campaign.ok) return campaign;
  const graded = gradedBy({ least, most, scores });
  const isSearched = text !== undefined || rest.topic !== undefined || Object.keys(graded).length > 0;
  if (isSearched && c.var.deps.search === null) return err(SEARCH_NOT_SET_UP);
  const of = { campaignId: campaign.value, operatorId, teamId };
  const found = { ...rest, text, verdict, ...graded, ...of, quarantined: quarantine };
  return ok({ filter: JSON.parse(JSON.stringify(found)) as typeof found });
}

/** Without a model where none is named: jobs are compared by what they were asked for. */
function askedOf({ engine, model }: { engine: string; model?: string | undefined }) {
  return model === undefined ? { engine } : { engine, model };
}

function requestOf(given: BulkInput, selection: Selection): Result<BulkRequest, DomainError> {
  switch (given.action) {
    case "tag":
    case "untag":
      return ok({ action: given.action, params: { tags: given.tags }, selection });
    case "move":
      return ok({ action: given.action, params: { campaignId: given.campaign_id }, selection });
    case "replay": {
      const { endpoint_id: endpointId } = given;
      return ok({ action: given.action, params: endpointId === undefined ? {} : { endpointId }, selection });
    }
    case "assign": {
      const { reviewer_id: reviewerId, due_at: dueAt } = given;
      return ok({
        action: given.action,
        params: dueAt === undefined ? { reviewerId } : { reviewerId, dueAt },
        selection,
      });
    }
    case "state": {
      const change = taskChangeOf(given);
      return change.ok ? ok({ action: given.action, params: change.value, selection }) : change;
    }
    case "analyse":
      return ok({ action: given.action, params: askedOf(given), selection });
    case "alert": {
      const { owner_id: ownerId, state, reason, note } = given;
      const params = JSON.parse(JSON.stringify({ ownerId, state, reason, note })) as AlertChanges;
      return ok({ action: given.action, params, selection });
    }
    case "erase":
      return ok({ action: given.action, params: {}, selection });
  }
}
