import assert from "node:assert/strict";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { keepServed, readServed } from "../../scripts/host/served-file.ts";

describe("what is served, on disk", () => {
  const folder = () => mkdtempSync(join(tmpdir(), "trunkline-served-"));

  test("is read as it was kept, code and bytes, and is for its owner's eyes", () => {
    const stateDir = folder();
    const served = { workers: [{ modules: [{ contents: "code" }, { contents: Uint8Array.of(0, 1) }] }], version: "v" };
    keepServed(stateDir, served);
    assert.deepEqual(readServed(stateDir), served);
    if (process.platform !== "win32") assert.equal(statSync(join(stateDir, "served-worker")).mode & 0o777, 0o600);
  });

  test("is left out where a binding cannot be written, so that nothing older is served", () => {
    const stateDir = folder();
    keepServed(stateDir, { workers: [], version: "older" });
    keepServed(stateDir, { workers: [{ serviceBindings: { one: () => undefined } }], version: "newer" });
    assert.equal(readServed(stateDir), undefined);
  });

  test("is none where there is none or half of one", () => {
    const stateDir = folder();
    assert.equal(readServed(stateDir), undefined);
    writeFileSync(join(stateDir, "served-worker"), "half");
    assert.equal(readServed(stateDir), undefined);
  });
});
