import { describe, expect, it } from "vitest";
import { NetworkFailure, outboundFetch, type Probe } from "../../../src/lib/outbound";

type Reach = Awaited<ReturnType<Probe>>;

const HIDDEN = new Error("internal error; reference = u55sautugfo880nd5baujb4s");
const LOST = new Error("Network connection lost.");

async function failureOf(url: string, error: Error, reach?: Reach): Promise<NetworkFailure> {
  const probe = reach === undefined ? undefined : async () => reach;
  const failure: unknown = await outboundFetch(
    () => Promise.reject(error),
    probe,
  )(url).catch((cause: unknown) => cause);
  if (!(failure instanceof NetworkFailure)) throw new Error("not explained", { cause: failure });
  return failure;
}

describe("what kept an answer from coming", () => {
  it.for([
    ["dns", "a name that leads nowhere", "https://no-such-host.invalid/h", HIDDEN, "unreachable"],
    ["dns", "the same over http", "http://no-such-host.invalid/h", HIDDEN, "unreachable"],
    ["tls", "a certificate nobody trusts", "https://127.0.0.1:8443/h", HIDDEN, "other"],
    [
      "plain_http",
      "https to a server that answers a handshake in plain HTTP",
      "https://127.0.0.1:80/h",
      HIDDEN,
      "http",
    ],
    ["refused", "a closed port", "http://127.0.0.1:9/h", LOST, "unreachable"],
    ["refused", "an address that was lost in hiding", "http://192.0.2.1/h", HIDDEN, "unreachable"],
    ["closed", "a server that hangs up", "http://127.0.0.1:80/h", LOST, "http"],
    ["closed", "a server that hangs up on a handshake", "https://127.0.0.1:443/h", LOST, "other"],
    ["unknown", "something else", "http://127.0.0.1:80/h", HIDDEN, "other"],
  ] as const)("%s: %s", async ([kind, , url, error, reach]) => {
    const failure = await failureOf(url, error, reach);
    expect(failure.kind).toBe(kind);
    expect(failure.message.startsWith(`${kind}: `)).toBe(true);
  });

  it.for([
    ["dns", "DNS lookup failed"],
    ["tls", "TLS handshake failed"],
    ["refused", "connection refused"],
    ["connect", "Network connection lost."],
    ["unknown", "internal error; reference = abc"],
    ["unknown", "invalid Content-Length header value; cl = 2, 2"],
  ] as const)("%s by the runtime's words alone: %s", async ([kind, words]) => {
    expect((await failureOf("https://calls.example/h", new Error(words))).kind).toBe(kind);
  });

  it("asks the server nothing where the words say enough", async () => {
    const probe = () => Promise.reject(new Error("asked"));
    const failure: unknown = await outboundFetch(
      () => Promise.reject(new Error("DNS lookup failed")),
      probe,
    )("https://calls.example").catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ kind: "dns" });
  });
});

describe("a request given up unanswered", () => {
  const abandoned = async (url: string, reach: Reach): Promise<unknown> => {
    const controller = new AbortController();
    const silent = outboundFetch(
      async (_, init) => {
        controller.abort(new Error("too late"));
        init?.signal?.throwIfAborted();
        return new Response("never");
      },
      async () => reach,
    );
    return silent(url, { signal: controller.signal }).catch((cause: unknown) => cause);
  };

  it("is plain_http where the server waits for the end of a request in plain HTTP", async () => {
    expect(await abandoned("https://127.0.0.1:80/h", "http")).toMatchObject({ kind: "plain_http" });
  });

  it.for([
    ["https://127.0.0.1:443/h", "other"],
    ["http://127.0.0.1:80/h", "http"],
  ] as const)("stays the caller's own error for a server that is slow: %s, %s", async ([url, reach]) => {
    expect(await abandoned(url, reach)).not.toBeInstanceOf(NetworkFailure);
  });
});
