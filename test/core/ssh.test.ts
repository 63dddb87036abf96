import { describe, expect, it } from "vitest";
import { toHex } from "../../src/lib/hmac";
import { checkHost } from "../../src/lib/network-guard";
import { openSftp, readPrivateKey, SshFailure } from "../../src/lib/ssh";
import { bcryptPbkdf } from "../../src/lib/ssh/bcrypt-pbkdf";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A server that sends this and ends, and what it was sent. */
function server(...chunks: readonly (string | Uint8Array)[]) {
  const sent: Uint8Array[] = [];
  let isClosed = false;
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? bytes(chunk) : chunk);
      controller.close();
    },
  });
  const writable = new WritableStream<Uint8Array>({ write: (chunk) => void sent.push(chunk) });
  const connection = { readable, writable, close: async () => void (isClosed = true) };
  return { connection, sent, isClosed: () => isClosed };
}

const LOGIN = { user: "carla", password: "hunter2" };

describe("SSH", () => {
  const hostile: [string, (string | Uint8Array)[], string][] = [
    ["a web server", ["HTTP/1.1 400 Bad Request\r\n\r\n"], "not_ssh"],
    ["an FTP server", ["220 ready\r\n"], "not_ssh"],
    ["SSH 1", ["SSH-1.5-old\r\n"], "not_ssh"],
    ["a line without end", ["x".repeat(5_000)], "not_ssh"],
    ["lines without end", Array.from({ length: 50 }, () => "hello\r\n"), "not_ssh"],
    ["nothing", [], "lost"],
    ["a packet of four gigabytes", ["SSH-2.0-x\r\n", Uint8Array.of(255, 255, 255, 255, 1, 2, 3)], "not_ssh"],
    ["a packet that is all padding", ["SSH-2.0-x\r\n", Uint8Array.of(0, 0, 0, 4, 200, 20, 0, 0)], "not_ssh"],
    [
      "an offer that ends too early",
      ["SSH-2.0-x\r\n", Uint8Array.of(0, 0, 0, 12, 4, 20, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)],
      "not_ssh",
    ],
    ["a packet cut off", ["SSH-2.0-x\r\n", Uint8Array.of(0, 0, 0, 100, 4, 20)], "lost"],
  ];
  it.for(hostile)("leaves %s, and shows it nothing", async ([, chunks, code]) => {
    const { connection, sent, isClosed } = server(...chunks);
    const failure = await openSftp(connection, null, LOGIN).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SshFailure);
    expect((failure as SshFailure).code).toBe(code);
    expect(isClosed()).toBe(true);
    expect(sent.map((chunk) => new TextDecoder().decode(chunk)).join("")).not.toContain("hunter2");
  });

  it("derives the key of a passphrase as OpenBSD's test vectors have it", async () => {
    const short = await bcryptPbkdf(bytes("password"), bytes("salt"), 4, 32);
    expect(toHex(short)).toBe("5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9");
    const long = await bcryptPbkdf(bytes("password"), bytes("salt"), 8, 64);
    expect(toHex(long)).toBe(
      "e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec76227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d",
    );
  });

  it("reads no key out of what is none", async () => {
    for (const text of [
      "",
      "ssh-ed25519 AAAA",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${btoa("openssh-key-v1\0\0\0\0\x04none")}\n-----END OPENSSH PRIVATE KEY-----`,
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ])
      expect(await readPrivateKey(text, "")).toEqual({ ok: false, error: "unreadable" });
    expect(await readPrivateKey("-----BEGIN DSA PRIVATE KEY-----", "")).toEqual({ ok: false, error: "kind" });
  });
});

describe("the network guard, for a host", () => {
  const policyOf = (...addresses: string[]) => ({
    allowPrivateAddresses: false,
    ownHosts: ["calls.example.com"],
    resolve: async () => addresses,
  });

  it("gives the address that was looked up, an IPv4 one before others", async () => {
    const looked = await checkHost("SFTP.example.com.", 22, 22, policyOf("2606:4700::1", "1.2.3.4"));
    expect(looked).toEqual({ ok: true, value: "1.2.3.4" });
    expect(await checkHost("8.8.8.8", 22, 22, policyOf())).toEqual({ ok: true, value: "8.8.8.8" });
    const local = { allowPrivateAddresses: true, ownHosts: [] };
    expect(await checkHost("localhost", 2022, 22, local)).toEqual({ ok: true, value: "localhost" });
  });

  it("lets nothing lead inside, to itself or to ports of other services", async () => {
    const reasons = await Promise.all([
      checkHost("sftp.example.com", 22, 22, policyOf("1.2.3.4", "10.0.0.1")),
      checkHost("sftp.example.com", 22, 22, policyOf()),
      checkHost("192.168.1.4", 22, 22, policyOf()),
      checkHost("::1", 22, 22, policyOf()),
      checkHost("printer.local", 22, 22, policyOf("1.2.3.4")),
      checkHost("nas", 22, 22, policyOf("1.2.3.4")),
      checkHost("calls.example.com", 22, 22, policyOf("1.2.3.4")),
      checkHost("sftp.example.com", 6379, 22, policyOf("1.2.3.4")),
      checkHost("sftp.example.com", 25, 22, policyOf("1.2.3.4")),
    ]);
    expect(reasons.map((one) => (one.ok ? "ok" : one.error.reason))).toEqual([
      "resolves_to",
      "no_address",
      "address",
      "address",
      "local_name",
      "local_name",
      "own_host",
      "port",
      "port",
    ]);
  });
});
