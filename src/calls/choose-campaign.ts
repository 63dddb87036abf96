import type { Database } from "../db/client";
import { readCampaign, readRedactions, redactedOf } from "../campaigns";
import { invalid, notFound, type DomainError } from "../errors";
import { isLimited, recordAct, type Act, type Within } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { MAX_PLACED, type PlacementMessage } from "../queues/messages";
import type { OpenInbox } from "../queues/senders";
import { readCallHeads } from "./list";
import { hasChosenCampaign } from "./merge";
import { MOVED_BACK, pickWaiting, type WaitingFilter } from "./quarantine";
import { readCall } from "./read";
import type { CallHead } from "./snapshot";

export type ChoiceDeps = { db: Database; inbox: OpenInbox };

/**
 * The result of a choice for many calls: how many match, how many are being placed now, and how many are left. `more`:
 * more match and are left than counted.
 */
export type ChoiceCounts = { matched: number; placed: number; left: number; more: boolean };

/** Who moves calls. `hearsAll`: they may hear and read what redaction takes out (`originals:read`). */
type Mover = Within & { hearsAll: boolean };

/** Where calls are to be: in this campaign, or with null back among those that wait for one. */
type Where = Within & { campaignId: string | null };

/**
 * Chooses the campaign of one call, in quarantine or not, or moves it back there (`reason`: why it waits). The ingest queue
 * places the call a moment later.
 */
export async function chooseCampaign(
  { db, inbox }: ChoiceDeps,
  choice: Mover & Where & { callId: string; reason?: string | undefined },
  act: Act,
): Promise<Result<{ callId: string; campaignId: string | null }, DomainError>> {
  const { organizationId, reach, callId, reason } = choice;
  const call = await readCall(db, { organizationId, reach, id: callId });
  if (!call.ok) return call;
  const where = await findPlace(db, choice);
  if (!where.ok) return where;
  const campaignId = where.value;
  const opens = await readOpening(db, choice, campaignId);
  if (opens(call.value)) return err(MAY_HEAR_ALL);
  const before = { campaign_id: call.value.campaignId };
  await recordChoice(db, { organizationId, callIds: [callId], campaignId, before }, act);
  await inbox.put(placement({ organizationId, callIds: [callId], campaignId, reason, onlyWaiting: false }, act));
  return ok({ callId, campaignId });
}

/**
 * Chooses the campaign of the matching calls in quarantine, the oldest first, at most `limit`. A dry run only counts.
 */
export async function chooseCampaignOfWaiting(
  { db, inbox }: ChoiceDeps,
  choice: Mover & { campaignId: string; filter: WaitingFilter; limit: number; dryRun: boolean },
  act: Act,
): Promise<Result<ChoiceCounts, DomainError>> {
  const { organizationId, reach, filter, limit, dryRun } = choice;
  const campaign = await findCampaign(db, choice);
  if (!campaign.ok) return campaign;
  const campaignId = campaign.value;
  const opens = await readOpening(db, choice, campaignId);
  if (opens({ campaignId: null })) return err(MAY_HEAR_ALL);
  const { ids, matched, more } = await pickWaiting(db, { organizationId, reach, filter, limit });
  if (dryRun) return ok({ matched, placed: 0, left: matched, more });
  await place({ db, inbox }, { organizationId, callIds: ids, campaignId, onlyWaiting: true }, act);
  return ok({ matched, placed: ids.length, left: Math.max(0, matched - ids.length), more });
}

/** Where a call was before a choice, and whether a person had put it there. */
export type CallPlace = { campaignId: string | null; reason: string | null; chosen: boolean };

/** Whether a call was changed, and where it was before. */
export type Moved = { changed: boolean; before?: CallPlace };

/**
 * Chooses where these calls belong, in quarantine or not; those in quarantine alone with `onlyWaiting`. A call for which
 * that was chosen already is left as it is.
 */
export async function chooseCampaignOfCalls(
  deps: ChoiceDeps,
  {
    callIds,
    onlyWaiting = false,
    ...choice
  }: Mover & Where & { callIds: readonly string[]; onlyWaiting?: boolean | undefined },
  act: Act,
): Promise<Map<string, Result<Moved, DomainError>>> {
  const { organizationId, reach } = choice;
  const [where, known] = await Promise.all([
    findPlace(deps.db, choice),
    readCallHeads(deps.db, { organizationId, reach, ids: callIds }),
  ]);
  if (!where.ok) return new Map(callIds.map((id) => [id, where]));
  const campaignId = where.value;
  const isLeft = (call: CallHead) =>
    (onlyWaiting && call.quarantine === null) || (call.campaignId === campaignId && hasChosenCampaign(call));
  const opens = await readOpening(deps.db, choice, campaignId);
  const isRefused = (call: CallHead) => !isLeft(call) && opens(call);
  const toPlace = known.filter((call) => !isLeft(call) && !opens(call)).map(({ id }) => id);
  await place(deps, { organizationId, callIds: toPlace, campaignId, onlyWaiting }, act);
  const among = new Map(
    known.map((call): [string, Result<Moved, DomainError>] => [
      call.id,
      isRefused(call)
        ? err(MAY_HEAR_ALL)
        : ok(isLeft(call) ? { changed: false } : { changed: true, before: placeOf(call) }),
    ]),
  );
  return new Map(callIds.map((id) => [id, among.get(id) ?? err(notFound("call"))]));
}

