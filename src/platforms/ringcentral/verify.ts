import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import type { Handshake, InboundRequest, Refusal, SourceConfig } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { unauthorized } from "../refusals";
import { isOneOf } from "../proof/signed-bytes";

// RingCentral's guide to receiving webhooks names `Verification-Token` for deliveries; an older text of it, and the
// handshake, `Validation-Token`.
const HEADERS = ["verification-token", "validation-token"];
const TOKEN = /^[\x21-\x7e]{1,512}$/;

/** One of the two headers must be there: notices carry the token in it, the handshake the question. */
export function precheck(headers: HeaderFields, _now: number): Result<void, Refusal> {
  if (tokensIn(headers).length > 0) return ok(undefined);
  return unauthorized("missing_token", "A Verification-Token or Validation-Token header is required.");
}

/** The token the subscription was made with, compared in constant time. It covers nothing of the body. */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  _now: number,
): Promise<Result<void, Refusal>> {
  for (const token of tokensIn(request.headers)) if (await isOneOf(config.secrets, token)) return ok(undefined);
  const likely = precheck(request.headers, _now);
  return likely.ok
    ? unauthorized("wrong_token", "The token in the header is not this source's: deliveryMode.verificationToken.")
    : likely;
}

/**
 * When a subscription is made, RingCentral asks with a `Validation-Token` and without an event, and wants the header
 * back within three seconds. Anybody can ask that, so the answer proves nothing and makes nothing.
 */
export async function handshake(request: InboundRequest): Promise<Result<Handshake, Refusal> | undefined> {
  const token = request.headers.get("validation-token");
  if (token === null || !TOKEN.test(token) || !isWithoutEvent(request.body)) return undefined;
  const headers = { "validation-token": token, "content-type": "application/json" };
  return ok({ proven: false, reply: { status: 200, headers, body: "{}" } });
}

function isWithoutEvent(body: Uint8Array): boolean {
  if (body.length === 0) return true;
  const json = readJsonObject(body);
  return json.ok && !json.value.has("event") && !json.value.has("body");
}

function tokensIn(headers: HeaderFields): string[] {
  return HEADERS.map((name) => headers.get(name)).filter((token) => token !== null && TOKEN.test(token)) as string[];
}
