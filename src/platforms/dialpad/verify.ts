import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { readUtf8 } from "../reading/text";
import { verifyJwtHs256 } from "../proof/jwt";
import { unauthorized } from "../refusals";

/** Dialpad's proof is the body itself: its headers prove nothing. */
export function precheck(_headers: HeaderFields, _now: number): Result<void, Refusal> {
  return ok(undefined);
}

/**
 * A webhook with a secret sends the whole body as an HS256 token (Dialpad's API specification, webhooks). One without
 * sends plain JSON, which anybody could: it is refused. The token carries no time.
 */
export async function verify(
  request: InboundRequest,
  config: SourceConfig,
  _now: number,
): Promise<Result<void, Refusal>> {
  const verified = await verifyJwtHs256(readUtf8(request.body) ?? "", config.secrets);
  if (verified.ok) return ok(undefined);
  switch (verified.error) {
    case "malformed":
      return unauthorized(
        "not_signed",
        "The body is no signed token: give the webhook in Dialpad this source's secret.",
      );
    case "wrong_algorithm":
      return unauthorized("wrong_algorithm", "The token must be signed with HS256.");
    case "wrong_signature":
      return unauthorized("wrong_signature", "The token is not signed with this source's secret.");
  }
}
