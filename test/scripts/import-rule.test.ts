import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { wrongImports, wrongImportsBelow } from "../../scripts/import-rule.ts";

const FILES = new Set([
  "app.ts",
  "config.ts",
  "errors.ts",
  "api/index.ts",
  "jobs/index.ts",
  "calls/index.ts",
  "calls/fold.ts",
  "delivery/index.ts",
  "delivery/object/object.ts",
  "delivery/health/write.ts",
  "events/index.ts",
  "lib/id.ts",
  "pipeline/index.ts",
  "quality/scorecards/publish.ts",
  "quality/scorecards/score.ts",
  "sources/index.ts",
  "ui/view.ts",
]);

function judge(file: string, ...specifiers: string[]): string[] {
  const text = specifiers.map((specifier) => `import {\n  one,\n  type Two,\n} from "${specifier}";\n`).join("");
  return wrongImports(file, text, (path) => FILES.has(path));
}

test("the sources obey the import rule", () => {
  assert.deepEqual(wrongImportsBelow(join(import.meta.dirname, "..", "..", "src")), []);
});

test("leftwards, through an index, and the ground: allowed", () => {
  assert.deepEqual(judge("pipeline/merge-calls.ts", "../calls", "../sources", "../lib/id", "./plan-call"), []);
  assert.deepEqual(judge("delivery/object/maintenance.ts", "../health/write", "../../events"), []);
  assert.deepEqual(judge("jobs/consume.ts", "../pipeline", "../delivery", "../config"), []);
  assert.deepEqual(judge("dashboard/home.ts", "../ui/view", "hono"), []);
  assert.deepEqual(judge("ui/layout/document.ts", "hono/jsx", "../../lib/id"), []);
  assert.deepEqual(judge("ui/browser/review.ts", "../../quality/scorecards/score"), []);
});

for (const [file, specifier, why] of [
  ["calls/fold.ts", "../sources", "leftwards"],
  ["pipeline/drain.ts", "../delivery", "leftwards"],
  ["delivery/drain.ts", "../pipeline", "leftwards"],
  ["sources/health/read.ts", "../../calls/fold", "through its index"],
  ["api/calls/resource.ts", "../../calls/fold", "through its index"],
  ["jobs/cron.ts", "../api", "an edge"],
  ["calls/fold.ts", "../api", "an edge"],
  ["lib/id.ts", "../events", "the ground"],
  ["calls/fold.ts", "../config", "knows nothing"],
  ["calls/fold.ts", "hono", "HTTP"],
  ["jobs/consume.ts", "hono", "HTTP"],
  ["calls/fold.ts", "../ui/view", "shows pages"],
  ["lib/id.ts", "../ui/view", "shows pages"],
  ["ui/view.ts", "../calls", "the ground"],
  ["ui/layout/document.ts", "../../quality/scorecards/score", "the ground"],
  ["ui/browser/review.ts", "../../quality/scorecards/publish", "the ground"],
  ["quality/index.ts", "@hono/zod-openapi", "OpenAPI"],
  ["delivery/object/pump.ts", "cloudflare:workers", "runtime"],
] as const)
  test(`${file} may not import ${specifier}`, () => {
    const [wrong, ...more] = judge(file, specifier);
    assert.deepEqual(more, []);
    assert.ok(wrong?.includes(why), wrong ?? "nothing is wrong");
  });

test("a type, a re-export and an import at run time are imports too", () => {
  const texts = ['import type { A } from "../api";', 'export * from "../api";', 'const a = await import("../api");'];
  for (const text of texts) assert.equal(wrongImports("calls/fold.ts", text, (path) => FILES.has(path)).length, 1);
});
