import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { endpoints } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { eventsOfStream } from "../events";
import { recordAct, type Act } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { Count, ReplayQuery } from "./contract";
import { readEndpoint, type EndpointRow } from "./endpoints";
import { batchByObject, asksFor, type ObjectBatch } from "./fan-out";
import type { EndpointObjects } from "./object/client";

/**
 * The result of a replay. `matched`: deliveries, of all endpoints and `toEach` of those that get any. `unable`: endpoints whose
 * object was full or did not answer; ask for those again.
 */
export type ReplayOutcome = {
  matched: number;
  toEach: (Pick<EndpointRow, "id" | "description" | "url"> & { events: number })[];
  enqueued: number;
  unable: string[];
};

/** `perSecond` limits each endpoint. `number`: of a replay that may be asked for twice, so that it is done once. */
export type ReplayOptions = { dryRun: boolean; perSecond?: number; number?: number };

/**
 * A number for a replay. It is above 0, which first deliveries have, and ends in three random digits after the
 * milliseconds, so that two replays at once differ.
 */
export function newReplayNumber(now: number): number {
  const [random = 0] = crypto.getRandomValues(new Uint16Array(1));
  return replayNumberOf(now) + (random % 1000);
}

/** The number of the one replay of a moment. */
export function replayNumberOf(now: number): number {
  return Math.max(1, Math.floor(now)) * 1000;
}

/** The moment that a replay's number was made in, in milliseconds. */
export function momentOfReplay(number: number): number {
  return Math.floor(number / 1000);
}

/**
 * Sends all recorded events of a call again, to one endpoint or to every active one, as far as its current subscription
 * asks for them, including events older than the endpoint. The events are the same, the deliveries are new and in lanes
 * of their own. A dry run only counts.
 */
export async function replayCall(
  { db, endpointObjects }: { db: Database; endpointObjects: Pick<EndpointObjects, "enqueue"> },
  target: { organizationId: string; callId: string; endpointId?: string },
  options: ReplayOptions,
  act: Act,
): Promise<Result<ReplayOutcome, DomainError>> {
  const { organizationId, callId, endpointId } = target;
  const [events, receivers] = await db.batch([
    eventsOfStream(db, { id: callId, organizationId }),
    db
      .select()
      .from(endpoints)
      .where(
        and(
          eq(endpoints.organizationId, organizationId),
          sql`deleted_at IS NULL`,
          endpointId === undefined ? eq(endpoints.active, true) : eq(endpoints.id, endpointId),
        ),
      )
      .orderBy(asc(endpoints.id)),
  ]);
  if (events.length === 0) return err(notFound("call"));
  if (endpointId !== undefined && receivers.length === 0) return err(notFound("endpoint"));
  if (receivers.some((endpoint) => !endpoint.active)) return err(NOT_ACTIVE);

  const asked = receivers
    .map((endpoint) => ({ endpoint, events: events.filter((event) => asksFor(endpoint, event)) }))
    .filter((one) => one.events.length > 0);
  const matched = asked.reduce((sum, one) => sum + one.events.length, 0);
  const toEach = asked.map(({ endpoint: { id, description, url }, events: { length } }) => ({
    id,
    description,
    url,
    events: length,
  }));
  if (options.dryRun) return ok({ matched, toEach, enqueued: 0, unable: [] });
  const batches = asked.flatMap((one) => batchByObject(one.endpoint, one.events));
  await recordAct(
    db,
    {
      organizationId,
      action: "call.replayed" as const,
      resourceType: "call",
      resourceIds: [callId],
      after: { endpoint_id: endpointId ?? null, matched },
    },
    act,
  );
  const marks = {
    replay: options.number ?? newReplayNumber(act.now),
    ...(options.perSecond === undefined ? {} : { perSecond: options.perSecond }),
  };
  const taken = await Promise.all(batches.map((batch) => handOver(endpointObjects, batch, marks)));
  return ok({
    matched,
    toEach,
    enqueued: taken.reduce((sum, { accepted }) => sum + accepted, 0),
    unable: taken.flatMap(({ unable }) => unable),
  });
}

/**
 * Sends again to one endpoint what its log matches, or all recorded events of a call, which may be more than its log
 * holds. A dry run only counts.
 */
export async function replayEndpoint(
  deps: { db: Database; endpointObjects: Pick<EndpointObjects, "enqueue" | "replay"> },
  target: { organizationId: string; id: string },
  query: ReplayQuery,
  options: ReplayOptions,
  act: Act,
): Promise<Result<{ matched: Count; enqueued: number }, DomainError>> {
  const endpoint = await readEndpoint(deps.db, target);
  if (!endpoint.ok) return endpoint;
  if (!endpoint.value.active) return err(NOT_ACTIVE);
  const { stream: callId, ...rest } = query;
  if (callId === undefined || Object.values(rest).some((one) => one !== undefined)) {
    if (!options.dryRun) {
      const { organizationId, id } = target;
      const what = {
        organizationId,
        action: "endpoint.replayed" as const,
        resourceType: "endpoint",
        resourceIds: [id],
      };
      await recordAct(deps.db, { ...what, after: query }, act);
    }
    const marks = { ...options, replay: newReplayNumber(act.now) };
    return ok(await deps.endpointObjects.replay(endpoint.value, query, marks));
  }
  const call = { organizationId: target.organizationId, callId, endpointId: target.id };
  const done = await replayCall(deps, call, options, act);
  if (!done.ok) return done;
  return ok({ matched: { count: done.value.matched, more: false }, enqueued: done.value.enqueued });
}

const NOT_ACTIVE: DomainError = { kind: "conflict", message: "The endpoint is not active." };

async function handOver(
  objects: Pick<EndpointObjects, "enqueue">,
  { object, config, events }: ObjectBatch,
  marks: { replay: number; perSecond?: number },
): Promise<{ accepted: number; unable: string[] }> {
  try {
    const { accepted, refused } = await objects.enqueue(object, config, events, marks);
    return { accepted, unable: refused === null ? [] : [config.id] };
  } catch (cause) {
    console.error(JSON.stringify({ event: "replay.failed", endpoint: config.id, error: String(cause) }));
    return { accepted: 0, unable: [config.id] };
  }
}
