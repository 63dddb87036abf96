import { sql } from "drizzle-orm";
import {
  askedOnce,
  countAnswers,
  countSpend,
  giveBack,
  loadEngine,
  metered,
  monthNumber,
  readCallTranscript,
  type AnalysisRow,
  type LoadDeps,
  type Occasion,
  type ScorePolicy,
} from "../analysis";
import {
  changeTags,
  normalizeTag,
  platformAnalysisIdOf,
  snapshotCall,
  snapshotConversation,
  type CallRow,
  type TagDeps,
} from "../calls";
import { runBatch } from "../db/client";
import { writeRow } from "../db/rows";
import { FULL_REACH, systemAct } from "../identity";
import type { Mailer } from "../lib/mail";
import { HOUR, toIso } from "../lib/time";
import { assignCalls, assignTaskToTeam, type ReviewDeps } from "../quality";
import type { KeptAction } from "./action";
import { askEngineOf, priceOf, questionOf } from "./ask";
import { mailTo } from "./mail";
import { postTo, standardHeaders, type EndpointSigner } from "./post";
import { snapshotActions, type Step } from "./step";
import { readActiveAction, type ActionDeps } from "./campaign-actions";

/** What running an action needs of the right: how an endpoint's requests are signed, and what a letter says. */
export type RunDeps = ActionDeps &
  LoadDeps &
  TagDeps &
  ReviewDeps & {
    bucket: R2Bucket;
    endpointSigner: EndpointSigner;
    mailer: Mailer | null;
    /** The letter of an action, in the language of its reader. */
    actionLetter(letter: {
      organizationId: string;
      language: string | null;
      action: string;
      text: string;
      callId: string;
    }): Promise<{ subject: string; text: string }>;
    now(): number;
  };

/** A call as its actions see it, with what was found of it. */
export type ActedCall = {
  call: CallRow;
  analyses: readonly AnalysisRow[];
  /** As events have them. */
  recordings: readonly object[];
  analysisViews: readonly object[];
  policy: ScorePolicy;
};

/**
 * What came of one try: it is done, with its result; it failed for good; or the next try may succeed. `again`: what is
 * kept where the next try is not made any more. `unbilled`: an engine that was to be asked has answered nothing so far.
 */
export type Outcome =
  | { kind: "done"; result: unknown }
  | { kind: "failed"; reason: string; result?: unknown; unbilled?: boolean }
  | { kind: "again"; reason: string; result?: unknown; unbilled?: boolean };

/**
 * Does one action, as Trunkline. What it did before a crash it may do twice; tags and tasks are the same then, and so is
 * what an engine answered.
 */
export async function runAction(
  deps: RunDeps,
  acted: ActedCall,
  step: Step,
  earlier: readonly Step[],
): Promise<Outcome> {
  const { call } = acted;
  const { action } = step;
  switch (action.kind) {
    case "tag":
      return tag(deps, call, action);
    case "assign":
      return assign(deps, call, action);
    case "webhook":
      return webhook(deps, acted, action, earlier);
    case "email":
      return mailTo(deps, call, action);
    case "ask":
      return ask(deps, acted, action, occasionOf(call, step));
  }
}

/** Another one where somebody has the action done again: then its engine is asked anew. */
function occasionOf({ id }: CallRow, { action, startedAt }: Step): Occasion {
  return { folder: platformAnalysisIdOf(id), name: `${action.id}-${startedAt}` };
}

type Of<K extends KeptAction["kind"]> = Extract<KeptAction, { kind: K }>;

async function tag(deps: RunDeps, call: CallRow, action: Of<"tag">): Promise<Outcome> {
  const normal = (tags: readonly string[]) => tags.flatMap((one) => normalizeTag(one) ?? []);
  const change = { add: normal(action.add), remove: normal(action.remove) };
  const target = { organizationId: call.organizationId, reach: FULL_REACH, callId: call.id };
  const changed = await changeTags(deps, { ...target, change }, systemAct(deps.now()));
  if (!changed.ok) return { kind: "failed", reason: `refused: ${saysOf(changed.error)}` };
  return { kind: "done", result: { tags: changed.value.tags, changed: changed.value.changed } };
}

async function assign(deps: RunDeps, call: CallRow, action: Of<"assign">): Promise<Outcome> {
  const now = deps.now();
  const dueAt = action.due_hours === null ? undefined : now + action.due_hours * HOUR;
  const { organizationId, id: callId } = call;
  if (action.team_id !== null) {
    const given = await assignTaskToTeam(deps.db, { organizationId, callId, teamId: action.team_id, dueAt }, now);
    return given.ok
      ? { kind: "done", result: { team_id: action.team_id, due_at: toIso(dueAt ?? null) } }
      : { kind: "failed", reason: `refused: ${saysOf(given.error)}` };
  }
  const choice = { reviewerId: action.reviewer_id, dueAt };
  const outcomes = await assignCalls(
    deps,
    { organizationId, reach: FULL_REACH, callIds: [callId], choice },
    systemAct(now),
  );
  const given = outcomes.get(callId);
  if (given?.ok) return { kind: "done", result: { reviewer_id: action.reviewer_id, due_at: toIso(dueAt ?? null) } };
  return { kind: "failed", reason: `refused: ${given ? saysOf(given.error) : "the call has no task"}` };
}

