import { it, expect } from "vitest";
it("inline mp3", async () => {
  const m = await import("../../fixtures/audio/two-party-call.mp3?inline");
  expect(typeof m.default + String(m.default).slice(0, 40)).toBe("");
});
it("plain mp3", async () => {
  const m = await import("../../fixtures/audio/two-party-call.mp3");
  expect(Object.prototype.toString.call(m.default) + String(m.default).slice(0, 80)).toBe("");
});
it("wasm", async () => {
  const m = await import("../../../src/analysis/decode/mpg123.wasm");
  expect(Object.prototype.toString.call(m.default)).toBe("");
});
it("wasm inline", async () => {
  const m = await import("../../../src/analysis/decode/mpg123.wasm?inline");
  expect(typeof m.default + String(m.default).slice(0, 40)).toBe("");
});
it("json", async () => {
  const m = await import("../../fixtures/audio/two-party-call.truth.json");
  expect(m.default.talkSeconds).toBe("");
});
