import type { AttemptLogEntry } from "../contract";

/**
 * What most likely is behind a failed attempt: the code of the failure in the API, on pages and in letters. A guess, and
 * shown as one.
 */
export const FAILURE_CODES = [
  "secret_changed",
  "wrong_secret",
  "forbidden",
  "wrong_path",
  "method_refused",
  "body_refused",
  "too_large",
  "throttled",
  "receiver_broken",
  "receiver_down",
  "connection_refused",
  "connection_closed",
  "plain_http",
  "slow",
  "no_name",
  "bad_certificate",
  "redirects",
  "not_public",
  "own_template",
  "gone",
  "unknown",
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** A secret that was replaced so shortly before the failure is the likely cause of a refusal. */
const LATELY = 24 * 3_600_000;

type Failed = Pick<AttemptLogEntry, "status" | "error" | "startedAt"> &
  Partial<Pick<AttemptLogEntry, "code" | "detail">>;

/** The code of an attempt as the log has it; null where it was delivered. Attempts of before have none stored. */
export function codeOfAttempt(attempt: Failed): FailureCode | null {
  if (attempt.error === null) return null;
  return attempt.code ?? failureCodeOf(attempt, undefined);
}

/**
 * The code of a failed attempt. `secretSince`: when the endpoint's secret was set, in milliseconds, where that is known.
 */
export function failureCodeOf(
  { status, error, startedAt, detail }: Omit<Failed, "code">,
  secretSince: number | undefined,
): FailureCode {
  if (status !== null && error !== "redirect" && error !== "edge_52x") return ofStatus(status, startedAt, secretSince);
  switch (error) {
    case "dns":
      return "no_name";
    case "tls":
      // The detail begins with the cause (lib/outbound/network-failure.ts).
      return detail?.startsWith("plain_http:") ? "plain_http" : "bad_certificate";
    case "connect":
      return detail?.startsWith("refused:") ? "connection_refused" : "connection_closed";
    case "edge_52x":
      return ofEdge(status);
    case "timeout":
      return "slow";
    case "redirect":
      return "redirects";
    case "blocked":
      return "not_public";
    case "body":
      return "own_template";
    default:
      return "unknown";
  }
}

/** What Cloudflare answered in place of a server that it could not reach. */
function ofEdge(status: number | null): FailureCode {
  if (status === 521) return "connection_refused";
  if (status === 522 || status === 524) return "slow";
  if (status === 525 || status === 526) return "bad_certificate";
  return status === 530 ? "no_name" : "receiver_down";
}

function ofStatus(status: number, at: number, secretSince: number | undefined): FailureCode {
  switch (status) {
    case 401: {
      const lately = secretSince !== undefined && secretSince <= at && at - secretSince < LATELY;
      return lately ? "secret_changed" : "wrong_secret";
    }
    case 403:
      return "forbidden";
    case 404:
      return "wrong_path";
    case 405:
      return "method_refused";
    case 410:
      return "gone";
    case 400:
    case 415:
    case 422:
      return "body_refused";
    case 413:
      return "too_large";
    case 429:
      return "throttled";
    case 502:
    case 503:
    case 504:
      return "receiver_down";
    default:
      return status >= 500 ? "receiver_broken" : "unknown";
  }
}
