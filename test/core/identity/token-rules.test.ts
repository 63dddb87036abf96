import * as fc from "fast-check";
import { describe, it } from "vitest";
import { rightsByRules } from "../../../src/identity/tokens/rules";

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
    expect(rightsByRules([rule(claim, value)], claims as Record<string, unknown>).scopes).toEqual(["calls:read"]);
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
    expect(rightsByRules([rule(claim, value)], claims as Record<string, unknown>).scopes).toEqual([]);
  });

  it("give together what each gives, and everything where one gives everything", ({ expect }) => {
    const claims = { roles: ["a", "b"] };
    const [one, two] = [rule("roles", "a", ["keys:read"]), rule("roles", "b", ["calls:read"])];
    expect(rightsByRules([one, two, rule("roles", "c", ["keys:write"])], claims).scopes).toEqual([
      "calls:read",
      "keys:read",
    ]);
    expect(rightsByRules([one, rule("roles", "b", null)], claims).scopes).toBeNull();
    expect(rightsByRules([one, rule("roles", "c", null)], claims).scopes).toEqual(["keys:read"]);
    expect(rightsByRules([], claims).scopes).toEqual([]);
  });

  it("limit to campaigns: those of a permission count together, those of several permissions in common", ({
    expect,
  }) => {
    const given = (...rules: [string[] | null, string[] | null][]) => {
      const all = rules.map(([scopes, campaigns]) => ({ ...rule("role", "a", scopes), campaigns }));
      const { scopes, reach } = rightsByRules(all, { role: "a" });
      return [scopes, reach.campaigns];
    };
    expect(given([["calls:read"], ["c1"]])).toEqual([["calls:read"], ["c1"]]);
    expect(given([["calls:read"], ["c1"]], [["calls:read"], ["c2"]])).toEqual([["calls:read"], ["c1", "c2"]]);
    expect(given([["calls:read"], ["c1"]], [["calls:read"], null])).toEqual([["calls:read"], null]);
    expect(given([["calls:read"], ["c1", "c2"]], [["tasks:read"], ["c2", "c3"]])).toEqual([
      ["calls:read", "tasks:read"],
      ["c2"],
    ]);
    expect(given([["calls:read"], ["c1"]], [["tasks:read"], ["c2"]])).toEqual([["calls:read", "tasks:read"], []]);
    expect(given([null, ["c1"]], [["calls:read"], null])).toEqual([null, ["c1"]]);
    // A rule from before there was a limit has none.
    expect(rightsByRules([rule("role", "a")], { role: "a" }).reach).toEqual({ campaigns: null, operators: null });
  });

  it("give nothing anywhere that no rule gives there", ({ expect }) => {
    const scope = fc.constantFrom("calls:read", "tasks:read", "keys:write");
    const campaign = fc.constantFrom("c1", "c2", "c3");
    const one = fc.record({
      value: fc.constantFrom("a", "b"),
      scopes: fc.option(fc.uniqueArray(scope, { minLength: 1 })),
      campaigns: fc.option(fc.uniqueArray(campaign, { minLength: 1 })),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), (drawn) => {
        const rules = drawn.map((rest) => ({ claim: "role", role: null, ...rest }));
        const { scopes, reach } = rightsByRules(rules, { role: "a" });
        for (const permission of ["calls:read", "tasks:read", "keys:write"])
          for (const place of ["c1", "c2", "c3", "c4"]) {
            const may = (given: string[] | null, limit: readonly string[] | null) =>
              (given === null || given.includes(permission)) && (limit === null || limit.includes(place));
            const isGiven = drawn.some((rest) => rest.value === "a" && may(rest.scopes, rest.campaigns));
            if (may(scopes, reach.campaigns)) expect(isGiven).toBe(true);
          }
      }),
    );
  });
});
