/**
 * Why no answer came. `refused`: nothing accepts connections there. `plain_http`: the server answers HTTP where the URL
 * says https. `closed`: the server accepted the connection and closed it without an answer. `connect`: one of these,
 * where the runtime does not say which.
 */
export type FailureCause = "dns" | "refused" | "tls" | "plain_http" | "closed" | "connect" | "unknown";

/** A request without an answer. The message begins with the cause, for people and for logs. */
export class NetworkFailure extends Error {
  readonly kind: FailureCause;

  constructor(kind: FailureCause, detail: string) {
    super(`${kind}: ${detail}`);
    this.name = "NetworkFailure";
    this.kind = kind;
  }
}

/** Finds the cause in the text of the runtime's error, which is the only place it appears. */
export function causeInWords(words: string): FailureCause {
  const text = words.toLowerCase();
  if (text.includes("dns") || text.includes("resolve")) return "dns";
  if (text.includes("tls") || text.includes("certificate") || text.includes("ssl")) return "tls";
  if (text.includes("refused")) return "refused";
  return text.includes("connect") || text.includes("network") ? "connect" : "unknown";
}
