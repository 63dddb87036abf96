import type { AudioAccess } from "../../recordings";
import { accessTokenOf, type TokenRequest } from "../asking/access-token";
import { basicAuthorization } from "../../lib/http/authorization";
import type { AccessConfig, AccessDeps } from "../contract";
import { firstLink } from "../reading/fields";
import { fieldsOf } from "../reading/json-object";
import { isPlatformUrl } from "../asking/platform-host";
import { apiUrl } from "./map";
import type { RingCentralSettings } from "./settings";

// platform.ringcentral.com has the API, media.ringcentral.com the files; both want the token.
const DOMAINS = ["ringcentral.com"];
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/**
 * The address of a recording is a question to the API, about the recording or the session's call log; its answer holds
 * `contentUri`, which wants the token too. No other host gets it. Until the log has the recording, which can take
 * minutes, there is no link and the question is asked again later.
 */
export function recordingAccess(config: AccessConfig<RingCentralSettings>, deps: AccessDeps): AudioAccess {
  const isOurs = (url: URL) => isPlatformUrl(url, DOMAINS, [config.settings.api_url]);
  return {
    credentialsFor: async (url) => {
      const token = isOurs(url) ? await tokenOf(config, deps) : undefined;
      return token === undefined ? undefined : { authorization: `Bearer ${token}` };
    },
    linkIn: (url, reply) => (isOurs(url) ? contentUriIn(reply) : undefined),
  };
}

async function tokenOf(config: AccessConfig<RingCentralSettings>, deps: AccessDeps): Promise<string | undefined> {
  const { access_token: fixed, client_id: id, client_secret: secret, jwt } = config.credentials ?? {};
  if (fixed !== undefined) return fixed;
  if (id === undefined || secret === undefined || jwt === undefined) return undefined;
  const request: TokenRequest = {
    url: apiUrl(config.settings, "oauth/token"),
    headers: { ...basicAuthorization(id, secret), "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ grant_type: JWT_BEARER, assertion: jwt }).toString(),
  };
  const token = await accessTokenOf(config.id, request, deps);
  // Without it the API answers 401, which becomes the recording's reason.
  return token.ok ? token.value : undefined;
}

/** In a recording's own answer, or in the first record of a call log that has one. */
function contentUriIn(reply: unknown): string | undefined {
  const fields = fieldsOf(reply);
  const own = fields && firstLink(fields, ["contentUri"]);
  if (own) return own;
  const records = fields?.get("records");
  if (!Array.isArray(records)) return undefined;
  for (const record of records as unknown[]) {
    const link = firstLink(fieldsOf(record) ?? new Map(), ["recording.contentUri"]);
    if (link !== null) return link;
  }
  return undefined;
}
