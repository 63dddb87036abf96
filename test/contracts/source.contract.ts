import { describe, expect, it } from "vitest";
import type { InboundRequest, SignedSource, Source, SourceConfig } from "../../src/sources";

/** What every source must hold to: `good` is a body it accepts, `sign` makes the headers its platform would send. */
export type SourceCase = {
  source: Source;
  config: SourceConfig;
  contentType: string;
  good: string;
  /** The body with fields nobody knows. */
  withUnknownFields: string;
  /** Signed platforms only. */
  signing?: {
    now: number;
    sign: (body: Uint8Array<ArrayBuffer>, secret: string, at: number) => Promise<Record<string, string>>;
    signatureHeader: string;
    timestampHeader: string;
    toleranceMs: number;
  };
};

const encoder = new TextEncoder();

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(text));
}
const MUTATIONS = 3_000;

/** The suite that every source passes: what it must read, what it must refuse, and that nothing makes it throw. */
export function sourceContract(name: string, given: SourceCase): void {
  const { source, config, contentType, good } = given;
  const read = (body: Uint8Array<ArrayBuffer>, type = contentType) => source.read(body, type, config);

  describe(`source ${name}: reading`, () => {
    it("accepts a good body, and reads it the same every time", async () => {
      const first = await read(bytesOf(good));
      expect(first).toMatchObject({ ok: true, value: { kind: "calls" } });
      expect(await read(bytesOf(good))).toEqual(first);
    });

    it("tolerates unknown fields, and they change no id", async () => {
      const plain = await read(bytesOf(good));
      const more = await read(bytesOf(given.withUnknownFields));
      if (!plain.ok || !more.ok || plain.value.kind !== "calls" || more.value.kind !== "calls")
        throw new Error("not accepted");
      expect(more.value.facts.map((facts) => facts.externalId)).toEqual(
        plain.value.facts.map((facts) => facts.externalId),
      );
    });

    it("tolerates a byte order mark", async () => {
      expect(await read(bytesOf(`\uFEFF${good}`))).toMatchObject({ ok: true, value: { kind: "calls" } });
    });

    it.each([
      ["an empty body", new Uint8Array(0)],
      ["bytes that are no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
      ["a body cut short", bytesOf(good.slice(0, -10))],
      ["an array", bytesOf(`[${good}]`)],
      ["null", bytesOf("null")],
      ["NUL bytes", new Uint8Array(1_000)],
    ])("answers 400 to %s", async (_name, body) => {
      expect(await read(body)).toMatchObject({ ok: false, error: { status: 400 } });
    });

    it("survives nesting as deep as its cap allows", async () => {
      const depth = source.bodyCap / 2;
      for (const deep of ["[".repeat(depth) + "]".repeat(depth), `{"a":`.repeat(20_000) + "1" + "}".repeat(20_000)]) {
        expect((await read(bytesOf(deep))).ok).toBeTypeOf("boolean");
        const result = await read(bytesOf(good.replace(/\}\s*$/, `,"deep":${deep}}`)));
        if (result.ok && result.value.kind === "calls") JSON.stringify(result.value.facts);
      }
    });

    it("keeps what it gives small, however large the body", async () => {
      const large = good.replace(
        /\}\s*$/,
        `${`,"k":"${"x".repeat(1_000)}"`.repeat(100)},"huge":"${"y".repeat(source.bodyCap / 2)}"}`,
      );
      const result = await read(bytesOf(large));
      expect(result.ok).toBe(true);
      expect(JSON.stringify(result).length).toBeLessThan(50_000);
    });

    it("throws at no mutation of a good body", { timeout: 30_000 }, async () => {
      const random = seeded(20_261_121);
      for (let round = 0; round < MUTATIONS; round += 1) {
        const body = mutate(bytesOf(good), random);
        const type = round % 7 === 0 ? pick(random, CONTENT_TYPES) : contentType;
        const result = await read(body, type);
        if (result.ok) continue;
        expect([400, 415, 422]).toContain(result.error.status);
        expect(result.error.message).not.toBe("");
      }
    });

    it("throws at no value in any of its fields", { timeout: 30_000 }, async () => {
      const fields = JSON.parse(good) as Record<string, unknown>;
      for (const value of ODD_VALUES) {
        for (const changed of placeEverywhere(fields, value)) {
          const result = await read(bytesOf(JSON.stringify(changed)));
          if (!result.ok) expect([400, 415, 422]).toContain(result.error.status);
          else if (result.value.kind === "calls") for (const facts of result.value.facts) expectSane(facts);
        }
      }
    });
  });

  if (source.authentication === "signature" && given.signing) signatureContract(name, source, given, given.signing);
}

