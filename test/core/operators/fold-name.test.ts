import { describe, it } from "vitest";
import { foldName } from "../../../src/lib/fold-name";
import { looksLikeExtension, operatorIdOf } from "../../../src/operators";

describe("foldName", () => {
  it.for([
    ["Lucía Fernández", "lucia fernandez"],
    ["  LUCIA\t Fernandez ", "lucia fernandez"],
    ["Lucia\u0301 Ferna\u0301ndez", "lucia fernandez"],
    ["Ｌｕｃｉａ Fernández", "lucia fernandez"],
    ["Groß", "gross"],
    ["İpek", "ipek"],
    ["Ñandú Ćirić", "nandu ciric"],
    ["101", "101"],
    ["   ", ""],
  ] as const)("folds %o to %o", ([name, folded], { expect }) => {
    expect(foldName(name)).toBe(folded);
  });

  it("folds what it folded to the same again", ({ expect }) => {
    for (const name of ["Lucía Fernández", "Groß", "ΣΟΦΟΣ", "İpek", "ŉ", "ﬁna"])
      expect(foldName(foldName(name))).toBe(foldName(name));
  });

  it("folds a sigma alike inside a word and at its end", ({ expect }) => {
    expect(foldName("ΣΟΦΟΣ")).toBe(foldName("σοφοσ"));
  });

  it("keeps the vowel signs and marks of other scripts: without them it would be another name", ({ expect }) => {
    expect(foldName("मीना")).not.toBe(foldName("मना"));
    expect(foldName("がく")).not.toBe(foldName("かく"));
  });
});

describe("looksLikeExtension", () => {
  it("holds for digits and nothing else", ({ expect }) => {
    expect(looksLikeExtension(" 1001 ")).toBe(true);
    expect(looksLikeExtension("１００１")).toBe(true);
    expect(looksLikeExtension("Agent 7")).toBe(false);
    expect(looksLikeExtension("")).toBe(false);
  });
});

describe("operatorIdOf", () => {
  it("is one id for one person, and another in another organization", async ({ expect }) => {
    const id = await operatorIdOf("org_1", "Lucía Fernández");
    expect(await operatorIdOf("org_1", "LUCIA  FERNANDEZ")).toBe(id);
    expect(await operatorIdOf("org_2", "Lucía Fernández")).not.toBe(id);
    expect(id).toMatch(/^opr_[0-9a-z]{26}$/);
  });
});
