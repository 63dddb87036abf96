/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from "vitest";
import { PLATFORMS, type Platform } from "../../../src/platforms";
import { pageOf } from "./connect-page";

const PAGES = import.meta.glob<string>("../../../docs/use/connect-*.md", {
  eager: true,
  query: "?raw",
  import: "default",
});

/** What has a page of its own: docs/use/connect-anything.md and docs/use/upload-recordings.md are about the others. */
const WITHOUT = ["external", "hmac", "internal", "standard"];

describe("the pages docs/use/connect-*.md", () => {
  const platforms: Platform[] = Object.values(PLATFORMS).filter(({ kind }) => !WITHOUT.includes(kind));

  it.each(platforms.map((platform) => [platform.kind, platform] as const))(
    "%s: say what the platform's guide says (else: npm run docs:guides)",
    async (kind, platform) => {
      const path = `../../../docs/use/connect-${kind}.md`;
      await expect(pageOf(platform, PAGES[path] ?? "")).toMatchFileSnapshot(path);
    },
  );

  it("are one for each platform, and one for the rest", () => {
    const kinds = [...platforms.map(({ kind }) => kind), "anything"].toSorted();
    expect(Object.keys(PAGES).toSorted()).toEqual(kinds.map((kind) => `../../../docs/use/connect-${kind}.md`));
  });
});
