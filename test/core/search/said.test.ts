import { describe, expect, it } from "vitest";
import { firstSaid, markedIn } from "../../../src/search";

const piece = (text: string, start: number | null = 0) => ({ text, start });

describe("what a search found of what was said", () => {
  it("is the first piece with all of the words, else the first with most of them", () => {
    const pieces = [
      piece("I want to pay"),
      piece("my money back, please"),
      piece("the MONEY that I want, I want back"),
    ];
    expect(firstSaid(pieces, "want money")).toBe(pieces[2]);
    expect(firstSaid(pieces, "money")).toBe(pieces[1]);
    expect(firstSaid(pieces, "back now money")).toBe(pieces[1]);
    expect(firstSaid(pieces, "zeppelin")).toBeNull();
    expect(firstSaid([], "money")).toBeNull();
  });

  it("is found by beginnings without accents and capitals, and phrases whole", () => {
    const [first, second] = [piece("Quiero la DEVOLUCIÓN"), piece("un número de cuenta")];
    expect(firstSaid([second, first], "devol")).toBe(first);
    expect(firstSaid([first, second], '"numero de cuenta"')).toBe(second);
    expect(firstSaid([first, second], '"numero de cue"')).toBeNull();
    expect(firstSaid([first, second], "umero")).toBeNull();
    for (const nothing of ["", '""', "—", "%"]) expect(firstSaid([first], nothing)).toBeNull();
  });

  it("marks every word that was searched, and keeps the text as it is", () => {
    const text = "¿Mi devolución?  Sí: DEVOLUCIONES, <b>no</b>.";
    const parts = markedIn(text, 'devol "no"');
    expect(parts.join("")).toBe(text);
    expect(parts.filter((_, at) => at % 2 === 1)).toEqual(["devolución", "DEVOLUCIONES", "no"]);
    expect(markedIn("nothing here", "x")).toEqual(["nothing here"]);
    expect(markedIn("", "x")).toEqual([""]);
  });
});
