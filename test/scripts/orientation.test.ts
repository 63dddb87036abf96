import assert from "node:assert/strict";
import { test } from "node:test";
import { renderOrientation } from "../../scripts/start/orientation.ts";

const DEV = {
  url: "http://127.0.0.1:8787",
  apiKey: "k",
  organizationId: "o",
  campaignId: "c",
  receiverUrl: "http://r",
  ownerEmail: "owner@demo.test",
  ownerPassword: "secret",
};

test("the printed demo command finds the state folder from another terminal", () => {
  const shown = (devFile: string) => renderOrientation(DEV, 1, "wh_1", devFile, "/project", DEV.url);
  assert.match(shown("/project/.trunkline/dev.json"), /^ {2}npm run demo$/m);
  assert.match(shown("/tmp/it's/dev.json"), /^ {2}STATE_DIR='\/tmp\/it'\\''s' npm run demo$/m);
});

test("one line has the address of the pages, which is a name, and who signs in there", () => {
  const shown = renderOrientation(DEV, 1, "wh_1", "/project/.trunkline/dev.json", "/project", DEV.url);
  assert.match(shown, /^ {2}sign in +http:\/\/localhost:8787\/ +owner@demo\.test +secret$/m);
});
