import type { ConnectorFailure } from "../contract";
import type { Result } from "../../lib/result";
import { renew, scopesFor, type Access } from "./token";
import type { OneDriveSettings } from "./settings";
import { hostsOf } from "./clouds";

/** Where a person signs in, so that their drive can be read. `verifier` stays with us, and proves that the code is for us. */
export async function signInUrl(
  settings: OneDriveSettings,
  { redirectUri, state, verifier }: { redirectUri: string; state: string; verifier: string },
): Promise<string> {
  const url = new URL(
    `https://${hostsOf(settings).login}/${encodeURIComponent(settings.tenant_id)}/oauth2/v2.0/authorize`,
  );
  url.search = new URLSearchParams({
    client_id: settings.client_id,
    response_type: "code",
    response_mode: "query",
    redirect_uri: redirectUri,
    scope: scopesFor(settings).join(" "),
    state,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: "S256",
    prompt: "select_account",
  }).toString();
  return url.href;
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Turns the code that Microsoft sent the person back with into tokens, which are stored. */
export function finishSignIn(
  access: Access,
  { redirectUri, code, verifier }: { redirectUri: string; code: string; verifier: string },
): Promise<Result<string, ConnectorFailure>> {
  return renew(access, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    scope: scopesFor(access.settings).join(" "),
  });
}
