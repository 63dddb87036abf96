import { conversationFacts, EMPTY_CONVERSATION, outgrows, type Conversation } from "./conversation";
import type { CallFacts } from "./facts";
import type { CallRow } from "./snapshot";
import { SECOND } from "../lib/time";
import { changedTags, MAX_TAGS } from "./tags";

// Notices of one call arrive twice, late and in any order, and the same set must always give the same call. Each value
// therefore remembers the rank of its notice: a higher rank wins; between equal ranks the greater value wins, whichever
// came first.

/**
 * Ranks by what a notice is about. A notice about the end of the call outranks the others, and one that knows whether
 * the call was answered outranks one that does not. `chosen`, a person's decision, outranks them all.
 */
export const RANKS = {
  placeholder: -1,
  progress: 0,
  finalizer: 1,
  ended: 1.5,
  unanswered: 1.6,
  failed: 2,
  completed: 3,
  corrected: 3.5,
  chosen: 4,
} as const;

const RANK_OF = {
  in_progress: RANKS.progress,
  ended: RANKS.ended,
  unanswered: RANKS.unanswered,
  failed: RANKS.failed,
  completed: RANKS.completed,
} as const;

/** The columns of a call that its notices determine. */
export type FoldedCall = Pick<
  CallRow,
  | "state"
  | "direction"
  | "fromRaw"
  | "fromE164"
  | "toRaw"
  | "toE164"
  | "providerStatus"
  | "error"
  | "startedAt"
  | "startedAtRaw"
  | "answeredAt"
  | "endedAt"
  | "durationSeconds"
  | "talkSeconds"
  | "operatorName"
  | "operatorReference"
  | "account"
  | "campaignNumber"
  | "custom"
  | "conversation"
  | "tags"
  | "ranks"
>;

/** The facts of one notice, when it was received (milliseconds), and whether it was replayed. */
export type Notice = { facts: CallFacts; receivedAt: number; replay: boolean; rank?: number };

type Value = string | number | null | undefined;
type Scalar = Exclude<keyof FoldedCall, "custom" | "conversation" | "tags" | "ranks">;

const MAX_CUSTOM_KEYS = 100;

/** Folds notices into a known call, or into a new one. Pure. */
export function foldNotices(known: FoldedCall | undefined, notices: readonly Notice[]): FoldedCall {
  const call = known ? { ...known, custom: { ...known.custom }, ranks: { ...known.ranks } } : emptyCall();
  for (const notice of notices) foldNotice(call, notice);
  return call;
}

function foldNotice(call: FoldedCall, { facts, receivedAt, replay, rank = rankOf(facts) }: Notice): void {
  if (call.ranks.startedAt === RANKS.placeholder) call.startedAt = Math.min(call.startedAt, receivedAt);
  const take = (key: Scalar, value: Value, as: number = rank, isBetter?: typeof isEarlier): void => {
    if (value === null || value === undefined || value === "") return;
    if (!wins<NonNullable<Value>>(value, as, call[key], call.ranks[key], replay, isBetter)) return;
    Object.assign(call, { [key]: value });
    call.ranks[key] = as;
  };
  take("state", facts.outcome && stateOfOutcome(facts.outcome));
  take("direction", facts.direction);
  take("fromRaw", facts.from);
  take("fromE164", facts.fromE164);
  take("toRaw", facts.to);
  take("toE164", facts.toE164);
  take("providerStatus", facts.providerStatus);
  // The finalizer's error is Trunkline's own. Any error that the platform sends outranks it.
  take("error", facts.error, rank === RANKS.finalizer ? RANKS.placeholder : rank);
  take("startedAt", facts.startedAt, rank, isEarlier);
  take("startedAtRaw", facts.startedAtRaw, rank, isEarlier);
  take("answeredAt", facts.answeredAt, rank, isEarlier);
  take("endedAt", facts.endedAt);
  take("durationSeconds", facts.durationSeconds);
  take("talkSeconds", facts.talkSeconds);
  take("operatorName", facts.operatorName);
  take("operatorReference", facts.operatorReference);
  take("account", facts.account);
  take("campaignNumber", facts.campaignNumber);
  for (const [key, value] of Object.entries(facts.custom ?? {})) takeCustom(call, key, value, rank, replay);
  boundCustom(call);
  for (const tag of facts.tags ?? []) takeTag(call, tag, rank);
  takeConversation(call, conversationFacts(facts), rank, replay);
  dropFinalizersError(call);
  noteAnswer(call, facts);
  deriveDuration(call);
}

/**
 * How long a call took of which notices gave only when it began and ended, whichever of them came first. A length that any
 * notice gives outranks it.
 */
function deriveDuration(call: FoldedCall): void {
  const { ranks, startedAt, endedAt } = call;
  if (call.durationSeconds !== null && ranks.durationSeconds !== RANKS.placeholder) return;
  // Without a start of their own, calls have the moment of their first notice.
  if (ranks.startedAt === RANKS.placeholder || endedAt === null || endedAt < startedAt) return;
  call.durationSeconds = (endedAt - startedAt) / SECOND;
  ranks.durationSeconds = RANKS.placeholder;
}

/** Of two start times the earlier one counts: `initiated` comes before `ringing`. */
function isEarlier(value: NonNullable<Value>, known: NonNullable<Value>): boolean {
  return value < known;
}

