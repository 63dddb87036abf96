import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";
import { callKeyOf, mapNotice } from "./map";
import { fieldNames, type VoicesenseSettings } from "./settings";

/** Reads the scores of one audio file, under the names the source's Body Template gives them. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<VoicesenseSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body, { longIntegers: "text" });
  if (!json.ok) return notJson(json.error);
  const names = fieldNames(settings);
  const externalId = callKeyOf(json.value, names);
  if (externalId === null) return missingFields([names.reference, names.stream]);
  return ok({ kind: "calls", facts: [mapNotice(json.value, names, externalId)] });
}
