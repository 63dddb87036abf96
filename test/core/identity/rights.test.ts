import * as fc from "fast-check";
import { describe, it } from "vitest";
import {
  commonRights,
  ended,
  fieldBeyond,
  FULL_REACH,
  may,
  PERMISSIONS,
  permissionsOf,
  SCOPES,
  type Permission,
  type Rights,
} from "../../../src/identity";

const ALL = Object.keys(PERMISSIONS) as Permission[];

const rights: fc.Arbitrary<Rights> = fc.record({
  scopes: fc.option(fc.subarray([...SCOPES]), { nil: null }),
  campaignId: fc.option(fc.constantFrom("cmp_1", "cmp_2"), { nil: null }),
  sourceId: fc.option(fc.constantFrom("src_1", "src_2"), { nil: null }),
  expiresAt: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
});

/** Everything that rights allow at a time: permission, campaign and source of what is sent. */
function allowed(given: Rights, now: number): string[] {
  if (ended(given, now)) return [];
  return ALL.filter((permission) => may({ ...given, reach: FULL_REACH }, permission)).flatMap((permission) =>
    ["cmp_1", "cmp_2", "none"].flatMap((campaign) =>
      ["src_1", "src_2", "none"]
        .filter((source) => given.sourceId === null || given.sourceId === source)
        .filter(() => given.campaignId === null || given.campaignId === campaign)
        .map((source) => `${permission} ${campaign} ${source}`),
    ),
  );
}

describe("rights", () => {
  it("of several keys are what each of them allows, at any time", ({ expect }) => {
    fc.assert(
      fc.property(rights, rights, fc.integer({ min: 0, max: 6 }), (one, other, now) => {
        const common = commonRights(one, other);
        const both = allowed(one, now).filter((what) => allowed(other, now).includes(what));
        if (typeof common === "string") expect(both).toEqual([]);
        else expect(allowed(common, now)).toEqual(both);
      }),
      { numRuns: 500 },
    );
  });

  it("are within one's own exactly where they allow nothing more", ({ expect }) => {
    fc.assert(
      fc.property(rights, rights, (wanted, own) => {
        if (fieldBeyond(wanted, own) !== undefined) return;
        for (const now of [0, 1, 2, 3, 4, 5, 6]) {
          const mine = allowed(own, now);
          expect(allowed(wanted, now).filter((what) => !mine.includes(what))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("stand for all of a resource where a scope ends in a star", ({ expect }) => {
    expect(permissionsOf(["keys:*", "calls:read"])).toEqual(["calls:read", "keys:read", "keys:write"]);
    expect(permissionsOf(["calls:erase", "call:*"])).toEqual([]);
  });
});
