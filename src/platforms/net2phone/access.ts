import { z } from "zod";
import type { AudioAccess } from "../../recordings";
import type { AccessConfig } from "../contract";
import { apiUrlOf, type Net2phoneSettings } from "./settings";

// The colon may come escaped.
const EXCHANGE = /(?::|%3a)generate-audio-download-link$/i;
const linkReply = z.looseObject({ url: z.string().min(1) });

/**
 * How recordings are fetched: an address that ends in `:generate-audio-download-link` answers, to the API key, with
 * `{ "url": … }`, and that address is asked without the key, whatever host it is at. The key goes to net2phone's own
 * hosts over https, and to the host the source names as its API.
 */
export function recordingAccess(config: AccessConfig<Net2phoneSettings>): AudioAccess {
  const key = config.credentials?.["api_key"];
  const api = URL.parse(apiUrlOf(config.settings))?.origin;
  // Links that were handed out carry their own token.
  const handedOut = new Set<string>();
  return {
    credentialsFor(url) {
      const takesKey = key !== undefined && !handedOut.has(url.href) && (url.origin === api || isNet2phone(url));
      return {
        ...(takesKey && { "x-api-key": key }),
        ...(EXCHANGE.test(url.pathname) && { accept: "application/json" }),
      };
    },
    linkIn(url, reply) {
      const parsed = linkReply.safeParse(reply);
      const link = parsed.success ? URL.parse(parsed.data.url, url.href)?.href : undefined;
      if (link !== undefined) handedOut.add(link);
      return link;
    },
  };
}

function isNet2phone({ protocol, hostname, port }: URL): boolean {
  if (protocol !== "https:" || port !== "") return false;
  return hostname === "api.n2p.io" || hostname === "net2phone.com" || hostname.endsWith(".net2phone.com");
}
