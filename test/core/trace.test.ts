import { describe, it } from "vitest";
import { digestOf, newId } from "../../src/lib/id";
import { traceIdOf, traceParentOf } from "../../src/lib/trace";

describe("a trace", () => {
  it("is the call's id in hexadecimal, the same for all that contains the call's part", async ({ expect }) => {
    const part = await digestOf(["org_1", "src_1", "4711"]);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("5:org_1|5:src_1|4:4711"));
    const bytes = [...new Uint8Array(digest, 0, 16)];
    const trace = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(traceIdOf(`call_${part}`)).toBe(trace);
    expect(traceIdOf(`rec_${part}_abcd1234`)).toBe(trace);
  });

  it("is of 32 digits for every id, also for one that begins with zeros", ({ expect }) => {
    expect(traceIdOf(`call_${"0".repeat(25)}4`)).toBe(`${"0".repeat(31)}1`);
    expect(traceIdOf(newId("wh", 0))).toMatch(/^[0-9a-f]{32}$/);
    for (const text of ["", "call_1", `call_${"u".repeat(26)}`, "call"]) expect(traceIdOf(text)).toBeNull();
  });

  it("has a span of its own for each attempt of each delivery", ({ expect }) => {
    const stream = newId("call", 1);
    const deliveries = [newId("dlv", 2), newId("dlv", 2)];
    const headers = deliveries.flatMap((id) => [1, 2].map((attempt) => traceParentOf(stream, id, attempt)));
    expect(new Set(headers).size).toBe(4);
    for (const header of headers) expect(header).toMatch(new RegExp(`^00-${traceIdOf(stream)}-[0-9a-f]{16}-01$`));
    expect(traceParentOf("call_1", deliveries[0] ?? "", 1)).toBeNull();
  });
});
