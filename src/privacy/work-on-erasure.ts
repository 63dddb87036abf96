import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { erasedCalls, erasures } from "../db/schema";
import { valueList } from "../db/value-list";
import { advanceWork, claimWork, NUDGE_AFTER, stillMine } from "../db/work";
import { HOUR, MINUTE, SECOND } from "../lib/time";
import type { ErasureMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import { firstInboundIdAt } from "../sources";
import { findCallsOfCaller, forgetFilters } from "./erase-caller";
import { eraseCalls, type EraseDeps } from "./erase-calls";
import { eraseRequests, requestsSince } from "./erase-requests";
import { countsWith, ERASURE_LEASE, erasureWork, type ErasureRow } from "./erasures";

export type WorkOnErasureDeps = EraseDeps & { nudges: Pick<Nudges, "erasures">; now(): number };

/** Steps in one go: together they stay below the statements that D1 takes in one invocation. */
const STEPS = 4;
const CALLS_AT_ONCE = 10;

/**
 * When all is looked through once more. Whoever was at work on a call when its erasure began, with its audio in hand,
 * has ended by then: no lease is longer.
 */
export const LAST_LOOK = 20 * MINUTE;

/**
 * Continues an erasure: first the calls, then the log of requests; and both again after a while, for what was under way
 * meanwhile. What is left when it stops is done by a new message or, after a crash, by the sweep. Each step may be done
 * twice. It is never given up.
 */
export async function workOnErasure(deps: WorkOnErasureDeps, message: ErasureMessage): Promise<void> {
  const { db, nudges } = deps;
  const name = { organizationId: message.organizationId, id: message.erasureId };
  let erasure = await claimWork(db, erasureWork, name, deps.now());
  for (let step = 1; erasure?.state === "open"; step += 1) {
    const isLast = step === STEPS;
    erasure = await takeStep(deps, erasure, isLast ? 0 : deps.now() + ERASURE_LEASE);
    if (erasure?.state !== "open") return;
    const wait = erasure.dueAt - deps.now();
    if (wait > 0) return nudges.erasures([message], Math.ceil(wait / SECOND));
    if (isLast) return nudges.erasures([message]);
  }
}

type Next = Partial<Pick<ErasureRow, "phase" | "cursor" | "dueAt">> & { ends?: boolean };

async function takeStep(
  deps: WorkOnErasureDeps,
  erasure: ErasureRow,
  leaseUntil: number,
): Promise<ErasureRow | undefined> {
  switch (erasure.phase) {
    case "find":
      return stepOverCaller(deps, erasure, leaseUntil);
    case "calls":
      return (
        (await stepOverCalls(deps, erasure, leaseUntil)) ?? advance(deps, erasure, { phase: "requests" }, leaseUntil)
      );
    case "requests":
      return stepOverRequests(deps, erasure, requestsSince(erasure), leaseUntil, {
        phase: "calls_again",
        dueAt: Math.max(deps.now(), erasure.createdAt) + LAST_LOOK,
      });
    case "calls_again":
      return (
        (await stepOverCalls(deps, erasure, leaseUntil)) ??
        advance(deps, erasure, { phase: "requests_again" }, leaseUntil)
      );
    case "requests_again":
      return stepOverRequests(deps, erasure, firstInboundIdAt(erasure.createdAt - HOUR), leaseUntil, { ends: true });
    default:
      throw new Error(`no such phase of an erasure: ${erasure.phase}`);
  }
}

/** Finds the next calls of a caller. */
async function stepOverCaller(
  deps: WorkOnErasureDeps,
  erasure: ErasureRow,
  leaseUntil: number,
): Promise<ErasureRow | undefined> {
  const { db } = deps;
  const isMine = stillMine(erasureWork, erasure);
  if (erasure.cursor === null) await forgetFilters(db, erasure);
  const cursor = await findCallsOfCaller(
    db,
    erasure,
    (held) => sql`UPDATE ${erasures} SET counts = ${countsWith({ held })} WHERE ${isMine}`,
  );
  return advance(deps, erasure, cursor === null ? { phase: "calls" } : { cursor }, leaseUntil);
}

/** Erases the next calls; undefined where there are none. */
async function stepOverCalls(
  deps: WorkOnErasureDeps,
  erasure: ErasureRow,
  leaseUntil: number,
): Promise<ErasureRow | undefined> {
  const { db } = deps;
  const { organizationId, cursor } = erasure;
  const isPending = and(eq(erasedCalls.erasureId, erasure.id), isNull(erasedCalls.erasedAt));
  const next = await db
    .select({ id: erasedCalls.callId })
    .from(erasedCalls)
    .where(and(isPending, cursor === null ? undefined : gt(erasedCalls.callId, cursor)))
    .orderBy(asc(erasedCalls.callId))
    .limit(CALLS_AT_ONCE);
  const ids = next.map(({ id }) => id);
  if (ids.length === 0) return undefined;
  const isMine = stillMine(erasureWork, erasure);
  const erased = await eraseCalls(deps, { organizationId, ids }, (counts) => [
    db.run(sql`UPDATE ${erasures} SET counts = ${countsWith(counts)} WHERE ${isMine}`),
  ]);
  const isLastLook = erasure.phase === "calls_again";
  if (isLastLook)
    await runBatch(db, [
      db.run(sql`UPDATE ${erasedCalls} SET erased_at = ${deps.now()} WHERE call_id IN ${valueList(ids)}`),
    ]);
  return advance(deps, erasure, { cursor: ids.at(-1) ?? null }, leaseUntil, erased);
}

async function stepOverRequests(
  deps: WorkOnErasureDeps,
  erasure: ErasureRow,
  from: string,
  leaseUntil: number,
  then: Next,
): Promise<ErasureRow | undefined> {
  const { cursor, erased } = await eraseRequests(deps, erasure, erasure.cursor ?? from);
  const next = cursor === null ? then : { cursor };
  return advance(deps, erasure, next, leaseUntil, { requests: erased });
}

/** Writes how far it is. Another phase begins at its beginning; at the end goes what named a caller. */
function advance(
  { db, now }: WorkOnErasureDeps & { db: Database },
  erasure: ErasureRow,
  { ends = false, phase = erasure.phase, cursor = null, dueAt = now() }: Next,
  leaseUntil: number,
  counts: Parameters<typeof countsWith>[0] = {},
): Promise<ErasureRow | undefined> {
  const end = {
    state: "completed" as const,
    phase: "done",
    endedAt: now(),
    needles: [],
    subject: erasure.kind === "caller" ? null : erasure.subject,
  };
  return advanceWork(db, erasureWork, erasure, {
    phase,
    cursor,
    dueAt,
    ...(ends ? end : {}),
    counts: countsWith(counts),
    attempts: 0,
    nudgeAfter: NUDGE_AFTER,
    leaseUntil: dueAt > now() ? 0 : leaseUntil,
  });
}
