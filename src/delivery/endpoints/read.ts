import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { liveEndpoint, type EndpointRow } from "./endpoint";

/** One endpoint of the organization. A deleted one is not found. */
export async function readEndpoint(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<EndpointRow, DomainError>> {
  const row = await db.select().from(endpoints).where(liveEndpoint(target)).get();
  return row ? ok(row) : err(notFound("endpoint"));
}
