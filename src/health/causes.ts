import type { ConnectorStatus } from "../connectors";
import type { apiHours } from "../db/schema";
import type { EndpointHealth, EndpointRow, FailureCode } from "../delivery";
import type { HealthReport } from "../sources";
import type { IntegrationStatus } from "./integrations";

/** What is wrong with an integration. Its words, with the remedy, are in one place for API and pages. */
export type IntegrationCause = (typeof CAUSES)[number];

export const CAUSES = [
  "source_never",
  "source_quiet",
  "source_paused",
  "source_secret",
  "source_unsigned",
  "source_key",
  "source_clock",
  "source_body",
  "source_too_many",
  "source_campaign",
  "source_failed",
  "source_refused",
  "storage_never",
  "storage_paused",
  "storage_credentials",
  "storage_access",
  "storage_unreachable",
  "storage_place",
  "storage_failing",
  "endpoint_never",
  "endpoint_paused",
  "endpoint_off",
  "endpoint_gone",
  "endpoint_switched_off",
  "endpoint_unreachable",
  "endpoint_certificate",
  "endpoint_slow",
  "endpoint_signature",
  "endpoint_refuses",
  "endpoint_throttles",
  "endpoint_broken",
  "endpoint_failing",
  "api_never",
  "api_limited",
  "api_failing",
] as const;

const REASONS: readonly (readonly [IntegrationCause, readonly string[]])[] = [
  [
    "source_secret",
    [
      "wrong_signature",
      "wrong_token",
      "unusable_secret",
      "unusable_settings",
      "other_account",
      "other_application",
      "wrong_algorithm",
    ],
  ],
  [
    "source_unsigned",
    [
      "missing_signature",
      "missing_token",
      "malformed_signature",
      "malformed_timestamp",
      "malformed_id",
      "missing_id",
      "missing_timestamp",
      "not_signed",
      "unsigned_body",
      "wrong_body_hash",
    ],
  ],
  ["source_key", ["missing_key", "unknown_key", "permission_missing", "source_not_allowed", "campaign_not_allowed"]],
  ["source_clock", ["token_expired", "timestamp_out_of_window", "event_too_old", "event_in_future"]],
  [
    "source_body",
    [
      "unsupported_content_type",
      "invalid_json",
      "not_an_object",
      "empty_body",
      "invalid_form",
      "not_utf8",
      "missing_fields",
      "unreadable_values",
      "unrendered_hook",
      "body_too_large",
      "body_cut_short",
      "headers_too_large",
    ],
  ],
  ["source_too_many", ["too_many_requests", "too_many_refusals"]],
  ["source_campaign", ["no_campaign", "unknown_campaign", "campaign_of_another_source"]],
  ["source_failed", ["processing_failed", "body_not_kept"]],
];

const CAUSE_OF_REASON = new Map(
  REASONS.flatMap(([cause, reasons]) => reasons.map((reason) => [reason, cause] as const)),
);

/** What is wrong with a source: why most was turned away, or else what waits for a campaign. */
export function causeOfSource({ status, reasons }: Pick<HealthReport, "status" | "reasons">): IntegrationCause | null {
  switch (status) {
    case "never":
      return "source_never";
    case "quiet":
      return "source_quiet";
    case "paused":
      return "source_paused";
    case "failing": {
      const worst = reasons.find(({ outcome }) => outcome === "refused" || outcome === "dead");
      return CAUSE_OF_REASON.get(worst?.reason ?? "") ?? "source_refused";
    }
    default:
      return reasons.some(({ outcome }) => outcome === "quarantined") ? "source_campaign" : null;
  }
}

const CAUSE_OF_PROBLEM: ReadonlyMap<string, IntegrationCause> = new Map([
  ["wrong_key", "storage_credentials"],
  ["wrong_secret", "storage_credentials"],
  ["access_denied", "storage_access"],
  ["unreachable", "storage_unreachable"],
  ["not_s3", "storage_unreachable"],
  ["blocked", "storage_unreachable"],
  ["wrong_bucket", "storage_place"],
  ["wrong_region", "storage_place"],
]);

/** What is wrong with a storage, by the problem that its last looks met. */
export function causeOfConnector(status: ConnectorStatus, problem: string | undefined): IntegrationCause | null {
  switch (status) {
    case "waiting":
      return "storage_never";
    case "paused":
      return "storage_paused";
    case "failing":
      return CAUSE_OF_PROBLEM.get(problem ?? "") ?? "storage_failing";
    case "active":
      return null;
  }
}

const CAUSE_OF_FAILURE: Record<FailureCode, IntegrationCause> = {
  secret_changed: "endpoint_signature",
  wrong_secret: "endpoint_signature",
  forbidden: "endpoint_unreachable",
  wrong_path: "endpoint_unreachable",
  method_refused: "endpoint_refuses",
  body_refused: "endpoint_refuses",
  too_large: "endpoint_refuses",
  own_template: "endpoint_refuses",
  throttled: "endpoint_throttles",
  receiver_broken: "endpoint_broken",
  receiver_down: "endpoint_unreachable",
  connection_refused: "endpoint_unreachable",
  connection_closed: "endpoint_unreachable",
  plain_http: "endpoint_certificate",
  slow: "endpoint_slow",
  no_name: "endpoint_unreachable",
  bad_certificate: "endpoint_certificate",
  redirects: "endpoint_unreachable",
  not_public: "endpoint_unreachable",
  gone: "endpoint_gone",
  unknown: "endpoint_failing",
};

type Judged = { status: IntegrationStatus; cause: IntegrationCause | null };
/** How an endpoint stands, by its last failure where that is known. */
export function causeOfEndpoint(
  { active, paused, disabledReason }: Pick<EndpointRow, "active" | "paused" | "disabledReason">,
  { failingSince, lastSuccessAt, failure }: Pick<EndpointHealth, "failingSince" | "lastSuccessAt" | "failure">,
): Judged {
  if (!active) {
    if (disabledReason === null) return { status: "off", cause: "endpoint_off" };
    return { status: "off", cause: disabledReason === "gone" ? "endpoint_gone" : "endpoint_switched_off" };
  }
  if (paused) return { status: "paused", cause: "endpoint_paused" };
  if (failingSince !== null) {
    return { status: "failing", cause: failure === null ? "endpoint_failing" : CAUSE_OF_FAILURE[failure.code] };
  }
  return lastSuccessAt === null ? { status: "never", cause: "endpoint_never" } : { status: "active", cause: null };
}

/** How the API stands, by its last two hours; `requests` of a day. */
export function causeOfApi(
  lately: readonly Pick<typeof apiHours.$inferSelect, "requests" | "limited" | "failed">[],
  requests: number,
): Judged {
  if (requests === 0) return { status: "never", cause: "api_never" };
  const sum = (name: "requests" | "limited" | "failed") => lately.reduce((all, hour) => all + hour[name], 0);
  if (sum("failed") * 2 > sum("requests")) return { status: "failing", cause: "api_failing" };
  return sum("limited") > 0 ? { status: "limited", cause: "api_limited" } : { status: "active", cause: null };
}
