import { readContentType, URL_ENCODED } from "../../lib/http/content-type";
import { err, ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { readJsonObject, type Fields } from "../reading/json-object";
import { readFormParts } from "../reading/form-parts";
import { decodeForm } from "../reading/text";
import { ignored, notJson, unreadable } from "../refusals";
import { mapNotice } from "./map";
import { explainBrokenJson } from "./read-broken-json";
import { hookOf, ignoreUnrecorded, refuseAbsent } from "./read-checks";
import { readValues } from "./read-values";

/** Where Anura's exchanges are; its times carry no zone. */
const DEFAULT_TIME_ZONE = "America/Argentina/Buenos_Aires";
const HOOKS = ["END", "RECORDING"];

/**
 * Reads a notice. The order is part of the contract: whoever mends a template sees one cause at a time, and a hook that
 * was not asked for is never an error.
 */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  config: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const payload = await readPayload(body, contentType);
  if (!payload.ok) return payload;
  const fields = payload.value;
  const hook = hookOf(fields);
  if (!hook.ok) return hook;
  if (!HOOKS.includes(hook.value)) {
    return ignored("hook_ignored", "The event is ignored: only END and RECORDING are processed.");
  }
  const absent = refuseAbsent(fields);
  if (absent) return err(absent);
  const unrecorded = ignoreUnrecorded(fields);
  if (unrecorded) return ok(unrecorded);
  const values = readValues(fields, config.settings.time_zone ?? DEFAULT_TIME_ZONE);
  if (!values.ok) return values;
  return ok({ kind: "calls", facts: [await mapNotice(fields, values.value, config)] });
}

/**
 * The fields of an Anura body. Anura fills a template and sends it as JSON, URL-encoded or (reference receiver)
 * multipart; a body without a content type is taken for JSON.
 */
async function readPayload(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Result<Fields, Refusal>> {
  switch (readContentType(contentType).type) {
    case "":
    case "application/json":
    case "text/json":
      return readJson(body);
    case URL_ENCODED:
      return ok(new Map(decodeForm(body)));
    case "multipart/form-data":
      return readFormParts(body, contentType);
    default:
      return err({
        status: 415,
        reason: "unsupported_content_type",
        message: "Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data.",
      });
  }
}

function readJson(body: Uint8Array): Result<Fields, Refusal> {
  const json = readJsonObject(body);
  if (json.ok) return json;
  if (json.error.kind === "not_json") return unreadable("invalid_json", explainBrokenJson(json.error.text));
  return notJson(json.error);
}
