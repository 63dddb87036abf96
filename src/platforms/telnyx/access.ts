import { z } from "zod";
import type { AudioAccess } from "../../recordings";
import type { AccessConfig } from "../contract";
import type { TelnyxSettings } from "./settings";

const API_HOST = "api.telnyx.com";

const url = z.string().max(4_000).nullish();
const reply = z.object({ data: z.object({ download_urls: z.object({ mp3: url, wav: url }) }) });

/** Where Telnyx's API has a recording, with a fresh link to it (Telnyx docs, "Retrieve a call recording"). */
export function recordingAddress(id: string): string {
  return `https://${API_HOST}/v2/recordings/${encodeURIComponent(id)}`;
}

/** The API key for Telnyx's API and for nothing else: the links it gives are signed themselves. */
export function recordingAccess(config: AccessConfig<TelnyxSettings>): AudioAccess {
  const apiKey = config.credentials?.["api_key"];
  return {
    credentialsFor: (address) =>
      apiKey !== undefined && isApi(address) ? { authorization: `Bearer ${apiKey}` } : undefined,
    linkIn(address, answer) {
      const parsed = isApi(address) ? reply.safeParse(answer) : undefined;
      return parsed?.success ? linkOf(parsed.data.data.download_urls, config.settings) : undefined;
    },
  };
}

/** The link in the form that is set, else in the other. */
export function linkOf(
  links: { mp3?: string | null; wav?: string | null },
  { recording_format: format = "mp3" }: TelnyxSettings,
): string | undefined {
  const other = format === "mp3" ? "wav" : "mp3";
  return links[format] || links[other] || undefined;
}

function isApi(address: URL): boolean {
  return address.protocol === "https:" && address.host === API_HOST;
}
