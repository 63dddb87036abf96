import type { Database } from "../../db/client";
import { notFound, type DomainError } from "../../errors";
import { recordAct, type Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { openSecrets, readEndpoint, signingAt } from "../endpoints";
import type { EndpointObjects } from "../object/client";
import { profiles } from "../profiles";
import { maskHeaders } from "../templates";

/** A request that can be sent by hand. */
export type SignedRequest = { method: string; url: string; headers: Record<string, string>; body: string };

/**
 * The last request of a delivery, signed for this moment: receivers refuse the signature of an old one. Recorded, because
 * whoever has it can send it.
 */
export async function signDeliveryNow(
  deps: { db: Database; masterKeys: MasterKeys; endpointObjects: Pick<EndpointObjects, "delivery"> },
  target: { organizationId: string; id: string; deliveryId: string },
  act: Act,
): Promise<Result<SignedRequest, DomainError>> {
  const { organizationId, id, deliveryId } = target;
  const endpoint = await readEndpoint(deps.db, target);
  if (!endpoint.ok) return endpoint;
  const entry = await deps.endpointObjects.delivery(endpoint.value, deliveryId);
  const sent = entry?.attempts.at(-1)?.request;
  if (!entry || !sent || sent.body === "") return err(notFound("delivery"));
  const what = {
    organizationId,
    action: "delivery.signed" as const,
    resourceType: "delivery",
    resourceIds: [deliveryId],
  };
  await recordAct(deps.db, { ...what, after: { endpoint_id: id } }, act);
  const profile = profiles[endpoint.value.profile];
  const secrets = signingAt(await openSecrets(deps.masterKeys, id, endpoint.value.secrets), act.now);
  const signature = await profile.sign(
    {
      eventId: entry.eventId,
      deliveryId,
      now: act.now,
      secrets: secrets.map(({ value }) => value),
      ed25519: endpoint.value.settings.ed25519 ?? false,
    },
    sent.body,
  );
  const taken = new Set(Object.keys(signature).map((name) => name.toLowerCase()));
  const others = Object.entries(maskHeaders(sent.headers, profile)).filter(([name]) => !taken.has(name.toLowerCase()));
  return ok({
    method: sent.method,
    url: sent.url,
    headers: { ...Object.fromEntries(others), ...signature },
    body: sent.body,
  });
}
