import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../src/calls";
import type { Reading, Refusal } from "../../src/platforms";
import type { Result } from "../../src/lib/result";
import { CONTENT_TYPES, ODD_VALUES, placeEverywhere } from "./odd-values";
import { bytesOf, mutate, pick, seeded, type Bytes } from "./random-bytes";
import { expectSane, plainOf } from "./sane-facts";
import { encoded, isJson, onWire, readBytes, readFields } from "./sending";
import { nameOf, type SourceCase } from "./source-case";

const MUTATIONS = 3_000;
const DEEP = 20_000;

/** What every source must read, what it must refuse, and that nothing makes it throw. */
export function readingContract(given: SourceCase): void {
  const { source, good } = given;
  const text = new TextDecoder().decode(encoded(given, good));
  const read = async (body: Bytes) => readBytes(given, await onWire(given, body));

  describe(`source ${nameOf(given)}: reading`, () => {
    it("accepts a good body, and reads it the same every time", async () => {
      const first = await readFields(given, good);
      expect(factsOf(first).length).toBeGreaterThan(0);
      factsOf(first).forEach(expectSane);
      for (const fields of [good, given.withUnknownFields, ...given.notices]) {
        expect(await readFields(given, fields)).toEqual(await readFields(given, fields));
      }
    });

    it("tolerates unknown fields, and they change nothing but what is kept of them", async () => {
      const plain = factsOf(await readFields(given, good));
      const more = factsOf(await readFields(given, given.withUnknownFields));
      expect(more.map(plainOf)).toEqual(plain.map(plainOf));
    });

    const garbage: [string, Bytes][] = [
      ["an empty body", new Uint8Array(0)],
      ["bytes that are no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
      ["null", bytesOf("null")],
      ["a number", bytesOf("1e3")],
      ["a text", bytesOf('"call"')],
      ["NUL bytes", new Uint8Array(1_000)],
      ["braces only", bytesOf("}{")],
      ...(given.takesLists || !isJson(given) ? [] : [["an array", bytesOf(`[${text}]`)] satisfies [string, Bytes]]),
    ];
    it.each(garbage)("makes no call of %s, signed or not", async (_name, body) => {
      for (const sent of [body, await onWire(given, body)]) expectTurnedAway(await readBytes(given, sent), given);
    });

    it("makes no call of a body cut short", async () => {
      const cut = bytesOf(text.slice(0, -10));
      if (isJson(given)) expectTurnedAway(await readBytes(given, cut), given);
      else expectAnswered(await read(cut));
    });

    if (isJson(given)) {
      it("tolerates a byte order mark", async () => {
        expect((await readBytes(given, bytesOf(`\uFEFF${text}`))).ok).toBe(true);
      });
    }

    it("survives nesting as deep as its cap allows", { timeout: 120_000 }, async () => {
      const depth = Math.min(source.bodyCap / 2, 500_000);
      for (const deep of ["[".repeat(depth) + "]".repeat(depth), `{"a":`.repeat(DEEP) + "1" + "}".repeat(DEEP)]) {
        expectAnswered(await readBytes(given, bytesOf(deep)));
      }
      const deep = `${`{"a":[`.repeat(DEEP)}1${"]}".repeat(DEEP)}`;
      for (const fields of [{ ...good, deep: MARK }, ...placeEverywhere(good, MARK)]) {
        const body = new TextDecoder()
          .decode(encoded(given, fields))
          .replace(isJson(given) ? `"${MARK}"` : MARK, () => deep);
        expectAnswered(await read(bytesOf(body)));
      }
    });

    it("keeps what it gives small, however large the body", async () => {
      const many = Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`k${index}`, "x".repeat(1_000)] as const),
      );
      const result = await readFields(given, { ...good, ...many, huge: "y".repeat(Math.floor(source.bodyCap / 3)) });
      for (const facts of factsOf(result)) expect(JSON.stringify(facts).length).toBeLessThan(50_000);
      for (const fields of placeEverywhere(good, "z".repeat(20_000))) {
        const one = await readFields(given, fields);
        expectAnswered(one);
        for (const facts of factsOf(one)) expect(JSON.stringify(plainOf(facts)).length).toBeLessThan(50_000);
      }
    });

    it("throws at no mutation of a good body", { timeout: 120_000 }, async () => {
      const random = seeded(20_261_121);
      for (let round = 0; round < MUTATIONS; round += 1) {
        const body = mutate(bytesOf(text), random);
        const type = round % 7 === 0 ? pick(random, CONTENT_TYPES) : given.contentType;
        expectAnswered(await readBytes(given, round % 2 ? body : await onWire(given, body), type));
      }
    });

    it("throws at no value in any of its fields, and what it then gives is sane", { timeout: 120_000 }, async () => {
      for (const fields of [good, ...given.notices]) {
        for (const value of ODD_VALUES) {
          for (const changed of placeEverywhere(fields, value)) expectAnswered(await readFields(given, changed));
        }
        for (const name of Object.keys(fields)) {
          const { [name]: _gone, ...rest } = fields;
          expectAnswered(await readFields(given, rest));
        }
      }
    });

    it("names the field that is wrong, and never what was in it", async () => {
      const value = "zq-not-to-be-repeated";
      for (const changed of placeEverywhere(good, { value, list: [value] })) {
        const result = await readFields(given, changed);
        if (!result.ok) expect(JSON.stringify(result.error)).not.toContain(value);
      }
    });
  });
}

const MARK = "the-place-of-something-deep";

function factsOf(result: Result<Reading, Refusal>): CallFacts[] {
  return result.ok && result.value.kind === "calls" ? result.value.facts : [];
}

/**
 * Garbage is a 400 where a body must be JSON; in a form it may also be fields nobody sent, or an event nobody asked
 * for.
 */
function expectTurnedAway(result: Result<Reading, Refusal>, given: SourceCase): void {
  expectAnswered(result);
  if (isJson(given)) expect(result).toMatchObject({ ok: false, error: { status: 400 } });
  else expect(factsOf(result)).toEqual([]);
}

/** Any answer a source may give. */
function expectAnswered(result: Result<Reading, Refusal>): void {
  if (!result.ok) {
    expect([400, 415, 422]).toContain(result.error.status);
    expect(result.error.reason).toMatch(/^[a-z0-9_]+$/);
    expect(result.error.message).not.toBe("");
    expect(JSON.stringify(result.error).length).toBeLessThan(10_000);
  } else if (result.value.kind === "ignored") {
    expect(result.value.reason).toMatch(/^[a-z0-9_]+$/);
    expect(result.value.message).not.toBe("");
  } else {
    expect(result.value.facts.length).toBeLessThanOrEqual(1_000);
    result.value.facts.forEach(expectSane);
  }
}
