import { search, type JSONObject } from "@jmespath-community/jmespath";
import { describe, it } from "vitest";
import { evaluatorOf } from "../../../../src/platforms/mapping/evaluator";
import { parseExpression, rootsOf } from "../../../../src/platforms/mapping/expression";

function evaluate(text: string, body: Record<string, unknown>) {
  const parsed = parseExpression(text);
  return parsed.ok ? evaluatorOf(body)(parsed.value) : parsed;
}

const TOO_MANY = { ok: false, error: "takes too many steps on this body" };
const long = "a".repeat(400_000);
const list = Array.from({ length: 50_000 }, (_, index) => index);

describe("an expression that makes much out of little", () => {
  it.for<[name: string, text: string, body: Record<string, unknown>]>([
    ["doubles a list forty times", Array.from({ length: 40 }, () => "[@,@][]").join("|"), { a: 1 }],
    [
      "doubles a value and writes it out",
      `${Array.from({ length: 50 }, () => "[@,@]").join("|")}|to_string(@)`,
      { a: 1 },
    ],
    ["compares what it doubled", `${Array.from({ length: 50 }, () => "[@,@]").join("|")}|[@,@]|[0]==[1]`, { a: 1 }],
    ["multiplies a list by itself", "list[*].[$.list[*].[@]]", { list }],
    ["looks at the whole for each", "list[?length(to_string($)) > `1`]", { list }],
    ["joins with a long glue", "join(text, list[*].to_string(@))", { text: long, list }],
    ["replaces by a long text", "replace(text, 'a', text)", { text: long }],
    ["replaces again and again", "replace('a', 'a', '$`$`a', `1000`)", {}],
    ["trims a long text", "trim(text)", { text: `${" ".repeat(300_000)}x` }],
    ["takes apart a long text for each", "list[*].[$.text[::-1]]", { text: long, list }],
    ["sorts by something dear", "sort_by(list, &length($.text))", { text: long, list }],
    [
      "flattens shared lists",
      `[${Array(40).fill("list").join(",")}][] | [${Array(40).fill("@").join(",")}][]`,
      { list },
    ],
  ])("is stopped: it %s", ([, text, body], { expect }) => {
    expect(evaluate(text, body)).toEqual(TOO_MANY);
  });

  it("shares one budget with the others of its mapping", ({ expect }) => {
    const parsed = parseExpression("list[*].[@]");
    if (!parsed.ok) throw new Error(parsed.error);
    const evaluateMore = evaluatorOf({ list });
    const results = Array.from({ length: 10 }, () => evaluateMore(parsed.value).ok);
    expect(results[0]).toBe(true);
    expect(results.at(-1)).toBe(false);
  });

  it("is stopped before a body nested as deep as can be overflows the stack", ({ expect }) => {
    const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown;
    for (const text of ["to_string(a)", "a == a", "a[][][]", "a[0][0]", "type(a)"]) {
      expect(evaluate(text, { a: deep }).ok).toBeTypeOf("boolean");
    }
  });
});

describe("an expression", () => {
  it.for(["constructor", "__proto__", "a.constructor", "toString", "a.hasOwnProperty", "@.__proto__.polluted"])(
    "finds nothing that was not sent: %s",
    (text, { expect }) => {
      expect(evaluate(text, { a: {} })).toEqual({ ok: true, value: null });
    },
  );

  it("cannot change what every object inherits", ({ expect }) => {
    const body = JSON.parse('{"__proto__":{"polluted":1},"list":[{"k":"__proto__"},{"k":"constructor"}]}');
    for (const text of [
      "merge(@, {a: @})",
      "group_by(list, &k)",
      '{"__proto__": @}',
      "from_items([['__proto__', @]])",
    ]) {
      evaluate(text, body);
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.for([
    "a",
    "a.b",
    "a.c[0]",
    "a.c[-1]",
    "a.c[1:]",
    "a.c[::-1]",
    "a.*",
    "a.c[*]",
    "a.d[*].x",
    "a.d[?x > `1`].x | [0]",
    "a.d[].x",
    "a.e || a.b",
    "a.e && a.b",
    "!a.e",
    "a.b == 'text'",
    "a.b != a.c",
    "a.n > `3`",
    "a.n + `2`",
    "-a.n",
    "a.n ? 'y' : 'n'",
    "[a.b, a.n]",
    "{x: a.b, y: a.n}",
    "join('-', a.c)",
    "upper(a.b)",
    "length(a.c)",
    "keys(a)",
    "not_null(a.e, a.b)",
    "to_string(a.c)",
    "to_number('12')",
    "sort_by(a.d, &x)[0].x",
    "max_by(a.d, &x).x",
    "map(&x, a.d)",
    "contains(a.c, 'p')",
    "starts_with(a.b, 'te')",
    "split(a.b, 'e')",
    "replace(a.b, 'e', 'o')",
    "trim('  x ')",
    "a.empty || 'was empty'",
    "a.list[?@]",
    "type(a.e)",
    "zip(a.c, a.c)",
    "a.d[*].[x, to_string(x)]",
    "$.a.b",
    "sum(a.d[*].x)",
    "reverse(a.b)",
  ])("gives what the library gives: %s", (text, { expect }) => {
    const body: JSONObject = {
      a: { b: "text", c: ["p", "q"], d: [{ x: 2 }, { x: 1 }], n: 5, empty: {}, list: [0, "", [], {}, { k: 1 }, false] },
    };
    expect(evaluate(text, body)).toEqual({ ok: true, value: search(body, text) });
  });

  it.for<[text: string, roots: string[]]>([
    ["a.b.c", ["a"]],
    ["a[0].b || c", ["a", "c"]],
    ["join('-', [a.x, b])", ["a", "b"]],
    ["a[?b == 'x'].c", ["a"]],
    ["@.a", ["a"]],
    ["$.a.b", ["a"]],
    ["{x: a, y: b.c}", ["a", "b"]],
    ["a | b", ["a"]],
    ["'text'", []],
  ])("begins at the fields it names: %s", ([text, roots], { expect }) => {
    const parsed = parseExpression(text);
    expect(parsed.ok && rootsOf(parsed.value)).toEqual(roots);
  });
});
