// Blowfish as bcrypt uses it. Its tables are the digits of pi, which are worked out instead of being written down.

const WORDS = 18 + 4 * 256;

export type Blowfish = { p: Uint32Array; s: Uint32Array };

let digits: Uint32Array | undefined;

/** The fraction of pi in words of 32 bits, by Machin's formula. */
function digitsOfPi(): Uint32Array {
  if (digits) return digits;
  const spare = 64n;
  const bits = BigInt(WORDS * 32) + spare;
  const one = 1n << bits;
  const arctan = (inverse: bigint): bigint => {
    let term = one / inverse;
    let sum = term;
    for (let at = 3n, isLess = true; term !== 0n; at += 2n, isLess = !isLess) {
      term /= inverse * inverse;
      sum += isLess ? -(term / at) : term / at;
    }
    return sum;
  };
  const fraction = (16n * arctan(5n) - 4n * arctan(239n) - 3n * one) >> spare;
  const hex = fraction.toString(16).padStart(WORDS * 8, "0");
  digits = Uint32Array.from({ length: WORDS }, (_, at) => parseInt(hex.slice(at * 8, at * 8 + 8), 16));
  return digits;
}

export function newBlowfish(): Blowfish {
  const all = digitsOfPi();
  return { p: all.slice(0, 18), s: all.slice(18) };
}

/** Encrypts the two words at `at` of `block` in place. */
export function encryptWords({ p, s }: Blowfish, block: Uint32Array, at: number): void {
  let left = block[at] ?? 0;
  let right = block[at + 1] ?? 0;
  for (let round = 0; round < 16; round += 2) {
    left ^= p[round] ?? 0;
    right ^= mix(s, left);
    right ^= p[round + 1] ?? 0;
    left ^= mix(s, right);
  }
  block[at] = right ^ (p[17] ?? 0);
  block[at + 1] = left ^ (p[16] ?? 0);
}

function mix(s: Uint32Array, word: number): number {
  const sum = (s[word >>> 24] ?? 0) + (s[256 + ((word >>> 16) & 255)] ?? 0);
  return ((sum ^ (s[512 + ((word >>> 8) & 255)] ?? 0)) + (s[768 + (word & 255)] ?? 0)) | 0;
}

/** Makes the tables depend on a key, and on data where there is some. Both are words that are gone through in circles. */
export function expandKey(state: Blowfish, key: Uint32Array, data: Uint32Array | null): void {
  for (let at = 0; at < 18; at += 1) state.p[at] = (state.p[at] ?? 0) ^ (key[at % key.length] ?? 0);
  const block = new Uint32Array(2);
  let from = 0;
  for (const table of [state.p, state.s]) {
    for (let at = 0; at < table.length; at += 2) {
      if (data) {
        block[0] = (block[0] ?? 0) ^ (data[from] ?? 0);
        block[1] = (block[1] ?? 0) ^ (data[from + 1] ?? 0);
        from = (from + 2) % data.length;
      }
      encryptWords(state, block, 0);
      table[at] = block[0] ?? 0;
      table[at + 1] = block[1] ?? 0;
    }
  }
}
