import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeRequest, ODD_VALUES, tampered } from "./requests.ts";
import { PYTHON, RECEIVERS } from "./receiver.ts";

const SCRIPT = readFileSync(join(RECEIVERS, "voicesense.py"), "utf8");
const SECRET = "0LGzYB8tIzqQ5R7yZ2cVn3fXk1mWp4Ju";

/** What the printed script prints once its three values are replaced, as its comments ask. */
function printed(secret: string, body: string, signature: string): string {
  const script = replaced(
    replaced(
      replaced(SCRIPT, "qn38UciAEBTR1vlWPyPR205U438I6PAS", secret),
      '{"test":"body"}',
      body.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
    ),
    "a30d5e4941a55d747bbaf39efb54ed5d1784cbd373686fe9e24375071bc0d73f",
    signature,
  );
  const { stdout, stderr } = spawnSync(PYTHON, ["-"], { input: script, encoding: "utf8" });
  assert.equal(stderr, "");
  return stdout.trim();
}

function replaced(text: string, old: string, by: string): string {
  assert.equal(text.split(old).length, 2);
  return text.split(old).join(by);
}

describe("the printed script: Voicesense's", () => {
  test("holds as it is", () => {
    assert.equal(spawnSync(PYTHON, ["-"], { input: SCRIPT, encoding: "utf8" }).stdout.trim(), "True");
  });

  for (const [name, odd] of ODD_VALUES) {
    for (const type of ["analysis.completed", "analysis.failed"] as const) {
      test(`finds ${type} with ${name} valid, and not with one letter changed`, async () => {
        const request = await makeRequest("voicesense", type, SECRET, odd);
        const signature = request.headers["X-Voicesense-Signature"] ?? "";
        assert.equal(printed(SECRET, request.body, signature), "True");
        assert.equal(printed(SECRET, tampered(request).body, signature), "False");
        assert.equal(printed(`${SECRET}x`, request.body, signature), "False");
      });
    }
  }
});
