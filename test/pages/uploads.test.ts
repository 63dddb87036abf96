import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Cookie, Page } from "playwright-core";
import { isObject, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { noise } from "../e2e/audio-files.ts";
import { cleanUp, eventually, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, SIGHTS, type Sight } from "./browser.ts";
import { sessionOfOwner } from "./sign-in.ts";

const MEGABYTE = 1024 * 1024;
const WIDE: Sight = { name: "1440-light", width: 1440 };

describe("uploads, in the browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-pages-"));
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];
  let campaign = "";

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const body = { name: "Archive", settings: { auto_analyze: false } };
    const made = await request(running.connection.url, "/v1/campaigns", { method: "POST", token: key(), body });
    campaign = textAt(made.body, ["id"]);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
    rmSync(folder, { recursive: true, force: true });
  });

  const key = () => running.connection.apiKey;
  const origin = () => running.connection.url;
  const get = (path: string) => request(origin(), path, { token: key() });

  async function visit(sight: Sight = WIDE, own: readonly Cookie[] = cookies) {
    const context = await look(browser, origin(), sight, own);
    return { context, ...(await open(context, `${origin()}/dashboard/uploads`)) };
  }

  function fileOf(name: string, bytes: Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  const rowOf = (page: Page, name: string) => page.locator("[data-upload-row]", { hasText: name });
  const stateOf = (page: Page, name: string) => rowOf(page, name).locator("[data-state]");
  const saying = async (page: Page, name: string, text: RegExp) =>
    eventually(
      `${name}: ${text.source}`,
      () => stateOf(page, name).innerText(),
      (shown) => text.test(shown),
      60_000,
    );
  const choose = async (page: Page, ...paths: string[]) => {
    await page.selectOption("select[name=campaign]", campaign);
    await page.setInputFiles("[data-files]", paths);
  };

  /** The call that a row leads to has one recording, of these bytes. */
  async function assertArrived(page: Page, name: string, bytes: Uint8Array): Promise<unknown> {
    const href = (await rowOf(page, name).locator("[data-call]").getAttribute("href")) ?? "";
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const call = await eventually(
      `the recording of ${href}`,
      () => get(`/v1/calls/${href.split("/").at(-1)}`),
      ({ body }) => {
        const recordings = valueAt(body, ["recordings"]);
        return Array.isArray(recordings) && isObject(recordings[0]) && recordings[0].sha256 === sha256;
      },
      60_000,
    );
    assert.equal((valueAt(call.body, ["recordings"]) as unknown[]).length, 1);
    return call.body;
  }

  test("two files by their names, one that is no audio, and one that is empty", async () => {
    const { context, page, complaints } = await visit();
    const [first, second] = [noise(9 * MEGABYTE, 21), noise(40_000, 22)];
    const names = ["20260210-103045 outbound +5491167950079.wav", "second.wav", "page.wav", "nothing.wav"];
    const [one = "", two = "", refused = "", empty = ""] = names;
    await page.setInputFiles("[data-files]", fileOf(two, second));
    assert.equal(await page.locator("[data-problem]").innerText(), "Choose a campaign first.");
    await choose(
      page,
      fileOf(one, first),
      fileOf(two, second),
      fileOf(refused, Buffer.from(`<html>${"x".repeat(20_000)}</html>`)),
      fileOf(empty, Buffer.alloc(0)),
    );
    assert.match(await stateOf(page, empty).innerText(), /the file is empty/);
    await picture(page, "uploads-chosen-1440-light");
    await page.click("[data-start]");
    for (const name of [one, two]) await saying(page, name, /^Uploaded$/);
    await saying(page, refused, /is not audio/);
    assert.deepEqual(await axeFindings(page), []);
    const call = await assertArrived(page, one, first);
    assert.equal(valueAt(call, ["direction"]), "outbound");
    assert.equal(textAt(call, ["external_id"]), one.replace(".wav", ""));
    // The name's clock is that of the browser, which is in Buenos Aires.
    assert.equal(textAt(call, ["started_at"]), "2026-02-10T13:30:45.000Z");
    await assertArrived(page, two, second);
    await picture(page, "uploads-done-1440-light");
    // What was refused is an answer of 415, which the browser reports.
    assert.deepEqual(
      complaints.filter((complaint) => !/status of 415/.test(complaint)),
      [],
    );
    await context.close();
  });

  test("the network goes halfway and comes back: it goes on by itself, byte for byte", async () => {
    const { context, page } = await visit();
    const bytes = noise(33 * MEGABYTE + 7, 23);
    let through = 0;
    let isCut = true;
    await page.route("**/parts/**", async (route) => {
      if (isCut && through >= 2) return route.abort("connectionfailed");
      through += 1;
      return route.continue();
    });
    await choose(page, fileOf("tunnel-20260210.wav", bytes));
    await page.click("[data-start]");
    await saying(page, "tunnel", /Connection lost at \d+%/);
    await picture(page, "uploads-interrupted-1440-light");
    isCut = false;
    await saying(page, "tunnel", /^Uploaded$/);
    await assertArrived(page, "tunnel", bytes);
    await context.close();
  });

  test("paused, the page left, signed in again: the same file goes on where it stopped", async () => {
    const { context, page } = await visit();
    const bytes = noise(33 * MEGABYTE + 9, 24);
    const path = fileOf("left-20260211.wav", bytes);
    let isOpen = true;
    let sent = 0;
    await page.route("**/parts/**", async (route) => {
      if (!isOpen || sent >= 2) return route.abort("connectionfailed");
      sent += 1;
      return route.continue();
    });
    await choose(page, path);
    await page.click("[data-start]");
    await saying(page, "left", /Connection lost/);
    await rowOf(page, "left").locator("[data-pause]").click();
    await saying(page, "left", /Paused at \d+%/);
    isOpen = false;
    // Another session of the same person, in the same browser.
    await context.clearCookies();
    await context.addCookies(await sessionOfOwner(browser, origin(), place));
    await page.goto(`${origin()}/dashboard/uploads`);
    assert.match(await page.locator("table[data-rows]").innerText(), /Unfinished at [\d.]+%/);
    await page.unroute("**/parts/**");
    const numbers: string[] = [];
    page.on("request", (asked) => {
      if (asked.method() === "PUT") numbers.push(new URL(asked.url()).pathname.split("/").at(-1) ?? "");
    });
    await choose(page, path);
    await saying(page, "left", /is here already/);
    await page.click("[data-start]");
    await saying(page, "left", /^Uploaded$/);
    await assertArrived(page, "left", bytes);
    // Five parts in all, of which two were here.
    assert.equal(new Set(numbers).size, 3);
    await context.close();
  });

  test("canceled by keyboard: it is gone here and there", async () => {
    const { context, page } = await visit();
    await page.route("**/parts/**", (route) => route.abort("connectionfailed"));
    await choose(page, fileOf("unwanted-20260212.wav", noise(9 * MEGABYTE, 25)));
    await page.locator("[data-start]").focus();
    await page.keyboard.press("Enter");
    await saying(page, "unwanted", /Connection lost/);
    await rowOf(page, "unwanted").locator("[data-cancel]").focus();
    await page.keyboard.press("Enter");
    assert.equal(await rowOf(page, "unwanted").count(), 0);
    await eventually(
      "the aborted upload",
      () => get("/v1/uploads?limit=1"),
      ({ body }) => {
        const [first] = valueAt(body, ["data"]) as unknown[];
        return isObject(first) && first.file_name === "unwanted-20260212.wav" && first.state === "aborted";
      },
      20_000,
    );
    await context.close();
  });

  test("a session that ended meanwhile: nothing is lost", async () => {
    const own = await sessionOfOwner(browser, origin(), place);
    const { context, page } = await visit(WIDE, own);
    const bytes = noise(60_000, 26);
    await choose(page, fileOf("ended-20260213.wav", bytes));
    await context.clearCookies();
    await page.click("[data-start]");
    await saying(page, "ended", /Your session is over/);
    await context.addCookies(await sessionOfOwner(browser, origin(), place));
    await rowOf(page, "ended").locator("[data-resume]").click();
    await saying(page, "ended", /^Uploaded$/);
    await assertArrived(page, "ended", bytes);
    await context.close();
  });

  for (const sight of SIGHTS)
    test(`at ${sight.name}: nothing refused, nothing inaccessible, nothing too wide`, async () => {
      const { context, page, complaints } = await visit(sight);
      await choose(
        page,
        fileOf(`${"very-long-name-".repeat(12)}.wav`, noise(50_000, 27)),
        fileOf("x.wav", noise(50_000, 28)),
      );
      await picture(page, `uploads-${sight.name}`);
      assert.deepEqual(complaints, []);
      assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
      assert.deepEqual(await axeFindings(page), []);
      await context.close();
    });

  test("in Spanish no English is left, and without script there is a way", async () => {
    const spanish = await visit({ name: "es", width: 1440, language: "es" });
    await choose(spanish.page, fileOf("es-20260214.wav", noise(50_000, 29)));
    const text = await spanish.page.locator("main").innerText();
    assert.doesNotMatch(text, /\b(the|calls|file|upload|choose|ready|cancel|complete|number|direction)\b/i);
    await spanish.context.close();
    const plain = await visit({ name: "plain", width: 1440, script: false });
    assert.match(await plain.page.locator("main").innerText(), /Programs upload through the API/);
    await plain.context.close();
  });
});
