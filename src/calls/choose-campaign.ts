import type { Database } from "../db/client";
import { readCampaign } from "../campaigns";
import { invalid, notFound, type DomainError } from "../errors";
import { recordAct, type Act, type Within } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { MAX_PLACED, type PlacementMessage } from "../queues/messages";
import type { OpenInbox } from "../queues/senders";
import { readCallHeads } from "./list";
import { hasChosenCampaign } from "./merge";
import { pickWaiting, type WaitingFilter } from "./quarantine";
import { readCall } from "./read";
import type { CallHead } from "./snapshot";

export type ChoiceDeps = { db: Database; inbox: OpenInbox };

/**
 * The result of a choice for many calls: how many match, how many are being placed now, and how many are left. `more`:
 * more match and are left than counted.
 */
export type ChoiceCounts = { matched: number; placed: number; left: number; more: boolean };

/** Chooses the campaign of one call, in quarantine or not. The ingest queue places the call a moment later. */
export async function chooseCampaign(
  { db, inbox }: ChoiceDeps,
  choice: Within & { callId: string; campaignId: string },
  act: Act,
): Promise<Result<{ callId: string; campaignId: string }, DomainError>> {
  const { organizationId, reach, callId } = choice;
  const call = await readCall(db, { organizationId, reach, id: callId });
  if (!call.ok) return call;
  const campaign = await findCampaign(db, choice);
  if (!campaign.ok) return campaign;
  const campaignId = campaign.value;
  const before = { campaign_id: call.value.campaignId };
  await recordChoice(db, { organizationId, callIds: [callId], campaignId, before }, act);
  await inbox.put(placement({ organizationId, callIds: [callId], campaignId, onlyWaiting: false }, act));
  return ok({ callId, campaignId });
}

/**
 * Chooses the campaign of the matching calls in quarantine, the oldest first, at most `limit`. A dry run only counts.
 */
export async function chooseCampaignOfWaiting(
  { db, inbox }: ChoiceDeps,
  choice: Within & { campaignId: string; filter: WaitingFilter; limit: number; dryRun: boolean },
  act: Act,
): Promise<Result<ChoiceCounts, DomainError>> {
  const { organizationId, reach, filter, limit, dryRun } = choice;
  const campaign = await findCampaign(db, choice);
  if (!campaign.ok) return campaign;
  const campaignId = campaign.value;
  const { ids, matched, more } = await pickWaiting(db, { organizationId, reach, filter, limit });
  if (dryRun) return ok({ matched, placed: 0, left: matched, more });
  for (let start = 0; start < ids.length; start += MAX_PLACED) {
    const callIds = ids.slice(start, start + MAX_PLACED);
    await recordChoice(db, { organizationId, callIds, campaignId }, act);
    await inbox.put(placement({ organizationId, callIds, campaignId, onlyWaiting: true }, act));
  }
  return ok({ matched, placed: ids.length, left: Math.max(0, matched - ids.length), more });
}

/**
 * Chooses the campaign of these calls, in quarantine or not. A call for which it was chosen already is left as it is.
 */
export async function chooseCampaignOfCalls(
  { db, inbox }: ChoiceDeps,
  { callIds, ...choice }: Within & { callIds: readonly string[]; campaignId: string },
  act: Act,
): Promise<Map<string, Result<{ changed: boolean }, DomainError>>> {
  const { organizationId, reach } = choice;
  const [campaign, known] = await Promise.all([
    findCampaign(db, choice),
    readCallHeads(db, { organizationId, reach, ids: callIds }),
  ]);
  if (!campaign.ok) return new Map(callIds.map((id) => [id, campaign]));
  const campaignId = campaign.value;
  const isChosen = (call: CallHead) => call.campaignId === campaignId && hasChosenCampaign(call);
  const toPlace = known.filter((call) => !isChosen(call)).map(({ id }) => id);
  for (let start = 0; start < toPlace.length; start += MAX_PLACED) {
    const placed = toPlace.slice(start, start + MAX_PLACED);
    await recordChoice(db, { organizationId, callIds: placed, campaignId }, act);
    await inbox.put(placement({ organizationId, callIds: placed, campaignId, onlyWaiting: false }, act));
  }
  const among = new Map(known.map((call) => [call.id, ok({ changed: !isChosen(call) })]));
  return new Map(callIds.map((id) => [id, among.get(id) ?? err(notFound("call"))]));
}

/** The id of a campaign given by id or number. */
export async function findCampaign(
  db: Database,
  { organizationId, reach, campaignId }: Within & { campaignId: string },
): Promise<Result<string, DomainError>> {
  const campaign = await readCampaign(db, { organizationId, reach, id: campaignId });
  return campaign.ok ? ok(campaign.value.id) : err(invalid("campaign_id", "names no campaign of this organization"));
}

/** The queue places the calls later, as nobody in particular: the choice is the act. */
function recordChoice(
  db: Database,
  choice: { organizationId: string; callIds: string[]; campaignId: string; before?: object },
  act: Act,
): Promise<void> {
  const { organizationId, callIds, campaignId, before } = choice;
  const what = { organizationId, action: "call.campaign_chosen", resourceType: "call", resourceIds: callIds };
  return recordAct(db, { ...what, ...(before && { before }), after: { campaign_id: campaignId } }, act);
}

function placement(choice: Omit<PlacementMessage, "kind" | "id">, { now }: Act): PlacementMessage {
  return { kind: "placement", id: newId("plc", now), ...choice };
}
