import type { Database, Statement } from "../../db/client";
import { sources } from "../../db/schema";
import { digestOf } from "../../lib/id";

/** The row of Anura's calls before anybody has configured it. */
export const ANURA_NAME = "Anura";

/**
 * The id of an organization's one Anura source. All organizations share Anura's path and differ by key, so the id is
 * derived and ingest needs no database to know it.
 */
export async function anuraSourceOf(organizationId: string): Promise<string> {
  return `src_${await digestOf(["anura", organizationId])}`;
}

/** A statement that makes the organization's Anura source unless it is there. `id` comes from `anuraSourceOf`. */
export function ensureAnuraSource(db: Database, organizationId: string, id: string, now: number): Statement {
  return db
    .insert(sources)
    .values({
      id,
      organizationId,
      kind: "anura",
      name: ANURA_NAME,
      campaignId: null,
      settings: {},
      secrets: null,
      state: "active",
      createdAt: now,
      deletedAt: null,
    })
    .onConflictDoNothing();
}