function signatureContract(
  name: string,
  source: SignedSource,
  given: SourceCase,
  signing: NonNullable<SourceCase["signing"]>,
): void {
  const { config } = given;
  const { now, sign, signatureHeader, timestampHeader, toleranceMs } = signing;
  const secret = config.secrets[0] ?? "";
  const body = bytesOf(given.good);

  async function request(changes: Record<string, string | null> = {}, at = now, key = secret): Promise<InboundRequest> {
    const headers = new Headers(await sign(body, key, at));
    for (const [header, value] of Object.entries(changes)) {
      if (value === null) headers.delete(header);
      else headers.set(header, value);
    }
    return { url: "https://trunkline.test/webhook/x/src_1", headers, body };
  }
  const refused = { ok: false, error: { status: 401 } };

  describe(`source ${name}: signature`, () => {
    it("passes a good one", async () => {
      const good = await request();
      expect(source.precheck(good.headers, now)).toMatchObject({ ok: true });
      expect(await source.verify(good, config, now)).toMatchObject({ ok: true });
    });

    it("refuses a tampered body, by a single bit", async () => {
      const good = await request();
      for (const place of [0, Math.floor(body.length / 2), body.length - 1]) {
        const tampered = new Uint8Array(body);
        tampered[place] = (tampered[place] ?? 0) ^ 1;
        expect(await source.verify({ ...good, body: tampered }, config, now)).toMatchObject(refused);
      }
      expect(await source.verify({ ...good, body: new Uint8Array([...body, 32]) }, config, now)).toMatchObject(refused);
    });

    it("refuses a tampered signature", async () => {
      const signature = (await request()).headers.get(signatureHeader) ?? "";
      const last = signature.endsWith("0") ? "1" : "0";
      for (const value of ["", "0", signature.slice(1), `${signature.slice(0, -1)}${last}`, `${signature}00`, "é"]) {
        expect(await source.verify(await request({ [signatureHeader]: encodeURI(value) }), config, now)).toMatchObject(
          refused,
        );
      }
    });

    it("refuses missing headers, from the headers alone", async () => {
      for (const header of [signatureHeader, timestampHeader]) {
        const lacking = await request({ [header]: null });
        expect(source.precheck(lacking.headers, now)).toMatchObject(refused);
        expect(await source.verify(lacking, config, now)).toMatchObject(refused);
      }
    });

    it("refuses a stale and a future one, from the headers alone", async () => {
      for (const at of [now - toleranceMs - 2_000, now + toleranceMs + 2_000]) {
        const old = await request({}, at);
        expect(source.precheck(old.headers, now)).toMatchObject(refused);
        expect(await source.verify(old, config, now)).toMatchObject(refused);
      }
    });

    it("refuses another key, and no key at all", async () => {
      const wrong = await request({}, now, `${secret}x`);
      expect(await source.verify(wrong, config, now)).toMatchObject(refused);
      expect(await source.verify(await request(), { ...config, secrets: [] }, now)).toMatchObject(refused);
    });

    it("throws at no header", async () => {
      const random = seeded(7);
      for (let round = 0; round < 500; round += 1) {
        const value = Array.from({ length: Math.floor(random() * 80) }, () =>
          String.fromCharCode(33 + Math.floor(random() * 94)),
        ).join("");
        const odd = await request({ [round % 2 ? signatureHeader : timestampHeader]: value });
        expect(source.precheck(odd.headers, now).ok && (await source.verify(odd, config, now)).ok).toBe(false);
      }
    });
  });
}

const CONTENT_TYPES = [
  "",
  "application/json; charset=utf-8",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "multipart/form-data; boundary=x",
  "text/plain",
  ";;;,",
];

const ODD_VALUES: unknown[] = [
  null,
  "",
  " ",
  0,
  -1,
  1e300,
  Number.MAX_SAFE_INTEGER + 2,
  true,
  [],
  {},
  [[]],
  { url: {} },
  "\u0000",
  "\ud800",
  "9999-12-31T23:59:59+00:00",
  "9999-12-31 23:59:59",
  "253402300799",
  "99999999999999999999",
  "NaN",
  "{{ x }}",
  "-0",
  "é".repeat(10_000),
];

// Copies of the object with the value in each of its places, nested ones too.
function* placeEverywhere(object: Record<string, unknown>, value: unknown): Generator<Record<string, unknown>> {
  for (const [key, inner] of Object.entries(object)) {
    yield { ...object, [key]: value };
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) continue;
    for (const changed of placeEverywhere(inner as Record<string, unknown>, value)) yield { ...object, [key]: changed };
  }
}

function expectSane(facts: {
  externalId: string;
  startedAt?: number | null;
  endedAt?: number | null;
  answeredAt?: number | null;
  custom?: unknown;
}): void {
  expect(facts.externalId.length).toBeGreaterThan(0);
  expect(facts.externalId.length).toBeLessThanOrEqual(500);
  for (const time of [facts.startedAt, facts.endedAt, facts.answeredAt]) {
    // Events carry four-digit years.
    if (typeof time === "number") expect(new Date(time).toISOString()).toMatch(/^\d{4}-/);
  }
  // Custom values are stored as JSON, which escapes it; the others are stored as they are.
  expect(JSON.stringify({ ...facts, custom: {} })).not.toMatch(/\\u0000|\\ud800/);
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  let list = [...bytes];
  const rounds = 1 + Math.floor(random() * 6);
  for (let round = 0; round < rounds; round += 1) {
    const at = Math.floor(random() * list.length);
    const length = Math.floor(random() * 20);
    switch (Math.floor(random() * 5)) {
      case 0:
        list[at] = Math.floor(random() * 256);
        break;
      case 1:
        list.splice(at, length);
        break;
      case 2:
        list.splice(at, 0, ...list.slice(at, at + length));
        break;
      case 3:
        list.splice(
          at,
          0,
          ...bytesOf(pick(random, ['"', "{", "}", "[", ":", ",", "null", "{{ x }}", "\\", "1e9", "-"])),
        );
        break;
      default:
        list = list.slice(0, Math.max(1, at));
    }
  }
  return new Uint8Array(list);
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
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
