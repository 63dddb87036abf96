import { sql, type SQL } from "drizzle-orm";
import { recordingIdOf, type CallRow, type RecordingFacts } from "../calls";
import { insertRow, type RowWrite } from "../db/rows";
import { recordings } from "../db/schema";
import { NUDGE_AFTER } from "../db/work";
import { DAY, HOUR } from "../lib/time";

type RecordingRow = typeof recordings.$inferSelect;

/** Platforms need minutes to have a file ready. One that is not there after a day will not come. */
const GIVE_UP_AFTER = DAY;

/** How long a recording that was announced without a link waits for the notice with the link, in milliseconds. */
const LINK_DUE_WITHIN = 2 * HOUR;

/** The effect of a notice on a recording: a new row, a link for a waiting one, another try, or none. */
export type Expectation = { row: RecordingRow; kind: "new" | "linked" | "reopened" };

/**
 * Compares the recordings in a notice with the call's rows. A recording that was given up is opened again by a new link
 * or by a person's replay: deduplication never blocks a recovery.
 */
export async function expectRecordings(
  call: Pick<CallRow, "id" | "organizationId" | "sourceId" | "sourceKind">,
  known: readonly RecordingRow[],
  facts: readonly RecordingFacts[],
  context: { now: number; replay: boolean },
): Promise<Expectation[]> {
  const expectations: Expectation[] = [];
  for (const fact of facts) {
    const id = await recordingIdOf(call.id, fact.externalId);
    const row = expectations.find((one) => one.row.id === id)?.row ?? known.find((one) => one.id === id);
    const next = row ? revise(row, fact, context) : { row: newRow(call, id, fact, context.now), kind: "new" as const };
    if (next) expectations.push(next);
  }
  return expectations;
}

/** The write of an expectation where `guard` is true. */
export function writeExpectation({ row }: Expectation, guard: SQL): RowWrite {
  const fresh = { ...row, state: "pending", attempts: 0, leaseUntil: 0 };
  return insertRow(
    recordings,
    fresh,
    guard,
    sql`ON CONFLICT (call_id, id) DO UPDATE SET url = excluded.url, state = 'pending', reason = NULL, due_at = excluded.due_at,
      attempts = 0, lease_until = 0, nudge_after = excluded.nudge_after, give_up_at = excluded.give_up_at, slow = 0,
      completed_at = NULL
    WHERE state <> 'completed'`,
  );
}

function newRow(
  call: Pick<CallRow, "id" | "organizationId" | "sourceId" | "sourceKind">,
  id: string,
  fact: RecordingFacts,
  now: number,
): RecordingRow {
  return {
    callId: call.id,
    id,
    organizationId: call.organizationId,
    sourceId: call.sourceId,
    sourceKind: call.sourceKind,
    externalId: fact.externalId,
    url: fact.url,
    state: "pending",
    reason: null,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: NUDGE_AFTER,
    slow: false,
    giveUpAt: now + (fact.url === null ? LINK_DUE_WITHIN : GIVE_UP_AFTER),
    key: null,
    size: null,
    sha256: null,
    mediaType: null,
    createdAt: now,
    completedAt: null,
  };
}

function revise(
  row: RecordingRow,
  fact: RecordingFacts,
  { now, replay }: { now: number; replay: boolean },
): Expectation | undefined {
  if (row.state === "completed" || fact.url === null) return undefined;
  const fresh = {
    ...row,
    url: fact.url,
    state: "pending" as const,
    reason: null,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    nudgeAfter: NUDGE_AFTER,
    slow: false,
    giveUpAt: now + GIVE_UP_AFTER,
  };
  if (row.url === null) return { row: fresh, kind: "linked" };
  // A different link is worth trying once the known one has failed.
  if (row.url !== fact.url && row.attempts > 0) return { row: fresh, kind: "reopened" };
  return row.state === "failed" && replay ? { row: fresh, kind: "reopened" } : undefined;
}
