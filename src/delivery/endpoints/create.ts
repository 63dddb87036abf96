import { eq, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import { newId } from "../../lib/id";
import { checkUrl, type GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { endpointConfigOf, type EndpointChange, type EndpointRow } from "./endpoint";
import { checkSigningSecret, newSigningSecret, sealSecrets } from "./secret";
import { checkSubscriptions } from "./subscription";

/** Each event becomes a delivery for each endpoint that wants it: the cap bounds what one call can cost. */
export const MAX_ENDPOINTS = 50;

export type NewEndpoint = {
  organizationId: string;
  url: string;
  events: readonly string[];
  description?: string | null;
  active?: boolean;
  /** A signing secret the subscriber brings along; otherwise one is made. */
  secret?: string;
};

/** Makes an endpoint. The secret in the answer is the one moment it is shown. */
export async function createEndpoint(
  db: Database,
  input: NewEndpoint,
  means: { masterKeys: MasterKeys; policy: GuardPolicy; now: number },
): Promise<Result<EndpointChange & { secret: string }, DomainError>> {
  const subscriptions = checkSubscriptions(input.events);
  if (!subscriptions.ok) return subscriptions;
  const secret = input.secret === undefined ? ok(newSigningSecret()) : checkSigningSecret(input.secret);
  if (!secret.ok) return secret;
  const url = await checkUrl(input.url, means.policy);
  if (!url.ok) return err(invalid("url", url.error.message));

  const id = newId("end", means.now);
  const secrets = await sealSecrets(means.masterKeys, id, [{ value: secret.value, until: null }]);
  const row = await insertUnderCap(db, {
    id,
    organizationId: input.organizationId,
    url: url.value.href,
    description: input.description ?? null,
    events: subscriptions.value,
    active: input.active ?? true,
    secrets,
  });
  if (!row) return err({ kind: "conflict", message: `An organization has at most ${MAX_ENDPOINTS} endpoints.` });
  return ok({ row, config: endpointConfigOf(row), secret: secret.value });
}

type Inserted = Pick<EndpointRow, "id" | "organizationId" | "url" | "description" | "events" | "active" | "secrets">;

// Created at is D1's clock, as events' is: an endpoint hears of what was recorded from then on. The cap is checked in
// the same statement, so two requests at once cannot pass it together.
async function insertUnderCap(db: Database, endpoint: Inserted): Promise<EndpointRow | undefined> {
  const { organizationId } = endpoint;
  await runBatch(db, [
    db.run(sql`
      INSERT INTO ${endpoints} (id, organization_id, url, description, profile, payload_version, method, headers, template, events,
                                filters, ordering, settings, shards, active, paused, secrets, version, created_at, updated_at)
      SELECT ${endpoint.id}, ${organizationId}, ${endpoint.url}, ${endpoint.description}, 'standard',
             'v1', 'POST', '{}', NULL, ${JSON.stringify(endpoint.events)}, '{}', 'call', '{}',
             json_array(json_object('since', ${d1Now}, 'shards', 1)), ${endpoint.active ? 1 : 0}, 0, ${endpoint.secrets}, 1, ${d1Now}, ${d1Now}
      WHERE (SELECT count(*) FROM ${endpoints} WHERE organization_id = ${organizationId} AND deleted_at IS NULL)
            < ${MAX_ENDPOINTS}`),
  ]);
  return db.select().from(endpoints).where(eq(endpoints.id, endpoint.id)).get();
}