/** The state of a call of which only this outcome is known. */
export function stateOfOutcome(outcome: NonNullable<CallFacts["outcome"]>): FoldedCall["state"] {
  if (outcome === "ended") return "completed";
  return outcome === "unanswered" ? "failed" : outcome;
}

/**
 * A call that ended without an outcome and was answered is completed, even if another of its legs failed. The mark is
 * never removed, so the order of the notices does not matter.
 */
function noteAnswer(call: FoldedCall, { outcome, answeredAt, talkSeconds }: CallFacts): void {
  const { ranks } = call;
  if (outcome === "ended" || outcome === "unanswered") ranks["over"] = RANKS.progress;
  if (typeof answeredAt === "number" || (talkSeconds ?? 0) > 0) ranks["answered"] = RANKS.progress;
  const isAnswered = ranks["over"] !== undefined && ranks["answered"] !== undefined;
  if (isAnswered && call.state === "failed") call.state = "completed";
  if (isAnswered || ranks.state === RANKS.completed) dropErrorOfLeg(call);
}

/** A completed call has no error, even if one of its legs failed. Nothing undoes this, so the order does not matter. */
function dropErrorOfLeg(call: FoldedCall): void {
  const { error = RANKS.placeholder } = call.ranks;
  if (error === RANKS.placeholder || error >= RANKS.completed) return;
  call.error = null;
  delete call.ranks.error;
}

/** Once the platform has sent the end, the finalizer's error is removed. */
function dropFinalizersError(call: FoldedCall): void {
  if (call.ranks.error !== RANKS.placeholder || (call.ranks.state ?? RANKS.placeholder) <= RANKS.finalizer) return;
  call.error = null;
  delete call.ranks.error;
}

/** A transcript grows while the call goes on: between equal ranks the fuller one wins. */
function takeConversation(call: FoldedCall, reported: Partial<Conversation>, rank: number, replay: boolean): void {
  for (const [key, value] of Object.entries(reported)) {
    const name = `conversation.${key}`;
    const known =
      call.ranks[name] === undefined ? null : JSON.stringify(call.conversation?.[key as keyof Conversation]);
    if (!wins(JSON.stringify(value), rank, known, call.ranks[name], replay, outgrows)) continue;
    call.conversation = { ...(call.conversation ?? EMPTY_CONVERSATION), [key]: value };
    call.ranks[name] = rank;
  }
}

function takeCustom(call: FoldedCall, key: string, value: unknown, rank: number, replay: boolean): void {
  const name = `custom.${key}`;
  const text = JSON.stringify(value) as string | undefined;
  const known = Object.hasOwn(call.custom, key) ? JSON.stringify(call.custom[key]) : null;
  if (text === undefined || !wins(text, rank, known, call.ranks[name], replay)) return;
  call.custom[key] = value;
  call.ranks[name] = rank;
}

/** A tag that a notice gave before stays off where a person took it off: the ranks remember that it was given. */
function takeTag(call: FoldedCall, tag: string, rank: number): void {
  const name = `tag.${tag}`;
  if (call.ranks[name] !== undefined || call.tags.length >= MAX_TAGS) return;
  call.ranks[name] = rank;
  call.tags = changedTags(call.tags, { add: [tag] });
}

/**
 * Keeps the keys of the highest rank, then the first in alphabetical order. A key's rank only grows, so a key that is
 * dropped once would be dropped in any order of the notices.
 */
function boundCustom(call: FoldedCall): void {
  const keys = Object.keys(call.custom);
  if (keys.length <= MAX_CUSTOM_KEYS) return;
  const rankOfKey = (key: string) => call.ranks[`custom.${key}`] ?? RANKS.placeholder;
  const byWorth = keys.toSorted((one, other) => rankOfKey(other) - rankOfKey(one) || (one < other ? -1 : 1));
  for (const key of byWorth.slice(MAX_CUSTOM_KEYS)) {
    delete call.custom[key];
    delete call.ranks[`custom.${key}`];
  }
}

function wins<T extends NonNullable<Value>>(
  value: T,
  rank: number,
  known: T | null | undefined,
  knownRank: number | undefined,
  replay: boolean,
  isGreater: (value: T, known: T) => boolean = (one, other) => one > other,
): boolean {
  if (known === null || known === undefined) return true;
  if (knownRank === undefined || rank > knownRank) return true;
  if (rank < knownRank) return false;
  // A replay follows a fix in Trunkline: its values replace what the same notice gave before.
  return replay ? value !== known : isGreater(value, known);
}

function rankOf(facts: CallFacts): number {
  if (facts.corrects === true) return RANKS.corrected;
  const rank = RANK_OF[facts.outcome ?? "in_progress"];
  // Between the placeholder and progress, and in the same order among themselves.
  return facts.secondary === true ? rank / 10 - 0.9 : rank;
}

function emptyCall(): FoldedCall {
  return {
    state: "in_progress",
    direction: null,
    fromRaw: null,
    fromE164: null,
    toRaw: null,
    toE164: null,
    providerStatus: null,
    error: null,
    startedAt: Infinity,
    startedAtRaw: null,
    answeredAt: null,
    endedAt: null,
    durationSeconds: null,
    talkSeconds: null,
    operatorName: null,
    operatorReference: null,
    account: null,
    campaignNumber: null,
    custom: {},
    conversation: null,
    tags: [],
    ranks: { state: RANKS.placeholder, startedAt: RANKS.placeholder },
  };
}
