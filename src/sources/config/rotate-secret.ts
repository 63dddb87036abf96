import { and, eq } from "drizzle-orm";
import { sources } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { Platform } from "../../platforms";
import { secretFor, type SourceDeps } from "./create";
import { readSource, whereSource, type SourceTarget } from "./source";
import { openSecrets, sealSecrets } from "./secrets";

export type Rotation = {
  /** The new secret, where the platform chose it; otherwise one is made. */
  secret?: string;
  /** Whether what the old secret signed is still taken, until `retirePreviousSecret`. */
  keepPrevious: boolean;
};

const NO_SECRET: DomainError = {
  kind: "conflict",
  message: "This source has no secret: its platform proves itself with an API key.",
};

/** Sets a new secret and returns it, this once. */
export async function rotateSecret(
  deps: SourceDeps,
  platformOf: (kind: string) => Platform | undefined,
  target: SourceTarget,
  rotation: Rotation,
  _act: Act,
): Promise<Result<{ secret: string }, DomainError>> {
  const source = await readSource(deps.db, target);
  if (!source.ok) return source;
  const platform = platformOf(source.value.kind);
  if (!platform) return err(notFound("source"));
  if (platform.authentication === "api_key") return err(NO_SECRET);
  const chosen = secretFor(platform, rotation.secret, source.value.settings);
  if (!chosen.ok) return chosen;
  const secret = chosen.value ?? "";
  const replaced = await replaceSecrets(deps, target, (secrets) => {
    const previous = secrets.filter((known) => known !== secret).slice(0, 1);
    return rotation.keepPrevious ? [secret, ...previous] : [secret];
  });
  return replaced.ok ? ok({ secret }) : replaced;
}

/** Ends a rotation: from now on only the current secret is taken. Where there is no other, nothing is changed. */
export async function retirePreviousSecret(
  deps: SourceDeps,
  target: SourceTarget,
  _act: Act,
): Promise<Result<void, DomainError>> {
  return replaceSecrets(deps, target, (secrets) => secrets.slice(0, 1));
}

/** Whether what an old secret of a source signed is still taken. */
export async function hasPreviousSecret({ db, masterKeys: keys }: SourceDeps, target: SourceTarget): Promise<boolean> {
  const row = await db.select({ secrets: sources.secrets }).from(sources).where(whereSource(target)).get();
  return row ? (await openSecrets(keys, target.id, row.secrets)).length > 1 : false;
}

/** Nothing is written of a change that changes nothing. */
async function replaceSecrets(
  { db, masterKeys: keys }: SourceDeps,
  target: SourceTarget,
  change: (secrets: string[]) => string[],
): Promise<Result<void, DomainError>> {
  const row = await db.select({ secrets: sources.secrets }).from(sources).where(whereSource(target)).get();
  if (!row) return err(notFound("source"));
  if (row.secrets === null) return err(NO_SECRET);
  const now = await openSecrets(keys, target.id, row.secrets);
  const next = change(now);
  if (next.length === now.length && next.every((secret, at) => secret === now[at])) return ok(undefined);
  const secrets = await sealSecrets(keys, target.id, next);
  // Only if no other rotation came in between: a secret that was shown must not be lost unnoticed.
  const updated = await db
    .update(sources)
    .set({ secrets })
    .where(and(whereSource(target), eq(sources.secrets, row.secrets)))
    .returning({ id: sources.id });
  return updated.length > 0
    ? ok(undefined)
    : err({ kind: "conflict", message: "The secret was changed by somebody else at the same time." });
}
