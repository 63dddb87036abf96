import type { AudioAccess } from "../../recordings";
import type { AccessConfig, AccessDeps } from "../contract";
import type { VonageSettings } from "./settings";
import { applicationToken } from "./access-private-key";

const HOST = /(^|\.)(nexmo|vonage)\.com$/;

/**
 * The application's token for Vonage's own hosts and for nothing else; a redirect to where the file is stored gets
 * none.
 */
export function recordingAccess(config: AccessConfig<VonageSettings>, deps: AccessDeps): AudioAccess {
  return {
    async credentialsFor(url) {
      if (url.protocol !== "https:" || url.port !== "" || !HOST.test(url.hostname)) return undefined;
      const { application_id: id, private_key: key } = config.credentials ?? {};
      if (id === undefined || key === undefined) return undefined;
      const token = await applicationToken(id, key, deps.now(), crypto.randomUUID());
      return token === undefined ? undefined : { authorization: `Bearer ${token}` };
    },
  };
}
