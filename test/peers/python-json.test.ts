import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { pythonJson } from "./profiles.ts";
import { PYTHON } from "./receiver.ts";

const VALUES = 20_000;
const SCRIPT = "import json, sys\nfor line in sys.stdin.buffer: print(json.dumps(json.loads(line)))";

test(`writes ${VALUES} random values as CPython's json.dumps does, and CPython reads them back the same`, () => {
  const random = seeded(20_261_122);
  const values = Array.from({ length: VALUES }, () => randomValue(random, 4));
  const ours = values.map(pythonJson);
  assert.deepEqual(throughPython(values.map((value) => JSON.stringify(value))), ours);
  assert.deepEqual(throughPython(ours), ours);
});

test("writes numbers of every size as CPython does", () => {
  const random = seeded(7);
  const powers = Array.from({ length: 640 }, (_, index) => index - 330).flatMap((exponent) => [
    Number(`1e${exponent}`),
    Number(`-${1 + random() * 9}e${exponent}`),
  ]);
  const values = [...powers.filter(Number.isFinite), -0, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, 0.1 + 0.2];
  const ours = values.map(pythonJson);
  assert.deepEqual(throughPython(values.map((value) => JSON.stringify(value))), ours);
});

function throughPython(lines: string[]): string[] {
  const { stdout, stderr } = spawnSync(PYTHON, ["-c", SCRIPT], {
    input: lines.join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  assert.equal(stderr, "");
  return stdout.trimEnd().split("\n");
}

function randomValue(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth > 0 ? 8 : 6));
  if (kind === 0) return [null, true, false][Math.floor(random() * 3)];
  if (kind === 1) return Math.floor((random() - 0.5) * 10 ** Math.floor(random() * 16));
  if (kind <= 3) return randomNumber(random);
  if (kind <= 5) return randomText(random);
  const size = Math.floor(random() * 5);
  if (kind === 6) return Array.from({ length: size }, () => randomValue(random, depth - 1));
  return Object.fromEntries(Array.from({ length: size }, () => [randomText(random), randomValue(random, depth - 1)]));
}

/** Any bits that make a finite number, or few digits at any size. */
function randomNumber(random: () => number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setUint32(0, random() * 2 ** 32);
  bits.setUint32(4, random() * 2 ** 32);
  const any = bits.getFloat64(0);
  if (random() < 0.5 && Number.isFinite(any)) return any;
  return Number(`${Math.floor(random() * 1_000)}e${Math.floor(random() * 60 - 30)}`);
}

function randomText(random: () => number): string {
  const units = Array.from({ length: Math.floor(random() * 12) }, () => {
    const ceiling = [0x20, 0x80, 0x100, 0x2100, 0x1_0000][Math.floor(random() * 5)] ?? 0x80;
    return Math.floor(random() * ceiling);
  });
  return String.fromCharCode(...units);
}

// Mulberry32: small, and the same every run.
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
