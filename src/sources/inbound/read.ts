import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { bodyColumn, loadInboundBody } from "./body";
import { viewColumns, whereInbound, type InboundView } from "./view";

/** A logged request. `body` is undefined where none was kept: it was too large, or its sender was not verified. */
export type InboundDetail = InboundView & { body: Uint8Array<ArrayBuffer> | undefined };

export async function readInbound(
  db: Database,
  bucket: R2Bucket,
  target: { organizationId: string; id: string },
): Promise<Result<InboundDetail, DomainError>> {
  const row = await db
    .select({ ...viewColumns, body: bodyColumn })
    .from(inbound)
    .where(whereInbound(target))
    .get();
  return row ? ok({ ...row, body: await loadInboundBody(bucket, row) }) : err(notFound("inbound request"));
}
