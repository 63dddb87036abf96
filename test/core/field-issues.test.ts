import { describe, it } from "vitest";
import { z } from "zod";
import { fieldErrorsOf, withPointer } from "../../src/lib/field-issues";

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  count: z.coerce.number().int().min(1).max(9),
  rate: z.number().gt(0).lt(1),
  step: z.number().multipleOf(5),
  on: z.boolean(),
  list: z.array(z.string()).min(2).max(3),
  kind: z.enum(["a", "b"]),
  one: z.literal("x"),
  at: z.iso.datetime({ offset: true }),
  email: z.email(),
  code: z.string().regex(/^\d$/),
  own: z.string().regex(/^\d$/, "must be one digit"),
  map: z.record(z.string().max(3), z.number()),
  either: z.union([z.object({ a: z.string() }), z.null()]),
  inner: z.strictObject({ "a/b~c": z.string() }),
});

const right = {
  name: "a",
  count: 1,
  rate: 0.5,
  step: 5,
  on: true,
  list: ["a", "b"],
  kind: "a",
  one: "x",
  at: "2026-08-20T14:00:00Z",
  email: "a@b.example",
  code: "1",
  own: "1",
  map: {},
  either: null,
  inner: { "a/b~c": "x" },
};

function wrong(changes: object) {
  const { error } = schema.safeParse({ ...right, ...changes });
  if (!error) throw new Error("the input is valid");
  return fieldErrorsOf(error);
}

describe("fieldErrorsOf", () => {
  it.for([
    [{ name: undefined }, "name", "required", "is required"],
    [{ kind: undefined }, "kind", "required", "is required"],
    [{ either: undefined }, "either", "required", "is required"],
    [{ name: 7 }, "name", "wrong_type", "must be a string"],
    [{ name: null }, "name", "wrong_type", "must be a string"],
    [{ name: "" }, "name", "too_short", "must not be empty"],
    [{ name: "abcdef" }, "name", "too_long", "must have at most 5 characters"],
    [{ count: "many" }, "count", "wrong_type", "must be a number"],
    [{ count: 1.5 }, "count", "wrong_type", "must be a whole number"],
    [{ count: 0 }, "count", "too_small", "must be at least 1"],
    [{ count: 10 }, "count", "too_big", "must be at most 9"],
    [{ rate: 0 }, "rate", "too_small", "must be more than 0"],
    [{ rate: 1 }, "rate", "too_big", "must be less than 1"],
    [{ step: 4 }, "step", "not_multiple_of", "must be a multiple of 5"],
    [{ on: "true" }, "on", "wrong_type", "must be true or false"],
    [{ list: "a" }, "list", "wrong_type", "must be a list"],
    [{ list: ["a"] }, "list", "too_short", "must have at least 2 items"],
    [{ kind: "c" }, "kind", "not_one_of", "must be one of a, b"],
    [{ one: "y" }, "one", "not_one_of", "must be x"],
    [
      { at: "yesterday" },
      "at",
      "wrong_format",
      "must be a time in ISO 8601 with its offset, such as 2026-08-20T14:00:00Z",
    ],
    [{ email: "x" }, "email", "wrong_format", "must be an email address"],
    [{ code: "x" }, "code", "wrong_format", "is not in the form it must have"],
    [{ own: "x" }, "own", "wrong_format", "must be one digit"],
    [{ map: { long_name: 1 } }, "map.long_name", "wrong_name", "has a name that is not allowed here"],
    [{ either: 1 }, "either", "wrong_form", "has none of the forms that are allowed here"],
    [{ colour: "red" }, "colour", "unknown_field", "is not known here"],
  ] as const)("%o", ([changes, field, code, message], { expect }) => {
    expect(wrong(changes)).toEqual([{ field, pointer: `#/${field.replaceAll(".", "/")}`, code, message }]);
  });

  it("points at a field whose name needs escapes", ({ expect }) => {
    expect(wrong({ inner: { "a/b~c": 1 } })[0]?.pointer).toBe("#/inner/a~1b~0c");
    expect(wrong({ list: ["a", 7] })[0]?.pointer).toBe("#/list/1");
  });

  it("says where the value is that was parsed", ({ expect }) => {
    const { error } = schema.safeParse({ ...right, name: 7 });
    expect(error && fieldErrorsOf(error, ["settings"])[0]).toMatchObject({
      field: "settings.name",
      pointer: "#/settings/name",
    });
  });
});

describe("withPointer", () => {
  it("derives pointer and code from what a core function says", ({ expect }) => {
    expect(withPointer({ field: "settings.campaigns.sales", message: "names no campaign" })).toEqual({
      field: "settings.campaigns.sales",
      pointer: "#/settings/campaigns/sales",
      code: "invalid",
      message: "names no campaign",
    });
    expect(withPointer({ field: "name", message: "is required" }).code).toBe("required");
    expect(withPointer({ field: "", message: "is not valid" }).pointer).toBe("#");
  });
});
