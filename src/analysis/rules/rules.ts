import { and, asc, eq, gt, sql } from "drizzle-orm";
import { findCampaign } from "../../calls";
import { changesOf, runBatch, type Database } from "../../db/client";
import { insertRow, writeRow } from "../../db/rows";
import { rules } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act, Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { conditions, type Condition, type RuleContent } from "./condition";

type Row = typeof rules.$inferSelect;
export type RuleRow = Omit<Row, "conditions"> & { conditions: Condition[] };

/** Every call is looked at by all of them. */
export const MAX_RULES = 100;
export const RULE_LIMITS = { name: 100, script: 100 } as const;

type Target = Within & { id: string };

const FULL: DomainError = { kind: "conflict", message: `An organization has at most ${MAX_RULES} rules.` };
const CHANGED: DomainError = { kind: "conflict", message: "The rule was changed at the same time. Read it again." };

/**
 * Creates a rule. It looks at the calls that are analysed from now on. `id`: of a form that may be sent twice, and makes one
 * rule.
 */
export async function createRule(
  { db }: { db: Database },
  within: Within & { id?: string },
  content: RuleContent,
  { now }: Act,
): Promise<Result<RuleRow, DomainError>> {
  const { organizationId } = within;
  const checked = await isCampaign(db, within, content.campaignId);
  if (!checked.ok) return checked;
  const row: RuleRow = {
    organizationId,
    id: within.id ?? newId("rul", now),
    ...content,
    campaignId: checked.value,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  const isRoom = sql`(SELECT count(*) FROM ${rules} WHERE organization_id = ${organizationId}) < ${MAX_RULES}`;
  const isNew = sql`NOT EXISTS (SELECT 1 FROM ${rules} WHERE organization_id = ${organizationId} AND id = ${row.id})`;
  const [made] = await runBatch(db, [writeRow(db, insertRow(rules, row, sql`${isRoom} AND ${isNew}`))]);
  if (changesOf(made) > 0) return ok(row);
  const before = await readRule(db, { ...within, id: row.id });
  return before.ok ? before : err(FULL);
}

async function isCampaign(
  db: Database,
  within: Within,
  campaignId: string | null,
): Promise<Result<string | null, DomainError>> {
  return campaignId === null ? ok(null) : findCampaign(db, { ...within, campaignId });
}

/** The rules of an organization, the oldest first. They are for whoever reaches all of it (identity/reach-of-permissions.ts). */
export async function listRules(
  db: Database,
  query: Within & { limit: number; after?: { id: string } | undefined },
): Promise<RuleRow[]> {
  const found = await db
    .select()
    .from(rules)
    .where(and(eq(rules.organizationId, query.organizationId), query.after && gt(rules.id, query.after.id)))
    .orderBy(asc(rules.id))
    .limit(query.limit);
  return found.map(ruleOf);
}

export async function readRule(db: Database, target: Target): Promise<Result<RuleRow, DomainError>> {
  const row = await db
    .select()
    .from(rules)
    .where(and(eq(rules.organizationId, target.organizationId), eq(rules.id, target.id)))
    .get();
  return row ? ok(ruleOf(row)) : err(notFound("rule"));
}

/** Those that look at calls. What is found by them is kept for half a minute (jobs/deps.ts). */
export async function activeRules(db: Database, organizationId: string): Promise<RuleRow[]> {
  const found = await db
    .select()
    .from(rules)
    .where(and(eq(rules.organizationId, organizationId), eq(rules.enabled, true)))
    .orderBy(asc(rules.id));
  return found.map(ruleOf);
}

/** Changes what is given. Calls that were looked at before keep what was found. */
export async function changeRule(
  { db }: { db: Database },
  target: Target,
  changes: Partial<RuleContent>,
  { now }: Act,
): Promise<Result<RuleRow, DomainError>> {
  const found = await readRule(db, target);
  if (!found.ok) return found;
  const { organizationId, id, version, campaignId } = found.value;
  const checked = changes.campaignId === undefined ? ok(campaignId) : await isCampaign(db, target, changes.campaignId);
  if (!checked.ok) return checked;
  const row = await db
    .update(rules)
    .set({ ...changes, campaignId: checked.value, version: version + 1, updatedAt: now })
    .where(and(eq(rules.organizationId, organizationId), eq(rules.id, id), eq(rules.version, version)))
    .returning()
    .get();
  return row ? ok(ruleOf(row)) : err(CHANGED);
}

/** Deletes a rule. Alerts that it raised stay, with what it found. */
export async function deleteRule(db: Database, target: Target): Promise<Result<RuleRow, DomainError>> {
  const found = await readRule(db, target);
  if (!found.ok) return found;
  await db.delete(rules).where(and(eq(rules.organizationId, target.organizationId), eq(rules.id, target.id)));
  return found;
}

/** A rule as it was read. One that only a later version understands has conditions that never hold. */
function ruleOf(row: Row): RuleRow {
  return { ...row, conditions: conditions.safeParse(row.conditions).data ?? [] };
}
