import type { KeyedPlatform } from "../contract";
import { commonSettings } from "../settings";
import { guide } from "./guide";
import { readUpload } from "./read";

/** Recordings that people and programs of the organization itself bring, by upload. It has no webhook. */
export const internal: KeyedPlatform = {
  kind: "internal",
  title: "Internal (uploads)",
  authentication: "api_key",
  sharedPath: true,
  namesCampaign: false,
  keyScopes: ["uploads:write"],
  webhook: false,
  bodyCap: 100_000,
  settings: commonSettings,
  read: readUpload,
  guide,
};

/** The path uploads for a source go to; null for the one an organization has without making any. */
export function uploadPathOf(sourceId: string | null): string {
  return sourceId === null ? "/v1/uploads" : `/v1/uploads?source_id=${sourceId}`;
}
