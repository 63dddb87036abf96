import type { Database } from "../../db/client";
import { sources } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { viewColumns, whereSource, type SourceView } from "./view";

export async function readSource(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<SourceView, DomainError>> {
  const row = await db.select(viewColumns).from(sources).where(whereSource(target)).get();
  return row ? ok(row) : err(notFound("source"));
}
