import { describe, expect, it } from "vitest";
import { directoryOf, resolveOperator } from "../../../src/operators";

const organizationId = "org_1";

/** A directory of these operators, `a>b` being merged into b, and of references, `ref=a`. */
function directory(operators: string[], references: string[] = []) {
  const links = operators.map((text) => {
    const [id = "", into] = text.split(">");
    return { id, mergedInto: into ?? null };
  });
  const rows = references.map((text) => {
    const [reference = "", operatorId = ""] = text.split("=");
    return { organizationId, reference, operatorId, createdAt: 0 };
  });
  return directoryOf(links, rows);
}

const asked = (nameId: string | null, reference: string | null = null) => ({ organizationId, nameId, reference });

describe("whose call it is", () => {
  it("is found by name, which creates an unknown operator", () => {
    expect(resolveOperator(directory(["a"]), asked("a"))).toMatchObject({ operatorId: "a", isNew: false });
    expect(resolveOperator(directory(["a"]), asked("b"))).toMatchObject({ operatorId: "b", isNew: true });
    expect(resolveOperator(directory(["a"]), asked(null))).toMatchObject({ operatorId: null, isNew: false });
  });

  it("is found by reference before name, and then the name creates no operator", () => {
    const known = directory(["a"], ["r=a"]);
    expect(resolveOperator(known, asked("b", "r"))).toMatchObject({
      operatorId: "a",
      isNew: false,
      newReference: null,
    });
    expect(resolveOperator(known, asked(null, "r"))).toMatchObject({ operatorId: "a", newReference: null });
  });

  it("is unknown while there is only an unassigned reference", () => {
    const { operatorId, newReference } = resolveOperator(directory([]), asked(null, "r"));
    expect({ operatorId, assigned: newReference?.operatorId ?? null }).toEqual({ operatorId: null, assigned: null });
  });

  it("is never of another organization", () => {
    const known = directory(["a"], ["r=a"]);
    expect(resolveOperator(known, { organizationId: "org_2", nameId: null, reference: "r" }).operatorId).toBeNull();
  });

  it("follows every merge to the end, from a name as from a reference", () => {
    const known = directory(["a>b", "b>c", "c"], ["r=a"]);
    expect(resolveOperator(known, asked("a")).operatorId).toBe("c");
    expect(resolveOperator(known, asked("x", "r")).operatorId).toBe("c");
  });

  it("gives a new reference to the operator of the name, not to whom they are merged into", () => {
    const known = directory(["a>b", "b"]);
    expect(resolveOperator(known, asked("a", "r"))).toMatchObject({
      operatorId: "b",
      newReference: { reference: "r", operatorId: "a" },
    });
  });

  it("keeps no reference that is too long to be one", () => {
    expect(resolveOperator(directory(["a"]), asked("a", "r".repeat(201)))).toMatchObject({
      operatorId: "a",
      newReference: null,
    });
  });

  it("ends even on a circle", () => {
    expect(resolveOperator(directory(["a>b", "b>a"]), asked("a")).operatorId).toBe("b");
  });
});
