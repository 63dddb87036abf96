import { getTableColumns, sql, type SQL } from "drizzle-orm";
import type { Query } from "../db/read-together";
import { assignments, insertRow, type RowWrite } from "../db/rows";
import { calls, type Conversation, type PiiKind } from "../db/schema";
import type { GuardedEvent } from "../events";
import { HOUR } from "../lib/time";
import { foldNotices, RANKS, type FoldedCall, type Notice } from "./fold";
import { stillAsRead, type OpenWork } from "./processed";
import { snapshotCall, type CallRow } from "./snapshot";

/** How long after its last notice the finalizer ends a call, in milliseconds: longer than any real conversation. */
export const FINALIZE_AFTER = 4 * HOUR;

/** Decisions about a call that do not come from its notices alone: its campaign and its operator. */
export type Placement = {
  campaignId: string | null;
  operatorId: string | null;
  quarantine: string | null;
  /** A person chose the campaign: from now on no notice changes it. False: a choice was taken back. */
  chosen?: boolean;
  /** When they chose. A choice from before does nothing any more. */
  chosenAt?: number;
  /** What is masked in what was said, and how; absent where nothing is. */
  mask?: Mask;
};

/** Masks these kinds of what may not be handed on in a conversation, and in the values that a platform sent beside it. */
export type Mask = {
  kinds: readonly PiiKind[];
  /** Whether what it was is kept beside it: not once that was deleted, nor where a campaign keeps no originals. */
  keepsOriginal: boolean;
  apply(conversation: Conversation): Conversation;
  values(custom: CallRow["custom"]): CallRow["custom"];
};

/** Whether a person chose the call's campaign. */
export function hasChosenCampaign({ ranks }: Pick<FoldedCall, "ranks">): boolean {
  return ranks["campaign"] === RANKS.chosen;
}

/** Whether a person chose where the call belongs, or took a choice back, after this moment. */
export function isChosenSince({ ranks }: Pick<FoldedCall, "ranks">, at: number): boolean {
  return (ranks[CHOSEN_AT] ?? 0) > at;
}

/** Among the ranks, for it is of the same kind: of two choices the later one counts, whichever is placed first. */
const CHOSEN_AT = "chosenAt";

function ranksWith(ranks: CallRow["ranks"], { chosen, chosenAt }: Placement): CallRow["ranks"] {
  const { campaign: _, ...others } = ranks;
  const after = chosen === undefined ? ranks : chosen ? { ...ranks, campaign: RANKS.chosen } : others;
  return chosenAt === undefined ? after : { ...after, [CHOSEN_AT]: chosenAt };
}

export type CallKey = { id: string; organizationId: string; sourceId: string; sourceKind: string; externalId: string };

/** A planned merge. The batch that writes it may still lose to another writer. */
export type MergePlan = {
  row: CallRow;
  known: CallRow | undefined;
  /** Whether there is anything to write. */
  changed: boolean;
  /** `call.completed`, `call.failed` or `call.updated`. */
  events: GuardedEvent[];
  /** SQL that is true when this plan, and not another writer's, made the row's current version. */
  guard: SQL;
};

/**
 * Plans what a call becomes when these notices are folded in; without notices, how a known call is placed now. `touch`
 * requests a new version even if no column changes, because rows that depend on the call are added with it: what these are
 * may depend on how it is placed. `writer` is
 * a token of this attempt.
 */
export function planMerge(
  key: CallKey,
  known: CallRow | undefined,
  notices: readonly Notice[],
  place: (folded: FoldedCall) => Placement,
  context: { now: number; writer: string; touch: boolean | ((placed: Placement) => boolean) },
): MergePlan {
  // Notices are folded into what was said, not into what is left of it.
  const whole = known?.unmasked?.conversation ? { ...known, conversation: known.unmasked.conversation } : known;
  const folded = foldNotices(whole, notices);
  const placement = place(folded);
  const { campaignId, operatorId, quarantine } = placement;
  const custom = placement.mask === undefined ? folded.custom : placement.mask.values(folded.custom);
  // What was masked once stays so, whatever is said again: also where that was in nothing but the values beside it.
  const remembers = (known?.unmasked ?? null) !== null || JSON.stringify(custom) !== JSON.stringify(folded.custom);
  const terminal = known?.terminal ?? (folded.state === "in_progress" ? null : folded.state);
  const row: CallRow = {
    ...key,
    ...folded,
    ...maskedConversation(folded.conversation, placement.mask, remembers),
    custom,
    campaignId,
    operatorId,
    quarantine,
    ranks: ranksWith(folded.ranks, placement),
    terminal,
    // Not a notice's: the end of an analysis writes them.
    talkStrip: known?.talkStrip ?? null,
    riskScore: known?.riskScore ?? null,
    // Placing a call anew does not extend the time until it is finalized.
    finalizeAt:
      known && notices.length === 0 ? known.finalizeAt : Math.max(known?.finalizeAt ?? 0, context.now + FINALIZE_AFTER),
    version: (known?.version ?? 0) + 1,
    writer: context.writer,
    createdAt: known?.createdAt ?? context.now,
    updatedAt: context.now,
  };
  const isTouched = typeof context.touch === "function" ? context.touch(placement) : context.touch;
  const changed = !known || isTouched || Object.keys(changedColumns(known, row)).length > 0;
  return {
    row,
    known,
    changed,
    events: eventsOf(known, row),
    guard: sql`EXISTS (SELECT 1 FROM ${calls} WHERE id = ${row.id} AND version = ${row.version} AND writer = ${row.writer})`,
  };
}

