import type { HeaderFields } from "../../lib/http/header-fields";
import { isJsonType, readContentType } from "../../lib/http/content-type";
import { err, ok, type Result } from "../../lib/result";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { unauthorized } from "../refusals";
import { isOneOf } from "../proof/signed-bytes";

const MAX_TOKEN = 512;

/** Nothing in Aircall's headers proves anything: only what is no JSON can be turned away by them. */
export function precheck(headers: HeaderFields, _now: number): Result<void, Refusal> {
  const { type } = readContentType(headers.get("content-type"));
  if (type === "" || isJsonType(type)) return ok(undefined);
  return err({ status: 415, reason: "not_json_content", message: "Aircall's webhooks are application/json." });
}

/**
 * Aircall's proof (its webhook reference): every body carries the `token` its webhook was made with. It covers nothing:
 * whoever has seen one notice can write others, so the token is a password and https is what keeps it.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  _now: number,
): Promise<Result<void, Refusal>> {
  const body = readJsonObject(request.body);
  const token = body.ok ? body.value.get("token") : undefined;
  if (typeof token !== "string" || token === "" || token.length > MAX_TOKEN) {
    return unauthorized("missing_token", "The body must be Aircall's JSON with the webhook's `token` in it.");
  }
  if (await isOneOf(config.secrets, token)) return ok(undefined);
  return unauthorized("wrong_token", "The token in the body is not this source's.");
}
