import { and, eq } from "drizzle-orm";
import { callIdOfAnalysis } from "../calls";
import type { Database } from "../db/client";
import { analyses } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { AnalysisRow } from "./snapshot";

/** One analysis of the organization, with its findings. */
export async function readAnalysis(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<AnalysisRow, DomainError>> {
  const row = await db
    .select()
    .from(analyses)
    .where(
      and(
        // The primary key starts with the call, which is part of the id.
        eq(analyses.callId, callIdOfAnalysis(target.id)),
        eq(analyses.id, target.id),
        eq(analyses.organizationId, target.organizationId),
      ),
    )
    .get();
  return row ? ok(row) : err(notFound("analysis"));
}