/** The body of a request: the call with what was found, and what the actions before came to. */
export function bodyOf(
  { call, recordings, analysisViews }: ActedCall,
  { id, name }: Pick<KeptAction, "id" | "name">,
  earlier: readonly Step[],
  at: number,
): string {
  return JSON.stringify({
    type: "call.action",
    timestamp: toIso(at),
    data: {
      action: { id, name },
      call: snapshotCall(call),
      recordings,
      analyses: analysisViews,
      conversation: snapshotConversation(call),
      actions: snapshotActions({ steps: earlier }),
    },
  });
}

/** The id of an action's request about a call: the same each time, so that a receiver knows a repetition. */
export function requestIdOf(call: Pick<CallRow, "id">, { id }: Pick<KeptAction, "id">): string {
  return `${id}_${call.id.slice("call_".length)}`;
}

async function webhook(
  deps: RunDeps,
  acted: ActedCall,
  action: Of<"webhook">,
  earlier: readonly Step[],
): Promise<Outcome> {
  const { call } = acted;
  // An address that was taken away gets no call any more, however long ago the step began.
  const known = await readActiveAction(deps, call.campaignId ?? "", action.id);
  const isSame =
    known?.action.kind === "webhook" &&
    known.action.url === action.url &&
    known.action.endpoint_id === action.endpoint_id;
  if (!known || !isSame)
    return { kind: "failed", reason: "gone: the action was deleted or turned off, or has another address by now" };
  const request = { id: requestIdOf(call, action), body: bodyOf(acted, action, earlier, deps.now()), now: deps.now() };
  if (action.endpoint_id !== null) {
    const signed = await deps.endpointSigner(call.organizationId, action.endpoint_id, request);
    return signed
      ? postTo(deps, signed.url, signed.headers, request.body)
      : { kind: "failed", reason: "gone: the endpoint was deleted" };
  }
  if (known.secret === undefined || action.url === null)
    return { kind: "failed", reason: "gone: the action has no secret any more" };
  return postTo(deps, action.url, await standardHeaders(known.secret, request), request.body);
}

/** What an engine needs to be asked. */
type QuestionDeps = LoadDeps & { bucket: R2Bucket; now(): number };

/** Asks the engine of a step, whatever its conditions. */
export async function runQuestion(deps: QuestionDeps, acted: ActedCall, { action }: Step): Promise<Outcome> {
  if (action.kind !== "ask") throw new Error(`the action ${action.id} asks nothing`);
  return ask(deps, acted, action);
}

/** Asks an engine, and says of a question that failed whether there is anything to pay. */
async function ask(deps: QuestionDeps, acted: ActedCall, action: Of<"ask">, occasion?: Occasion): Promise<Outcome> {
  const { outcome, billed } = await asked(deps, acted, action, occasion);
  if (outcome.kind === "done" || billed > 0) return outcome;
  // What an earlier try was answered is kept, also where this one could not ask. Where nobody can tell it stays counted.
  const earlier = occasion ? await countAnswers(deps.bucket, occasion).catch(() => 1) : 0;
  return { ...outcome, unbilled: earlier === 0 };
}

async function asked(
  deps: QuestionDeps,
  { call, analyses, policy }: ActedCall,
  action: Of<"ask">,
  occasion?: Occasion,
): Promise<{ outcome: Outcome; billed: number }> {
  const unasked = (reason: string) => ({ outcome: { kind: "failed" as const, reason }, billed: 0 });
  const transcript = await readCallTranscript(deps.bucket, call, analyses, {});
  if (!transcript || transcript.spoken.length === 0) return unasked("no_transcript: nobody made words of this call");
  const loaded = await loadEngine(deps, { organizationId: call.organizationId, name: action.engine });
  if (!loaded.ok) return unasked(loaded.error);
  if (loaded.value.kind !== "scorer") return unasked(`unknown_engine: ${action.engine} is no language model`);
  const question = questionOf(action, call, transcript.spoken, policy);
  const { model, microsPerMinute } = loaded.value;
  const { organizationId } = call;
  const price = {
    organizationId,
    engine: action.engine,
    ...priceOf(transcript.spoken, microsPerMinute),
    month: monthNumber(deps.now()),
  };
  // The first request was paid for before the step began; an answer that has to be repaired is another.
  let paid = 1;
  const pay = async (requests: number) => {
    const isPaid = requests === 1 || (await countSpend(deps.db, organizationId, price));
    if (isPaid) paid = requests;
    return isPaid;
  };
  const asking = metered(model, pay, (one) => (occasion ? askedOnce(deps.bucket, occasion, one) : one));
  const outcome = await askEngineOf(asking.model, action, question);
  if (price.micros > 0 && paid > 1 && asking.billed() < paid)
    await runBatch(deps.db, [writeRow(deps.db, giveBack(price, sql`TRUE`))]);
  return { outcome, billed: asking.billed() };
}

/** What asking an engine about a call costs; null where it is not asked anything, or for nothing. */
export async function spendingOf(
  deps: QuestionDeps,
  { call, analyses }: ActedCall,
  { action }: Step,
  now: number,
): Promise<Step["spent"]> {
  if (action.kind !== "ask") return null;
  const transcript = await readCallTranscript(deps.bucket, call, analyses, {});
  const loaded = await loadEngine(deps, { organizationId: call.organizationId, name: action.engine });
  if (!transcript || !loaded.ok || loaded.value.kind !== "scorer") return null;
  return {
    engine: action.engine,
    ...priceOf(transcript.spoken, loaded.value.microsPerMinute),
    month: monthNumber(now),
  };
}

export function saysOf(error: {
  kind: string;
  message?: string;
  fields?: { message: string }[];
  what?: string;
}): string {
  return (
    error.message ?? error.fields?.[0]?.message ?? (error.what === undefined ? error.kind : `there is no ${error.what}`)
  );
}
