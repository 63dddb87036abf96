import { maskConversation, maskValue, type Repeats } from "../analysis";
import { planMerge, writeMerge, type CallRow, type FoldedCall, type Mask, type MergePlan } from "../calls";
import type { RowWrite } from "../db/rows";
import type { PiiKind } from "../db/schema";
import { redactedIn, rulesOf } from "../campaigns";
import { ensureOperator, learnReference, referenceKey, resolveOperator, type Resolution } from "../operators";
import { moveTask } from "../quality";
import { expectRecordings, writeExpectation, type Expectation } from "../recordings";
import {
  consequencesOfKept,
  openWorkOf,
  recordOf,
  type CallFile,
  type Consequences,
  type CallRecord,
} from "./consequences";
import { noteCause } from "../identity";
import { DAY } from "../lib/time";
import { requestLookUp } from "../sources";
import { wordsKeeper } from "./keeps-words";
import { isNewToRules, judgeUnheard, warnedOnce, type JudgeDeps } from "./judge-unheard";
import { admitted, placeInCampaign, type Campaign } from "./place-in-campaign";
import { consequencesOfFound, foundByPlatform, withFound, type PlatformFound } from "./platform-findings";
import { nameKey, type Read } from "./read-known";
import type { CallNotices } from "./call-notices";

/** `newWriter` makes a token that no other attempt has. */
export type MergeDeps = JudgeDeps & { newWriter(): string };

/** What becomes of one call, and what writes it; no writes where nothing changes. */
export type Merge = { reported: CallNotices; plan: MergePlan; writes?: CallWrites };

/** What is to be done about a call; where anything is, its writes are made once it is known what rules count of it. */
export type Planned = Omit<Merge, "writes"> & {
  /** The call as rules look at it, where it may be new to them. */
  toJudge?: CallFile | undefined;
  write?(repeats: Repeats): Promise<CallWrites>;
};

/** The call itself, its dependent rows, and its events with the rows they describe, written in this order. */
export type CallWrites = {
  call: RowWrite;
  dependents: RowWrite[];
  record: CallRecord;
  /** A reference that nobody had, whose it was taken to be, and whether it is theirs by this. */
  newReference: { key: string; operatorId: string | null; isLearned: boolean } | null;
};

const NOTHING_KNOWN = { call: undefined, recordings: [], analyses: [], actions: undefined };

/** Plans the merge of the notices of one call; undefined where none of them may concern it. */
export async function planCall(
  deps: MergeDeps,
  given: CallNotices,
  read: Read,
  now: number,
): Promise<Planned | undefined> {
  const known = read.known.get(given.key.id) ?? NOTHING_KNOWN;
  const ofOrganization = read.defaults.get(given.key.organizationId) ?? [];
  const reported = admitted(given, known.call, read.campaigns);
  if (!known.call && reported.notices.length === 0) return undefined;
  const replay = reported.notices.some((notice) => notice.replay);
  const facts = reported.notices.flatMap((notice) => notice.facts.recordings);
  const expectations = await expectRecordings(reported.key, known.recordings, facts, { now, replay });
  const maskIn = (campaignId: string | null) =>
    maskFor(
      known.call,
      read.campaigns.find(({ id }) => id === campaignId),
      ofOrganization,
    );
  const foundIn = (campaignId: string | null) =>
    foundByPlatform(reported, known.analyses, now, maskIn(campaignId).kinds);
  const keepsWords = await wordsKeeper(deps.db, reported.key, known.call, read.campaigns);
  const place = (folded: FoldedCall) => {
    const placed = placeInCampaign(folded, reported, known.call, read.campaigns);
    const mask = maskIn(placed.campaignId);
    return {
      ...placed,
      operatorId: whose(reported, folded, read).operatorId,
      mask: { ...mask, keepsOriginal: keepsWords({ ...folded, ...placed }, mask.kinds) },
    };
  };
  const plan = planMerge(reported.key, known.call, reported.notices, place, {
    now,
    writer: deps.newWriter(),
    touch: ({ campaignId }) => expectations.length > 0 || foundIn(campaignId).isMore,
  });
  if (!plan.changed) return { reported: given, plan };
  const found = foundIn(plan.row.campaignId);
  const operator = whose(reported, plan.row, read);
  const file: CallFile = {
    call: plan.row,
    recordings: recordingsAfter(known.recordings, expectations),
    analyses: withFound(known.analyses, found),
    actions: known.actions,
    rules: rulesOf(
      read.campaigns.find((campaign) => campaign.id === plan.row.campaignId),
      plan.row.sourceId,
      ofOrganization,
    ),
  };
  const toJudge = found.isMore || isNewToRules(known.call, plan.row) ? file : undefined;
  const write = async (repeats: Repeats): Promise<CallWrites> => {
    const judged = toJudge && (await judgeUnheard({ ...deps, repeats }, file, plan.guard, now));
    const whole = judged ? { ...file, analyses: judged.analyses } : file;
    const led = consequences(plan, whole, found, now);
    const told = warnedOnce([...led.facts, ...(judged?.facts ?? [])]);
    const record = { ...led, facts: told, rows: [...led.rows, ...(judged?.rows ?? [])] };
    const introduced = await introduce(operator, reported, plan, now);
    return {
      call: writeMerge(plan, openWorkOf(known), operator.holds),
      dependents: [
        ...introduced.rows,
        ...(isPlacedElsewhere(plan) ? moveTask(plan.row, plan.guard, now) : []),
        ...expectations.map((expectation) => writeExpectation(expectation, plan.guard)),
        ...(isHeldBack(plan) && typeof reported.campaign !== "object" ? [noteHeldBack(plan, now)] : []),
        ...(isToLookUp(reported, plan.row) ? [requestLookUp(reported.key, plan.guard, now)] : []),
      ],
      record: await recordOf(deps.bucket, whole, record, plan.guard, now),
      newReference: introduced.reference,
    };
  };
  return { reported: given, plan, toJudge, write };
}

