import type { KeyedPlatform } from "../contract";
import { mappedExample, mappedReader, mappingSetting, type MappedSettings } from "../mapping";
import { commonSettings } from "../settings";
import { guide } from "./guide";

const KIND = "external";

/** Any system that can post JSON with an API key: its user's mapping defines what its notices mean. */
export const external: KeyedPlatform<MappedSettings> = {
  kind: KIND,
  title: "External API",
  authentication: "api_key",
  sharedPath: false,
  namesCampaign: false,
  keyScopes: ["notices:write"],
  bodyCap: 1_048_576,
  settings: commonSettings.extend({ mapping: mappingSetting }),
  read: mappedReader(KIND),
  guide,
  example: mappedExample,
};
