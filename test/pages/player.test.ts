import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Cookie, Page } from "playwright-core";
import { cleanUp, newPlace, nodeStart, npmRun, type Place, type Running } from "../e2e/trunkline.ts";
import {
  axeFindings,
  launchBrowser,
  look,
  NOTE_SHIFTS,
  open,
  picture,
  SETTLED,
  shiftsOf,
  sidewaysOverflow,
  SIGHTS,
  type Sight,
} from "./browser.ts";
import { sessionOfOwner } from "./sign-in.ts";

const WIDE = { name: "wide", width: 1440 };
const AUDIO = "document.querySelector('[data-audio-element]')";

/** Those in which tabs differ most. */
const TAB_SIGHTS: readonly Sight[] = [
  ...SIGHTS.filter(({ name }) => /^(1440-(dark|forced)|360-light-pseudo)$/.test(name)),
  { name: "360-dark-es", width: 360, scheme: "dark", language: "es" },
];

const TABS = ["timeline", "scorecard", "measures", "risk"] as const;

describe("the page of a call, with a real recording", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];
  let callPath = "";

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    // A call that has a risk has every tab.
    const conditions = [{ kind: "number", party: "caller", numbers: ["+549*"] }];
    await send("/v1/rules", { name: "Regla 74", weight: 74, conditions });
    const demo = await npmRun(["run", "demo"], place);
    assert.equal(demo.code, 0, demo.output);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
    const { page, close } = await visit("/dashboard/calls");
    callPath = (await page.locator("a.row-link").first().getAttribute("href")) ?? "";
    await close();
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  async function visit(path: string) {
    const context = await look(browser, running.connection.url, WIDE, cookies);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: running.connection.url });
    const { page, complaints } = await open(context, `${running.connection.url}${path}`);
    return { page, complaints, close: () => context.close() };
  }

  async function send(path: string, body: object): Promise<Record<string, unknown>> {
    const { url, apiKey } = running.connection;
    const headers = { "x-api-key": apiKey, "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return (await answer.json()) as Record<string, unknown>;
  }

  const tab = (page: Page, name: (typeof TABS)[number]) => page.locator(`[data-tab="call"][value="${name}"]`);
  const panel = (page: Page, name: (typeof TABS)[number]) => page.locator(`[data-tab-panel="${name}"]`);

  /** Waits until this part is seen, and none of the others is. */
  async function shows(page: Page, name: (typeof TABS)[number]): Promise<void> {
    await panel(page, name).waitFor();
    assert.equal(await tab(page, name).isChecked(), true);
    assert.equal(await page.locator("[data-tab-panel]:visible").count(), 1);
  }

  /** Asked again and again: the policy of the page forbids what Playwright would wait with. */
  async function until(page: Page, condition: string): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (await page.evaluate(condition)) return;
      await page.waitForTimeout(100);
    }
    assert.fail(`never true: ${condition}`);
  }

  /** The page with the length of its recording known. */
  async function visitPlayer(query = "") {
    const visited = await visit(`${callPath}${query}`);
    await until(visited.page, `${AUDIO}.readyState >= 1`);
    return visited;
  }

  test("offers the file where the browser cannot play it", async () => {
    const amr = await readFile(`${import.meta.dirname}/../fixtures/audio/formats/nb.amr`);
    const context = await look(browser, running.connection.url, WIDE, cookies);
    await context.route(/\/audio\?/, (route) => route.fulfill({ contentType: "audio/amr", body: amr }));
    const { page } = await open(context, `${running.connection.url}${callPath}`);
    await until(page, "document.querySelector('[data-unplayable]').hidden === false");
    assert.equal(await page.locator("[data-controls]").isVisible(), false);
    assert.equal(await page.locator("[data-unreachable]").isVisible(), false);
    const link = page.locator("[data-unplayable] a");
    assert.equal(await link.getAttribute("href"), await page.locator("[data-audio-element]").getAttribute("src"));
    await picture(page, "player-unplayable");
    await context.close();
  });

  test("draws a lane for each voice, each with its own peaks", async () => {
    const { page, close } = await visitPlayer();
    await picture(page, "player");
    const lanes = await page.locator("[data-wave]").evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
    assert.equal(lanes.length, 2);
    for (const lane of lanes) {
      const heights = [...(lane ?? "").matchAll(/M[\d.]+ ([\d.]+)V([\d.]+)/g)].map(
        ([, top, bottom]) => Number(bottom) - Number(top),
      );
      assert.ok(heights.length > 100, `${heights.length} columns`);
      assert.ok(Math.max(...heights) > 8, "nothing is loud");
      assert.ok(heights.filter((height) => height < 3).length > 20, "nothing is quiet");
    }
    assert.notEqual(lanes[0], lanes[1]);
    await close();
  });

  test("plays and seeks, by ranges of the file", async () => {
    const context = await look(browser, running.connection.url, WIDE, cookies);
    const page = await context.newPage();
    const parts: { status: number; range: string | undefined }[] = [];
    page.on("response", (response) => {
      if (!/\/audio\?/.test(response.url())) return;
      parts.push({ status: response.status(), range: response.request().headers()["range"] });
    });
    await page.goto(`${running.connection.url}${callPath}`);
    await until(page, `${AUDIO}.readyState >= 1`);
    await page.keyboard.press(" ");
    await until(page, `${AUDIO}.currentTime > 0.5 && !${AUDIO}.paused`);
    await page.keyboard.press("9");
    await until(page, `${AUDIO}.currentTime > 60`);
    await page.keyboard.press(" ");
    await until(page, `${AUDIO}.paused`);
    assert.ok(parts.length > 0);
    for (const part of parts) assert.deepEqual([part.status, /^bytes=\d+-/.test(part.range ?? "")], [206, true]);
    // A click in the middle of the lanes goes to the middle.
    const box = await page.locator("[data-lanes]").boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await until(page, `Math.abs(${AUDIO}.currentTime - ${AUDIO}.duration / 2) < 1`);
    await context.close();
  });

  test("goes by keys: seconds, turns, parts and speed, and shows where it is", async () => {
    const { page, close } = await visitPlayer("?t=20");
    await until(page, `Math.round(${AUDIO}.currentTime) === 20`);
    await page.keyboard.press("ArrowRight");
    await until(page, `Math.round(${AUDIO}.currentTime) === 25`);
    await page.keyboard.press("ArrowLeft");
    await until(page, `Math.round(${AUDIO}.currentTime) === 20`);
    const turns = JSON.parse((await page.locator("[data-player]").getAttribute("data-turns")) ?? "[]") as number[][];
    const next = turns.map(([from = 0]) => from / 1000).find((from) => from > 20.3) ?? 0;
    await page.keyboard.press("n");
    await until(page, `Math.abs(${AUDIO}.currentTime - ${next}) < 0.1`);
    await page.keyboard.press("p");
    await until(page, `${AUDIO}.currentTime < ${next - 0.9}`);
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await page.keyboard.press("-");
    await until(page, `${AUDIO}.playbackRate === 1.25`);
    await page.keyboard.press("0");
    await until(page, `${AUDIO}.currentTime === 0`);
    assert.equal(await page.locator("[data-to-come]").getAttribute("width"), "1000");
    await close();
  });

  test("leaves Space to the box that is in focus", async () => {
    const { page, close } = await visitPlayer();
    const skip = page.locator("[data-skip]");
    await skip.focus();
    await page.keyboard.press(" ");
    assert.deepEqual([await skip.isChecked(), await page.evaluate(`${AUDIO}.paused`)], [true, true]);
    await page.keyboard.press(" ");
    assert.deepEqual([await skip.isChecked(), await page.evaluate(`${AUDIO}.paused`)], [false, true]);
    await close();
  });

  test("copies a link to the place, and jumps over silence", async () => {
    const { page, close } = await visitPlayer();
    const turns = JSON.parse((await page.locator("[data-player]").getAttribute("data-turns")) ?? "[]") as number[][];
    // Every voice is silent from here on, for some seconds.
    const at = turns.findIndex(([, end = 0], index) => {
      const ends = Math.max(...turns.slice(0, index + 1).map(([, one = 0]) => one));
      return end === ends && (turns[index + 1]?.[0] ?? 0) - ends > 3_000;
    });
    const [from, to] = [(turns[at]?.[1] ?? 0) / 1000, (turns[at + 1]?.[0] ?? 0) / 1000];
    assert.ok(to - from > 3, "the recording has no silence");
    await page.locator("[data-position]").fill(String(Math.ceil(from)));
    await until(page, `Math.abs(${AUDIO}.currentTime - ${Math.ceil(from)}) < 0.1`);
    await page.locator("[data-copy-place]").click();
    await until(page, "navigator.clipboard.readText().then((text) => text.includes('?t='))");
    const copied = (await page.evaluate("navigator.clipboard.readText()")) as string;
    assert.equal(copied, `${running.connection.url}${callPath}?t=${Math.ceil(from)}`);
    await page.evaluate(`${AUDIO}.addEventListener("seeking", () => (window.jumpedTo = ${AUDIO}.currentTime))`);
    await page.locator("[data-skip]").check();
    await page.locator("[data-toggle]").click();
    await until(page, `Math.abs(window.jumpedTo - ${to - 0.2}) < 0.1`);
    await close();
  });

  test("has a volume for each voice, and plays on when one is silenced", async () => {
    const { page, complaints, close } = await visitPlayer();
    await page.locator("[data-toggle]").click();
    await until(page, `${AUDIO}.currentTime > 0.2`);
    await page.locator("[data-gain]").first().fill("0");
    const now = (await page.evaluate(`${AUDIO}.currentTime`)) as number;
    await until(page, `${AUDIO}.currentTime > ${now + 0.5}`);
    // A browser that has read the length of a recording leaves the rest for later.
    assert.deepEqual(
      complaints.filter((complaint) => !/\/audio\?.*ERR_ABORTED/.test(complaint)),
      [],
    );
    await close();
  });

  test("its tabs go by arrows, which move no recording, and leave every other key to the player", async () => {
    const { page, close } = await visitPlayer("?t=20");
    await until(page, `Math.round(${AUDIO}.currentTime) === 20`);
    await shows(page, "timeline");
    await tab(page, "timeline").focus();
    await page.keyboard.press("ArrowRight");
    await shows(page, "scorecard");
    await page.keyboard.press("ArrowDown");
    await shows(page, "measures");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await shows(page, "risk");
    assert.equal(await page.evaluate(`Math.round(${AUDIO}.currentTime)`), 20);
    await page.keyboard.press("0");
    await until(page, `${AUDIO}.currentTime === 0`);
    await page.keyboard.press(" ");
    await until(page, `${AUDIO}.paused === false`);
    // What plays plays on.
    await tab(page, "measures").click();
    await shows(page, "measures");
    assert.equal(await page.evaluate(`${AUDIO}.paused`), false);
    await page.keyboard.press(" ");
    await until(page, `${AUDIO}.paused`);
    await close();
  });

  test("a tab that was chosen is open on every call that has it, and moves nothing", async () => {
    // One whose recording nobody gives, so that nothing is found in it.
    const notice = {
      dialtime: "2026-11-28 10:30:45",
      direction: "inbound",
      calling: "+34911234567",
      called: "+5491126888209",
      status: "answered",
      duration: "5",
      billseconds: "2",
      wasrecorded: "true",
      audio_file_mp3: "http://127.0.0.1:1/none.mp3",
      accountname: "LinkSolution",
      accountextension: "300",
      queueagentname: "Marta Gómez",
      answerterminal: "1000",
      campaign_id: running.connection.campaignNumber,
    };
    const { call_id: other } = await send("/webhook/anura/", notice);
    const context = await look(browser, running.connection.url, WIDE, cookies);
    await context.addInitScript(NOTE_SHIFTS);
    const goTo = async (path: string) => (await open(context, `${running.connection.url}${path}`)).page;
    const first = await goTo(callPath);
    await tab(first, "risk").check();
    await first.close();
    // The other has no risk: its page may be asked for before the call is there.
    for (const deadline = Date.now() + 60_000; ;) {
      const page = await goTo(`/dashboard/calls/${String(other)}`);
      const isThere = (await page.locator("[data-tab-panel]").count()) > 0;
      if (isThere) await shows(page, "timeline");
      await page.close();
      if (isThere) break;
      assert.ok(Date.now() < deadline, "the call never came");
      await sleep(500);
    }
    let sum = 1;
    // A machine that is busy may draw a page before all of it is there.
    for (let tries = 0; sum > 0.01 && tries < 3; tries += 1) {
      const page = await goTo(callPath);
      await shows(page, "risk");
      await page.waitForTimeout(SETTLED);
      ({ sum } = await shiftsOf(page));
      await page.close();
    }
    assert.ok(sum <= 0.01, `shifts by ${sum}`);
    await context.close();
  });

  test("its tabs work without script", async () => {
    const context = await look(browser, running.connection.url, { name: "plain", width: 1440, script: false }, cookies);
    const { page } = await open(context, `${running.connection.url}${callPath}`);
    await shows(page, "timeline");
    for (const name of TABS.toReversed()) {
      await tab(page, name).check();
      await shows(page, name);
    }
    // Its forms come back to it.
    await tab(page, "scorecard").check();
    await page.locator("summary", { hasText: "Opinions…" }).click();
    await page.locator('select[name="wanted"]').selectOption("2");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await shows(page, "scorecard");
    await page.getByText("0 of 2 reviews are done").waitFor();
    await context.close();
  });

  test("an address chooses a tab, and what it points to is seen", async () => {
    const { page, close } = await visit(`${callPath}?tab=measures`);
    await shows(page, "measures");
    // What a link chose is not what somebody chose.
    await page.goto(`${running.connection.url}${callPath}`);
    await shows(page, "timeline");
    await page.goto(`${running.connection.url}${callPath}#task`);
    await shows(page, "scorecard");
    await close();
  });

  for (const sight of TAB_SIGHTS)
    test(`each tab at ${sight.name}: nothing inaccessible, nothing too wide`, async () => {
      const context = await look(browser, running.connection.url, sight, cookies);
      for (const name of TABS) {
        const { page } = await open(context, `${running.connection.url}${callPath}?tab=${name}`);
        await shows(page, name);
        await picture(page, `call-${name}-${sight.name}`);
        assert.ok((await sidewaysOverflow(page)) <= 0, `${name}: the page scrolls sideways`);
        // The chosen one can be read, however far the tabs scroll.
        const box = await tab(page, name).boundingBox();
        assert.ok(box && box.x >= 0 && box.x + box.width <= sight.width + 0.5, `${name} is out of sight`);
        assert.deepEqual(await axeFindings(page), [], name);
        await page.close();
      }
      await context.close();
    });

  // The last one: its recording is gone after it.
  test("says in words that the storage does not have the file any more, in both languages", async () => {
    let lost = 0;
    for (const file of globSync(join(place.stateDir, "state", "v3", "r2", "**", "*.sqlite"))) {
      const database = new DatabaseSync(file, { timeout: 10_000 });
      const isBucket = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_mf_objects'").get();
      if (isBucket)
        lost += Number(database.prepare("DELETE FROM _mf_objects WHERE key LIKE 'recordings/%'").run().changes);
      database.close();
    }
    assert.ok(lost > 0, "the storage had no recording");
    for (const [language, said] of [
      ["en", "The recording could not be loaded."],
      ["es", "La grabación no se pudo cargar."],
    ] as const) {
      const context = await look(browser, running.connection.url, { ...WIDE, language }, cookies);
      const { page } = await open(context, `${running.connection.url}${callPath}`);
      await page.locator("[data-unreachable]", { hasText: said }).waitFor();
      assert.equal(await page.locator("[data-unplayable]").isVisible(), false);
      assert.equal(await page.locator("[data-controls]").isVisible(), false);
      await picture(page, `player-lost-${language}`);
      await context.close();
    }
  });
});
