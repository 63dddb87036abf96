import { describe, expect, it } from "vitest";
import { type Platform, PLATFORMS } from "../../src/platforms";
import { nameOf } from "./source-case";
import { sourceCases } from "./source-cases";
import { guideContract } from "./source-guide.contract";
import { sourceContract } from "./source.contract";

/** Whether nobody pushes to it: its calls come as uploads, so that there is no request to judge. */
function hasNoWebhook(source: Platform): boolean {
  return "webhook" in source && source.webhook === false;
}

describe("the cases", () => {
  it("are there for every source that is pushed to", () => {
    const covered = new Set(sourceCases.map(({ source }) => source.kind));
    const pushed = Object.values<Platform>(PLATFORMS).filter((source) => !hasNoWebhook(source));
    expect(pushed.map(({ kind }) => kind).filter((kind) => !covered.has(kind))).toEqual([]);
  });

  it("are of registered sources, and each has a name of its own", () => {
    const sources = new Set<Platform>(Object.values<Platform>(PLATFORMS));
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
for (const source of Object.values<Platform>(PLATFORMS).filter(hasNoWebhook)) {
  guideContract({ source, config: { id: "src_1", settings: {}, secrets: [] } });
}
