import { and, desc, eq, lt, sql } from "drizzle-orm";
import { findCampaign, readCall, isHeld } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { insertRow, writeRow } from "../db/rows";
import { calls, legalHolds } from "../db/schema";
import { invalid, notFound, type DomainError } from "../errors";
import { actorText, isLimited, type Act, type Within } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";

export type HoldRow = typeof legalHolds.$inferSelect;
export type HoldKind = HoldRow["kind"];
export type NewHold = { kind: HoldKind; subject: string; reason: string };

/** Each call that may be erased is compared with all of them. */
const MOST_HOLDS = 1_000;

export const HOLD_LIMITS = { number: 100, reason: 500 } as const;

const WHOLE_ORGANIZATION: DomainError = {
  kind: "forbidden",
  message: "This is for whoever reaches the whole organization.",
};

/**
 * Places a hold: what it is on is neither erased nor does it run out, until it is lifted. A call or a campaign has to be
 * there; a number need not have called yet. What is being erased already goes on.
 */
export async function placeHold(
  { db }: { db: Database },
  within: Within,
  { kind, subject, reason }: NewHold,
  { actor, now }: Act,
): Promise<Result<HoldRow, DomainError>> {
  const { organizationId } = within;
  if (isLimited(within.reach)) return err(WHOLE_ORGANIZATION);
  const known = await isThere(db, within, kind, subject);
  if (!known.ok) return known;
  const row: HoldRow = {
    organizationId,
    id: newId("hold", now),
    kind,
    subject: known.value,
    reason,
    actor: actorText(actor),
    createdAt: now,
  };
  const isRoom = sql`(SELECT count(*) FROM ${legalHolds} WHERE organization_id = ${organizationId}) < ${MOST_HOLDS}`;
  // The same hold for the same reason is one, however often it is asked for.
  const isSame = and(
    eq(legalHolds.organizationId, organizationId),
    eq(legalHolds.kind, kind),
    eq(legalHolds.subject, row.subject),
    eq(legalHolds.reason, reason),
  );
  const isNew = sql`NOT EXISTS (SELECT 1 FROM ${legalHolds} WHERE ${isSame})`;
  const [placed] = await runBatch(db, [writeRow(db, insertRow(legalHolds, row, sql`${isNew} AND ${isRoom}`))]);
  if (changesOf(placed) > 0) return ok(row);
  const before = await db.select().from(legalHolds).where(isSame).get();
  if (before) return ok(before);
  return err({ kind: "conflict", message: `An organization has at most ${MOST_HOLDS} legal holds.` });
}

/** The subject as it is stored. */
async function isThere(
  db: Database,
  within: Within,
  kind: HoldKind,
  subject: string,
): Promise<Result<string, DomainError>> {
  if (kind === "call") {
    const call = await readCall(db, { ...within, id: subject });
    return call.ok ? ok(subject) : call;
  }
  if (kind === "campaign") {
    return findCampaign(db, { ...within, campaignId: subject });
  }
  const number = numberIn(subject);
  return number === undefined ? err(NO_NUMBER) : ok(number);
}

const NO_NUMBER = invalid("number", "must be a number, as the platform writes it or in E.164");

/** A number as somebody typed it; undefined where it is none. */
export function numberIn(text: string): string | undefined {
  const number = text.trim();
  return number.length <= HOLD_LIMITS.number && number.replace(/\D/g, "").length >= 3 ? number : undefined;
}

/** Whether a call is under a hold. */
export async function isCallHeld(
  db: Database,
  { organizationId, callId }: { organizationId: string; callId: string },
): Promise<boolean> {
  const row = await db
    .select({ id: calls.id })
    .from(calls)
    .where(and(eq(calls.organizationId, organizationId), eq(calls.id, callId), isHeld()))
    .get();
  return row !== undefined;
}

/** Lifts a hold. */
export async function liftHold(
  db: Database,
  { organizationId, reach }: Within,
  id: string,
): Promise<Result<HoldRow, DomainError>> {
  if (isLimited(reach)) return err(WHOLE_ORGANIZATION);
  const row = await db
    .delete(legalHolds)
    .where(and(eq(legalHolds.organizationId, organizationId), eq(legalHolds.id, id)))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("legal hold"));
}

/** One hold. Whose reach is limited sees none. */
export async function readHold(
  db: Database,
  { organizationId, reach }: Within,
  id: string,
): Promise<Result<HoldRow, DomainError>> {
  const mine = and(eq(legalHolds.organizationId, organizationId), eq(legalHolds.id, id));
  const row = isLimited(reach) ? undefined : await db.select().from(legalHolds).where(mine).get();
  return row ? ok(row) : err(notFound("legal hold"));
}

/** The holds of an organization, newest first. Whose reach is limited sees none. */
export async function listHolds(
  db: Database,
  { organizationId, reach }: Within,
  { limit, after }: { limit: number; after?: { id: string } | undefined },
): Promise<HoldRow[]> {
  if (isLimited(reach)) return [];
  return db
    .select()
    .from(legalHolds)
    .where(and(eq(legalHolds.organizationId, organizationId), after && lt(legalHolds.id, after.id)))
    .orderBy(desc(legalHolds.id))
    .limit(limit);
}
