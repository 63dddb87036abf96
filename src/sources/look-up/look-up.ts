import { platformOf } from "../../platforms";
import { claimDue } from "../../db/work";
import { endLookUp, lookUpWork, postponeLookUp, type LookUpRow } from "./work";
import { loadAccess } from "../config";
import { putListed, stateOfListed } from "../inbound/put-listed";
import { SECOND } from "../../lib/time";
import type { PullDeps } from "../reconcile/reconcile";

/** Look-ups made together, and how long and how often a turn of the cron claims more of them. */
const AT_ONCE = 10;
const TURN = 15 * SECOND;
const ROUNDS = 5;

/** Asks platforms about calls whose notices lack facts; the answers come in the way notices do. */
export async function lookUpCalls(deps: PullDeps): Promise<void> {
  const until = deps.now() + TURN;
  for (let round = 0; round < ROUNDS && deps.now() < until; round += 1) {
    const claimed = await claimDue(deps.db, lookUpWork, deps.now(), AT_ONCE);
    await Promise.all(claimed.map((one) => tryLookUp(deps, one)));
    if (claimed.length < AT_ONCE) return;
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
