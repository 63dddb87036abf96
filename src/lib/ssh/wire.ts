import { brokenRules } from "./failure";

// The data types of SSH (RFC 4251, section 5).

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function byte(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function uint64(value: number): Uint8Array {
  return join(uint32(Math.floor(value / 2 ** 32)), uint32(value % 2 ** 32));
}

export function string(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  return join(uint32(bytes.length), bytes);
}

export function names(list: readonly string[]): Uint8Array {
  return string(list.join(","));
}

/** A positive whole number, given as its bytes: without leading zeros, and with one where its first bit is set. */
export function mpint(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  const trimmed = bytes.subarray(start);
  return string((trimmed[0] ?? 0) >= 128 ? join(byte(0), trimmed) : trimmed);
}

export type WireReader = ReturnType<typeof readWire>;

/** Reads one value after the other. What is not there is a server that breaks the rules. */
export function readWire(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  function take(size: number): Uint8Array {
    if (at + size > bytes.length) throw brokenRules("a message ends too early");
    at += size;
    return bytes.subarray(at - size, at);
  }
  function number(): number {
    take(4);
    return view.getUint32(at - 4);
  }
  const reader = {
    take,
    byte: () => take(1)[0] ?? 0,
    bool: () => take(1)[0] !== 0,
    uint32: number,
    uint64: () => number() * 2 ** 32 + number(),
    string: () => take(number()),
    text: () => decoder.decode(take(number())),
    names: () => decoder.decode(take(number())).split(","),
    rest: () => take(bytes.length - at),
    left: () => bytes.length - at,
  };
  return reader;
}
