import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { CallRow } from "./snapshot";
import { callsWithin } from "./within-reach";

/** One call of the organization, if it is within reach. */
export async function readCall(db: Database, target: Within & { id: string }): Promise<Result<CallRow, DomainError>> {
  const row = await db
    .select()
    .from(calls)
    .where(and(eq(calls.organizationId, target.organizationId), eq(calls.id, target.id), callsWithin(target.reach)))
    .get();
  return row ? ok(row) : err(notFound("call"));
}
