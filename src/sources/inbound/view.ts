import { and, eq } from "drizzle-orm";
import { inbound } from "../../db/schema";

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
