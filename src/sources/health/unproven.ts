/** Reasons of refusals whose sender proved nothing: it may be a wrongly configured platform, or a stranger. */
const UNPROVEN: ReadonlySet<string> = new Set([
  "wrong_signature",
  "wrong_token",
  "wrong_body_hash",
  "missing_signature",
  "missing_token",
  "malformed_signature",
  "malformed_timestamp",
  "malformed_id",
  "missing_id",
  "missing_timestamp",
  "not_signed",
  "unsigned_body",
  "other_account",
  "other_application",
  "wrong_algorithm",
  "unusable_secret",
  "unusable_settings",
  "token_expired",
  "timestamp_out_of_window",
  "event_too_old",
  "event_in_future",
  "missing_key",
  "unknown_key",
  "headers_too_large",
  "too_many_refusals",
]);

export function isUnproven(reason: string): boolean {
  return UNPROVEN.has(reason);
}
