import { describe, expect, it } from "vitest";
import { chooseReviewer, type Candidate } from "../../../src/quality/assignment/choose";
import { isDrawn, needsFindings, takes, weekOf } from "../../../src/quality/assignment/sample";
import { DAY } from "../../../src/lib/time";
import { NOON } from "../../factories";

const people = (...ids: string[]): Candidate[] => ids.map((id) => ({ id, expertise: [] }));
const NOTHING = new Set<string>();

/** So many calls, one after another, as they would be given. */
function inTurn(candidates: (at: number) => Candidate[], calls: number): string[] {
  const turns: Record<string, number> = {};
  return Array.from({ length: calls }, (_, at) => {
    const chosen = chooseReviewer("round_robin", candidates(at), NOTHING, { turns, loads: new Map() }) ?? "";
    turns[chosen] = at + 1;
    return chosen;
  });
}

describe("chooseReviewer", () => {
  it("gives each their turn, in the order of the list", () => {
    expect(inTurn(() => people("a", "b", "c"), 7)).toEqual(["a", "b", "c", "a", "b", "c", "a"]);
  });

  it("goes on where somebody joins, leaves or is away for a while", () => {
    expect(inTurn((at) => (at < 2 ? people("a", "b") : people("a", "b", "c")), 6)).toEqual([
      "a",
      "b",
      "c",
      "a",
      "b",
      "c",
    ]);
    expect(inTurn((at) => (at === 1 || at === 2 ? people("a", "c") : people("a", "b", "c")), 6)).toEqual([
      "a",
      "c",
      "a",
      "b",
      "c",
      "a",
    ]);
  });

  it("gives to who has least, and of equals to whose turn it is", () => {
    const loads = new Map([
      ["a", 2],
      ["b", 1],
      ["c", 1],
    ]);
    expect(chooseReviewer("load", people("a", "b", "c"), NOTHING, { turns: { b: 4, c: 3 }, loads })).toBe("c");
  });

  it("gives to who knows most of what a call is about, and of equals to who has least", () => {
    const candidates = [
      { id: "a", expertise: ["billing"] },
      { id: "b", expertise: ["billing", "es"] },
      { id: "c", expertise: ["es", "billing", "sales"] },
    ];
    const past = { turns: {}, loads: new Map([["b", 3]]) };
    expect(chooseReviewer("expertise", candidates, new Set(["es", "billing"]), past)).toBe("c");
    expect(chooseReviewer("expertise", candidates, new Set(["sales"]), past)).toBe("c");
    expect(chooseReviewer("expertise", candidates, NOTHING, past)).toBe("a");
  });

  it("gives to nobody where there is nobody", () => {
    expect(chooseReviewer("load", [], NOTHING, { turns: {}, loads: new Map() })).toBe(null);
  });
});

describe("a sample", () => {
  const nothing = { risk: null, scores: [] };

  it("draws about so many of a hundred, and the same ones whenever it is asked", () => {
    const ids = Array.from({ length: 10_000 }, (_, at) => `task_${at}`);
    for (const percent of [0, 1, 20, 50, 100]) {
      const drawn = ids.filter((id) => isDrawn(id, percent));
      expect(Math.abs(drawn.length - percent * 100)).toBeLessThan(250);
      expect(ids.filter((id) => isDrawn(id, percent))).toEqual(drawn);
    }
    expect(ids.filter((id) => isDrawn(id, 0))).toEqual([]);
    expect(ids.filter((id) => isDrawn(id, 100))).toEqual(ids);
  });

  it("takes of one operator so many in a week", () => {
    const sample = { perOperatorWeek: 2, others: "queue" as const };
    const asked = { taskId: "task_x", found: nothing };
    expect(takes(sample, { ...asked, ofOperator: 1 })).toBe("drawn");
    expect(takes(sample, { ...asked, ofOperator: 2 })).toBe(null);
  });

  it("takes what its findings call for, whatever else it says", () => {
    const sample = {
      percent: 0,
      perOperatorWeek: 1,
      riskFrom: 70,
      scores: [
        { name: "Stress", from: 8 },
        { name: "Satisfaction", to: 2 },
      ],
      others: "close" as const,
    };
    const asked = { taskId: "task_x", ofOperator: 9 };
    expect(takes(sample, { ...asked, found: { risk: 70, scores: [] } })).toBe("found");
    expect(takes(sample, { ...asked, found: { risk: 69, scores: [{ name: "Stress", value: 8 }] } })).toBe("found");
    expect(takes(sample, { ...asked, found: { risk: null, scores: [{ name: "Satisfaction", value: 2 }] } })).toBe(
      "found",
    );
    expect(takes(sample, { ...asked, found: { risk: 69, scores: [{ name: "Satisfaction", value: 3 }] } })).toBe(null);
    expect(needsFindings(sample)).toBe(true);
    expect(takes({ riskFrom: 70, others: "queue" }, { ...asked, ofOperator: 0, found: nothing })).toBe(null);
  });

  it("counts weeks from Monday", () => {
    // NOON is a Thursday: 20 August 2026.
    const monday = Date.parse("2026-08-17T00:00:00Z");
    for (const day of [0, 1, 2, 3, 4, 5, 6]) expect(weekOf(monday + day * DAY + 1)).toBe(monday);
    expect(weekOf(monday - 1)).toBe(monday - 7 * DAY);
    expect(weekOf(NOON)).toBe(monday);
  });
});
