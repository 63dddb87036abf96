import { isAddress } from "../ip-address";
import { causeInWords, NetworkFailure } from "./network-failure";
import type { Probe } from "./probe";

/**
 * The cause of an error of the runtime's fetch. Where the runtime hides it (the local one says "internal error" for an
 * invalid certificate and for an unknown name), `probe` checks the server once.
 */
export async function explainFailure(url: URL, error: unknown, probe?: Probe): Promise<NetworkFailure> {
  if (error instanceof NetworkFailure) return error;
  const words = error instanceof Error ? error.message : String(error);
  const isInternal = words.startsWith("internal error");
  const isLost = words.startsWith("Network connection lost");
  if (!probe || (!isInternal && !isLost)) return new NetworkFailure(causeInWords(words), words);
  const reached = await probe(url);
  if (reached === "unreachable") {
    if (isInternal && !isAddress(url.hostname)) return new NetworkFailure("dns", `${url.hostname} leads to no address`);
    return new NetworkFailure("refused", `nothing accepts connections at ${url.host}`);
  }
  if (reached === "http" && url.protocol === "https:") return plainHttp(url);
  if (isLost) return new NetworkFailure("closed", `${url.host} ended the connection without an answer`);
  if (url.protocol !== "https:") return new NetworkFailure("unknown", words);
  return new NetworkFailure(
    "tls",
    `no secure connection to ${url.host}: its certificate is not trusted (self-signed, expired, another name's), or the handshake failed`,
  );
}

/** The cause of a request that timed out, where one can be found; undefined for a server that is slow. */
export async function explainSilence(url: URL, probe?: Probe): Promise<NetworkFailure | undefined> {
  // A plain HTTP server may wait for the end of a request line, which a TLS handshake never sends.
  if (!probe || url.protocol !== "https:") return undefined;
  return (await probe(url)) === "http" ? plainHttp(url) : undefined;
}

function plainHttp(url: URL): NetworkFailure {
  return new NetworkFailure("plain_http", `${url.host} speaks plain HTTP and the URL says https`);
}
