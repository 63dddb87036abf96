import type { SQL } from "drizzle-orm";
import type { CallKey } from "../../calls";
import { insertRow, type RowWrite } from "../../db/rows";
import { callLookups } from "../../db/schema";
import { DAY, SECOND } from "../../lib/time";

/** Platforms write a call's record some seconds after its last notice. */
const FIRST_DELAY = 10 * SECOND;

/** The write that asks for a call to be looked up, where `guard` holds; one that is asked for already changes nothing. */
export function requestLookUp(
  { id, organizationId, sourceId, externalId }: Pick<CallKey, "id" | "organizationId" | "sourceId" | "externalId">,
  guard: SQL,
  now: number,
): RowWrite {
  const work = { dueAt: now + FIRST_DELAY, attempts: 0, leaseUntil: 0, giveUpAt: now + DAY };
  return insertRow(callLookups, { callId: id, organizationId, sourceId, externalId, ...work }, guard);
}
