import { claimLookUps, endLookUp, loadAccess, postponeLookUp, sourceOf, type LookUpRow } from "../sources";
import { listedMessage, stateOfListed } from "./listed-message";
import type { PullParts } from "./reconcile";

const AT_ONCE = 20;

/** Asks platforms about calls whose notices say too little; the answers come in the way notices do. */
export async function lookUpCalls(parts: PullParts): Promise<void> {
  for (const claimed of await claimLookUps(parts.db, parts.now(), AT_ONCE)) await lookUp(parts, claimed);
}

async function lookUp(parts: PullParts, claimed: LookUpRow): Promise<void> {
  const { db, now } = parts;
  const config = await loadAccess(db, parts.masterKeys, claimed.sourceId);
  const pull = config && sourceOf(config.kind)?.pull;
  if (!config?.credentials || !pull?.one) return endLookUp(db, claimed);
  const found = await pull.one(claimed.externalId, config, parts);
  if (!found.ok && found.error.kind === "refused") {
    tell(claimed, found.error.reason);
    return endLookUp(db, claimed);
  }
  if (found.ok && found.value) {
    await parts.inbox.put(listedMessage(config, found.value, `/look-ups/${claimed.callId}`, now()));
    // A call that goes on has more to say later.
    if ((await stateOfListed(pull, found.value, config)) !== "in_progress") return endLookUp(db, claimed);
  }
  const rest = await postponeLookUp(db, claimed, found.ok ? null : found.error.retryAfter, now());
  if (rest === "given_up") tell(claimed, found.ok ? "the platform knows no such call" : found.error.reason);
}

function tell({ organizationId, sourceId, callId }: LookUpRow, reason: string): void {
  console.log(JSON.stringify({ event: "look_up.given_up", organizationId, sourceId, callId, reason }));
}
