import { conversationFacts, EMPTY_CONVERSATION, outgrows, type Conversation } from "./conversation";
import type { CallFacts } from "./facts";
import type { CallRow } from "./snapshot";

// Notices of one call arrive doubled, late and in any order, and the same set must always end in the same call. So
// each value remembers the rank of the notice it came from: a higher rank wins, and between equal ranks the greater
// value does, whichever came first.

/**
 * What a notice knows: everything it can say rests on whether it tells of the call's end. An end that says nothing of an
 * answer counts less than one that says there was none: the last word is not the whole story. `chosen` is above all of
 * them: what a person decided.
 */
export const RANKS = {
  placeholder: -1,
  progress: 0,
  finalizer: 1,
  ended: 1.5,
  unanswered: 1.6,
  failed: 2,
  completed: 3,
  chosen: 4,
} as const;

const RANK_OF = {
  in_progress: RANKS.progress,
  ended: RANKS.ended,
  unanswered: RANKS.unanswered,
  failed: RANKS.failed,
  completed: RANKS.completed,
} as const;

/** The columns of a call that notices decide. */
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
  | "ranks"
>;

/** One notice's facts with when it was received (milliseconds) and whether an operator replayed it after a fix. */
export type Notice = { facts: CallFacts; receivedAt: number; replay: boolean; rank?: number };

type Value = string | number | null | undefined;
type Scalar = Exclude<keyof FoldedCall, "custom" | "conversation" | "ranks">;

const MAX_CUSTOM_KEYS = 100;

/** The call as it stands after the notices, starting from what was known (or nothing). Pure. */
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
  // What the finalizer says is ours: any error of the platform counts more.
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
  takeConversation(call, conversationFacts(facts), rank, replay);
  dropFinalizersError(call);
  noteAnswer(call, facts);
}

/** Of two beginnings the first is meant: `initiated` comes before `ringing`. */
function isEarlier(value: NonNullable<Value>, known: NonNullable<Value>): boolean {
  return value < known;
}

/** The state of a call of which only this is known. */
export function stateOfOutcome(outcome: NonNullable<CallFacts["outcome"]>): FoldedCall["state"] {
  if (outcome === "ended") return "completed";
  return outcome === "unanswered" ? "failed" : outcome;
}

/**
 * A call that is over by a word that says nothing of an answer, and in which somebody answered, is completed, also where
 * another leg of it failed. What is noted never goes away, so that the order of the notices does not matter.
 */
function noteAnswer(call: FoldedCall, { outcome, answeredAt, talkSeconds }: CallFacts): void {
  const { ranks } = call;
  if (outcome === "ended" || outcome === "unanswered") ranks["over"] = RANKS.progress;
  if (typeof answeredAt === "number" || (talkSeconds ?? 0) > 0) ranks["answered"] = RANKS.progress;
  const isAnswered = ranks["over"] !== undefined && ranks["answered"] !== undefined;
  if (isAnswered && call.state === "failed") call.state = "completed";
  if (isAnswered || ranks.state === RANKS.completed) dropErrorOfLeg(call);
}

/** Why one leg failed is no error of a call that another one completed. Nothing takes that back, so no order matters. */
function dropErrorOfLeg(call: FoldedCall): void {
  const { error = RANKS.placeholder } = call.ranks;
  if (error === RANKS.placeholder || error >= RANKS.completed) return;
  call.error = null;
  delete call.ranks.error;
}

/** Once the platform has told of the end itself, nothing is left of our having missed it. */
function dropFinalizersError(call: FoldedCall): void {
  if (call.ranks.error !== RANKS.placeholder || (call.ranks.state ?? RANKS.placeholder) <= RANKS.finalizer) return;
  call.error = null;
  delete call.ranks.error;
}

/** What was said grows while a call goes on: between equal ranks the one that says more wins. */
function takeConversation(call: FoldedCall, said: Partial<Conversation>, rank: number, replay: boolean): void {
  for (const [key, value] of Object.entries(said)) {
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

/**
 * Keeps the keys of the highest rank, and of those the first in their alphabet. A key's rank only grows, so one that is
 * left out once would be left out in any order of the notices.
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
  // A replay follows a correction of ours: what it reads now replaces what the same notice said before.
  return replay ? value !== known : isGreater(value, known);
}

function rankOf(facts: CallFacts): number {
  const rank = RANK_OF[facts.outcome ?? "in_progress"];
  // Between the placeholder and progress, in the same order among themselves.
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
    ranks: { state: RANKS.placeholder, startedAt: RANKS.placeholder },
  };
}
