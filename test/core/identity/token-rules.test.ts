import { describe, it } from "vitest";
import { scopesOf } from "../../../src/identity/tokens/rules";

const rule = (claim: string, value: string, scopes: string[] | null = ["calls:read"]) => ({
  claim,
  value,
  scopes,
  role: null,
});

describe("the rules of an issuer", () => {
  it.for<[string, string, unknown]>([
    ["role", "a", { role: "a" }],
    ["role", "a", { role: ["b", "a"] }],
    ["a.b", "a", { "a.b": "a" }],
    ["https://example.com/roles", "a", { "https://example.com/roles": ["a"] }],
    ["/a/b", "a", { a: { b: "a" } }],
    ["/a~1b/c~0d", "a", { "a/b": { "c~d": ["a"] } }],
    ["/list/1", "a", { list: ["b", "a"] }],
    ["scope", "a", { scope: "b a" }],
    ["scp", "a", { scp: "a b" }],
    ["scope", "b a", { scope: "b a" }],
  ])("apply: %s is %s", ([claim, value, claims], { expect }) => {
    expect(scopesOf([rule(claim, value)], claims as Record<string, unknown>)).toEqual(["calls:read"]);
  });

  it.for<[string, string, unknown]>([
    ["role", "a", {}],
    ["role", "a", { role: "b" }],
    ["role", "a", { role: "A" }],
    ["role", "a", { role: "b a" }],
    ["role", "1", { role: 1 }],
    ["role", "true", { role: true }],
    ["role", "a", { role: { a: "a" } }],
    ["role", "a", { role: [["a"]] }],
    ["role", "null", { role: null }],
    ["toString", "a", {}],
    ["__proto__", "a", JSON.parse('{"other":{"__proto__":"a"}}')],
    ["/a/b", "a", { "/a/b": "a" }],
    ["/a/length", "1", { a: ["a"] }],
    ["/a/constructor/name", "Object", { a: {} }],
    ["a.b", "a", { a: { b: "a" } }],
  ])("do not apply: %s is not %s", ([claim, value, claims], { expect }) => {
    expect(scopesOf([rule(claim, value)], claims as Record<string, unknown>)).toEqual([]);
  });

  it("give together what each gives, and everything where one gives everything", ({ expect }) => {
    const claims = { roles: ["a", "b"] };
    const [one, two] = [rule("roles", "a", ["keys:read"]), rule("roles", "b", ["calls:read"])];
    expect(scopesOf([one, two, rule("roles", "c", ["keys:write"])], claims)).toEqual(["calls:read", "keys:read"]);
    expect(scopesOf([one, rule("roles", "b", null)], claims)).toBeNull();
    expect(scopesOf([one, rule("roles", "c", null)], claims)).toEqual(["keys:read"]);
    expect(scopesOf([], claims)).toEqual([]);
  });
});
