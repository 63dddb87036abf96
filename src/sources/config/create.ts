import { and, eq, gt, inArray, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sources } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { isLimited, recordAct, type Act, type Within } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { MINUTE } from "../../lib/time";
import type { Platform } from "../../platforms";
import { checkSource, parseCredentials, parseSettings } from "./check";
import { defaultSourceOf, sourcesWithin, viewColumns, type SourceView } from "./source";
import { openSecrets, sealCredentials, sealSecrets } from "./secrets";

/** The deps of verbs that write a source. */
export type SourceDeps = { db: Database; masterKeys: MasterKeys };

/** How long a form that is sent again is answered with what it made. */
const MADE_LATELY = MINUTE;

export type NewSource = Within & {
  name: string;
  /** Its id, where it was chosen before: asked for twice, it makes one source. */
  id?: string;
  campaignId?: string | null;
  settings?: unknown;
  credentials?: unknown;
  /** The secret the platform showed; one is made where the platform lets its user choose. */
  secret?: string;
};

/** What making a source gives. `secret` is shown this once; null where the platform proves itself with an API key. */
export type CreatedSource = { source: SourceView; secret: string | null };

/**
 * Makes a source of the platform, with a path of its own; of a platform with a shared path, the organization's first
 * one has that.
 */
export async function createSource(
  { db, masterKeys: keys }: SourceDeps,
  platform: Platform,
  input: NewSource,
  act: Act,
): Promise<Result<CreatedSource, DomainError>> {
  const { now } = act;
  const settings = parseSettings(platform, input.settings ?? {});
  if (!settings.ok) return settings;
  const credentials = input.credentials === undefined ? ok(null) : parseCredentials(platform, input.credentials);
  if (!credentials.ok) return credentials;
  const given = { ...input, campaignId: input.campaignId ?? null, settings: settings.value };
  const problem = await checkSource(db, input, given);
  if (problem) return err(problem);
  const secret = secretFor(platform, input.secret, settings.value);
  if (!secret.ok) return secret;
  const write = async (id: string): Promise<SourceView | undefined> => {
    const source = viewOf(id, platform.kind, { ...input, settings: settings.value }, credentials.value !== null, now);
    const { hasCredentials: _, ...row } = source;
    const made = await db
      .insert(sources)
      .values({
        ...row,
        secrets: secret.value === null ? null : await sealSecrets(keys, id, [secret.value]),
        credentials: credentials.value === null ? null : await sealCredentials(keys, id, credentials.value),
        deletedAt: null,
      })
      .onConflictDoNothing()
      .returning({ id: sources.id });
    return made.length > 0 ? source : undefined;
  };
  // The shared path takes what any of the organization's keys sends.
  const shared = platform.authentication === "api_key" && platform.sharedPath && !isLimited(input.reach);
  const shares = shared ? await defaultSourceOf(platform.kind, input.organizationId) : undefined;
  const first = shares === undefined ? undefined : await write(shares);
  if (first) return ok({ source: first, secret: secret.value });
  // A form that is sent twice may have made the first one.
  const made = input.id === undefined ? undefined : await readMade({ db, masterKeys: keys }, input, shares, act);
  if (made) return ok(made);
  const source = await write(input.id ?? newId("src", now));
  if (!source && input.id !== undefined) return err({ kind: "conflict", message: "This source was made already." });
  if (!source) throw new Error("a fresh source id was taken");
  return ok({ source, secret: secret.value });
}

/**
 * What the same form made a moment ago: its source by the id that the form chose, or the organization's first one of the
 * platform. The secret that was made for it is shown again, since the answer that had it may never have been seen.
 */
async function readMade(
  { db, masterKeys }: SourceDeps,
  { organizationId, reach, id = "", name, secret }: NewSource,
  shared: string | undefined,
  act: Act,
): Promise<CreatedSource | undefined> {
  const own = [id, ...(shared === undefined ? [] : [shared])];
  const made = await db
    .select({ ...viewColumns, secrets: sources.secrets })
    .from(sources)
    .where(
      and(
        eq(sources.organizationId, organizationId),
        inArray(sources.id, own),
        isNull(sources.deletedAt),
        sourcesWithin(reach),
        eq(sources.name, name.trim()),
        gt(sources.createdAt, act.now - MADE_LATELY),
      ),
    )
    .get();
  if (!made) return undefined;
  const { secrets, ...source } = made;
  const [current] = secret === undefined ? await openSecrets(masterKeys, source.id, secrets) : [];
  if (current === undefined) return { source, secret: null };
  const shown = {
    organizationId,
    action: "source.secret_shown" as const,
    resourceType: "source",
    resourceIds: [source.id],
  };
  await recordAct(db, shown, act);
  return { source, secret: current };
}

/** The secret a source of the platform begins with: the given one, a fresh one, or null where it needs none. */
export function secretFor(
  platform: Platform,
  given: string | undefined,
  settings: SourceView["settings"],
): Result<string | null, DomainError> {
  if (platform.authentication === "api_key") {
    return given === undefined
      ? ok(null)
      : err(invalid("secret", "is not used: this platform proves itself with an API key"));
  }
  const { name, mint, problem } = platform.secret;
  const secret = given ?? mint?.(settings);
  if (secret === undefined) return err(invalid("secret", `is required: ${platform.title} shows it as ${name}`));
  const wrong = problem(secret, settings);
  return wrong === undefined ? ok(secret) : err(invalid("secret", wrong));
}

function viewOf(
  id: string,
  kind: string,
  input: NewSource & { settings: SourceView["settings"] },
  hasCredentials: boolean,
  now: number,
): SourceView {
  return {
    id,
    organizationId: input.organizationId,
    kind,
    name: input.name.trim(),
    campaignId: input.campaignId ?? null,
    settings: input.settings,
    hasCredentials,
    state: "active",
    createdAt: now,
  };
}
