import { encryptWords, expandKey, newBlowfish } from "./blowfish";
import { join, uint32 } from "./wire";

const MAGIC = "OxychromaticBlowfishSwatDynamite";
const SIZE = 32;

/** The key that a passphrase gives, as OpenSSH protects private keys (its bcrypt_pbkdf). */
export async function bcryptPbkdf(
  passphrase: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const secret = wordsOf(await sha512(passphrase));
  const key = new Uint8Array(size);
  const stride = Math.ceil(size / SIZE);
  for (let count = 1; count <= stride; count += 1) {
    let block = hash(secret, wordsOf(await sha512(join(salt, uint32(count)))));
    const mixed = block.slice();
    for (let round = 1; round < rounds; round += 1) {
      block = hash(secret, wordsOf(await sha512(block)));
      for (let at = 0; at < SIZE; at += 1) mixed[at] = (mixed[at] ?? 0) ^ (block[at] ?? 0);
    }
    // The bytes of the blocks lie in each other, not behind each other.
    for (let at = 0; at < SIZE; at += 1) {
      const to = at * stride + count - 1;
      if (to < size) key[to] = mixed[at] ?? 0;
    }
  }
  return key;
}

function hash(secret: Uint32Array, salt: Uint32Array): Uint8Array<ArrayBuffer> {
  const state = newBlowfish();
  expandKey(state, secret, salt);
  for (let round = 0; round < 64; round += 1) {
    expandKey(state, salt, null);
    expandKey(state, secret, null);
  }
  const text = wordsOf(new TextEncoder().encode(MAGIC));
  for (let round = 0; round < 64; round += 1) for (let at = 0; at < text.length; at += 2) encryptWords(state, text, at);
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of text.entries()) view.setUint32(at * 4, word, true);
  return bytes;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4));
}

async function sha512(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-512", bytes.slice()));
}
