import { toBase64, toBase64Url } from "../hmac";
import { brokenRules, SshFailure } from "./failure";
import { join, readWire } from "./wire";

/** Kinds of host keys, and the signatures that a key of each kind makes, by preference. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** A host key as it is shown and pinned: `ssh-ed25519 SHA256:…`, as `ssh-keygen -l` prints it. The kind may be missing. */
export const HOST_KEY = /^(?:(ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa) )?(SHA256:[A-Za-z0-9+/]{43})$/;

/** What to ask a server for: where a key is pinned, its kind alone, since a server may have one of each. */
export function hostKeyAlgorithms(pinned: string | null): string[] {
  const kind = HOST_KEY.exec(pinned ?? "")?.[1];
  return kind === undefined ? Object.values(SIGNATURES).flat() : [...(SIGNATURES[kind] ?? [])];
}

/** Checks that the server has the key it shows, and that it is the pinned one. Nothing secret is sent before this. */
export async function checkHostKey(
  given: { key: Uint8Array; signature: Uint8Array; signed: Uint8Array; algorithm: string },
  pinned: string | null,
): Promise<void> {
  const kind = readWire(given.key).text();
  if (!SIGNATURES[kind]?.includes(given.algorithm)) throw brokenRules("a host key of another kind than was agreed on");
  if (!(await isSigned(given))) throw brokenRules("a wrong signature of its host key");
  const shown = await fingerprintOf(given.key);
  const known = HOST_KEY.exec(pinned ?? "");
  if (!known) throw new SshFailure("host_key_unknown", `the server shows the host key ${shown}`, shown);
  if (known[2] === HOST_KEY.exec(shown)?.[2]) return;
  throw new SshFailure(
    "host_key_changed",
    `the server shows the host key ${shown}, and ${pinned} was confirmed`,
    shown,
  );
}

async function fingerprintOf(key: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", key.slice()));
  return `${readWire(key).text()} SHA256:${toBase64(digest).replace(/=+$/, "")}`;
}

async function isSigned({ key, signature, signed, algorithm }: Parameters<typeof checkHostKey>[0]): Promise<boolean> {
  const reader = readWire(key);
  const kind = reader.text();
  const made = readWire(signature);
  if (made.text() !== algorithm) return false;
  const bytes = made.string().slice();
  const data = signed.slice();
  if (kind === "ssh-ed25519") {
    const imported = await crypto.subtle.importKey("raw", reader.string().slice(), "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", imported, bytes, data);
  }
  if (kind === "ecdsa-sha2-nistp256") {
    reader.string();
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const imported = await crypto.subtle.importKey("raw", reader.string().slice(), curve, false, ["verify"]);
    const parts = readWire(bytes);
    const both = join(fixed(parts.string(), 32), fixed(parts.string(), 32));
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, both, data);
  }
  const hash = algorithm === "rsa-sha2-512" ? "SHA-512" : "SHA-256";
  const [e, n] = [reader.string(), reader.string()];
  const modulus = withoutZeros(n);
  if (modulus.length < 256) throw new SshFailure("no_algorithm", "the server's RSA key has fewer than 2,048 bits");
  const jwk = { kty: "RSA", e: toBase64Url(withoutZeros(e)), n: toBase64Url(modulus) };
  const imported = await crypto.subtle.importKey("jwk", jwk, { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"]);
  return crypto.subtle.verify("RSASSA-PKCS1-v1_5", imported, fixed(bytes, modulus.length), data);
}

export function withoutZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  return bytes.subarray(start);
}

function fixed(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const trimmed = withoutZeros(bytes);
  if (trimmed.length > size) throw brokenRules("a number that is too large");
  return join(new Uint8Array(size - trimmed.length), trimmed);
}
