import { describe, expect, it } from "vitest";
import { SOURCES, type Source } from "../../src/sources";
import { nameOf } from "./source-case";
import { sourceCases } from "./source-cases";
import { sourceContract } from "./source.contract";

/** Kinds that nobody pushes to. */
const WITHOUT_WEBHOOK = new Set(["internal"]);

describe("the cases", () => {
  it("are there for every source that is pushed to", () => {
    const covered = new Set(sourceCases.map(({ source }) => source.kind));
    const kinds = Object.values<Source>(SOURCES).map(({ kind }) => kind);
    expect(kinds.filter((kind) => !covered.has(kind) && !WITHOUT_WEBHOOK.has(kind))).toEqual([]);
  });

  it("are of registered sources, and each has a name of its own", () => {
    const sources = new Set<Source>(Object.values<Source>(SOURCES));
    for (const { source, config } of sourceCases) {
      expect([source.kind, sources.has(source)]).toEqual([source.kind, true]);
      expect(config.kind).toBe(source.kind);
    }
    expect(new Set(sourceCases.map(nameOf)).size).toBe(sourceCases.length);
  });

  it("have settings their source takes, and none it does not know", () => {
    for (const { source, config } of sourceCases) {
      expect(source.settings.safeParse(config.settings)).toMatchObject({ success: true });
      expect(source.settings.safeParse({ ...config.settings, nobody_knows_this: 1 })).toMatchObject({ success: false });
    }
  });
});

for (const given of sourceCases) sourceContract(given);
