import type { Database } from "../../db/client";
import { sources, type SourceSettings } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import type { SignedSource, Source } from "../contract";
import { anuraSourceOf } from "./anura-source";
import { checkSource } from "./check";
import { mintSecret, sealSecrets, secretProblem } from "./secrets";
import type { SourceView } from "./view";

export type NewSource = {
  organizationId: string;
  name: string;
  campaignId?: string | null;
  settings?: SourceSettings;
  /** The secret the platform showed; one is made where the platform lets its user choose. */
  secret?: string;
};

/** What making a source gives. `secret` is shown this once; null where the platform proves itself with an API key. */
export type CreatedSource = { source: SourceView; secret: string | null };

/**
 * Makes a source of the platform. A platform on the shared path has one source per organization, with a derived id,
 * which a first call may have made already: then configure that one.
 */
export async function createSource(
  db: Database,
  keys: MasterKeys,
  platform: Source,
  input: NewSource,
  now: number,
): Promise<Result<CreatedSource, DomainError>> {
  const problem = await checkSource(db, input.organizationId, input);
  if (problem) return err(problem);
  if (platform.authentication === "signature") return createSigned(db, keys, platform, input, now);
  if (input.secret !== undefined)
    return err(invalid("secret", "is not used: this platform proves itself with an API key"));
  if (typeof input.campaignId === "string")
    return err(invalid("campaign_id", "is not used: each call names its campaign's number"));
  const source = viewOf(await anuraSourceOf(input.organizationId), platform.kind, input, now);
  const made = await db
    .insert(sources)
    .values({ ...source, secrets: null, deletedAt: null })
    .onConflictDoNothing()
    .returning({ id: sources.id });
  if (made.length === 0)
    return err({
      kind: "conflict",
      message: `The organization has its ${platform.kind} source already: ${source.id}.`,
    });
  return ok({ source, secret: null });
}

async function createSigned(
  db: Database,
  keys: MasterKeys,
  platform: SignedSource,
  input: NewSource,
  now: number,
): Promise<Result<CreatedSource, DomainError>> {
  const secret = input.secret ?? mintSecret();
  const problem = secretProblem(secret);
  if (problem) return err(invalid("secret", problem));
  const source = viewOf(newId("src", now), platform.kind, input, now);
  await db
    .insert(sources)
    .values({ ...source, secrets: await sealSecrets(keys, source.id, [secret]), deletedAt: null });
  return ok({ source, secret });
}

function viewOf(id: string, kind: string, input: NewSource, now: number): SourceView {
  return {
    id,
    organizationId: input.organizationId,
    kind,
    name: input.name.trim(),
    campaignId: input.campaignId ?? null,
    settings: input.settings ?? {},
    state: "active",
    createdAt: now,
  };
}
