/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from "vitest";
import page from "../../docs/use/receive-webhooks.md?raw";
import { EVENT_TYPES } from "../../src/events";

describe("the page for those who receive webhooks", () => {
  it("shows the data of every event", () => {
    const headings = [...page.matchAll(/^### (.+)$/gm)].flatMap(([, names = ""]) => names.split(", "));
    expect(headings.toSorted()).toEqual(EVENT_TYPES.toSorted());
  });
});
