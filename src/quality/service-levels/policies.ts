import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { changesOf, runBatch, type Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { slaPolicies, type BusinessHours } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { invalid, notFound, type DomainError } from "../../errors";
import { wholeCampaigns, type Act, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { isTimeZone } from "../../lib/zone";
import { checkCampaigns } from "../known-campaigns";

export type PolicyRow = typeof slaPolicies.$inferSelect;

/** What has to happen in time, from when on. */
export const MEASURES = ["task_reviewed", "review_begun", "review_done", "escalation_answered"] as const;
export type Measure = (typeof MEASURES)[number];

/** As many as are looked at in one minute, of all organizations (violations.ts). */
export const MAX_POLICIES = 50;

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be a time of day, such as 09:00");
const span = z
  .tuple([clock, clock])
  .refine(([from, to]) => from < to, "must end after it begins")
  .describe('From and until, such as `["09:00", "18:00"]`.');

export const businessHours = z.strictObject({
  time_zone: z.string().max(60).refine(isTimeZone, "must be a time zone, such as America/Argentina/Buenos_Aires"),
  days: z
    .array(z.array(span).max(6))
    .length(7)
    .refine((days) => days.every(areApart), "must have spans in their order that do not overlap")
    .describe("The spans of each day of the week, Monday first."),
  holidays: z.array(z.iso.date()).max(400).default([]).describe("Days on which nobody works."),
});

function areApart(spans: readonly (readonly [string, string])[]): boolean {
  return spans.every(([from], at) => at === 0 || (spans[at - 1]?.[1] ?? "") <= from);
}

export type PolicyInput = {
  name: string;
  measure: Measure;
  seconds: number;
  campaigns: readonly string[] | null;
  hours: BusinessHours | null;
};

const FULL: DomainError = { kind: "conflict", message: `An organization has at most ${MAX_POLICIES} policies.` };
const ONLY_REACHED = invalid("campaign_ids", "must be campaigns that you reach wholly");

/** Adds a policy. It is for what begins from now on. `id`: chosen before; asked for twice, it makes one. */
export async function createPolicy(
  db: Database,
  { organizationId, reach, id, ...input }: Within & { id?: string | undefined } & PolicyInput,
  { now }: Act,
): Promise<Result<PolicyRow, DomainError>> {
  const checked = await checkReached(db, { organizationId, reach }, input.campaigns);
  if (!checked.ok) return checked;
  const row: PolicyRow = {
    organizationId,
    id: id ?? newId("sla", now),
    ...input,
    campaigns: input.campaigns && [...new Set(input.campaigns)],
    sweptUntil: now,
    createdAt: now,
    archivedAt: null,
  };
  const [inserted] = await runBatch(db, [
    db.run(sql`INSERT INTO ${slaPolicies}
        (organization_id, id, name, measure, seconds, campaigns, hours, swept_until, created_at)
      SELECT ${organizationId}, ${row.id}, ${row.name}, ${row.measure}, ${row.seconds},
        ${row.campaigns && JSON.stringify(row.campaigns)}, ${row.hours && JSON.stringify(row.hours)}, ${now}, ${now}
      WHERE (SELECT count(*) FROM ${slaPolicies} WHERE organization_id = ${organizationId} AND archived_at IS NULL)
        < ${MAX_POLICIES} ON CONFLICT DO NOTHING`),
  ]);
  if (changesOf(inserted) > 0) return ok(row);
  const before = await readPolicy(db, { organizationId, reach, id: row.id });
  return before.ok ? before : err(FULL);
}

/** The policies in force within reach, the oldest first where no order is given. */
export async function listPolicies(
  db: Database,
  { organizationId, reach, ...query }: Within & { limit: number; after?: { id: string } | undefined; order?: Order },
): Promise<PolicyRow[]> {
  const { order = "ascending" } = query;
  return db
    .select()
    .from(slaPolicies)
    .where(
      and(
        eq(slaPolicies.organizationId, organizationId),
        isNull(slaPolicies.archivedAt),
        isAfter(slaPolicies.id, order, query.after?.id),
        isWithin(reach),
      ),
    )
    .orderBy(inOrder(slaPolicies.id, order))
    .limit(query.limit);
}

export async function readPolicy(
  db: Database,
  { organizationId, reach, id }: Within & { id: string },
): Promise<Result<PolicyRow, DomainError>> {
  const row = await db
    .select()
    .from(slaPolicies)
    .where(and(eq(slaPolicies.organizationId, organizationId), eq(slaPolicies.id, id), isWithin(reach)))
    .get();
  return row ? ok(row) : err(notFound("policy"));
}

/** Ends a policy. What it found is kept. */
export async function archivePolicy(
  db: Database,
  target: Within & { id: string },
  { now }: Act,
): Promise<Result<PolicyRow, DomainError>> {
  const found = await readPolicy(db, target);
  if (!found.ok) return found;
  const checked = await checkReached(db, target, found.value.campaigns);
  if (!checked.ok) return checked;
  await db
    .update(slaPolicies)
    .set({ archivedAt: sql`coalesce(archived_at, ${now})` })
    .where(and(eq(slaPolicies.organizationId, target.organizationId), eq(slaPolicies.id, target.id)));
  return ok({ ...found.value, archivedAt: found.value.archivedAt ?? now });
}

/** Whether a policy of these campaigns, or of all, is within a reach: whoever is limited has policies for whole campaigns of theirs. */
export function reachesPolicy(reach: Within["reach"], ids: readonly string[] | null): boolean {
  const whole = wholeCampaigns(reach);
  return whole === null || (ids !== null && ids.every((id) => whole.includes(id)));
}

async function checkReached(
  db: Database,
  { organizationId, reach }: Within,
  ids: readonly string[] | null,
): Promise<Result<void, DomainError>> {
  if (!reachesPolicy(reach, ids)) return err(ONLY_REACHED);
  return ids === null ? ok(undefined) : checkCampaigns(db, organizationId, ids);
}

function isWithin({ campaigns: reached }: Within["reach"]) {
  return reached === null
    ? undefined
    : sql`(${slaPolicies.campaigns} IS NULL OR EXISTS (SELECT 1 FROM json_each(${slaPolicies.campaigns}) AS linked
        WHERE linked.value IN ${valueList(reached)}))`;
}
