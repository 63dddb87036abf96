import { readKeys, type CallKey } from "../calls";
import type { PlacementMessage } from "../queues/messages";
import { clearInbox } from "../queues/table-inbox";
import type { FollowDeps } from "./follow";
import { mergeCalls, type CallNotices } from "./merge-calls";
import type { MergeDeps } from "./plan-call";

/**
 * Puts calls where a person chose: into a campaign, from where they go on, and what quarantine held back follows in the
 * same batch; or back to where they wait for one. Done twice it changes nothing more.
 */
export async function placeCalls(
  deps: MergeDeps & FollowDeps & { backedByTable: boolean; now(): number },
  message: PlacementMessage,
): Promise<void> {
  const { db } = deps;
  const keys = await readKeys(db, message);
  const { campaignId: chosen, reason, onlyWaiting, at, stays } = message;
  const campaign = { chosen, reason, onlyWaiting, at, stays };
  await mergeCalls(
    deps,
    keys.map((key) => placingAnew(key, campaign)),
    () => [],
    deps.now(),
  );
  if (deps.backedByTable) await clearInbox(db, [message.id]);
}

/** A known call without new notices, to be placed again. */
export function placingAnew(key: CallKey, campaign: CallNotices["campaign"]): CallNotices {
  return { key, sourceCampaignId: null, campaignOfAccount: {}, campaign, notices: [] };
}
