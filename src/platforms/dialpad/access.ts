import type { AudioAccess } from "../../recordings";
import type { AccessConfig } from "../contract";
import { isPlatformUrl } from "../asking/platform-host";
import type { DialpadSettings } from "./settings";

const DOMAINS = ["dialpad.com"];

/** Recordings are at Dialpad's own address and want the API key; the storage they may lead on to does not get it. */
export function recordingAccess({ credentials, settings }: AccessConfig<DialpadSettings>): AudioAccess {
  const key = credentials?.["api_key"];
  if (key === undefined) return {};
  return {
    credentialsFor: (url) =>
      isPlatformUrl(url, DOMAINS, [settings.api_url]) ? { authorization: `Bearer ${key}` } : undefined,
  };
}
