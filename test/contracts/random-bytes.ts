export type Random = () => number;
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export function bytesOf(text: string): Bytes {
  return new Uint8Array(encoder.encode(text));
}

/** Mulberry32: small, and the same every run. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Printable ASCII, as a header may hold it. */
export function randomHeader(random: Random, max = 80): string {
  return Array.from({ length: Math.floor(random() * max) }, () =>
    String.fromCharCode(33 + Math.floor(random() * 94)),
  ).join("");
}

export function randomBytes(random: Random, max: number): Bytes {
  return Uint8Array.from({ length: Math.floor(random() * max) }, () => Math.floor(random() * 256));
}

const PIECES = ['"', "{", "}", "[", ":", ",", "null", "{{ x }}", "\\", "1e9", "-", "&", "=", "%", "+", ".", "\u0000"];

/** The bytes with a few of them changed, cut out, doubled or added. */
export function mutate(bytes: Bytes, random: Random): Bytes {
  let changed = bytes;
  const rounds = 1 + Math.floor(random() * 6);
  for (let round = 0; round < rounds; round += 1) {
    const at = Math.floor(random() * changed.length);
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
    const length = Math.floor(random() * 20);
    switch (Math.floor(random() * 5)) {
      case 0:
        changed = joined(before, Uint8Array.of(Math.floor(random() * 256)), after.subarray(1));
        break;
      case 1:
        changed = joined(before, after.subarray(length));
        break;
      case 2:
        changed = joined(before, after.subarray(0, length), after);
        break;
      case 3:
        changed = joined(before, bytesOf(pick(random, PIECES)), after);
        break;
      default:
        changed = changed.slice(0, Math.max(1, at));
    }
  }
  return changed;
}

function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
