import { z } from "zod";
import {
  chooseCampaignOfCalls,
  findPlace,
  takeChoiceBack,
  type CallPlace,
  type ChoiceDeps,
  type TagDeps,
} from "../calls";
import { momentOfReplay, replayCall, type EndpointObjects } from "../delivery";
import type { DomainError } from "../errors";
import type { Act, Permission, Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { beginErasure, type BeginDeps } from "../privacy";
import { askEngine, knowsEngine, type AskDeps, type AskedEngine } from "../pipeline";
import {
  ALERT_LIMITS,
  assignCalls,
  changeAlertsOfCalls,
  changeTasks,
  CLOSE_REASONS,
  FALSE_ALARM_REASONS,
  faultOfChange,
  mayReview,
  reopenClosed,
  type ClosedTask,
  type ReviewDeps,
} from "../quality";
import type { SearchDeps } from "../search";
import type { Selection } from "./selection";
import { isTakenBack, tagCalls, tags, takeTagsBack, type TagsChanged } from "./tags";

// What can be done to many calls. A later verb is another entry of the table: it takes a page of calls, keeps to the
// reach it is given, and can be run twice on the same page without doing more than once.

export type BulkDeps = TagDeps &
  ChoiceDeps &
  AskDeps &
  ReviewDeps &
  SearchDeps &
  BeginDeps & { endpointObjects: Pick<EndpointObjects, "enqueue"> };

/** What a call was before it was changed, as far as an undo needs it: where it was, whose work, or which tags changed. */
export type Before = CallPlace | ClosedTask | TagsChanged;

/** What became of one call: whether anything changed, or why nothing could be done. */
export type BulkItem = Result<{ changed: boolean; before?: Before }, DomainError>;

/**
 * `once`: a number of this act, the same when a page is repeated. `before`: what the calls were that the job changed which
 * this one takes back.
 */
type Page<Params> = Within & {
  callIds: readonly string[];
  params: Params;
  once: number;
  /** Whether whoever asked may hear what redaction takes out: only they move calls to where less is taken out. */
  hearsAll: boolean;
  before?: ReadonlyMap<string, Before> | undefined;
};

type Verb<Params> = {
  permission: Permission;
  params: z.ZodType<Params>;
  /** Calls of a page: what one turn can do in the statements that D1 takes in an invocation. */
  atOnce: number;
  /** Refuses what no call could make right, before anything is done. */
  check?(deps: BulkDeps, within: Within, params: Params, now: number): Promise<Result<unknown, DomainError>>;
  run(deps: BulkDeps, page: Page<Params>, act: Act): Promise<Map<string, BulkItem>>;
};

function verb<Params>(one: Verb<Params>): Verb<Params> {
  return one;
}

const move = z.strictObject({ campaignId: z.string().nullable(), onlyWaiting: z.boolean().optional() });

const closing = z.strictObject({
  state: z.literal("closed"),
  reason: z.enum(CLOSE_REASONS),
  note: z.string().nullable(),
  /** That what it does to each call is kept. Jobs from before it could be undone have it not. */
  keeps: z.literal(true).optional(),
});

/** Of alerts: who sees to them, and what was decided. */
const alertChange = z.strictObject({
  ownerId: z.string().nullable().optional(),
  state: z.enum(["open", "confirmed", "false_alarm"]).optional(),
  reason: z.enum(FALSE_ALARM_REASONS).nullable().optional(),
  note: z.string().max(ALERT_LIMITS.note).nullable().optional(),
});

/** What can be undone, as it was asked for. */
export const undoable = z.discriminatedUnion("action", [
  tags.extend({ action: z.literal("tag") }).refine(isTakenBack),
  tags.extend({ action: z.literal("untag") }).refine(isTakenBack),
  move.extend({ action: z.literal("move") }),
  closing.extend({ action: z.literal("state"), keeps: z.literal(true) }),
]);

export type Undone = z.infer<typeof undoable>;

export const BULK_VERBS = {
  tag: verb({
    permission: "calls:write",
    params: tags,
    atOnce: 100,
    run: (deps, page, act) => tagCalls(deps, page, "add", act),
  }),
  untag: verb({
    permission: "calls:write",
    params: tags,
    atOnce: 100,
    run: (deps, page, act) => tagCalls(deps, page, "remove", act),
  }),
  move: verb({
    permission: "calls:write",
    params: move,
    atOnce: 50,
    check: ({ db }, within, params) => findPlace(db, { ...within, ...params }),
    run: (deps, { params, ...page }, act) => chooseCampaignOfCalls(deps, { ...page, ...params }, act),
  }),
  replay: verb({
    permission: "deliveries:write",
    params: z.strictObject({ endpointId: z.string().optional() }),
    atOnce: 10,
    run: replayCalls,
  }),
  analyse: verb({
    permission: "analyses:write",
    params: z.strictObject({ engine: z.string(), model: z.string().optional() }),
    atOnce: 10,
    check: (deps, within, params) => knowsEngine(deps, within, params),
    run: analyseCalls,
  }),
  assign: verb({
    permission: "reviews:assign",
    params: z.strictObject({ reviewerId: z.string().nullable(), dueAt: z.number().nullable().optional() }),
    atOnce: 50,
    check: ({ db }, within, { reviewerId }, now) => mayReview(db, within, reviewerId, now),
    run: (deps, { params, ...page }, act) => assignCalls(deps, { ...page, choice: params }, act),
  }),
  state: verb({
    permission: "reviews:assign",
    params: z.discriminatedUnion("state", [closing, z.strictObject({ state: z.literal("open") })]),
    atOnce: 50,
    run: (deps, { params: change, once, ...page }, act) =>
      changeTasks(deps, { ...page, change, writer: `wrt_bulk_${once}` }, act),
  }),
  alert: verb({
    permission: "alerts:write",
    params: alertChange,
    // Each is read, its owner looked up, and written.
    atOnce: 25,
    check: async (_, __, params) => {
      const fault = faultOfChange(params);
      return fault ? err(fault) : ok(undefined);
    },
    run: (deps, { params, ...page }, act) => changeAlertsOfCalls(deps, { ...page, change: params }, act),
  }),
  erase: verb({
    permission: "privacy:erase",
    params: z.record(z.never(), z.never()),
    atOnce: 100,
    run: eraseCalls,
  }),
  undo: verb({
    permission: "calls:write",
    params: z.strictObject({ undone: undoable }),
    // The calls of a page of the job that is undone, which is at most as many.
    atOnce: 100,
    run: undoCalls,
  }),
} as const;

/** Whether what an act does to each call is to be kept beside it, since nothing else says how to take it back. */
export function keepsWhatWas({ action, params }: Pick<BulkRequest, "action" | "params">): boolean {
  if (action === "tag" || action === "untag") return tags.parse(params).tags.length > 1;
  return action === "state" && closing.safeParse(params).success;
}

export type ActionName = keyof typeof BULK_VERBS;

export const ACTIONS = Object.keys(BULK_VERBS) as [ActionName, ...ActionName[]];

/** What is asked for: an action, what it needs to know, and the calls. */
export type BulkRequest = {
  [A in ActionName]: { action: A; params: z.infer<(typeof BULK_VERBS)[A]["params"]>; selection: Selection };
}[ActionName];

/** The verb of an action, for params that were checked against its schema. */
export function verbOf(action: ActionName): Verb<unknown> {
  return BULK_VERBS[action] as Verb<unknown>;
}

/** The permission of an action with these params: an undo needs what the act itself needed. */
export function permissionOf(action: ActionName, params: unknown): Permission {
  const undone = action === "undo" ? BULK_VERBS.undo.params.safeParse(params).data?.undone.action : undefined;
  return verbOf(undone ?? action).permission;
}

/** Takes back what a job did to these calls. */
function undoCalls(
  deps: BulkDeps,
  { organizationId, reach, callIds, params: { undone }, hearsAll, before = new Map() }: Page<{ undone: Undone }>,
  act: Act,
): Promise<Map<string, BulkItem>> {
  switch (undone.action) {
    case "tag":
    case "untag":
      return takeTagsBack(deps, { organizationId, reach, callIds, before: ofKind(before, isTags) }, undone, act);
    case "move":
      return takeChoiceBack(
        deps,
        { organizationId, reach, hearsAll, chosen: undone.campaignId, before: ofKind(before, isPlace) },
        act,
      );
    case "state":
      return reopenClosed(deps, { organizationId, reach, callIds, before: ofKind(before, isClosed) }, act);
  }
}

const isTags = (before: Before): before is TagsChanged => "tagsAt" in before;
const isPlace = (before: Before): before is CallPlace => !isClosed(before) && !isTags(before);
const isClosed = (before: Before): before is ClosedTask => "closedBy" in before;

function ofKind<Kind extends Before>(
  before: ReadonlyMap<string, Before>,
  is: (one: Before) => one is Kind,
): Map<string, Kind> {
  return new Map([...before].flatMap(([id, one]) => (is(one) ? [[id, one] as const] : [])));
}

async function replayCalls(
  deps: BulkDeps,
  { organizationId, callIds, params, once }: Page<{ endpointId?: string | undefined }>,
  act: Act,
): Promise<Map<string, BulkItem>> {
  const items = await Promise.all(
    callIds.map(async (callId): Promise<[string, BulkItem]> => {
      const target = { organizationId, callId, ...(params.endpointId === undefined ? {} : params) };
      const sent = await replayCall(deps, target, { dryRun: false, number: once }, act);
      if (!sent.ok) return [callId, sent];
      const { enqueued, unable } = sent.value;
      return [callId, unable.length > 0 ? err(unableOf(unable)) : ok({ changed: enqueued > 0 })];
    }),
  );
  return new Map(items);
}

/** The engine is asked once for each recording, also where a page is repeated after it has answered. */
async function analyseCalls(
  deps: BulkDeps,
  { callIds, params, once, ...within }: Page<AskedEngine>,
  act: Act,
): Promise<Map<string, BulkItem>> {
  const unlessSince = momentOfReplay(once);
  const items = await Promise.all(
    callIds.map(async (callId): Promise<[string, BulkItem]> => {
      const asked = await askEngine(deps, { ...within, callId, unlessSince }, params, act);
      return [callId, asked.ok ? ok({ changed: asked.value.length > 0 }) : asked];
    }),
  );
  return new Map(items);
}

/** Begins to erase them, all by one erasure. One that is being erased already is not changed. */
async function eraseCalls(
  deps: BulkDeps,
  { organizationId, reach, callIds }: Page<Record<string, never>>,
  act: Act,
): Promise<Map<string, BulkItem>> {
  const { refused, before } = await beginErasure(deps, { organizationId, reach, callIds }, act);
  return new Map(
    callIds.map((id): [string, BulkItem] => {
      const error = refused.get(id);
      return [id, before.has(id) ? ok({ changed: false }) : error === undefined ? ok({ changed: true }) : err(error)];
    }),
  );
}

function unableOf(endpoints: readonly string[]): DomainError {
  return { kind: "conflict", message: `Could not be accepted now for ${endpoints.join(", ")}.` };
}
