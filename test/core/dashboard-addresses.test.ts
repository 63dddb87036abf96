import { describe, expect, it } from "vitest";
import { addressesIn } from "../../src/dashboard/settings/people/addresses";

describe("pasted addresses", () => {
  it("come one a line, in columns of a spreadsheet, or as mail programs write them; each once", () => {
    const text = `ana@acme.example\r\nName;E-mail\r\nBeto Díaz;BETO@acme.example\n"Eva" <eva@acme.example>, ana@acme.example`;
    expect(addressesIn(text)).toEqual({
      emails: ["ana@acme.example", "beto@acme.example", "eva@acme.example"],
      wrong: [],
      // Whoever pasted them is told what was left out: it may have been an address.
      others: ["Name", "E-mail", "Beto Díaz"],
    });
  });

  it("that are none are named", () => {
    expect(addressesIn("ana@, @acme.example\nx@y@z")).toEqual({
      emails: [],
      wrong: ["ana@", "@acme.example", "x@y@z"],
      others: [],
    });
    expect(addressesIn("  \n,;")).toEqual({ emails: [], wrong: [], others: [] });
  });
});
