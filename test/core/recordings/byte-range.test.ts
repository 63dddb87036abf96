import { expect, it } from "vitest";
import { readByteRange, type ByteRange } from "../../../src/recordings/byte-range";

const whole: ByteRange = { kind: "whole" };
const unsatisfiable: ByteRange = { kind: "unsatisfiable" };
const part = (offset: number, length: number): ByteRange => ({ kind: "part", offset, length });

it.each<[string | null, ByteRange]>([
  [null, whole],
  ["bytes=0-0", part(0, 1)],
  ["bytes=0-", part(0, 1000)],
  ["bytes=500-599", part(500, 100)],
  ["Bytes = 500 - 599", part(500, 100)],
  ["bytes=900-5000", part(900, 100)],
  ["bytes=999-", part(999, 1)],
  ["bytes=-1", part(999, 1)],
  ["bytes=-200", part(800, 200)],
  ["bytes=-5000", part(0, 1000)],
  ["bytes=1000-", unsatisfiable],
  ["bytes=1000-1001", unsatisfiable],
  ["bytes=-0", unsatisfiable],
  ["bytes=0-1,5-6", whole],
  ["bytes=10-5", whole],
  ["bytes=-", whole],
  ["bytes=a-b", whole],
  ["items=0-1", whole],
  ["", whole],
])("of 1000 bytes, %s", (header, expected) => {
  expect(readByteRange(header, 1000)).toEqual(expected);
});
