import { z } from "zod";
import { connectors } from "../../db/schema";
import { contextOf } from "../../db/sealed-places";
import { notFound, type DomainError } from "../../errors";
import type { Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { seal, unseal } from "../../lib/seal";
import { MINUTE } from "../../lib/time";
import type { ConnectorFailure, StorageDeps } from "../contract";
import { finishSignIn, grantedOf, isAppOnly, signInUrl, type OneDriveSettings } from "../onedrive";
import { openCredentials, readConnectorRow, sealCredentials, whereConnector, type ConnectorTarget } from "./connector";
import type { ConnectorDeps } from "./write";

/** How long a person may take to sign in at Microsoft. */
const LONGEST = 15 * MINUTE;

const begun = z.object({
  organizationId: z.string(),
  /** Who began it, and alone may end it: the id of a user or of an API key. */
  by: z.string(),
  redirectUri: z.string(),
  verifier: z.string(),
  until: z.number(),
});

type SignInDeps = Pick<ConnectorDeps, "db" | "masterKeys"> & Pick<StorageDeps, "now">;

/** Where a person signs in, and until when, in milliseconds. */
export type SignInLink = { url: string; until: number };

/**
 * Where a person signs in so that their drive is read. What comes back is taken from whoever began it alone, and for a few
 * minutes: that is in the sealed state, so nothing is kept until then.
 */
export async function beginSignIn(
  { db, masterKeys, now }: SignInDeps,
  target: ConnectorTarget,
  { by, redirectUri }: { by: string; redirectUri: string },
): Promise<Result<SignInLink, DomainError>> {
  const found = await readConnectorRow(db, target);
  if (!found.ok) return found;
  const settings = found.value.settings as OneDriveSettings;
  if (found.value.kind !== "onedrive" || isAppOnly(settings)) return err(NOBODY);
  const verifier = [crypto.randomUUID(), crypto.randomUUID()].join("");
  const { organizationId, id } = target;
  const until = now() + LONGEST;
  const text = JSON.stringify({ organizationId, by, redirectUri, verifier, until } satisfies z.infer<typeof begun>);
  const state = `${id}.${await seal(masterKeys, contextOfState(id), text)}`;
  return ok({ url: await signInUrl(settings, { redirectUri, state, verifier }), until });
}

const NOBODY: DomainError = {
  kind: "conflict",
  message: "Nobody signs in for this storage: that is for OneDrive, where no user, drive or site is set.",
};

function contextOfState(id: string) {
  return contextOf("connectors.credentials", `${id}:sign-in`);
}

export type SignedIn = { id: string; failure: ConnectorFailure | null };

/** Takes what Microsoft sent a person back with: the tokens are stored, sealed, and the next look is due now. */
export async function endSignIn(
  deps: SignInDeps & Pick<StorageDeps, "fetch" | "guardPolicy">,
  within: Within,
  { by, state, code }: { by: string; state: string; code: string },
): Promise<Result<SignedIn, DomainError>> {
  const { db, masterKeys, now } = deps;
  const cut = state.indexOf(".");
  const id = state.slice(0, Math.max(cut, 0));
  const text = await unseal(masterKeys, contextOfState(id), state.slice(cut + 1)).catch(() => "null");
  const known = begun.safeParse(JSON.parse(text)).data;
  const isTheirs = known?.organizationId === within.organizationId && known.by === by && known.until > now();
  const target = { ...within, id };
  const found = await readConnectorRow(db, target);
  if (!known || !isTheirs || !found.ok || found.value.kind !== "onedrive") return err(notFound("connector"));
  const row = found.value;
  // The tokens of whoever signed in before are not those of this account.
  const { client_secret = "" } = await openCredentials(masterKeys, row);
  const keep = async (credentials: Readonly<Record<string, string>>) => {
    const sealed = await sealCredentials(masterKeys, id, credentials);
    // Another account is another drive: its list begins anew.
    await db
      .update(connectors)
      .set({ credentials: sealed, cursor: null, trouble: null, dueAt: now() })
      .where(whereConnector(target));
  };
  const access = {
    settings: row.settings as OneDriveSettings,
    credentials: { client_secret },
    deps: { ...deps, keep },
  };
  const ended = await finishSignIn(access, { redirectUri: known.redirectUri, code, verifier: known.verifier });
  return ok({ id, failure: ended.ok ? null : ended.error });
}

export type NeededPermission = { name: string; for: "read" | "move" | "stay"; granted: boolean | null };

/** What a OneDrive connector needs, beside what was granted; null where nobody has asked for a token yet. */
export async function readPermissions(
  { db, masterKeys }: Pick<ConnectorDeps, "db" | "masterKeys">,
  target: ConnectorTarget,
): Promise<Result<NeededPermission[], DomainError>> {
  const found = await readConnectorRow(db, target);
  if (!found.ok) return found;
  if (found.value.kind !== "onedrive") return err(notFound("connector"));
  const settings = found.value.settings as OneDriveSettings;
  const credentials = await openCredentials(masterKeys, found.value);
  const granted = grantedOf(credentials);
  const has = (pattern: RegExp) => (granted === undefined ? null : granted.some((one) => pattern.test(one)));
  return ok([
    { name: "Files.Read.All", for: "read", granted: has(/^(Files|Sites)\.(Read|ReadWrite|Manage|FullControl)/i) },
    ...(settings.processed_path === null
      ? []
      : [
          {
            name: "Files.ReadWrite.All",
            for: "move" as const,
            granted: has(/^(Files|Sites)\.(ReadWrite|Manage|FullControl)/i),
          },
        ]),
    ...(isAppOnly(settings)
      ? []
      : [
          {
            name: "offline_access",
            for: "stay" as const,
            granted: granted === undefined ? null : credentials["refresh_token"] !== undefined,
          },
        ]),
  ]);
}
