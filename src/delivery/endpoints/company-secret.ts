import { and, eq, isNull, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { companySecrets, endpoints } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { contextOf } from "../../db/sealed-places";
import { seal, unseal, type MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import { profiles } from "../profiles";
import type { EndpointDeps, EndpointRow } from "./endpoint";
import { pushQuietly } from "./push";
import { recordReveal } from "./reveals";
import { rotated } from "./rotate-secret";
import { chooseSecret, sealSecrets, signingAt } from "./secret";

// Voicesense shows one signing secret per company and replaces it everywhere at once. Each endpoint's row holds its own
// sealed copy, so that its objects need nothing but their own configuration.

/** A company secret as it was read: opened, and the sealed text, which shows later whether it is still the same. */
export type CompanySecret = { sealed: string; secrets: SigningSecret[] };

type SecretDeps = Pick<EndpointDeps, "db" | "masterKeys">;

// A round fails only when the secret was regenerated or an endpoint created in the meantime.
const ROUNDS = 4;

/** The organization's secret for its `voicesense` endpoints. Created with the first of them. */
export async function ensureCompanySecret(
  { db, masterKeys: keys }: SecretDeps,
  organizationId: string,
  now: number,
): Promise<CompanySecret> {
  const known = await findCompanySecret(db, keys, organizationId);
  if (known) return known;
  const fresh = [{ value: profiles.voicesense.newSecret(), until: null, since: now }];
  const secrets = await sealCompanySecrets(keys, organizationId, fresh);
  // When two first endpoints are created at once, one secret is stored and both sign with it.
  await db.insert(companySecrets).values({ organizationId, secrets, updatedAt: d1Now }).onConflictDoNothing();
  const made = await findCompanySecret(db, keys, organizationId);
  if (!made) throw new Error("a company secret vanished while it was made");
  return made;
}

/** Shows the company secret, and records who was shown it. */
export async function revealCompanySecret(
  { db, masterKeys }: SecretDeps,
  organizationId: string,
  act: Act,
): Promise<Result<SigningSecret[], DomainError>> {
  const company = await findCompanySecret(db, masterKeys, organizationId);
  if (!company) return err(notFound("company secret"));
  await recordReveal(db, { organizationId, endpointId: null }, act);
  return ok(signingAt(company.secrets, act.now));
}

/**
 * Replaces the company secret in all `voicesense` endpoints in one batch. With `grace` (milliseconds, 0 for none) the
 * old secret signs a second header for that long. Each changed endpoint is pushed to its objects.
 */
export async function regenerateCompanySecret(
  deps: Omit<EndpointDeps, "guardPolicy">,
  organizationId: string,
  wanted: { secret?: string; grace: number },
  { now }: Act,
): Promise<Result<{ secret: string; endpoints: number }, DomainError>> {
  const chosen = chooseSecret(profiles.voicesense, wanted.secret);
  if (!chosen.ok) return chosen;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const company = await ensureCompanySecret(deps, organizationId, now);
    // The second header holds one signature, so only the previous secret is kept.
    const secrets = rotated(company.secrets.slice(0, 1), chosen.value, wanted.grace, now);
    const changed = await replaceEverywhere(deps, { organizationId, company, secrets });
    if (changed) {
      await Promise.all(changed.map((row) => pushQuietly(deps, row)));
      return ok({ secret: chosen.value, endpoints: changed.length });
    }
  }
  return err({ kind: "conflict", message: "The company secret is being changed by somebody else at the same time." });
}

type Replacement = { organizationId: string; company: CompanySecret; secrets: SigningSecret[] };

// The first statement applies only if the secret was not regenerated and no endpoint was added in the meantime; the
// second only if the first applied.
async function replaceEverywhere(
  { db, masterKeys: keys }: SecretDeps,
  { organizationId, company, secrets }: Replacement,
): Promise<EndpointRow[] | undefined> {
  const sharing = and(
    eq(endpoints.organizationId, organizationId),
    eq(endpoints.profile, "voicesense"),
    isNull(endpoints.deletedAt),
  );
  const rows = await db.select({ id: endpoints.id }).from(endpoints).where(sharing);
  const copies = await Promise.all(rows.map(async ({ id }) => ({ id, secrets: await sealSecrets(keys, id, secrets) })));
  const sealed = await sealCompanySecrets(keys, organizationId, secrets);
  const list = JSON.stringify(copies);
  const [replaced] = await runBatch(db, [
    db
      .update(companySecrets)
      .set({ secrets: sealed, updatedAt: d1Now })
      .where(
        and(
          eq(companySecrets.organizationId, organizationId),
          eq(companySecrets.secrets, company.sealed),
          sql`NOT EXISTS (SELECT 1 FROM ${endpoints} WHERE ${sharing} AND ${endpoints.id} NOT IN (SELECT value ->> 'id' FROM json_each(${list})))`,
        ),
      ),
    db
      .update(endpoints)
      .set({
        secrets: sql`(SELECT value ->> 'secrets' FROM json_each(${list}) WHERE value ->> 'id' = ${endpoints.id})`,
        version: sql`version + 1`,
        updatedAt: d1Now,
      })
      .where(
        and(
          sharing,
          sql`EXISTS (SELECT 1 FROM ${companySecrets} WHERE organization_id = ${organizationId} AND ${companySecrets.secrets} = ${sealed})`,
        ),
      ),
  ]);
  if (changesOf(replaced) === 0) return undefined;
  return db.select().from(endpoints).where(sharing);
}

async function findCompanySecret(
  db: Database,
  keys: MasterKeys,
  organizationId: string,
): Promise<CompanySecret | undefined> {
  const row = await db.select().from(companySecrets).where(eq(companySecrets.organizationId, organizationId)).get();
  if (!row) return undefined;
  const secrets = JSON.parse(
    await unseal(keys, contextOf("company_secrets.secrets", organizationId), row.secrets),
  ) as SigningSecret[];
  return { sealed: row.secrets, secrets };
}

async function sealCompanySecrets(keys: MasterKeys, organizationId: string, secrets: SigningSecret[]): Promise<string> {
  return seal(keys, contextOf("company_secrets.secrets", organizationId), JSON.stringify(secrets));
}
