import { describe, expect, it } from "vitest";
import { isSidecar, sidecar, sidecarOf, type SidecarRule } from "../../../src/connectors/sidecar/rule";
import { sidecarFields, valueAt } from "../../../src/connectors/sidecar/values";
import { xmlTree } from "../../../src/connectors/sidecar/xml-tree";

const rule = (name: string, fields: Record<string, string> = { operator: "agent" }): SidecarRule => {
  const read = sidecar.parse({ name, fields });
  if (read === null) throw new Error("no rule");
  return read;
};
const read = (
  format: "json" | "xml" | "csv",
  text: string | Uint8Array,
  fields: Record<string, string>,
  isWhole = true,
) => {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const found = sidecarFields(rule(`{name}.${format}`, fields), format, bytes, isWhole);
  return found && Object.fromEntries(found);
};

describe("the name of a sidecar", () => {
  it("is that of its recording in the same folder, with another ending or one more", () => {
    expect(sidecarOf(rule("{name}.json"), "in/a.b/x.y.wav")).toBe("in/a.b/x.y.json");
    expect(sidecarOf(rule("{file}.xml"), "in/x.wav")).toBe("in/x.wav.xml");
    expect(sidecarOf(rule("{name}_meta.CSV"), "x")).toBe("x_meta.CSV");
    expect(sidecarOf(rule("{name}.json"), "in/.wav")).toBe("in/.wav.json");
  });

  it("is known by its ending, in any case", () => {
    expect(isSidecar(rule("{name}.json"), "a/X.JSON")).toBe(true);
    expect(isSidecar(rule("{name}_meta.json"), "a/x.json")).toBe(false);
    expect(isSidecar(null, "a/x.json")).toBe(false);
  });
});

describe("a value of a sidecar", () => {
  it("is found by names, places in lists, and whatever the case", () => {
    const tree = { Agent: { Name: "Ana" }, "a.b": { c: 1 }, list: [{ n: 1 }, { n: 2 }], a: { b: { d: 2 } } };
    for (const [path, value] of [
      ["agent.name", "Ana"],
      ["a.b.c", 1],
      ["a.b.d", 2],
      ["list.1.n", 2],
      ["list.n", 1],
      ["none", undefined],
      ["list.9.n", undefined],
      ["agent.name.x", undefined],
      ["__proto__.x", undefined],
      ["constructor", undefined],
    ] as const)
      expect([path, valueAt(tree, path)]).toEqual([path, value]);
  });

  it("is a text, a number, a truth or a list of these", () => {
    expect(
      read("json", '\uFEFF{"a":" x ","b":12,"c":[1,"two",{}],"d":null,"e":{},"f":true,"t":"20260820T110509"}', {
        operator: "a",
        from: "b",
        tags: "c",
        to: "d",
        account: "e",
        status: "f",
        started_at: "t",
      }),
    ).toEqual({ operator: "x", from: "12", tags: "1, two", status: "true", started_at: "2026-08-20 11:05:09" });
  });

  it("comes from XML: elements, attributes, CDATA, prefixes, references, lists", () => {
    const text = `<?xml version="1.0" encoding="utf-8"?><!-- c --><ns:call id='7' xmlns:ns="urn:x" note="a > b">
      <agent role="lead">Ana &lt;&#209;&gt;</agent><tag>one</tag><tag>two</tag><ns:time><![CDATA[2026-08-20 <x>]]></ns:time><e/></ns:call>`;
    const fields = {
      operator: "agent",
      external_id: "@id",
      tags: "tag",
      notes: "time",
      account: "agent.@role",
      status: "@note",
    };
    expect(read("xml", text, fields)).toEqual({
      operator: "Ana <Ñ>",
      external_id: "7",
      tags: "one, two",
      notes: "2026-08-20 <x>",
      account: "lead",
      status: "a > b",
    });
  });

  it("comes from CSV by its column, of the first row, and not of half a line", () => {
    const fields = { operator: "Agent", from: "caller" };
    expect(read("csv", 'agent;caller\r\n"Peña ""la"" Ñ";+54\r\nother;1\r\n', fields)).toEqual({
      operator: 'Peña "la" Ñ',
      from: "+54",
    });
    expect(read("csv", "agent;caller\nAna;+5", fields, false)).toBeNull();
    expect(read("csv", "agent;caller\n", fields)).toBeNull();
  });

  it("comes in the letters of Windows and in UTF-16", () => {
    expect(read("csv", new Uint8Array(Buffer.from("agent\nPeña\n", "latin1")), { operator: "agent" })).toEqual({
      operator: "Peña",
    });
    const wide = Uint8Array.from([0xff, 0xfe, ...Buffer.from('{"agent":"Peña"}', "utf16le")]);
    expect(read("json", wide, { operator: "agent" })).toEqual({ operator: "Peña" });
  });

  it("is none where the text is cut, of another format, or has a document type", () => {
    const fields = { operator: "agent" };
    for (const text of ['{"agent":', "[", "", "7", "null", "<a/>"])
      expect([text, read("json", text, fields)]).toEqual([text, null]);
    for (const text of [
      "<a><b></a>",
      "<a><b>",
      "<a/><a/>",
      "x<a/>",
      "<a/>x",
      "<a <b/>",
      "",
      "{}",
      '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
      "<a>".repeat(51) + "</a>".repeat(51),
    ])
      expect([text, xmlTree(text)]).toEqual([text, undefined]);
  });

  it("is read in time whatever the text is", () => {
    for (const piece of ["<a ", "<a x", '<a b="', "<!--", "<![CDATA[", "&", "<a b='c' ", "<<"])
      expect(xmlTree(piece.repeat(60_000))).toBeUndefined();
  });
});
