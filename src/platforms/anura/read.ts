import { err, ok, type Result } from "../../lib/result";
import type { Refusal } from "../contract";
import { readJsonObject, readUtf8, type Fields } from "../reading/json-object";
import { explainBrokenJson } from "./read-broken-json";

/**
 * The fields of an Anura body. Anura fills a template and sends it as JSON, URL-encoded or (reference receiver)
 * multipart; a body without a content type is taken for JSON.
 */
export async function readPayload(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Result<Fields, Refusal>> {
  switch (mediaTypeOf(contentType)) {
    case "":
    case "application/json":
    case "text/json":
      return readJson(body);
    case "application/x-www-form-urlencoded":
      return readUrlEncoded(body);
    case "multipart/form-data":
      return readMultipart(body, contentType);
    default:
      return err({
        status: 415,
        reason: "unsupported_content_type",
        message: "Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data.",
      });
  }
}

// Set in Anura's Request tab and once more in its Headers tab, the type arrives twice, joined by a comma.
function mediaTypeOf(contentType: string): string {
  return (contentType.split(/[;,]/)[0] ?? "").trim().toLowerCase();
}

function readJson(body: Uint8Array): Result<Fields, Refusal> {
  const read = readJsonObject(body);
  if (read.ok) return read;
  if (read.error.kind === "not_utf8") return notUtf8();
  if (read.error.kind === "not_object")
    return unreadable("not_an_object", "The body must be one JSON object: `{ … }`.");
  return unreadable("invalid_json", explainBrokenJson(read.error.text));
}

function readUrlEncoded(body: Uint8Array): Result<Fields, Refusal> {
  const text = readUtf8(body);
  return text === undefined ? notUtf8() : ok(new Map(new URLSearchParams(text)));
}

async function readMultipart(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Result<Fields, Refusal>> {
  try {
    const form = await new Response(body, { headers: { "content-type": contentType } }).formData();
    const fields = new Map<string, unknown>();
    // A file is no field: the recording comes as a link.
    for (const [name, value] of form) if (typeof value === "string") fields.set(name, value);
    return ok(fields);
  } catch {
    return unreadable("invalid_form", "The body is not the multipart form its Content-Type says it is.");
  }
}

function notUtf8(): Result<never, Refusal> {
  return unreadable("not_utf8", "The body is not text in UTF-8.");
}

function unreadable(reason: string, message: string): Result<never, Refusal> {
  return err({ status: 400, reason, message });
}
