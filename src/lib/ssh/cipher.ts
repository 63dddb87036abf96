import { brokenRules } from "./failure";
import type { ByteSource } from "./byte-source";
import { join, uint32 } from "./wire";

/** RFC 4253 asks for 35,000 bytes; servers send parts of files in larger ones. */
const LONGEST = 256 * 1024;

/** How packets of one direction are written and read once keys are exchanged (RFC 4253, section 6). */
export type Sealing = {
  /** What lengths have to be multiples of, and whether the length itself is counted. */
  block: number;
  countsLength: boolean;
  seal(sequence: number, packet: Uint8Array): Promise<Uint8Array>;
};

export type Opening = (sequence: number, source: ByteSource) => Promise<Uint8Array>;

type Suite = {
  key: number;
  iv: number;
  macKey: number;
  make(keys: Keys): Promise<{ sealing: Sealing; open: Opening }>;
};
type Keys = { key: Uint8Array<ArrayBuffer>; iv: Uint8Array<ArrayBuffer>; macKey: Uint8Array<ArrayBuffer> };

export const PLAIN_SEALING: Sealing = { block: 8, countsLength: true, seal: async (_, packet) => packet };

export const openPlain: Opening = async (_, source) => {
  const length = lengthOf(await source.read(4));
  return source.read(length);
};

/** By preference. Neither chacha20-poly1305 nor CBC: the runtime has no code for the first, and the second leaks. */
export const CIPHERS = ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes128-ctr"] as const;
export const MACS = [
  "hmac-sha2-256-etm@openssh.com",
  "hmac-sha2-512-etm@openssh.com",
  "hmac-sha2-256",
  "hmac-sha2-512",
] as const;

/** A cipher with its check sum. With GCM the cipher is one by itself. */
export function suiteOf(cipher: string, mac: string): Suite {
  const key = cipher.startsWith("aes256") ? 32 : 16;
  if (cipher.includes("gcm")) return { key, iv: 12, macKey: 0, make: gcm };
  const is512 = mac.includes("512");
  const isAfter = mac.includes("etm");
  return { key, iv: 16, macKey: is512 ? 64 : 32, make: (keys) => counter(keys, is512, isAfter) };
}

function lengthOf(bytes: Uint8Array): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  if (length < 2 || length > LONGEST) throw brokenRules(`a packet of ${length} bytes`);
  return length;
}

/** RFC 5647 as OpenSSH does it: the length is in clear and checked; the last 8 bytes of the vector count packets. */
async function gcm({ key, iv }: Keys): Promise<{ sealing: Sealing; open: Opening }> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  const vector = iv.slice();
  const view = new DataView(vector.buffer);
  const nextVector = () => {
    const now = vector.slice();
    view.setBigUint64(4, BigInt.asUintN(64, view.getBigUint64(4) + 1n));
    return now;
  };
  const seal = async (_: number, packet: Uint8Array) => {
    const algorithm = { name: "AES-GCM", iv: nextVector(), additionalData: packet.slice(0, 4) };
    const sealed = await crypto.subtle.encrypt(algorithm, imported, packet.slice(4));
    return join(packet.subarray(0, 4), new Uint8Array(sealed));
  };
  const open: Opening = async (_, source) => {
    const head = (await source.read(4)).slice();
    const sealed = (await source.read(lengthOf(head) + 16)).slice();
    try {
      const algorithm = { name: "AES-GCM", iv: nextVector(), additionalData: head };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, sealed));
    } catch {
      throw brokenRules("a packet was changed on its way");
    }
  };
  return { sealing: { block: 16, countsLength: false, seal }, open };
}

async function counter(
  { key, iv, macKey }: Keys,
  is512: boolean,
  isAfter: boolean,
): Promise<{ sealing: Sealing; open: Opening }> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"]);
  const hash = { name: "HMAC", hash: is512 ? "SHA-512" : "SHA-256" };
  const signing = await crypto.subtle.importKey("raw", macKey, hash, false, ["sign", "verify"]);
  const macSize = is512 ? 64 : 32;
  let block = iv.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
  const crypt = async (bytes: Uint8Array): Promise<Uint8Array> => {
    const now = new Uint8Array(16);
    const view = new DataView(now.buffer);
    view.setBigUint64(0, block >> 64n);
    view.setBigUint64(8, BigInt.asUintN(64, block));
    block = BigInt.asUintN(128, block + BigInt(bytes.length / 16));
    const algorithm = { name: "AES-CTR", counter: now, length: 128 };
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, imported, bytes.slice()));
  };
  const check = async (sequence: number, covered: Uint8Array, mac: Uint8Array) => {
    const isRight = await crypto.subtle.verify("HMAC", signing, mac.slice(), join(uint32(sequence), covered));
    if (!isRight) throw brokenRules("a packet was changed on its way");
  };
  const sign = async (sequence: number, covered: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign("HMAC", signing, join(uint32(sequence), covered)));

  const seal = async (sequence: number, packet: Uint8Array) => {
    if (!isAfter) return join(await crypt(packet), await sign(sequence, packet));
    const sealed = join(packet.subarray(0, 4), await crypt(packet.subarray(4)));
    return join(sealed, await sign(sequence, sealed));
  };
  const openAfter: Opening = async (sequence, source) => {
    const head = (await source.read(4)).slice();
    const length = lengthOf(head);
    if (length % 16 !== 0) throw brokenRules(`a packet of ${length} bytes`);
    const rest = await source.read(length + macSize);
    await check(sequence, join(head, rest.subarray(0, length)), rest.subarray(length));
    return crypt(rest.subarray(0, length));
  };
  const openBefore: Opening = async (sequence, source) => {
    const first = await crypt(await source.read(16));
    const length = lengthOf(first);
    if (length < 12 || (length + 4) % 16 !== 0) throw brokenRules(`a packet of ${length} bytes`);
    const rest = await source.read(length - 12 + macSize);
    const packet = join(first, await crypt(rest.subarray(0, length - 12)));
    await check(sequence, packet, rest.subarray(length - 12));
    return packet.subarray(4);
  };
  return {
    sealing: { block: 16, countsLength: !isAfter, seal },
    open: isAfter ? openAfter : openBefore,
  };
}