/**
 * The write of the plan unless another writer was faster, which `writtenOf` finds out. `open` is the open work at the
 * time of the plan: the events describe recordings and analyses, so these must be unchanged. `placed` is SQL that is
 * true while the call would still be placed the same way.
 */
export function writeMerge(plan: MergePlan, open: OpenWork, placed: SQL): RowWrite {
  const { row, known } = plan;
  if (!known) return insertRow(calls, row, placed);
  return {
    write: sql`UPDATE ${calls} SET ${assignments(calls, columnsToSet(known, row))}`,
    when: sql`${calls.id} = ${row.id} AND ${stillAsRead(row.id, known.version, open)} AND ${placed}`,
  };
}

/**
 * A query for the ids of the calls whose present version was made by these plans and not by another writer, for a
 * statement of several.
 */
export function writtenOf(plans: readonly MergePlan[]): Query<{ id: string }> {
  const versions = JSON.stringify(plans.map(({ row }) => [row.id, row.version, row.writer]));
  return {
    columns: { id: sql`seen.id` },
    from: sql`FROM json_each(${versions}) AS given CROSS JOIN ${calls} AS seen
      ON seen.id = given.value ->> 0 AND seen.version = given.value ->> 1 AND seen.writer = given.value ->> 2`,
  };
}

/** In bytes of JSON, so that both fit into a row (2 MB) beside everything else. */
const MOST_UNMASKED = 700_000;

/**
 * A conversation as it may be handed on, with what it was before where that differs and fits into the row. `remembers`: which
 * kinds are masked is kept also where nothing differs.
 */
function maskedConversation(
  conversation: Conversation | null,
  mask: Mask | undefined,
  remembers: boolean,
): Pick<CallRow, "conversation" | "unmasked"> {
  if (mask === undefined || mask.kinds.length === 0) return { conversation, unmasked: null };
  if (conversation === null)
    return { conversation, unmasked: remembers ? { kinds: [...mask.kinds], conversation } : null };
  const masked = mask.apply(conversation);
  const before = JSON.stringify(conversation);
  if (JSON.stringify(masked) === before && !remembers) return { conversation, unmasked: null };
  const fits = new TextEncoder().encode(before).length <= MOST_UNMASKED;
  const kinds = [...mask.kinds];
  if (!mask.keepsOriginal)
    return { conversation: masked, unmasked: { kinds, conversation: fits ? masked : null, dropped: true } };
  return { conversation: masked, unmasked: fits ? { kinds, conversation } : null };
}

function eventsOf(known: CallRow | undefined, row: CallRow): GuardedEvent[] {
  if (row.terminal === null) return [];
  const call = snapshotCall(row);
  if (!known?.terminal)
    return [{ type: row.terminal === "completed" ? "call.completed" : "call.failed", data: { call } }];
  const before: Record<string, unknown> = snapshotCall(known);
  const changed = Object.entries(call)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]))
    .map(([name]) => name);
  return changed.length > 0 ? [{ type: "call.updated", data: { call, changed } }] : [];
}

// Columns that alone do not make a change: those of the write itself, and the deadline of an open call.
const OWN = new Set(["version", "writer", "createdAt", "updatedAt", "finalizeAt"]);

/** The columns that a merge changed. */
function changedColumns(known: CallRow, row: CallRow): Partial<CallRow> {
  const before: Record<string, unknown> = known;
  const after: Record<string, unknown> = row;
  const changed: Record<string, unknown> = {};
  for (const name of Object.keys(getTableColumns(calls))) {
    if (OWN.has(name)) continue;
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) changed[name] = after[name];
  }
  return changed;
}

// What no merge changes: the last two are written with the end of an analysis.
const CONSTANT = new Set<string>([
  "id",
  "organizationId",
  "sourceId",
  "sourceKind",
  "externalId",
  "createdAt",
  "talkStrip",
  "riskScore",
] satisfies (keyof CallRow)[]);

// What stands in an index, which costs a row where it is set, and what may be a megabyte.
const ONLY_CHANGED = new Set<string>([
  "campaignId",
  "operatorId",
  "quarantine",
  "state",
  "startedAt",
  "conversation",
  "tags",
  "unmasked",
] satisfies (keyof CallRow)[]);

/** Updates of the same columns are one statement, so as many as possible set all that costs nothing. */
function columnsToSet(known: CallRow, row: CallRow): Partial<CallRow> {
  const changed = changedColumns(known, row);
  const { finalizeAt, ...rest } = row;
  const set = Object.entries(rest).filter(
    ([name]) => !CONSTANT.has(name) && (!ONLY_CHANGED.has(name) || name in changed),
  );
  return { ...Object.fromEntries(set), ...(row.state === "in_progress" ? { finalizeAt } : {}) };
}
