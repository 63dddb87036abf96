import { describe, expect, it } from "vitest";
import { pythonJson } from "../../../../src/lib/python-json";

// Each as CPython 3.11 prints it: `python3 -c 'import json; print(json.dumps(...))'`.
describe("JSON as Python writes it", () => {
  it.for([
    [{ a: 1, b: [true, null, "x"] }, '{"a": 1, "b": [true, null, "x"]}'],
    [{}, "{}"],
    [[], "[]"],
    ["ñ 🎧 \u007f \u2028 </script>", '"\\u00f1 \\ud83c\\udfa7 \\u007f \\u2028 </script>"'],
    ['\b\t\n\f\r\u0001"\\/', '"\\b\\t\\n\\f\\r\\u0001\\"\\\\/"'],
    ["\ud800 \udfff", '"\\ud800 \\udfff"'],
    [{ é: 0 }, '{"\\u00e9": 0}'],
    [1e-7, "1e-07"],
    [1.5e-5, "1.5e-05"],
    [-9.99e-5, "-9.99e-05"],
    [1e-4, "0.0001"],
    [5e-324, "5e-324"],
    [1e-10, "1e-10"],
    [1e16, "10000000000000000"],
    [1e21, "1e+21"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [-0, "0"],
    [305.57, "305.57"],
  ] as const)("writes %j", ([value, text]) => {
    expect(pythonJson(value)).toBe(text);
  });

  it("leaves out what JSON leaves out", () => {
    expect(pythonJson({ a: undefined, b: Number.NaN, c: [undefined, Infinity] })).toBe(
      '{"b": null, "c": [null, null]}',
    );
  });
});
