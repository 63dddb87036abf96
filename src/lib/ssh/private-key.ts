import { createPrivateKey } from "node:crypto";
import { fromBase64, toBase64Url } from "../hmac";
import { err, ok, type Result } from "../result";
import { bcryptPbkdf } from "./bcrypt-pbkdf";
import { withoutZeros } from "./host-key";
import { join, mpint, readWire, string } from "./wire";

/** An Ed25519 or RSA key, opened. */
export type PrivateKey = JsonWebKey & { kty: "OKP" | "RSA" };

export type KeyProblem = "unreadable" | "passphrase_needed" | "passphrase_wrong" | "kind" | "short";

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END OPENSSH PRIVATE KEY-----/;
/** Each round costs milliseconds; `ssh-keygen` takes 16 or 24. */
const MOST_ROUNDS = 64;

/** Reads a private key as `ssh-keygen` writes it (OpenSSH's own form, or PEM), with its passphrase where it has one. */
export async function readPrivateKey(text: string, passphrase: string): Promise<Result<PrivateKey, KeyProblem>> {
  const own = OPENSSH.exec(text)?.[1];
  const read = own === undefined ? readPem(text, passphrase) : await readOpenSsh(own, passphrase);
  if (!read.ok) return read;
  const isShort =
    read.value.kty === "RSA" && withoutZeros(fromBase64(read.value.n ?? "") ?? new Uint8Array()).length < 256;
  return isShort ? err("short") : read;
}

/** The public half, as servers are shown it. */
export function publicKeyOf(key: PrivateKey): Uint8Array {
  const part = (text: string | undefined) => fromBase64(text ?? "") ?? new Uint8Array();
  if (key.kty === "OKP") return join(string("ssh-ed25519"), string(part(key.x)));
  return join(string("ssh-rsa"), mpint(part(key.e)), mpint(part(key.n)));
}

function readPem(text: string, passphrase: string): Result<PrivateKey, KeyProblem> {
  if (!/-----BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY-----/.test(text))
    return err(/-----BEGIN [A-Z]+ PRIVATE KEY-----/.test(text) ? "kind" : "unreadable");
  const isLocked = text.includes("ENCRYPTED");
  if (isLocked && passphrase === "") return err("passphrase_needed");
  try {
    const opened = createPrivateKey({ key: text, format: "pem", ...(isLocked && { passphrase }) });
    const jwk = opened.export({ format: "jwk" }) as JsonWebKey;
    if (jwk.kty === "RSA" || (jwk.kty === "OKP" && jwk.crv === "Ed25519")) return ok(jwk as PrivateKey);
    return err("kind");
  } catch {
    return err(isLocked ? "passphrase_wrong" : "unreadable");
  }
}

/** OpenSSH's PROTOCOL.key. */
async function readOpenSsh(base64: string, passphrase: string): Promise<Result<PrivateKey, KeyProblem>> {
  const bytes = fromBase64(base64.replace(/\s+/g, ""));
  const magic = "openssh-key-v1\0";
  if (!bytes || new TextDecoder().decode(bytes.subarray(0, magic.length)) !== magic) return err("unreadable");
  try {
    const reader = readWire(bytes.subarray(magic.length));
    const [cipher, , options] = [reader.text(), reader.text(), reader.string()];
    if (reader.uint32() !== 1) return err("unreadable");
    reader.string();
    const sealed = reader.string();
    if (cipher === "none") return keyIn(sealed);
    if (passphrase === "") return err("passphrase_needed");
    if (cipher !== "aes256-ctr" && cipher !== "aes256-cbc") return err("unreadable");
    const how = readWire(options);
    const salt = how.string();
    const rounds = how.uint32();
    if (rounds > MOST_ROUNDS || sealed.length % 16 !== 0) return err("unreadable");
    const secret = await bcryptPbkdf(new TextEncoder().encode(passphrase), salt, rounds, 48);
    return keyIn(await decrypt(cipher, secret, sealed));
  } catch {
    return err("unreadable");
  }
}

async function decrypt(cipher: string, secret: Uint8Array<ArrayBuffer>, sealed: Uint8Array): Promise<Uint8Array> {
  const [key, iv] = [secret.slice(0, 32), secret.slice(32)];
  if (cipher === "aes256-ctr") {
    const imported = await crypto.subtle.importKey("raw", key, "AES-CTR", false, ["decrypt"]);
    const algorithm = { name: "AES-CTR", counter: iv, length: 128 };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, sealed.slice()));
  }
  // The runtime wants the padding of CBC that OpenSSH does not use: one more block, which decrypts to a whole padding.
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt", "decrypt"]);
  const last = sealed.slice(-16);
  const pad = new Uint8Array(16).fill(16);
  const end = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv: last }, imported, pad)).slice(0, 16);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, join(sealed, end)));
}

/** A wrong passphrase gives two numbers that differ. */
function keyIn(opened: Uint8Array): Result<PrivateKey, KeyProblem> {
  const reader = readWire(opened);
  if (reader.uint32() !== reader.uint32()) return err("passphrase_wrong");
  const kind = reader.text();
  if (kind === "ssh-ed25519") {
    const [x, both] = [reader.string(), reader.string()];
    return ok({ kty: "OKP", crv: "Ed25519", x: toBase64Url(x), d: toBase64Url(both.subarray(0, 32)) });
  }
  if (kind !== "ssh-rsa") return err("kind");
  const [n, e, d, qi, p, q] = [0, 1, 2, 3, 4, 5].map(() => withoutZeros(reader.string()));
  if (!n || !e || !d || !qi || !p || !q) return err("unreadable");
  const remainder = (prime: Uint8Array) => bytesOf(numberOf(d) % (numberOf(prime) - 1n));
  const parts = { n, e, d, qi, p, q, dp: remainder(p), dq: remainder(q) };
  const encoded = Object.entries(parts).map(([name, bytes]) => [name, toBase64Url(bytes)] as const);
  return ok({ kty: "RSA", ...Object.fromEntries(encoded) });
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, at) => parseInt(even.slice(at * 2, at * 2 + 2), 16));
}
