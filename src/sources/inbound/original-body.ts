import { redactsAnything } from "../../campaigns";
import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { may, recordAct, type Act, type ReachingRights, type Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { readInbound, type InboundDetail } from "./request";

// The log keeps what platforms sent as it came: it is the evidence, and what is replayed after a fix. Where anything is
// taken out of calls, it is in these bodies all the same, so they are for those who may hear originals.

/** A logged request as somebody may read it. `isWithheld`: its body is not for them, whether there is one or not. */
export type ShownInbound = InboundDetail & { isWithheld: boolean };

/**
 * One logged request within reach, without its body where the organization takes anything out of calls and the caller may
 * not hear originals (`originals:read`). Who reads such a body is in the audit log before it is given.
 */
export async function readInboundAs(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  caller: ReachingRights,
  target: Within & { id: string },
  act: Act,
): Promise<Result<ShownInbound, DomainError>> {
  const { organizationId, id } = target;
  const [found, redacts] = await Promise.all([readInbound(db, bucket, target), redactsAnything(db, organizationId)]);
  if (!found.ok) return found;
  const isRead = may(caller, "inbound:read") && found.value.body !== undefined;
  if (!redacts) return ok({ ...found.value, isWithheld: false });
  if (!may(caller, "originals:read")) return ok({ ...found.value, body: undefined, isWithheld: true });
  if (isRead)
    await recordAct(
      db,
      { organizationId, action: "inbound.body_read", resourceType: "inbound", resourceIds: [id] },
      act,
    );
  return ok({ ...found.value, isWithheld: false });
}

/** Refuses to search in bodies where somebody may not read them: what is found says what is in them. */
export async function maySearchBodies(
  db: Database,
  caller: ReachingRights,
  { organizationId }: Pick<Within, "organizationId">,
): Promise<Result<undefined, DomainError>> {
  if (!may(caller, "inbound:read")) return err({ kind: "permission_missing", permission: "inbound:read" });
  if (may(caller, "originals:read") || !(await redactsAnything(db, organizationId))) return ok(undefined);
  return err({ kind: "permission_missing", permission: "originals:read" });
}