/**
 * What is masked in a call: what its campaign says, or without one its organization, and what was masked in it before.
 */
function maskFor(
  known: CallRow | undefined,
  campaign: Campaign | undefined,
  ofOrganization: readonly PiiKind[],
): Omit<Mask, "keepsOriginal"> {
  const wanted = campaign === undefined ? ofOrganization : redactedIn(campaign.settings);
  const kinds = [...new Set([...wanted, ...(known?.unmasked?.kinds ?? [])])];
  return {
    kinds,
    apply: (conversation) => maskConversation(conversation, kinds),
    values: (custom) => maskValue(custom, kinds) as CallRow["custom"],
  };
}

/** Whether a call leaves quarantine by this plan. */
export function isReleased({ known, row }: MergePlan): boolean {
  return known !== undefined && known.quarantine !== null && row.quarantine === null;
}

/** Whether a call comes into quarantine by this plan. */
function isHeldBack({ known, row }: MergePlan): boolean {
  return row.quarantine !== null && (known?.quarantine ?? null) === null;
}

/** People are notified of a source's unassigned calls once a day, however many there are: one cause has them all. */
function noteHeldBack({ row, guard }: MergePlan, now: number): RowWrite {
  const { organizationId, sourceId: subjectId } = row;
  const kind = "call_unassigned" as const;
  const nowhere = { campaignId: null, operatorId: null, teamId: null };
  return noteCause({ organizationId, kind, subjectId, ...nowhere, createdAt: now }, guard, now - (now % DAY));
}

function whose(
  { key }: CallNotices,
  folded: Pick<CallRow, "operatorName" | "operatorReference">,
  read: Read,
): Resolution {
  const { organizationId } = key;
  const { operatorName: name, operatorReference: reference } = folded;
  const nameId = name === null ? null : (read.nameIds.get(nameKey({ organizationId, name })) ?? null);
  return resolveOperator(read.directory, { organizationId, nameId, reference });
}

/** An operator nobody knew, and whose a reference is that nobody knew. Only a notice teaches; placing anew does not. */
async function introduce(
  { isNew, newReference }: Resolution,
  { key: { organizationId }, notices }: CallNotices,
  plan: MergePlan,
  now: number,
): Promise<{ rows: RowWrite[]; reference: CallWrites["newReference"] }> {
  const { operatorName: name } = plan.row;
  const rows: RowWrite[] = [];
  const teaches = notices.length > 0;
  if (teaches && isNew && name !== null) rows.push((await ensureOperator({ organizationId, name, now })).write);
  if (newReference === null) return { rows, reference: null };
  const { reference, operatorId } = newReference;
  const isLearned = teaches && operatorId !== null;
  if (isLearned) rows.push(learnReference({ organizationId, reference, operatorId, createdAt: now }, plan.guard));
  return { rows, reference: { key: referenceKey({ organizationId, reference }), operatorId, isLearned } };
}

/**
 * A call is looked up where the platform's list could not show everything, or where a notice asks for it and neither
 * party is known: after a look-up one is.
 */
function isToLookUp({ canLookUp, notices }: CallNotices, row: CallRow): boolean {
  const wanting = notices.filter(({ facts }) => facts.lookUp === true);
  return canLookUp === true && wanting.some(({ listed }) => listed === true || isNameless(row));
}

function isNameless({ fromRaw, toRaw }: Pick<CallRow, "fromRaw" | "toRaw">): boolean {
  return fromRaw === null && toRaw === null;
}

function isPlacedElsewhere({ known, row }: MergePlan): boolean {
  return known !== undefined && (known.operatorId !== row.operatorId || known.campaignId !== row.campaignId);
}

/**
 * The call's own events, what its platform found, and, when it has just left quarantine, what its kept recordings were
 * held back from.
 */
function consequences(plan: MergePlan, file: CallFile, found: PlatformFound, now: number): Consequences {
  const kept = isReleased(plan) ? file.recordings.filter((recording) => recording.state === "completed") : [];
  const held = kept.map((recording) => consequencesOfKept(file, recording, plan.guard, now));
  // Each recording would create the call's one task: the first one does.
  const facts = held.flatMap((one, index) => one.facts.filter(({ type }) => index === 0 || type !== "task.created"));
  const opensWork = held.some((one) => one.opensWork);
  const own = consequencesOfFound(found, file, plan.guard, now);
  return {
    facts: [...plan.events, ...own.facts, ...facts],
    rows: [...own.rows, ...held.flatMap((one) => one.rows)],
    opensWork,
  };
}

function recordingsAfter(known: CallFile["recordings"], expectations: readonly Expectation[]): CallFile["recordings"] {
  const rows = new Map(known.map((row) => [row.id, row]));
  for (const { row } of expectations) rows.set(row.id, row);
  return [...rows.values()];
}
