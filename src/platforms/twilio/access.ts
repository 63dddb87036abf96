import { basicAuthorization } from "../../lib/http/authorization";
import type { AudioAccess } from "../../recordings";
import type { AccessConfig } from "../contract";
import { apiUrlOf, type TwilioSettings } from "./settings";

// api.twilio.com, and by edge and region: api.ie1.twilio.com, api.dublin.ie1.twilio.com (Twilio docs, "Global
// infrastructure").
const API_HOST = /^api(\.[a-z0-9-]+){0,2}\.twilio\.com$/;

/** Basic for Twilio's API and for nothing else: a redirect to where the file is stored gets none. */
export function recordingAccess(config: AccessConfig<TwilioSettings>): AudioAccess {
  return {
    credentialsFor(url) {
      if (!isApi(url, config.settings)) return undefined;
      // The secret that signs goes to Twilio itself only, whatever API address the settings have.
      if (config.credentials === null && !isTwilio(url)) return undefined;
      const account = /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})\//.exec(url.pathname)?.[1];
      return authorization(config, account);
    },
  };
}

/**
 * The header that lets us ask: the credentials' API key or Auth Token. Where none are set, the secret that signs the
 * callbacks is the Auth Token of the account that sends them, so `account` with it will do. Undefined: nothing to ask
 * with.
 */
export function authorization(
  { credentials, secrets }: AccessConfig<TwilioSettings>,
  account: string | undefined,
): Record<string, string> | undefined {
  const { account_sid: sid, auth_token: token, api_key_sid: key, api_key_secret: keySecret } = credentials ?? {};
  if (key !== undefined && keySecret !== undefined) return basicAuthorization(key, keySecret);
  if (sid !== undefined && token !== undefined) return basicAuthorization(sid, token);
  const [secret] = secrets;
  return account !== undefined && secret !== undefined ? basicAuthorization(account, secret) : undefined;
}

function isApi(url: URL, settings: TwilioSettings): boolean {
  if (url.origin === new URL(apiUrlOf(settings)).origin) return true;
  return isTwilio(url);
}

function isTwilio(url: URL): boolean {
  return url.protocol === "https:" && url.port === "" && API_HOST.test(url.hostname);
}
