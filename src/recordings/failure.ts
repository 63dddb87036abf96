/** Why a recording's audio is not here. `reason` is `code: what happened`, for people and for `recording.failed`. */
export type AudioFailure =
  /** May yet come: the provider is still writing the file, or something on the way is down. */
  | { kind: "not_ready"; reason: string; retryAfter: number | null }
  /** Asking again would end the same way. */
  | { kind: "refused"; reason: string };

type Pending =
  | "not_there"
  | "not_allowed"
  | "busy"
  | "server_error"
  | "unexpected_answer"
  | "unreachable"
  | "timeout"
  | "redirects"
  | "empty"
  | "not_audio"
  | "truncated"
  | "interrupted"
  | "large";

type Final = "blocked_url" | "gone" | "too_large";

const MAX_DETAIL = 300;

/** `retryAfter`: how long the server asked us to wait, in milliseconds. */
export function notReady(code: Pending, detail: string, retryAfter: number | null = null): AudioFailure {
  return { kind: "not_ready", reason: `${code}: ${detail.slice(0, MAX_DETAIL)}`, retryAfter };
}

export function refused(code: Final, detail: string): AudioFailure {
  return { kind: "refused", reason: `${code}: ${detail.slice(0, MAX_DETAIL)}` };
}

/** Whether this is a failure that only waiting longer can tell from success: what a first try has no time for. */
export function needsPatience({ kind, reason }: AudioFailure): boolean {
  return kind === "not_ready" && /^(timeout|large):/.test(reason);
}

/** Whether the server kept whoever asked waiting. */
export function keptWaiting({ reason }: AudioFailure): boolean {
  return reason.startsWith("timeout:");
}
