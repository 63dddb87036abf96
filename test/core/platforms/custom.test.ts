import { describe, expect, it } from "vitest";
import { keepCustom } from "../../../src/platforms";

describe("variables beyond the known ones", () => {
  it("are kept without what lets whoever has it in, however deep it lies", () => {
    const given = {
      password: "p1",
      foo: {
        password: "p2",
        kept: 1,
        inner: { "client-secret": "p3", list: [{ api_key: "p4", name: "Ana" }, "text"] },
      },
      crm: { CallToken: "p5" },
      list: [{ api_key: "p6" }, 7],
    };
    const kept = keepCustom(Object.entries(given));
    expect(kept).toEqual({ foo: { kept: 1, inner: { list: [{ name: "Ana" }, "text"] } }, crm: {}, list: [{}, 7] });
  });

  it("set no prototype", () => {
    const hostile = JSON.parse('{"a":{"__proto__":{"admin":true},"b":1},"__proto__":{"admin":true}}') as object;
    const kept = keepCustom(Object.entries(hostile));
    expect(JSON.stringify(kept)).toBe('{"a":{"b":1}}');
    expect(Object.getPrototypeOf(kept["a"])).toBe(Object.prototype);
  });
});
