import type { AttemptLogEntry } from "../contract";

/** What most often causes an answer like this one: a guess, and shown as one. */
export type LikelyCause =
  | "secret_changed"
  | "wrong_secret"
  | "forbidden"
  | "wrong_path"
  | "method_refused"
  | "body_refused"
  | "too_large"
  | "throttled"
  | "receiver_broken"
  | "receiver_down"
  | "slow"
  | "no_name"
  | "bad_certificate"
  | "redirects"
  | "not_public"
  | "own_template"
  | "gone"
  | "unknown";

/** A secret that was replaced so shortly before the failure is the likely cause of a refusal. */
const LATELY = 24 * 3_600_000;

/**
 * The likely cause of a failed attempt. `secretSince`: when the endpoint's secret was set, in milliseconds, where that is
 * known.
 */
export function likelyCauseOf(
  { status, error, startedAt }: Pick<AttemptLogEntry, "status" | "error" | "startedAt">,
  secretSince: number | undefined,
): LikelyCause {
  if (status !== null && error !== "redirect" && error !== "edge_52x") return ofStatus(status, startedAt, secretSince);
  switch (error) {
    case "dns":
      return "no_name";
    case "tls":
      return "bad_certificate";
    case "connect":
    case "edge_52x":
      return "receiver_down";
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

function ofStatus(status: number, at: number, secretSince: number | undefined): LikelyCause {
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
