import type { KeyedPlatform } from "../contract";
import { commonSettings } from "../settings";
import { example } from "./example";
import { guide } from "./guide";
import { read } from "./read";

/**
 * Anura, a cloud PBX. It signs nothing: the API key the customer puts in a header is all the proof there is. It
 * promises neither retries nor a recording that is ready at END.
 */
export const anura: KeyedPlatform = {
  kind: "anura",
  title: "Anura",
  authentication: "api_key",
  sharedPath: true,
  namesCampaign: true,
  keyScopes: ["notices:write"],
  bodyCap: 1_048_576,
  settings: commonSettings,
  read,
  eventAt: "$.hooktrigger",
  guide,
  example,
};
