import type { ProfileName } from "../../delivery";

/** Formats by their own names, the one for anything new first. */
export const FORMATS = {
  standard: "Standard Webhooks",
  audian: "Audian",
  voqo: "Voqo",
  voicesense: "Voicesense",
  authentivoice: "AuthentiVoice",
} as const satisfies Record<ProfileName, string>;

export const FORMAT_NAMES = Object.keys(FORMATS) as ProfileName[];

export function formatIn(text: string | undefined): ProfileName {
  return FORMAT_NAMES.find((name) => name === text) ?? "standard";
}

/** An endpoint as people recognise it: its host and path. */
export function placeOf(url: string): { host: string; path: string } {
  const parsed = URL.parse(url);
  return parsed ? { host: parsed.host, path: `${parsed.pathname}${parsed.search}` } : { host: url, path: "" };
}
