import { and, eq, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { evidence } from "../analysis";
import { alertIdOf, ofCallWithin, type CallRow } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { comesAfter, inOrder, type Order } from "../db/order";
import { insertRow, writeRows, type RowWrite } from "../db/rows";
import { alerts, calls } from "../db/schema";
import { invalid, notFound, type DomainError } from "../errors";
import { actorText, may, noteCause, reachesCall, rightsOfActor, type Act, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";

// What rules or the platform of a call warn of, as work of people: one alert for each call.

type Row = typeof alerts.$inferSelect;

const firedRule = z.object({
  /** Null: the platform of the call said so. */
  rule: z.object({ id: z.string(), name: z.string(), version: z.number(), weight: z.number() }).nullable(),
  evidence: z.array(evidence),
  /** What a platform said, in its own words. */
  said: z.array(z.string()),
});

const firedRules = z.array(firedRule);

export type Fired = z.infer<typeof firedRule>;
export type AlertRow = Omit<Row, "fired"> & { fired: Fired[] };
export type AlertState = Row["state"];

export const FALSE_ALARM_REASONS = ["expected", "misheard", "rule_too_wide", "known_party", "other"] as const;
export type FalseAlarmReason = (typeof FALSE_ALARM_REASONS)[number];
export const ALERT_LIMITS = { note: 1_000 } as const;

export type NewAlert = { level: Row["level"]; score: number | null; fired: readonly Fired[] };

/**
 * The write that raises the alert of a call, where `guard` is true. An open one has what is known now; one that was decided
 * stays as it was decided, unless the call has become critical since.
 */
export function raiseAlert(
  { id: callId, organizationId }: Pick<CallRow, "id" | "organizationId">,
  { level, score, fired }: NewAlert,
  guard: SQL,
  now: number,
): RowWrite {
  const row: AlertRow = {
    organizationId,
    id: alertIdOf(callId),
    callId,
    level,
    score,
    state: "open",
    ownerId: null,
    reason: null,
    note: null,
    fired: [...fired],
    raisedAt: now,
    decidedBy: null,
    decidedAt: null,
  };
  const isWorse = "excluded.level = 'critical' AND alerts.level = 'high'";
  return insertRow(
    alerts,
    row,
    guard,
    sql.raw(`ON CONFLICT DO UPDATE SET level = excluded.level, score = excluded.score, fired = excluded.fired,
      state = CASE WHEN ${isWorse} THEN 'open' ELSE alerts.state END,
      decided_by = CASE WHEN ${isWorse} THEN NULL ELSE alerts.decided_by END,
      decided_at = CASE WHEN ${isWorse} THEN NULL ELSE alerts.decided_at END
      WHERE (alerts.state = 'open' OR ${isWorse})
        AND (excluded.level, coalesce(excluded.score, -1), excluded.fired) IS NOT (alerts.level, coalesce(alerts.score, -1), alerts.fired)`),
  );
}

export type AlertFilter = {
  state?: AlertState;
  level?: Row["level"];
  ownerId?: string;
  campaignId?: string;
};

export type AlertPosition = { raisedAt: number; id: string };

/** An alert with the call it is about. */
export type ListedAlert = {
  alert: AlertRow;
  call: Pick<
    CallRow,
    "id" | "startedAt" | "fromRaw" | "toRaw" | "direction" | "campaignId" | "operatorId" | "operatorName" | "talkStrip"
  >;
};

const OF_CALL = {
  id: calls.id,
  startedAt: calls.startedAt,
  fromRaw: calls.fromRaw,
  toRaw: calls.toRaw,
  direction: calls.direction,
  campaignId: calls.campaignId,
  operatorId: calls.operatorId,
  operatorName: calls.operatorName,
  talkStrip: calls.talkStrip,
};

/** The alerts of calls within reach, the newest first where no order is given. */
export async function listAlerts(
  db: Database,
  query: Within & { filter?: AlertFilter; limit: number; after?: AlertPosition | undefined; order?: Order },
): Promise<ListedAlert[]> {
  const { organizationId, reach, filter = {}, after, order = "descending" } = query;
  const rows = await db
    .select({ alert: alerts, call: OF_CALL })
    .from(alerts)
    .innerJoin(calls, eq(calls.id, alerts.callId))
    .where(
      and(
        eq(alerts.organizationId, organizationId),
        filter.state && eq(alerts.state, filter.state),
        filter.level && eq(alerts.level, filter.level),
        filter.ownerId === undefined ? undefined : eq(alerts.ownerId, filter.ownerId),
        filter.campaignId === undefined ? undefined : eq(calls.campaignId, filter.campaignId),
        ofCallWithin(sql`${alerts.callId}`, reach),
        after && sql`(${alerts.raisedAt}, ${alerts.id}) ${comesAfter(order)} (${after.raisedAt}, ${after.id})`,
      ),
    )
    .orderBy(inOrder(alerts.raisedAt, order), inOrder(alerts.id, order))
    .limit(query.limit);
  return rows.map(({ alert, call }) => ({ alert: alertOf(alert), call }));
}

type Target = Within & { id: string };

export async function readAlert(db: Database, target: Target): Promise<Result<ListedAlert, DomainError>> {
  const row = await db
    .select({ alert: alerts, call: OF_CALL })
    .from(alerts)
    .innerJoin(calls, eq(calls.id, alerts.callId))
    .where(
      and(
        eq(alerts.organizationId, target.organizationId),
        eq(alerts.id, target.id),
        ofCallWithin(sql`${alerts.callId}`, target.reach),
      ),
    )
    .get();
  return row ? ok({ alert: alertOf(row.alert), call: row.call }) : err(notFound("alert"));
}

/** How many alerts are open within reach, up to `most`. */
export async function countOpenAlerts(db: Database, { organizationId, reach }: Within, most: number): Promise<number> {
  const rows = await db
    .select({ one: sql<number>`1` })
    .from(alerts)
    .where(
      and(
        eq(alerts.organizationId, organizationId),
        sql`${alerts.state} = 'open'`,
        ofCallWithin(sql`${alerts.callId}`, reach),
      ),
    )
    .limit(most);
  return rows.length;
}

export type AlertChanges = {
  /** Who sees to it; null for nobody. */
  ownerId?: string | null | undefined;
  state?: AlertState | undefined;
  /** Of a false alarm. */
  reason?: FalseAlarmReason | null | undefined;
  note?: string | null | undefined;
};

const NO_REASON = invalid("reason", "a false alarm needs a reason");
const NOT_ONE = invalid("reason", "is for a false alarm only");
const CHANGED: DomainError = { kind: "conflict", message: "The alert was changed at the same time. Read it again." };

/** Gives an alert to somebody, decides it, or opens it again. Who decides one that is nobody's has it from then on. */
export async function changeAlert(
  { db }: { db: Database },
  target: Target,
  changes: AlertChanges,
  { actor, now }: Act,
): Promise<Result<ListedAlert, DomainError>> {
  const found = await readAlert(db, target);
  if (!found.ok) return found;
  const { alert } = found.value;
  const owner = await isOwner(db, found.value.call, target.organizationId, changes.ownerId ?? null, now);
  if (!owner.ok) return owner;
  const state = changes.state ?? alert.state;
  const reason = state === "false_alarm" ? (changes.reason ?? (alert.state === state ? alert.reason : null)) : null;
  if (state === "false_alarm" && reason === null) return err(NO_REASON);
  if (state !== "false_alarm" && changes.reason) return err(NOT_ONE);
  const isDecided = state !== "open" && (state !== alert.state || changes.reason !== undefined);
  const own = actor.kind === "user" || actor.kind === "apiKey" ? actor.id : null;
  const set = {
    state,
    reason,
    ownerId: changes.ownerId === undefined ? (alert.ownerId ?? (isDecided ? own : null)) : changes.ownerId,
    note: changes.note === undefined ? alert.note : changes.note,
    decidedBy: state === "open" ? null : isDecided ? actorText(actor) : alert.decidedBy,
    decidedAt: state === "open" ? null : isDecided ? now : alert.decidedAt,
  };
  const [written] = await runBatch(db, [
    db
      .update(alerts)
      .set(set)
      .where(
        and(
          eq(alerts.organizationId, target.organizationId),
          eq(alerts.id, target.id),
          eq(alerts.state, alert.state),
          sql`${alerts.ownerId} IS ${alert.ownerId}`,
        ),
      ),
    ...writeRows(db, noteOwner(found.value, changes.ownerId ?? null, own, now)),
  ]);
  return changesOf(written) > 0 ? readAlert(db, target) : err(CHANGED);
}

/** A person who is given an alert is notified of it, unless they took it themselves. A key reads no notifications. */
function noteOwner({ alert, call }: ListedAlert, ownerId: string | null, own: string | null, now: number): RowWrite[] {
  if (ownerId === null || ownerId === alert.ownerId || ownerId === own || !ownerId.startsWith("usr_")) return [];
  const { organizationId, id } = alert;
  const { campaignId, operatorId } = call;
  const kind = "alert_raised" as const;
  const cause = { organizationId, kind, subjectId: id, campaignId, operatorId, teamId: null, userId: ownerId };
  const isTheirs = sql`EXISTS (SELECT 1 FROM ${alerts} WHERE organization_id = ${organizationId} AND id = ${id}
    AND owner_id = ${ownerId})`;
  return [noteCause({ ...cause, createdAt: now }, isTheirs, now)];
}

/** Alerts are given to whoever may see to them and reaches the call. */
async function isOwner(
  db: Database,
  call: ListedAlert["call"],
  organizationId: string,
  ownerId: string | null,
  now: number,
): Promise<Result<undefined, DomainError>> {
  if (ownerId === null) return ok(undefined);
  const kind = ownerId.startsWith("key_") ? ("apiKey" as const) : ("user" as const);
  const rights = await rightsOfActor(db, { organizationId, actor: { kind, id: ownerId } }, now);
  const isSuited = rights !== undefined && may(rights, "alerts:write") && reachesCall(rights.reach, call);
  return isSuited
    ? ok(undefined)
    : err(invalid("owner_id", "names nobody of this organization who may see to this alert"));
}

/** How often people found a rule right. `precision` null: nothing was decided yet. */
export type Precision = { open: number; confirmed: number; falseAlarms: number; precision: number | null };

/** The same for all rules of an organization, by their ids, of alerts raised since. */
export async function precisionOfRules(
  db: Database,
  organizationId: string,
  since: number,
): Promise<ReadonlyMap<string, Precision>> {
  const rows = await db.all<{ rule: string; state: AlertState; count: number }>(sql`
    SELECT fired.value ->> '$.rule.id' AS rule, ${alerts.state} AS state, count(*) AS count
    FROM ${alerts}, json_each(${alerts.fired}) AS fired
    WHERE ${alerts.organizationId} = ${organizationId} AND ${alerts.raisedAt} >= ${since}
      AND fired.value ->> '$.rule.id' IS NOT NULL
    GROUP BY 1, 2`);
  return new Map(
    [...Map.groupBy(rows, ({ rule }) => rule)].map(([rule, own]) => {
      const of = (state: AlertState) => own.find((one) => one.state === state)?.count ?? 0;
      const [confirmed, falseAlarms] = [of("confirmed"), of("false_alarm")];
      const decided = confirmed + falseAlarms;
      return [
        rule,
        { open: of("open"), confirmed, falseAlarms, precision: decided === 0 ? null : confirmed / decided },
      ];
    }),
  );
}

/** Of what time precision is counted. */
export const PRECISION_DAYS = 90;

export function alertOf(row: Row): AlertRow {
  return { ...row, fired: firedRules.safeParse(row.fired).data ?? [] };
}
