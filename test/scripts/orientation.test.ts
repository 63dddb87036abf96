import assert from "node:assert/strict";
import { test } from "node:test";
import { renderOrientation } from "../../scripts/start/orientation.ts";

const DEV = { url: "http://u", apiKey: "k", organizationId: "o", campaignId: "c", receiverUrl: "http://r" };

test("the printed demo command finds the state folder from another terminal", () => {
  const shown = (devFile: string) => renderOrientation(DEV, 1, "wh_1", devFile, "/project", DEV.url);
  assert.match(shown("/project/.trunkline/dev.json"), /^ {2}npm run demo$/m);
  assert.match(shown("/tmp/it's/dev.json"), /^ {2}STATE_DIR='\/tmp\/it'\\''s' npm run demo$/m);
});
