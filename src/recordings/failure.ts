/** Why there is no audio. `reason` is `code: what happened`, for people and for `recording.failed`. */
export type AudioFailure =
  /** The audio may still come: the provider is writing the file, or a server on the way is down. */
  | { kind: "not_ready"; reason: string; retryAfter: number | null }
  /** Another try would end the same way. */
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

/** `retryAfter` is the wait the server asked for, in milliseconds. */
export function notReady(code: Pending, detail: string, retryAfter: number | null = null): AudioFailure {
  return { kind: "not_ready", reason: `${code}: ${detail.slice(0, MAX_DETAIL)}`, retryAfter };
}

export function refused(code: Final, detail: string): AudioFailure {
  return { kind: "refused", reason: `${code}: ${detail.slice(0, MAX_DETAIL)}` };
}

/** Whether only a longer wait can show if this is a failure; a first try has no time for that. */
export function needsPatience({ kind, reason }: AudioFailure): boolean {
  return kind === "not_ready" && /^(timeout|large):/.test(reason);
}

/** Whether the server kept the client waiting. */
export function keptWaiting({ reason }: AudioFailure): boolean {
  return reason.startsWith("timeout:");
}
