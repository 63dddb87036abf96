import { describe, it } from "vitest";
import { mayHear, permissionsFor, type Listener } from "../../../src/delivery/stream/listener";
import { EVENT_TYPES, eventExamples } from "../../../src/events";
import { PERMISSIONS, type Permission } from "../../../src/identity";

const ALL = Object.keys(PERMISSIONS) as Permission[];

function listener(overrides: Partial<Listener> = {}): Listener {
  const reach = { campaigns: null, operators: null };
  return { id: "lst_1", permissions: ALL, reach, events: ["*"], profile: null, ...overrides };
}

const dataOf = (type: (typeof EVENT_TYPES)[number]) => eventExamples[type] as Record<string, unknown>;

describe("what a listener may hear", () => {
  it.for(EVENT_TYPES)(
    "of %s: all of it, with every permission that its data needs, and not with one less",
    (type, { expect }) => {
      const needed = permissionsFor(type) ?? [];
      expect(needed).not.toEqual([]);
      const heard = { type, data: dataOf(type) };
      expect(mayHear(listener({ permissions: [...needed] }), heard)).toBe(true);
      for (const missing of needed)
        expect(mayHear(listener({ permissions: ALL.filter((one) => one !== missing) }), heard)).toBe(false);
    },
  );

  it("is nothing of a type that is not known", ({ expect }) => {
    expect(permissionsFor("organization.secret")).toBeUndefined();
    expect(permissionsFor("toString")).toBeUndefined();
    expect(mayHear(listener(), { type: "organization.secret", data: {} })).toBe(false);
  });

  it("is of the calls that they reach: by campaign, by operator, by both", ({ expect }) => {
    const call = { campaign_id: "cmp_1", operator: { id: "opr_1", name: "Ana" } };
    const cases: [Listener["reach"], unknown, boolean][] = [
      [{ campaigns: ["cmp_1"], operators: null }, call, true],
      [{ campaigns: ["cmp_2"], operators: null }, call, false],
      [{ campaigns: [], operators: null }, call, false],
      [{ campaigns: null, operators: ["opr_1"] }, call, true],
      [{ campaigns: null, operators: ["opr_2"] }, call, false],
      [{ campaigns: ["cmp_1"], operators: ["opr_2"] }, call, false],
      [{ campaigns: ["cmp_1"], operators: ["opr_1"] }, call, true],
      [{ campaigns: ["cmp_1"], operators: null }, { campaign_id: null, operator: null }, false],
      [{ campaigns: null, operators: ["opr_1"] }, { campaign_id: "cmp_1", operator: null }, false],
      [{ campaigns: null, operators: null }, { campaign_id: null, operator: null }, true],
      [{ campaigns: ["cmp_1"], operators: null }, undefined, false],
      [{ campaigns: ["cmp_1"], operators: null }, "call", false],
    ];
    for (const [reach, of, is] of cases)
      expect([reach, mayHear(listener({ reach }), { type: "call.completed", data: { call: of } })]).toEqual([
        reach,
        is,
      ]);
    const aboutEndpoint = { type: "endpoint.recovered", data: dataOf("endpoint.recovered") };
    expect(mayHear(listener(), aboutEndpoint)).toBe(true);
    expect(mayHear(listener({ reach: { campaigns: ["cmp_1"], operators: null } }), aboutEndpoint)).toBe(false);
  });
});
