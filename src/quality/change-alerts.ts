import { alertIdOf } from "../calls";
import type { Database } from "../db/client";
import { invalid, notFound, type DomainError } from "../errors";
import type { Act, Within } from "../identity";
import { inParallel } from "../lib/in-parallel";
import { err, ok, type Result } from "../lib/result";
import { changeAlert, readAlert, type AlertChanges, type ListedAlert } from "./alerts";

type Outcome = Result<{ changed: boolean }, DomainError>;

/**
 * Changes the alerts of calls within reach, each by itself: gives them to somebody, decides them, or opens them again. One
 * that is so already is not changed, so that a page that is repeated decides nothing twice. A call without an alert is
 * answered as one whose alert is not found.
 */
export async function changeAlertsOfCalls(
  { db }: { db: Database },
  { callIds, change, ...within }: Within & { callIds: readonly string[]; change: AlertChanges },
  act: Act,
): Promise<Map<string, Outcome>> {
  const outcomes = await inParallel([...new Set(callIds)], async (callId): Promise<[string, Outcome]> => {
    const target = { ...within, id: alertIdOf(callId) };
    const found = await readAlert(db, target);
    if (!found.ok) return [callId, err(notFound("alert"))];
    if (isSo(found.value, change)) return [callId, ok({ changed: false })];
    const changed = await changeAlert({ db }, target, change, act);
    return [callId, changed.ok ? ok({ changed: true }) : changed];
  });
  return new Map(outcomes);
}

/** What is wrong with a change that many alerts are to get, if anything; no alert could make it right. */
export function faultOfChange({ state, reason, ownerId, note }: AlertChanges): DomainError | undefined {
  if (state === undefined && ownerId === undefined && note === undefined)
    return invalid("state", "or else `owner_id` or `note` has to be given");
  if (state === "false_alarm" && !reason) return invalid("reason", "a false alarm needs a reason");
  return state !== "false_alarm" && reason ? invalid("reason", "is for a false alarm only") : undefined;
}

/** Whether an alert is what it is to become. */
function isSo({ alert }: ListedAlert, { state, reason, ownerId, note }: AlertChanges): boolean {
  const same = <T>(wanted: T | undefined, known: T) => wanted === undefined || wanted === known;
  return (
    same(state, alert.state) &&
    same<string | null>(reason, alert.reason) &&
    same(ownerId, alert.ownerId) &&
    same(note, alert.note)
  );
}
