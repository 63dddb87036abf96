import { and, eq, sql } from "drizzle-orm";
import { callIdOf } from "../calls";
import { createCampaign } from "../campaigns";
import type { Database } from "../db/client";
import { calls, sources } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Act } from "../identity";
import { digestOf } from "../lib/id";
import { internal } from "../platforms";
import { isSampleSource, SAMPLE_SOURCE } from "../sources";
import { MOST_SAMPLE_CALLS, sampleIdAt } from "./catalog";

/** Where the sample calls of an organization are: in a source of their own, whose id says what it is. */
export type SampleSource = { id: string; campaignId: string | null; createdAt: number; deletedAt: number | null };

/** The organization's sources of samples, those that were removed too: calls of theirs may be left. */
export async function sampleSources(db: Database, organizationId: string): Promise<SampleSource[]> {
  const { id, campaignId, createdAt, deletedAt } = sources;
  return db
    .select({ id, campaignId, createdAt, deletedAt })
    .from(sources)
    .where(and(eq(sources.organizationId, organizationId), isSampleSource(sources.id)));
}

/**
 * Makes the source and its campaign where they are missing. Their ids are derived from how often samples were removed:
 * two at once make the same, and calls that were removed never share an id with those that are loaded again.
 */
export async function ensureSampleSource(db: Database, organizationId: string, act: Act): Promise<SampleSource> {
  const all = await sampleSources(db, organizationId);
  const known = all.find(({ deletedAt }) => deletedAt === null);
  if (known) return known;
  const digest = await digestOf(["samples", organizationId, String(all.length)]);
  const campaign = await createCampaign(
    { db },
    { organizationId, name: "Sample calls", id: `cmp_sample_${digest}` },
    act,
  );
  const id = `${SAMPLE_SOURCE}${digest}`;
  await db
    .insert(sources)
    .values({
      id,
      organizationId,
      kind: internal.kind,
      name: "Sample calls",
      campaignId: campaign.id,
      settings: {},
      secrets: null,
      credentials: null,
      state: "active",
      createdAt: act.now,
      deletedAt: null,
    })
    .onConflictDoNothing();
  return { id, campaignId: campaign.id, createdAt: act.now, deletedAt: null };
}

/** Every id that a sample call of a source can have, and those that are there. */
export async function sampleCallsOf(
  db: Database,
  organizationId: string,
  sourceId: string,
): Promise<{ all: string[]; there: Set<string> }> {
  const all = await Promise.all(
    Array.from({ length: MOST_SAMPLE_CALLS }, (_, index) =>
      callIdOf({ organizationId, sourceId, externalId: sampleIdAt(index) }),
    ),
  );
  const rows = await db
    .select({ id: calls.id })
    .from(calls)
    .where(and(eq(calls.organizationId, organizationId), sql`${calls.id} IN ${valueList(all)}`));
  return { all, there: new Set(rows.map(({ id }) => id)) };
}
