import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";
import { callKeyOf, mapRecord } from "./map";
import type { AsteriskSettings } from "./settings";

/** Reads a record of the CDR, posted as one JSON object. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<AsteriskSettings>,
): Promise<Result<Reading, Refusal>> {
  const fields = readJsonObject(body, { longIntegers: "text" });
  if (!fields.ok) return notJson(fields.error);
  const externalId = callKeyOf(fields.value);
  if (externalId === null) return missingFields(["uniqueid"]);
  return ok({ kind: "calls", facts: [mapRecord(fields.value, externalId, settings)] });
}
