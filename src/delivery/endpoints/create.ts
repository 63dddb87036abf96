import { eq, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { companySecrets, endpoints } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import type { Act } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { newestVersion } from "../../lib/seal";
import type { ProfileName, SigningSecret } from "../contract";
import { newSigningKey, profiles } from "../profiles";
import { planShards } from "../shards";
import { ensureCompanySecret } from "./company-secret";
import type { EndpointDeps, EndpointRow } from "./endpoint";
import { MAX_ENDPOINTS } from "./limits";
import { applyOptions, blankDraft, type EndpointDraft, type EndpointOptions } from "./options";
import { pushQuietly } from "./push";
import { checkDraft } from "./rules";
import { sealHeaders } from "./sealed-headers";
import { chooseSecret, sealSecrets } from "./secret";
import { checkEndpointUrl } from "./url";

export type NewEndpoint = EndpointOptions & {
  organizationId: string;
  url: string;
  events: readonly string[];
  /** Its id, where it was chosen before: asked for twice, it makes one endpoint. */
  id?: string;
  profile?: ProfileName;
  /** A signing secret chosen by the subscriber. One is generated if it is left out. */
  secret?: string;
};

/** The first secrets of an endpoint. `shared` is the company secret as it was read, where it uses that. */
type FirstSecrets = { signing: SigningSecret[]; shared?: string };

// Another round is needed only when the company secret was regenerated after it was read.
const ROUNDS = 4;

const MADE = "This endpoint was made already.";

const FULL = `An organization has at most ${MAX_ENDPOINTS} endpoints.`;

/** Creates an endpoint and pushes it to its objects. The answer contains its secret; later only a reveal shows it. */
export async function createEndpoint(
  deps: EndpointDeps,
  input: NewEndpoint,
  { now }: Act,
): Promise<Result<{ row: EndpointRow; secret: string }, DomainError>> {
  const { db } = deps;
  const blank = blankDraft(input.organizationId, input.profile ?? "standard");
  const shards = planShards(blank, input, now);
  if (!shards.ok) return shards;
  const draft = { ...applyOptions(blank, input), shards: [{ since: 0, shards: input.shards ?? 1 }] };
  const fields = await checkDraft(db, draft, input);
  const url = await checkEndpointUrl(input.url, deps.guardPolicy);
  if (!url.ok) fields.unshift(...url.error);
  if (!url.ok || fields.length > 0) return err({ kind: "invalid", fields });

  const id = input.id ?? newId("wh", now);
  const headers = await sealHeaders(deps.masterKeys, id, draft.headers);
  let tried: string | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const first = await firstSecrets(deps, draft, input.secret, now);
    if (!first.ok) return first;
    const { signing, shared } = first.value;
    // The insert was refused although the secret is unchanged, so the limit of endpoints was the reason.
    if (round > 1 && shared === tried) return err({ kind: "conflict", message: FULL });
    tried = shared;
    const secrets = await sealSecrets(deps.masterKeys, id, signing);
    const row = await insertUnderCap(
      db,
      { ...draft, id, url: url.value, headers, secrets, objectsSealedWith: newestVersion(deps.masterKeys) },
      shared,
    );
    if (row && row.secrets !== secrets) return err({ kind: "conflict", message: MADE });
    if (row) {
      await pushQuietly(deps, row);
      return ok({ row, secret: signing[0]?.value ?? "" });
    }
  }
  return err({ kind: "conflict", message: "The company secret is being changed by somebody else at the same time." });
}

async function firstSecrets(
  deps: EndpointDeps,
  draft: EndpointDraft,
  brought: string | undefined,
  now: number,
): Promise<Result<FirstSecrets, DomainError>> {
  if (draft.profile !== "voicesense") {
    const secret = chooseSecret(profiles[draft.profile], brought);
    if (!secret.ok) return secret;
    const signing = [secret.value, ...(draft.settings.ed25519 ? [newSigningKey()] : [])];
    return ok({ signing: signing.map((value) => ({ value, until: null, since: now })) });
  }
  if (brought !== undefined) {
    return err(invalid("secret", "voicesense endpoints share the company secret; bring your own to that one"));
  }
  const company = await ensureCompanySecret(deps, draft.organizationId, now);
  return ok({ signing: company.secrets, shared: company.sealed });
}

type Inserted = EndpointDraft & Pick<EndpointRow, "id" | "secrets" | "objectsSealedWith">;

// `created_at` comes from D1's clock, like the time of events: an endpoint receives what is recorded from then on. The
// statement itself checks the limit, so that two requests at once cannot both pass it, and that a shared secret is
// still current.
async function insertUnderCap(db: Database, endpoint: Inserted, shared?: string): Promise<EndpointRow | undefined> {
  const { organizationId } = endpoint;
  const company = sql`(SELECT secrets FROM ${companySecrets} WHERE organization_id = ${organizationId})`;
  const current = shared === undefined ? sql`true` : sql`${company} = ${shared}`;
  const json = (value: unknown) => JSON.stringify(value);
  await runBatch(db, [
    db.run(sql`
      INSERT INTO ${endpoints} (id, organization_id, url, description, profile, payload_version, method, headers, template, events,
                                filters, ordering, settings, shards, active, paused, secrets, version, created_at, updated_at,
                                objects_sealed_with)
      SELECT ${endpoint.id}, ${organizationId}, ${endpoint.url}, ${endpoint.description}, ${endpoint.profile},
             ${endpoint.payloadVersion}, ${endpoint.method}, ${json(endpoint.headers)}, ${endpoint.template},
             ${json(endpoint.events)}, ${json(endpoint.filters)}, ${endpoint.ordering}, ${json(endpoint.settings)},
             json_array(json_object('since', ${d1Now}, 'shards', ${endpoint.shards[0]?.shards ?? 1})),
             ${endpoint.active ? 1 : 0}, ${endpoint.paused ? 1 : 0}, ${endpoint.secrets}, 1, ${d1Now}, ${d1Now},
             ${endpoint.objectsSealedWith}
      WHERE (SELECT count(*) FROM ${endpoints} WHERE organization_id = ${organizationId} AND deleted_at IS NULL)
            < ${MAX_ENDPOINTS} AND ${current}
      ON CONFLICT (id) DO NOTHING`),
  ]);
  return db.select().from(endpoints).where(eq(endpoints.id, endpoint.id)).get();
}
