import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { PROJECT } from "../../scripts/wrangler.ts";
import { cleanUp, newPlace, nodeStart, npmRun, type Place, type Running } from "../e2e/trunkline.ts";
import { launchBrowser } from "./browser.ts";
import { signInOn } from "./sign-in.ts";

// From a clone to a call on the screen with nothing but what the README prints. What it installs is linked: this test is
// about what comes after.

let folder: string;
let place: Place;
let running: Running | undefined;
let browser: Browser;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-clone-"));
  execFileSync("git", ["clone", "--quiet", PROJECT, folder]);
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  place = await newPlace({ isNew: true });
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await cleanUp(place, running);
  rmSync(folder, { recursive: true, force: true });
});

/** The commands of the README's section, in order. */
function commandsOf(section: string): string[] {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  const part = text.split(/^## /m).find((one) => one.startsWith(`${section}\n`)) ?? "";
  return [...part.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

test("the README leads from a clone to calls on the screen", async () => {
  const commands = commandsOf("Run");
  assert.deepEqual(commands.slice(-3), ["npm ci && npm start", "npm run demo", "npm run demo -- --calls 30"]);
  running = await nodeStart(place, folder);
  // What it prints is what is used: the address, the e-mail and the password.
  const [, address = "", email = "", password = ""] =
    /sign in +(http:\/\/\S+) +(\S+) +(\S+)/.exec(running.output()) ?? [];
  assert.ok(address !== "" && password !== "", running.output());
  for (const script of [
    ["run", "demo"],
    ["run", "demo", "--", "--calls", "30"],
  ]) {
    const ran = await npmRun(script, place);
    assert.equal(ran.code, 0, ran.output);
  }
  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  await signInOn(page, { email, password });
  await page.goto(new URL("/dashboard/calls", address).href);
  assert.equal(await page.locator("[data-rows] tbody tr").count(), 31);
  assert.equal(await page.locator("[data-rows] .talk-strip").count(), 31);
  await page.locator("a.row-link").first().click();
  await page.locator("[data-wave]").first().waitFor();
  await page.goto(new URL("/dashboard", address).href);
  await page.getByText("30 sample calls are here, 30 analysed.").waitFor();
  await page.getByRole("link", { name: "Remove the samples" }).click();
  await page.getByRole("button", { name: "Remove 30 sample calls" }).click();
  await page.waitForURL(/\/dashboard$/);
  await page.goto(new URL("/dashboard/calls", address).href);
  assert.equal(await page.locator("[data-rows] tbody tr").count(), 1);
});
