import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Cookie, Page } from "playwright-core";
import { cleanUp, eventually, newPlace, nodeStart, npmRun, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, type Sight } from "./browser.ts";
import { untranslated } from "../untranslated.ts";
import { sessionOfOwner } from "./sign-in.ts";

const WIDE: Sight = { name: "1440-light", width: 1440 };
const SPANISH: Sight = { name: "360-dark-es", width: 360, scheme: "dark", language: "es" };
const SIGHTS: readonly Sight[] = [
  WIDE,
  { name: "1440-dark", width: 1440, scheme: "dark" },
  { name: "1440-forced", width: 1440, forced: true },
  { name: "1024-pseudo", width: 1024, language: "pseudo" },
  { name: "360-light-pseudo", width: 360, language: "pseudo" },
  SPANISH,
];
const BY_HAND: Sight = { name: "without-script", width: 1440, script: false };

const DEFINITION = {
  pass_percent: 80,
  sections: [
    {
      id: "opening",
      title: "Opening",
      criteria: [
        { id: "greeting", text: "Greets and gives their name", kind: "yes_no", weight: 2 },
        { id: "tone", text: "How friendly was it?", kind: "scale", max: 5, na_allowed: true },
        // Holds of every call, so that there is always an answer of an engine.
        {
          id: "lasted",
          text: "Lasted long enough",
          kind: "yes_no",
          weight: 0,
          engine: {
            by: "conditions",
            conditions: [{ kind: "measure", name: "duration_seconds", speaker: "call", at_least: 0 }],
            met: "yes",
          },
        },
        { id: "why", text: "Why so?", kind: "text", weight: 0, only_if: { criterion: "greeting", is: ["no"] } },
      ],
    },
    {
      id: "law",
      title: "What the law asks",
      criteria: [{ id: "told", text: "Says that the call is recorded", kind: "yes_no", auto_fail: true }],
    },
  ],
};

const AUDIO = "document.querySelector('[data-audio-element]')";
const NOTE = '[data-comment="new"]';
const GREETING = '[data-criterion="greeting"]';
/** A busy machine reads late what plays. */
const LATE_SECONDS = 2;

