import * as fc from "fast-check";
import { ODD_VALUES } from "../../contracts/odd-values";

// What is put into requests, and what is done to those that would be accepted.

const VALUES: readonly unknown[] = [
  ...ODD_VALUES,
  "x".repeat(20_000),
  "😀".repeat(2_000),
  "‮\u0000\ufeff",
  "'; DROP TABLE calls; --",
  '" OR 1=1 --',
  "%' ESCAPE '\\",
  "../../../etc/passwd",
  "${jndi:ldap://x.test/a}",
  "<script>alert(1)</script>",
  "%00%0d%0aset-cookie: a=b",
  "-271821-04-20T00:00:00Z",
  "+275760-09-13T00:00:00.001Z",
  "2026-02-30T25:61:61Z",
  { __proto__: { admin: true } },
  { constructor: { prototype: {} } },
  Array.from({ length: 5_000 }, () => "a"),
  Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at])),
];

/** What would give rights, or another owner, to who is believed. */
export const MASS = {
  id: "wh_1",
  organization_id: "org_1",
  organizationId: "org_1",
  created_at: 0,
  created_by: "admin",
  plan: "enterprise",
  role: "owner",
  scopes: null,
  version: 99,
  deleted_at: null,
  hash: "0".repeat(64),
  isAdmin: true,
};

const value = fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue(), fc.string({ unit: "binary", maxLength: 60 }));

/** What is done to a body that would be accepted. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("replace" as const), at: fc.nat(1_000), value }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(1_000) }),
  fc.record({ kind: fc.constant("add" as const), at: fc.nat(1_000), value }),
  fc.record({ kind: fc.constant("mass" as const) }),
  fc.record({ kind: fc.constant("whole" as const), value }),
  fc.record({
    kind: fc.constant("text" as const),
    text: fc.constantFrom(
      "",
      "{",
      "null",
      "\u0000",
      "NaN",
      '{"a":1,"a":2}',
      '{"__proto__":{"a":1}}',
      `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
      `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
      `"${"x".repeat(300_000)}"`,
      '{"idempotencyKey":"k","data":null}',
      '{"idempotencyKey":{},"data":{}}',
    ),
  }),
);

const headers = fc.record(
  {
    "content-type": fc.constantFrom(
      "application/json",
      "application/json; charset=latin1",
      "text/plain",
      "application/xml",
      "multipart/form-data",
      "multipart/form-data; boundary=",
      "x",
    ),
    "if-match": fc.constantFrom("*", '"a"', 'W/"a"', ",,,", "x".repeat(4_000)),
    "if-none-match": fc.constantFrom("*", ",", '"'),
    "idempotency-key": fc.constantFrom("k", "", "x".repeat(300), "a b"),
    range: fc.constantFrom("bytes=0-", "bytes=9-1", "lines=1", "bytes=99999999999999999999-"),
    "x-http-method-override": fc.constantFrom("DELETE", "TRACE"),
    "accept-language": fc.constant("x".repeat(8_000)),
    origin: fc.constantFrom("null", "https://elsewhere.example", "\\"),
    "x-forwarded-host": fc.constant("elsewhere.example"),
  },
  { requiredKeys: [] },
);

const query = fc.record({ at: fc.nat(50), value, twice: fc.boolean(), unknown: fc.boolean() });

export const request = fc.record({
  change,
  headers: fc.option(headers, { freq: 3, nil: {} }),
  query: fc.option(query, { freq: 2 }),
  id: fc.option(value, { freq: 2 }),
});
export type Hostile = typeof request extends fc.Arbitrary<infer Made> ? Made : never;
