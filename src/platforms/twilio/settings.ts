import { z } from "zod";
import { splitAddress } from "../../lib/http/address";
import { commonSettings } from "../settings";

/** Where Twilio's API is, unless the account lives in another region. */
const DEFAULT_API = "https://api.twilio.com";

/** A test peer on the same machine may speak http: the network guard lets no deployment but a local one ask it. */
function isSafe(address: string): boolean {
  const url = URL.parse(address);
  if (!url || !isWithoutPassword(address)) return false;
  return url.protocol === "https:" || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
}

function isWithoutPassword(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.username === "" && url.password === "";
}

export const settings = commonSettings.extend({
  public_url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine(isWithoutPassword, "must hold no user name and no password: settings are shown")
    .optional()
    .describe(
      "Address given to Twilio where it is not this deployment's own (a proxy in front): its origin, or the address complete. Twilio signs it.",
    ),
  recording_format: z.enum(["mp3", "wav"]).optional().describe("The form recordings are fetched in. Default: `mp3`."),
  dual_channel: z
    .boolean()
    .optional()
    .describe("Whether recordings are fetched with each party on a channel of its own, where Twilio has them so."),
  api_url: z
    .url({ protocol: /^https?$/ })
    .max(200)
    .refine(isSafe, "must begin with https:// and hold no password")
    .optional()
    .describe(`Twilio's API, where it is not \`${DEFAULT_API}\` (another region or edge).`),
});

export type TwilioSettings = z.infer<typeof settings>;

/** Account SID with its Auth Token, or with an API key (Twilio docs, "API requests", "API keys"). */
export const credentials = z
  .strictObject({
    account_sid: z
      .string()
      .regex(/^AC[0-9a-fA-F]{32}$/, "must be an Account SID: AC and 32 hexadecimal digits")
      .describe("The account that is asked for its calls: AC…"),
    auth_token: z.string().min(16).max(200).optional().describe("The account's Auth Token."),
    api_key_sid: z
      .string()
      .regex(/^SK[0-9a-fA-F]{32}$/, "must be an API key's SID: SK and 32 hexadecimal digits")
      .optional()
      .describe("An API key in place of the Auth Token: SK…"),
    api_key_secret: z.string().min(16).max(200).optional().describe("The API key's secret."),
  })
  .superRefine((given, context) => {
    const hasKey = given.api_key_sid !== undefined && given.api_key_secret !== undefined;
    const hasHalf = (given.api_key_sid === undefined) !== (given.api_key_secret === undefined);
    if (hasHalf) {
      const field = given.api_key_sid === undefined ? "api_key_sid" : "api_key_secret";
      context.addIssue({ code: "custom", path: [field], message: "is missing: an API key is its SID and its secret" });
    } else if (!hasKey && given.auth_token === undefined) {
      const message = "is missing: give auth_token, or api_key_sid and api_key_secret";
      context.addIssue({ code: "custom", path: ["auth_token"], message });
    }
  });

/** The API's address without a trailing slash. */
export function apiUrlOf(configured: TwilioSettings): string {
  return (configured.api_url ?? DEFAULT_API).replace(/\/+$/, "");
}

/**
 * The address Twilio was given, letter by letter: ours, or the one set, completed by our path and query where it has
 * none.
 */
export function addressAtTwilio(own: string, configured: TwilioSettings): string {
  const given = configured.public_url === undefined ? undefined : splitAddress(configured.public_url);
  if (given === undefined) return own;
  const { path, query } = pathAndQuery(splitAddress(own)?.rest ?? "");
  const wanted = pathAndQuery(given.rest);
  const isOrigin = wanted.path === "" || wanted.path === "/";
  const at = `${given.scheme}${given.host}${given.port}`;
  return `${at}${isOrigin ? path : wanted.path}${wanted.query === "" ? query : wanted.query}`;
}

function pathAndQuery(rest: string): { path: string; query: string } {
  const mark = rest.indexOf("?");
  return mark < 0 ? { path: rest, query: "" } : { path: rest.slice(0, mark), query: rest.slice(mark) };
}
