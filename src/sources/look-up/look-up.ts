import { eq } from "drizzle-orm";
import { callLookups } from "../../db/schema";
import { platformOf } from "../../platforms";
import { claimDue } from "../../db/work";
import { endLookUp, lookUpWork, postponeLookUp, type LookUpRow } from "./work";
import { loadAccess } from "../config";
import { putListed, stateOfListed } from "../inbound/put-listed";
import { SECOND } from "../../lib/time";
import type { PullDeps } from "../reconcile/reconcile";

/** Look-ups of one source under way together, and how long and how often a turn goes on taking more of them. */
export const LOOK_UPS_AT_ONCE = 4;
const TURN = 30 * SECOND;
const ROUNDS = 50;

/** Asks one source's platform about calls whose notices say too little; the answers come in the way notices do. */
export async function lookUpCalls(deps: PullDeps, sourceId: string): Promise<void> {
  const until = deps.now() + TURN;
  const ofSource = eq(callLookups.sourceId, sourceId);
  for (let round = 0; round < ROUNDS && deps.now() < until; round += 1) {
    const claimed = await claimDue(deps.db, lookUpWork, deps.now(), LOOK_UPS_AT_ONCE, ofSource);
    await Promise.all(claimed.map((one) => tryLookUp(deps, one)));
    if (claimed.length < LOOK_UPS_AT_ONCE) return;
  }
}

/** One that fails does not stop the others, and is given up in the end. */
async function tryLookUp(deps: PullDeps, claimed: LookUpRow): Promise<void> {
  try {
    await lookUp(deps, claimed);
  } catch (cause) {
    console.error(JSON.stringify({ event: "look_up.failed", callId: claimed.callId, error: String(cause) }));
    const rest = await postponeLookUp(deps.db, claimed, null, deps.now());
    if (rest === "given_up") logGivenUp(claimed, "our side failed on it");
  }
}

async function lookUp(deps: PullDeps, claimed: LookUpRow): Promise<void> {
  const { db, now } = deps;
  const config = await loadAccess(db, deps.masterKeys, claimed.sourceId);
  const pull = config && platformOf(config.kind)?.pull;
  if (!config?.credentials || !pull?.one) return endLookUp(db, claimed);
  // Notices of a paused source are not taken in; it may be resumed before the call's time is over.
  if (config.state === "paused") return void (await postponeLookUp(db, claimed, null, now()));
  const found = await pull.one(claimed.externalId, config, deps);
  if (!found.ok && found.error.kind === "refused") {
    logGivenUp(claimed, found.error.reason);
    return endLookUp(db, claimed);
  }
  if (found.ok && found.value) {
    await putListed(deps, config, found.value, `/look-ups/${claimed.callId}`);
    // A call that goes on has more facts later.
    if ((await stateOfListed(pull, found.value, config)) !== "in_progress") return endLookUp(db, claimed);
  }
  const rest = await postponeLookUp(db, claimed, found.ok ? null : found.error.retryAfter, now());
  if (rest === "given_up") logGivenUp(claimed, found.ok ? "the platform knows no such call" : found.error.reason);
}

function logGivenUp({ organizationId, sourceId, callId }: LookUpRow, reason: string): void {
  console.log(JSON.stringify({ event: "look_up.given_up", organizationId, sourceId, callId, reason }));
}
