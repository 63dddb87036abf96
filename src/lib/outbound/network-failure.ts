/**
 * What kept an answer from coming. `refused`: nothing accepts connections there. `plain_http`: the server speaks HTTP where
 * the URL says https. `closed`: the server took the connection and ended it without an answer. `connect`: one of these, and
 * the runtime does not say which.
 */
export type FailureCause = "dns" | "refused" | "tls" | "plain_http" | "closed" | "connect" | "unknown";

/** A request that got no answer. The message begins with the cause, for people and for logs. */
export class NetworkFailure extends Error {
  readonly kind: FailureCause;

  constructor(kind: FailureCause, detail: string) {
    super(`${kind}: ${detail}`);
    this.name = "NetworkFailure";
    this.kind = kind;
  }
}

/** The cause by the words of the runtime's error, there being nothing else to tell it by. */
export function causeInWords(words: string): FailureCause {
  const text = words.toLowerCase();
  if (text.includes("dns") || text.includes("resolve")) return "dns";
  if (text.includes("tls") || text.includes("certificate") || text.includes("ssl")) return "tls";
  if (text.includes("refused")) return "refused";
  return text.includes("connect") || text.includes("network") ? "connect" : "unknown";
}