describe("working reviews, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const demo = await npmRun(["run", "demo"], place);
    assert.equal(demo.code, 0, demo.output);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
    const made = (await api("/v1/scorecards", { name: "Retention", definition: DEFINITION })) as { id: string };
    await api(`/v1/scorecards/${made.id}/publish`, {});
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  async function api(path: string, body: object): Promise<unknown> {
    const { url, apiKey } = running.connection;
    const headers = { "x-api-key": apiKey, "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  }

  async function visit(path: string, sight: Sight) {
    const context = await look(browser, running.connection.url, sight, cookies);
    const { page, complaints } = await open(context, `${running.connection.url}${path}`);
    return { page, complaints, close: () => context.close() };
  }

  const take = async (page: Page) => {
    await page.locator('form[action="/dashboard/reviews/take"] button').click();
    await page.waitForURL(/\/dashboard\/reviews\/rev_/);
  };

  test("an engine's answer is shown once a person has given their own", async () => {
    const { page, complaints, close } = await visit("/dashboard/tasks", WIDE);
    await take(page);
    const said = page.locator('[data-criterion="lasted"] [data-engine]');
    assert.equal(await said.isVisible(), false);
    await page.locator('[name="a.lasted"][value="yes"]').check();
    await said.waitFor();
    assert.match(await said.innerText(), /Yes/);
    assert.equal(await page.locator('[name="r.lasted"]').isVisible(), true);
    assert.deepEqual(complaints, []);
    await close();
  });

  for (const sight of SIGHTS)
    test(`a review at ${sight.name}: nothing refused, nothing inaccessible, nothing too wide`, async () => {
      const { page, complaints, close } = await visit("/dashboard/tasks", sight);
      await take(page);
      assert.equal(await page.locator('[data-criterion="lasted"] [data-engine]').isVisible(), true);
      await picture(page, `review-${sight.name}`);
      assert.deepEqual(complaints, []);
      assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
      assert.deepEqual(await axeFindings(page), []);
      if (sight === SPANISH) {
        const english = await visit(new URL(page.url()).pathname, WIDE);
        const names = ["Sample calls", /^Demo campaign\b/];
        assert.deepEqual(untranslated(await english.page.content(), await page.content(), names), []);
        await english.close();
      }
      await close();
    });

  test("by m, comma, dot and e: a comment on what is heard, from one to the next, and what an answer rests on", async () => {
    const { page, complaints, close } = await visit("/dashboard/tasks", WIDE);
    await take(page);
    const note = page.locator(NOTE);
    const moment = page.locator('[data-comment-form] [name="moment"]');
    for (const [at, second] of [6, 12].entries()) {
      await seek(page, second);
      await page.keyboard.press("m");
      await page.keyboard.type(`${at}: m, e.`);
      assert.equal(await note.inputValue(), `${at}: m, e.`);
      assert.equal(await moment.inputValue(), `0:${String(second).padStart(2, "0")}`);
      assert.deepEqual(await audioOf(page), { now: second, isPlaying: false });
      await page.locator("[data-comment-form] button").last().click();
      await page.locator(".comment", { hasText: `${at}: m, e.` }).waitFor();
    }
    await seek(page, 2);
    // Also from an answer that was clicked, whose round button has no use for letters.
    await page.locator('[name="a.lasted"][value="yes"]').click();
    for (const [key, to] of [
      [".", 6],
      [".", 12],
      [",", 6],
    ] as const) {
      await page.keyboard.press(key);
      await playsFrom(page, to);
      await seek(page, to + 0.05);
    }
    await page.keyboard.press("m");
    assert.equal(await isInFocus(page, NOTE), true);
    await seek(page, 4);
    await page.locator(GREETING).focus();
    await page.keyboard.press("c");
    await page.keyboard.type("here");
    await seek(page, 15);
    await page.locator(GREETING).focus();
    await page.keyboard.press("e");
    await playsFrom(page, 4);
    assert.deepEqual(complaints, []);
    await close();
  });

  test("no letter acts where they are switched off", async () => {
    const { page, close } = await visit("/dashboard/tasks", WIDE);
    await take(page);
    await page.keyboard.press("?");
    await page.locator("#keys[open]").waitFor();
    await page.locator("[data-keys-switch]").uncheck();
    await page.keyboard.press("Escape");
    await seek(page, 18);
    await page.locator(GREETING).focus();
    for (const key of ["m", ",", ".", "e", "c", "a", "j", "k", "1", "2", "n", "p", "-", "+", "?", "/"]) {
      await page.keyboard.press(key);
      assert.deepEqual(await audioOf(page), { now: 18, isPlaying: false }, key);
      assert.equal(await isInFocus(page, GREETING), true, key);
    }
    assert.equal(await page.locator('[name="a.greeting"]:checked').count(), 0);
    assert.equal(await page.locator("#keys[open]").count(), 0);
    // As at the next visit; and back on.
    await page.reload();
    await page.keyboard.press("m");
    assert.equal(await isInFocus(page, NOTE), false);
    await page.evaluate("document.getElementById('keys').showModal()");
    await page.locator("[data-keys-switch]").check();
    await page.keyboard.press("Escape");
    await page.keyboard.press("m");
    assert.equal(await isInFocus(page, NOTE), true);
    await close();
  });

  test("is filled in and submitted by keyboard alone, and letters in a field only write", async () => {
    const { page, complaints, close } = await visit("/dashboard", WIDE);
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await page.waitForURL(/\/dashboard\/tasks/);
    await page.locator("[data-focus]").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/dashboard\/reviews\/rev_/);
    const first = page.url();
    const score = page.locator("[data-score]");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("2");
    await page.locator('[data-criterion="why"]').waitFor({ state: "visible" });
    // What is not asked is not counted among what waits for an answer.
    await page.getByText("3 of 5 answered").waitFor();
    await page.keyboard.press("1");
    await page.locator('[data-criterion="why"]').waitFor({ state: "hidden" });
    await page.getByText("2 of 4 answered").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("c");
    await page.keyboard.type("a fine 1");
    assert.equal(await page.locator('[name="c.tone"]').inputValue(), "a fine 1");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("a");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("1");
    assert.match((await score.textContent()) ?? "", /100/);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Undo" }).waitFor();
    assert.notEqual(page.url().split("?")[0], first.split("?")[0]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForURL(/undone=yes/);
    assert.equal(await page.locator('[name="c.tone"]').inputValue(), "a fine 1");
    assert.deepEqual(complaints, []);
    await close();
  });

  test("has the next recording before its page is opened, and plays it from the cache", async () => {
    // So that one waits behind the one that is reviewed.
    const second = await npmRun(["run", "demo"], place);
    assert.equal(second.code, 0, second.output);
    const { page, close } = await visit("/dashboard/tasks", WIDE);
    const ahead = page.waitForResponse(
      (answer) => /\/audio\?/.test(answer.url()) && answer.request().resourceType() === "fetch",
    );
    await take(page);
    const loaded = await ahead;
    await loaded.finished();
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    const heard: { url: string; cached: boolean }[] = [];
    session.on("Network.responseReceived", ({ response }) => {
      if (response.url.includes("/audio?")) heard.push({ url: response.url, cached: response.fromDiskCache === true });
    });
    for (const name of ["a.greeting", "a.told"]) await page.locator(`[name="${name}"][value="yes"]`).check();
    await page.locator('[name="a.tone"][value="5"]').check();
    await page.getByRole("button", { name: "Submit and next" }).click();
    await page.waitForURL(/submitted=/);
    const audio = page.locator("[data-audio-element]");
    await untilAudioIsThere(page);
    assert.equal(new URL((await audio.getAttribute("src")) ?? "", page.url()).href, loaded.url());
    assert.deepEqual(
      heard.map(({ cached }) => cached),
      heard.map(() => true),
    );
    assert.ok(heard.length > 0, "the page asked for no audio");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForURL(/undone=yes/);
    await close();
  });

  test("a digit chooses the points of a scale that it shows, and nothing where the scale has them not", async () => {
    const { page, close } = await visit("/dashboard/tasks", WIDE);
    await take(page);
    await seek(page, 18);
    await page.locator('[data-criterion="tone"]').focus();
    for (const key of ["3", "0", "5"]) {
      await page.keyboard.press(key);
      assert.equal(await page.locator('[name="a.tone"]:checked').getAttribute("value"), key);
    }
    await page.keyboard.press("7");
    assert.equal(await page.locator('[name="a.tone"]:checked').getAttribute("value"), "5");
    assert.deepEqual(await audioOf(page), { now: 18, isPlaying: false });
    // What has no numbers is counted.
    await page.locator(GREETING).focus();
    await page.keyboard.press("2");
    assert.equal(await page.locator('[name="a.greeting"]:checked').getAttribute("value"), "no");
    await page.keyboard.press("?");
    await page.locator("#keys", { hasText: "on a scale, the points of that number" }).waitFor();
    await close();
  });

  test("Ctrl+Enter submits from the scorecard alone, and a page that is left stores what was answered", async () => {
    const { page, close } = await visit("/dashboard/tasks", WIDE);
    await take(page);
    const path = page.url();
    await page.locator('[name="a.greeting"][value="yes"]').check();
    await page.goto(`${running.connection.url}/dashboard/operators`);
    // What a page sends as it is left may come after the next request.
    const isStored = async () => {
      await page.goto(path);
      return page.locator('[name="a.greeting"][value="yes"]').isChecked();
    };
    await eventually("the stored answer", isStored, Boolean, 30_000);
    for (const [name, value] of [
      ["a.tone", "5"],
      ["a.told", "yes"],
    ])
      await page.locator(`[name="${name}"][value="${value}"]`).check();
    const comment = page.locator('[data-comment="new"]');
    await comment.fill("What they said of the price");
    await page.keyboard.press("Control+Enter");
    await page.locator("details[data-menu]", { hasText: "Skip" }).locator("summary").click();
    await page.locator('form[action$="/skip"] [name="reason"]').focus();
    await page.keyboard.press("Control+Enter");
    assert.equal(await comment.inputValue(), "What they said of the price");
    assert.equal(page.url(), path);
    await page.keyboard.press("Escape");
    // The browser would ask before it is lost.
    await comment.fill("");
    await page.locator('[name="a.told"][value="yes"]').focus();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForURL(/undone=yes/);
    await close();
  });

  test("stores answers by itself, and works without script", async () => {
    const { page, close } = await visit("/dashboard/tasks", WIDE);
    await take(page);
    const path = new URL(page.url()).pathname;
    const saved = page.waitForResponse((answer) => answer.request().method() === "POST");
    await page.locator('[name="a.told"][value="no"]').check();
    // With the answers of engines to what is answered by now.
    assert.equal((await saved).status(), 200);
    await close();
    const plain = await visit(path, BY_HAND);
    assert.equal(await plain.page.locator('[name="a.told"][value="no"]').isChecked(), true);
    await plain.page.locator('[name="a.greeting"][value="yes"]').check();
    await plain.page.locator('[name="a.tone"][value="5"]').check();
    await plain.page.getByRole("button", { name: "Submit and next" }).click();
    await plain.page.waitForURL(/submitted=/);
    await plain.close();
  });

  test("a comment that was begun is not lost by Submit and next, and Undo goes when its time is over", async () => {
    const { page, complaints, close } = await visit("/dashboard/tasks", WIDE);
    await page.clock.install();
    await take(page);
    const path = page.url();
    for (const [name, value] of [
      ["a.greeting", "yes"],
      ["a.tone", "5"],
      ["a.lasted", "yes"],
      ["a.told", "yes"],
    ])
      await page.locator(`[name="${name}"][value="${value}"]`).check();
    await page.locator(NOTE).fill("Half of a com");
    const submit = page.getByRole("button", { name: "Submit and next" });
    await submit.click({ noWaitAfter: true });
    // Each question of the browser is noted, and answered with staying.
    await eventually("the question", async () => complaints.length, Boolean, 30_000);
    assert.match(complaints.join(), /^a dialog of the browser: [^,]*$/);
    await page.clock.runFor(1);
    assert.equal(page.url(), path);
    assert.equal(await page.locator(NOTE).inputValue(), "Half of a com");
    assert.equal(await isInFocus(page, NOTE), true);
    // Without it nothing is asked, and the form that was not sent can be sent.
    await page.locator(NOTE).fill("");
    await submit.click();
    await page.waitForURL(/submitted=/);
    const undo = page.getByRole("button", { name: "Undo" });
    await undo.waitFor();
    const late = page.url();
    await page.clock.runFor(10_001);
    assert.equal(await undo.count(), 0);
    assert.equal(page.url(), late);
    await close();
  });
});

/** Stops the recording, and moves it to a second. */
async function seek(page: Page, second: number): Promise<void> {
  await untilAudioIsThere(page);
  await page.evaluate(`${AUDIO}.pause(); ${AUDIO}.currentTime = ${second}`);
}

/** The page's own policy lets no text be evaluated again and again, as `waitForFunction` does. */
async function untilAudioIsThere(page: Page): Promise<void> {
  const isThere = () => page.evaluate(`${AUDIO}.readyState > 0`);
  await eventually("the recording", isThere, Boolean, 30_000);
}

/** What is heard, in seconds, and whether it plays. */
async function audioOf(page: Page): Promise<{ now: number; isPlaying: boolean }> {
  return (await page.evaluate(`({ now: ${AUDIO}.currentTime, isPlaying: !${AUDIO}.paused })`)) as never;
}

async function playsFrom(page: Page, second: number): Promise<void> {
  const { now, isPlaying } = await audioOf(page);
  assert.ok(isPlaying && now >= second && now < second + LATE_SECONDS, `${now} instead of ${second}`);
}

async function isInFocus(page: Page, selector: string): Promise<boolean> {
  return (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`)) as boolean;
}
