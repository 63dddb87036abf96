import {
  array,
  assert,
  boolean,
  constantFrom,
  dictionary,
  double,
  integer,
  letrec,
  oneof,
  property,
  record,
  string,
} from "fast-check";
import { raw } from "hono/html";
import { Fragment as HonoFragment, jsx as honoJsx } from "hono/jsx/jsx-runtime";
import { describe, expect, it } from "vitest";
import { Fragment, jsx } from "../../../src/ui/jsx/runtime";

/** What makes an element, ours or hono's, whose pages must be the same. */
type Make = { jsx(tag: unknown, props: Record<string, unknown>): unknown; Fragment: unknown };

const OURS: Make = { jsx: jsx as Make["jsx"], Fragment };
const HONOS: Make = { jsx: honoJsx as unknown as Make["jsx"], Fragment: HonoFragment };

type Tree = string | number | boolean | null | undefined | Tree[] | { tag: string; props: object; children: Tree[] };

function withoutBooleans(list: Tree[]): Tree[] {
  return list.filter((one) => typeof one !== "boolean").map((one) => (Array.isArray(one) ? withoutBooleans(one) : one));
}

function built(make: Make, tree: Tree): unknown {
  if (Array.isArray(tree)) return tree.map((one) => built(make, one));
  if (tree === null || typeof tree !== "object") return tree;
  // What is true or false is nothing everywhere but in an SVG of hono's, which writes the word.
  const given = tree.tag === "svg" ? withoutBooleans(tree.children) : tree.children;
  const children = given.map((one) => built(make, one));
  const props = {
    ...tree.props,
    ...(children.length > 0 && { children: children.length === 1 ? children[0] : children }),
  };
  if (tree.tag === "fragment") return make.jsx(make.Fragment, props);
  return make.jsx(tree.tag === "component" ? (own: object) => make.jsx("b", { ...own }) : tree.tag, props);
}

const texts = oneof(string(), constantFrom("<b>", "a & b", `"'`, "→ é 😀", ""));
const values = oneof(texts, integer(), double({ noNaN: true }), boolean(), constantFrom(null, undefined));
const attributes = dictionary(
  constantFrom("class", "href", "aria-label", "data-rows", "checked", "hidden", "viewBox", "tabindex", "disabled"),
  values,
);
const { tree } = letrec<{ tree: Tree; element: Tree }>((of) => ({
  tree: oneof({ maxDepth: 5 }, values, of("element"), array(of("tree"), { maxLength: 4 })),
  element: record({
    tag: constantFrom("p", "div", "svg", "path", "a", "form", "button", "option", "fragment", "component"),
    props: attributes,
    children: array(of("tree"), { maxLength: 4 }),
  }),
}));

describe("what JSX becomes", () => {
  it("is what hono/jsx makes of it", () => {
    assert(
      property(tree, (inner) => {
        const whole: Tree = { tag: "main", props: {}, children: [inner] };
        expect(String(built(OURS, whole))).toBe(String(built(HONOS, whole)));
      }),
    );
  });

  it("is what hono/jsx makes of what has no end and of finished HTML", () => {
    for (const make of [OURS, HONOS]) {
      const line = make.jsx("p", {
        children: [
          make.jsx("input", { name: "a", required: true }),
          make.jsx("br", {}),
          raw("<i>&</i>"),
          make.jsx("p", {}),
        ],
      });
      expect(String(line)).toBe('<p><input name="a" required=""/><br/><i>&</i><p></p></p>');
    }
  });

  it("refuses what no page means", () => {
    expect(() => jsx("p", { onclick: () => undefined })).toThrow("onclick");
    expect(() => jsx("p", { style: { color: "red" } })).toThrow("style");
    expect(() => jsx("p", { 'a"b': "c" })).toThrow("no name");
    expect(() => jsx("p", { children: { text: "<b>" } })).toThrow("neither text");
    expect(() => jsx("p", { children: Promise.resolve("late") })).toThrow("neither text");
  });
});
