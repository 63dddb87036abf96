import { type Result, err } from "../../lib/result";
import type { AudioAccess } from "../../recordings";
import { accessTokenOf } from "../asking/access-token";
import { basicAuthorization } from "../../lib/http/authorization";
import type { AccessConfig, AccessDeps, PullFailure } from "../contract";
import { isPlatformUrl } from "../asking/platform-host";
import type { ZoomSettings } from "./settings";

const DOMAINS = ["zoom.us"];
const OAUTH = "https://zoom.us";

/** Download links are at Zoom's own address and want the app's token; the storage they lead on to does not get it. */
export function recordingAccess(config: AccessConfig<ZoomSettings>, deps: AccessDeps): AudioAccess {
  return {
    credentialsFor: async (url) => {
      if (!isPlatformUrl(url, DOMAINS, [config.settings.api_url])) return undefined;
      const token = await tokenOf(config, deps);
      // Without it Zoom answers 401, which becomes the recording's reason.
      return token.ok ? { authorization: `Bearer ${token.value}` } : undefined;
    },
  };
}

/** The token of the Server-to-Server OAuth app (Zoom's OAuth guide); it lives for an hour. */
export async function tokenOf(
  config: AccessConfig<ZoomSettings>,
  deps: AccessDeps,
): Promise<Result<string, PullFailure>> {
  const { account_id: account, client_id: id, client_secret: secret } = config.credentials ?? {};
  if (account === undefined || id === undefined || secret === undefined) {
    return err({ kind: "refused", reason: "the source has no credentials of Zoom", retryAfter: null });
  }
  const query = new URLSearchParams({ grant_type: "account_credentials", account_id: account });
  const url = `${config.settings.oauth_url ?? OAUTH}/oauth/token?${query.toString()}`;
  return accessTokenOf(config.id, { url, headers: basicAuthorization(id, secret) }, deps);
}
