import type { AudioAccess } from "../../recordings";
import { basicAuthorization } from "../../lib/http/authorization";
import type { AccessConfig, AccessDeps } from "../contract";
import { firstLink } from "../reading/fields";
import { fieldsOf } from "../reading/json-object";
import { isPlatformUrl } from "../asking/platform-host";
import { partsOfRecordingId } from "./map";
import type { AircallSettings } from "./settings";

const API = "https://api.aircall.io";

/** The address of something in Aircall's API. */
export function apiUrl(settings: AircallSettings, path: string): string {
  return `${settings.api_url ?? API}/v1/${path}`;
}

/** The key as Aircall takes it: Basic, API ID and token. Undefined where the source has none. */
export function authorizationOf({ credentials }: AccessConfig): { authorization: string } | undefined {
  const { api_id: id, api_token: token } = credentials ?? {};
  return id === undefined || token === undefined ? undefined : basicAuthorization(id, token);
}

/**
 * A notice's link is signed for a few minutes and needs no key. Once it has expired, the call is read again from the
 * API, which alone gets the key: the storage host it links to does not.
 */
export function recordingAccess(
  config: AccessConfig<AircallSettings>,
  _deps: AccessDeps,
  recording: { externalId: string },
): AudioAccess {
  const authorization = authorizationOf(config);
  const parts = partsOfRecordingId(recording.externalId);
  if (!authorization || !parts) return {};
  const freshLinkAt = apiUrl(config.settings, `calls/${parts.callId}`);
  const isApi = (url: URL) => isPlatformUrl(url, [new URL(API).hostname], [config.settings.api_url]);
  return {
    freshLinkAt,
    credentialsFor: (url) => (isApi(url) ? authorization : undefined),
    linkIn: (url, reply) => {
      const call = isApi(url) ? fieldsOf(fieldsOf(reply)?.get("call")) : undefined;
      return (call && firstLink(call, [parts.kind])) ?? undefined;
    },
  };
}
