import { isJsonType, readContentType, URL_ENCODED } from "../../lib/http/content-type";
import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { readJsonObject, type Fields } from "../reading/json-object";
import { decodeForm } from "../reading/text";
import { notJson, unreadable } from "../refusals";
import { readNotice } from "./map";
import type { TwilioSettings } from "./settings";

/** Reads a callback, a form or JSON. */
export async function read(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  config: ReadingConfig<TwilioSettings>,
): Promise<Result<Reading, Refusal>> {
  const fields = readPayload(body, contentType);
  return fields.ok ? readNotice(fields.value, config.settings) : fields;
}

/**
 * Whether a body of this type is a form, as Twilio's callbacks are unless one asks for JSON. None named counts as a
 * form.
 */
export function isForm(contentType: string): boolean {
  const { type } = readContentType(contentType);
  return type === "" || type === URL_ENCODED;
}

/** The fields of a callback. Of a field sent several times, the last. */
function readPayload(body: Uint8Array, contentType: string): Result<Fields, Refusal> {
  if (isForm(contentType)) {
    const entries = decodeForm(body);
    return entries.length === 0 ? unreadable("empty_body", "The body is empty.") : ok(new Map(entries));
  }
  if (isJsonType(readContentType(contentType).type)) {
    const json = readJsonObject(body);
    return json.ok ? json : notJson(json.error);
  }
  const message = "Send the body as application/x-www-form-urlencoded or application/json.";
  return { ok: false, error: { status: 415, reason: "unsupported_content_type", message } };
}
