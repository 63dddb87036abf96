import { newId } from "../../lib/id";
import { and, eq } from "drizzle-orm";
import { inbound } from "../../db/schema";
import type { Database } from "../../db/client";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Within } from "../../identity";
import { bodyColumn, loadInboundBody } from "./body";
import { inboundWithin } from "./within-reach";

/** Every inbound id begins so; what follows sorts by time of arrival. */
export const INBOUND_PREFIX = "inb";
const TIME_CHARACTERS = INBOUND_PREFIX.length + 1 + 10;

/**
 * An id begins with its time, so a moment (milliseconds) is a place among the ids: before all those of it and later.
 */
export function firstInboundIdAt(moment: number): string {
  return newId(INBOUND_PREFIX, moment).slice(0, TIME_CHARACTERS);
}

/** A logged request without its body. */
export type InboundView = Omit<typeof inbound.$inferSelect, "body">;

/** The columns of a view. */
export const viewColumns = {
  organizationId: inbound.organizationId,
  id: inbound.id,
  sourceId: inbound.sourceId,
  sourceKind: inbound.sourceKind,
  receivedAt: inbound.receivedAt,
  path: inbound.path,
  form: inbound.form,
  headers: inbound.headers,
  bodyKey: inbound.bodyKey,
  bodySize: inbound.bodySize,
  outcome: inbound.outcome,
  reason: inbound.reason,
  status: inbound.status,
  callId: inbound.callId,
  replays: inbound.replays,
};

export function whereInbound(target: { organizationId: string; id: string }) {
  return and(eq(inbound.organizationId, target.organizationId), eq(inbound.id, target.id));
}

/** A logged request. `body` is undefined where none was kept: it was too large, or its sender was not verified. */
export type InboundDetail = InboundView & { body: Uint8Array<ArrayBuffer> | undefined };

/** One logged request, if it is within reach. */
export async function readInbound(
  db: Database,
  bucket: R2Bucket,
  target: Within & { id: string },
): Promise<Result<InboundDetail, DomainError>> {
  const row = await db
    .select({ ...viewColumns, body: bodyColumn })
    .from(inbound)
    .where(and(whereInbound(target), await inboundWithin(db, target)))
    .get();
  return row ? ok({ ...row, body: await loadInboundBody(bucket, row) }) : err(notFound("inbound request"));
}