/** What was chosen for some calls, and where each of them was before. */
export type TakenBack = Mover & { chosen: string | null; before: ReadonlyMap<string, CallPlace> };

/**
 * Puts calls back to where they were before a choice. A call that is somewhere else by now is left there: somebody has
 * chosen anew. One that was not placed yet is found where it was, and stays there.
 */
export async function takeChoiceBack(
  deps: ChoiceDeps,
  { organizationId, reach, hearsAll, chosen, before }: TakenBack,
  act: Act,
): Promise<Map<string, Result<Moved, DomainError>>> {
  const [target, known] = await Promise.all([
    findPlace(deps.db, { organizationId, reach, campaignId: chosen }),
    readCallHeads(deps.db, { organizationId, reach, ids: [...before.keys()] }),
  ]);
  // A campaign may have been chosen by its number.
  const chosenId = target.ok ? target.value : chosen;
  const byId = new Map(known.map((call) => [call.id, call]));
  const opens = await readOpening(deps.db, { organizationId, hearsAll }, null);
  const results = new Map<string, Result<Moved, DomainError>>();
  const together = new Map<string, { place: CallPlace; callIds: string[] }>();
  for (const [id, was] of before) {
    const call = byId.get(id);
    if (call && (call.campaignId === chosenId || call.campaignId === was.campaignId)) {
      if (opens(call, was.campaignId)) {
        results.set(id, err(MAY_HEAR_ALL));
        continue;
      }
      const key = JSON.stringify(was);
      const group = together.get(key) ?? { place: was, callIds: [] };
      together.set(key, { ...group, callIds: [...group.callIds, id] });
    } else results.set(id, err(call ? MOVED_SINCE : notFound("call")));
  }
  for (const { place: was, callIds } of together.values()) {
    const where = await findPlace(deps.db, { organizationId, reach, campaignId: was.campaignId });
    const { reason, chosen: stays } = was;
    const choice = { organizationId, callIds, campaignId: was.campaignId, onlyWaiting: false, stays };
    if (where.ok) await place(deps, reason === null ? choice : { ...choice, reason }, act);
    for (const id of callIds) results.set(id, where.ok ? ok({ changed: true }) : where);
  }
  return results;
}

const MOVED_SINCE: DomainError = { kind: "conflict", message: "Somebody has moved this call since." };

const MAY_HEAR_ALL: DomainError = { kind: "permission_missing", permission: "originals:read" };

/**
 * Tells whether less is taken out of a call once it is moved there: that is as good as taking less out of all calls of its
 * campaign, and needs the same permission.
 */
async function readOpening(
  db: Database,
  { organizationId, hearsAll }: Pick<Mover, "organizationId" | "hearsAll">,
  to: string | null,
): Promise<(call: Pick<CallHead, "campaignId">, to?: string | null) => boolean> {
  if (hearsAll) return () => false;
  const redactions = await readRedactions(db, organizationId);
  return ({ campaignId }, where = to) => {
    const after = redactedOf(redactions, where);
    return redactedOf(redactions, campaignId).some((kind) => !after.includes(kind));
  };
}

function placeOf(call: CallHead): CallPlace {
  return { campaignId: call.campaignId, reason: call.quarantine, chosen: hasChosenCampaign(call) };
}

/** The id of a campaign given by id or number. */
export async function findCampaign(
  db: Database,
  { organizationId, reach, campaignId }: Within & { campaignId: string },
): Promise<Result<string, DomainError>> {
  const campaign = await readCampaign(db, { organizationId, reach, id: campaignId });
  return campaign.ok ? ok(campaign.value.id) : err(invalid("campaign_id", "names no campaign of this organization"));
}

/** The same where calls may be moved back. They would be out of a limited reach, so that needs the whole one. */
export async function findPlace(
  db: Database,
  { organizationId, reach, campaignId }: Where,
): Promise<Result<string | null, DomainError>> {
  if (campaignId !== null) return findCampaign(db, { organizationId, reach, campaignId });
  if (!isLimited(reach)) return ok(null);
  return err({ kind: "forbidden", message: "This is for whoever reaches the whole organization." });
}

async function place(
  { db, inbox }: ChoiceDeps,
  { callIds, ...choice }: Omit<PlacementMessage, "kind" | "id">,
  act: Act,
): Promise<void> {
  const { organizationId, campaignId } = choice;
  for (let start = 0; start < callIds.length; start += MAX_PLACED) {
    const placed = callIds.slice(start, start + MAX_PLACED);
    await recordChoice(db, { organizationId, callIds: placed, campaignId }, act);
    await inbox.put(placement({ ...choice, callIds: placed }, act));
  }
}

/** The queue places the calls later, as nobody in particular: the choice is the act. */
function recordChoice(
  db: Database,
  choice: { organizationId: string; callIds: string[]; campaignId: string | null; before?: object },
  act: Act,
): Promise<void> {
  const { organizationId, callIds, campaignId, before } = choice;
  const what = { organizationId, action: "call.campaign_chosen" as const, resourceType: "call", resourceIds: callIds };
  return recordAct(db, { ...what, ...(before && { before }), after: { campaign_id: campaignId } }, act);
}

function placement(choice: Omit<PlacementMessage, "kind" | "id" | "at">, { now }: Act): PlacementMessage {
  const reason = choice.campaignId === null ? (choice.reason ?? MOVED_BACK) : undefined;
  return { kind: "placement", id: newId("plc", now), ...choice, reason, at: now };
}
