import type { Database } from "../../db/client";
import type { MasterKeys } from "../../lib/seal";
import { openSecrets, readEndpoint, signingAt } from "../endpoints";
import { profiles } from "../profiles";

/**
 * Signs a request that is no delivery as those of an endpoint are signed. Gives its address and the headers, or undefined
 * where the endpoint is gone.
 */
export function endpointSigner(deps: { db: Database; masterKeys: MasterKeys }) {
  return async (
    organizationId: string,
    id: string,
    request: { id: string; body: string; now: number },
  ): Promise<{ url: string; headers: Record<string, string> } | undefined> => {
    const endpoint = await readEndpoint(deps.db, { organizationId, id });
    if (!endpoint.ok) return undefined;
    const { secrets, profile, settings, url } = endpoint.value;
    const signing = signingAt(await openSecrets(deps.masterKeys, id, secrets), request.now);
    const headers = await profiles[profile].sign(
      {
        eventId: request.id,
        deliveryId: request.id,
        now: request.now,
        secrets: signing.map(({ value }) => value),
        ed25519: settings.ed25519 ?? false,
      },
      request.body,
    );
    return { url, headers };
  };
}
