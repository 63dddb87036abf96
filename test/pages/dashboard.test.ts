import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContext, Cookie, Page } from "playwright-core";
import { cleanUp, newPlace, nodeStart, npmRun, untilSearchFinds, type Place, type Running } from "../e2e/trunkline.ts";
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
  walkOf,
  type Sight,
} from "./browser.ts";
import { databaseIn } from "../fixtures/state/manifest.ts";
import { untranslated } from "../untranslated.ts";
import { sessionOfOwner } from "./sign-in.ts";

const WIDE: Sight = { name: "wide", width: 1440 };
const SPANISH: Sight = { name: "wide-es", width: 1440, language: "es" };
const PATIENCE = 30_000;

/** Where people are most of the time; the page of a call beside them. */
const MAIN = [
  "/dashboard",
  "/dashboard/calls",
  "/dashboard/tasks",
  "/dashboard/reports",
  "/dashboard/sources",
  "/dashboard/webhooks",
  "/dashboard/campaigns/new",
  "/dashboard/settings/profile",
  "/dashboard/settings/people",
];

/** In characters: a line of running text that is longer is hard to read on from. In pixels: the widest field or button. */
const LONGEST_LINE = 130;
const WIDEST_CONTROL = 900;

/** Running text in longer lines, and controls that are wider. Of text the lines are measured, not the box. */
const STRETCHED = `(() => {
  const found = [];
  for (const one of document.querySelectorAll("main p, main li, main dd, main .hint")) {
    if (one.closest("table, pre, svg, .needs-script[hidden]") || one.querySelector("p, li, dl, table, form, div")) continue;
    const range = document.createRange();
    range.selectNodeContents(one);
    const lines = new Map();
    for (const { top, left, right, width } of range.getClientRects()) {
      if (width === 0) continue;
      const line = lines.get(Math.round(top / 8)) ?? { left, right };
      lines.set(Math.round(top / 8), { left: Math.min(line.left, left), right: Math.max(line.right, right) });
    }
    const size = parseFloat(getComputedStyle(one).fontSize);
    for (const { left, right } of lines.values())
      // A letter of this face is half as wide as it is high, on average.
      if ((right - left) / (size / 2) > ${LONGEST_LINE}) { found.push(one.textContent.trim().slice(0, 60)); break; }
  }
  for (const one of document.querySelectorAll("main input, main select, main textarea, main button, main .button"))
    if (one.type !== "range" && one.getBoundingClientRect().width > ${WIDEST_CONTROL})
      found.push(one.tagName + " " + (one.name || one.textContent.trim().slice(0, 40)));
  return found;
})()`;

describe("the dashboard, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];
  let walk: ReturnType<typeof walkOf>;
  let callPath = "";

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const demo = await npmRun(["run", "demo"], place);
    assert.equal(demo.code, 0, demo.output);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
    walk = walkOf(browser, running.connection.url, cookies);
    const { page, close } = await visit("/dashboard/calls");
    callPath = (await page.locator("a.row-link").first().getAttribute("href")) ?? "";
    await close();
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  async function visit(
    path: string,
    sight = WIDE,
  ): Promise<{ context: BrowserContext; page: Page; complaints: string[]; close(): Promise<void> }> {
    const context = await look(browser, running.connection.url, sight, cookies);
    const { page, complaints } = await open(context, `${running.connection.url}${path}`);
    return { context, page, complaints, close: () => context.close() };
  }

  for (const name of ["home", "calls", "call", "replay"])
    for (const sight of SIGHTS)
      test(`${name} at ${sight.name}: nothing refused, nothing inaccessible, nothing too wide`, async () => {
        const paths = { home: "/dashboard", calls: "/dashboard/calls", call: callPath, replay: `${callPath}/replay` };
        const { page, complaints } = await walk(paths[name as keyof typeof paths], sight);
        await picture(page, `${name}-${sight.name}`);
        // A browser that has read the length of a recording leaves the rest for later.
        assert.deepEqual(
          complaints.filter((complaint) => !/\/audio\?.*ERR_ABORTED/.test(complaint)),
          [],
        );
        assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
        assert.deepEqual(await axeFindings(page), []);
        await page.close();
      });

  test("by keyboard: to the calls, down a row, into it, and play", async () => {
    const { page, close } = await visit("/dashboard");
    // The second key counts within a moment of the first, which a busy machine may take between them.
    const arrived = () => page.url().endsWith("/dashboard/calls");
    for (let tries = 0; tries < 20 && !arrived(); tries += 1) {
      await page.keyboard.press("g");
      await page.keyboard.press("c");
      await page.waitForURL(/\/dashboard\/calls$/, { timeout: 2000 }).catch(() => undefined);
    }
    assert.ok(arrived(), page.url());
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/dashboard\/calls\/call_/);
    await page.locator("[data-controls]").waitFor();
    await page.keyboard.press("n");
    const moved = () => page.evaluate("document.querySelector('[data-audio-element]').currentTime > 0");
    for (let tries = 0; tries < 100 && !(await moved()); tries += 1) await page.waitForTimeout(100);
    assert.equal(await moved(), true);
    await close();
  });

  test("Space plays the row that keys went to, and ticks the box that is in focus", async () => {
    const { page, close } = await visit("/dashboard/calls");
    const plays = () => page.evaluate("document.getElementById('row-audio')?.paused === false");
    await page.keyboard.press("j");
    const menu = page.locator("details[data-menu]", { hasText: "Columns" });
    for (const box of [page.locator("tbody .cell-select input"), menu.locator("input[type=checkbox]")]) {
      if (!(await box.first().isVisible())) await menu.locator("summary").click();
      const was = await box.first().isChecked();
      await box.first().focus();
      await page.keyboard.press(" ");
      assert.deepEqual([await box.first().isChecked(), await plays()], [!was, false]);
    }
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press(" ");
    for (let tries = 0; tries < 100 && !(await plays()); tries += 1) await page.waitForTimeout(100);
    assert.equal(await plays(), true);
    await close();
  });

  test("a page whose session is over leads to sign-in as a whole", async () => {
    const context = await look(
      browser,
      running.connection.url,
      WIDE,
      await sessionOfOwner(browser, running.connection.url, place),
    );
    const { page } = await open(context, `${running.connection.url}/dashboard/webhooks/test-receivers`);
    await page.locator('form[action="/dashboard/webhooks/test-receivers"] button').first().click();
    await page.locator("[hx-get]").waitFor();
    const { pathname } = new URL(page.url());
    await context.clearCookies({ name: /^__Host-/ });
    await page.waitForURL(`**/sign-in?to=${encodeURIComponent(pathname)}`, { timeout: PATIENCE });
    await context.close();
  });

  test("what failed on a call is seen at 1,024 px without scrolling", async () => {
    const { page, close } = await visit("/dashboard/calls", { name: "1024", width: 1024, language: "es" });
    const hidden = await page.evaluate(
      "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.calls-list .table-scroll'))",
    );
    assert.equal(hidden, 0);
    assert.equal(await page.locator("th.cell-flags").isVisible(), true);
    await close();
  });

  test("every column of the calls is seen from 1,440 px on, whatever names, flags and tags are in them", async () => {
    const name = "Ximena-Guadalupe".repeat(19).slice(0, 300);
    // The Worker writes, too.
    const database = new DatabaseSync(databaseIn(place.stateDir), { timeout: PATIENCE });
    const rows = database.prepare("SELECT id, organization_id FROM calls ORDER BY started_at DESC LIMIT 3").all() as {
      id: string;
      organization_id: string;
    }[];
    const [person] = database.prepare("SELECT id, name FROM users LIMIT 1").all() as { id: string; name: string }[];
    const tags = JSON.stringify(["escalation".padEnd(50, "x"), "vip customer"]);
    database.exec("BEGIN");
    for (const [at, { id, organization_id: organization }] of rows.entries()) {
      database
        .prepare("UPDATE calls SET tags = ?, operator_name = ?, state = 'failed', error = NULL WHERE id = ?")
        .run(tags, name, id);
      database
        .prepare(
          `INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, score, passed, assigned_by, assigned_at,
             completed_at, writer) VALUES (?, ?, ?, ?, 'completed', 87.5, 0, 'x', 1, 1, 'x')`,
        )
        .run(organization, `rvw_column_${at}`, id, person?.id ?? "");
      database.prepare("UPDATE tasks SET state = 'closed' WHERE call_id = ?").run(id);
    }
    database.prepare("UPDATE users SET name = ? WHERE id = ?").run(name, person?.id ?? "");
    database.exec("COMMIT");
    try {
      for (const width of [1440, 1920])
        for (const language of ["en", "es"] as const) {
          const { page, close } = await visit("/dashboard/calls", { name: `${width}`, width, language });
          const hidden = await page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.calls-list .table-scroll'))",
          );
          assert.equal(hidden, 0, `${width} ${language}`);
          assert.equal(await page.locator("th.cell-reviewer").isVisible(), true);
          assert.equal(await page.locator("td.cell-reviewer", { hasText: "Ximena" }).count(), rows.length);
          assert.equal(await page.locator("td.cell-flags", { hasText: "vip customer" }).count(), rows.length);
          await picture(page, `calls-full-${width}-${language}`);
          await close();
        }
    } finally {
      database.prepare("UPDATE users SET name = ? WHERE id = ?").run(person?.name ?? "", person?.id ?? "");
      database.close();
    }
  });

  test("a panel that was opened is open on the next page, and one that was folded stays folded", async () => {
    const { page, close } = await visit(callPath);
    const facts = page.locator('[data-fold="facts"]');
    const list = facts.locator("dl");
    await list.waitFor({ state: "hidden" });
    // The page may be pressed before its script runs, and left before the script has kept what was chosen.
    const kept = async (then: string) => page.waitForFunction(`document.cookie !== ${JSON.stringify(then)}`);
    const cookie = () => page.evaluate<string>("document.cookie");
    await page.waitForLoadState("load");
    const untouched = await cookie();
    await facts.locator("summary").click();
    await list.waitFor();
    await kept(untouched);
    await page.reload();
    await list.waitFor();
    const opened = await cookie();
    await facts.locator("summary").press("Enter");
    await kept(opened);
    await page.reload();
    await list.waitFor({ state: "hidden" });
    await close();
  });

  test("a search finds the call by the end of its number, and the URL holds it", async () => {
    const { page, close } = await visit("/dashboard/calls");
    const number = (await page.locator("[data-rows] tbody .cell-party").first().innerText()).replace(/\D/g, "");
    await untilSearchFinds(running, number);
    await page.keyboard.press("/");
    await page.keyboard.type(number.slice(-7));
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`q=${number.slice(-7)}`));
    assert.equal(await page.locator("[data-rows] tbody tr").count(), 1);
    await close();
  });

  test("a link with a time begins there", async () => {
    const { page, close } = await visit(`${callPath}?t=20`);
    const there = () => page.evaluate("Math.round(document.querySelector('[data-audio-element]').currentTime) === 20");
    for (let tries = 0; tries < 100 && !(await there()); tries += 1) await page.waitForTimeout(100);
    assert.equal(await there(), true);
    await close();
  });

  test("without script: the filter, a call, its recording and a replay", async () => {
    const { page, close } = await visit("/dashboard/calls", { name: "plain", width: 1440, script: false });
    await page.locator("summary", { hasText: "+ Filter" }).click();
    await page.locator("select[name=direction]").selectOption("inbound");
    await page.getByRole("button", { name: "Apply" }).first().click();
    await page.waitForURL(/direction=inbound/);
    await page.locator("a.row-link").first().click();
    // A click does not wait for the page that it leads to.
    await page.locator("audio[controls]").waitFor({ timeout: PATIENCE });
    await page.getByRole("link", { name: "Replay events" }).click();
    await page.getByRole("button", { name: /^Send \d+ deliveries again$/ }).click();
    await page.getByText(/deliveries are on their way again/).waitFor({ timeout: PATIENCE });
    await close();
  });

  test("in Spanish no English is left", async () => {
    const names = ["Sample calls", "Demo Owner", /^Demo campaign\b/, "The local receiver of npm start"];
    for (const path of ["/dashboard", "/dashboard/calls", callPath, `${callPath}/replay`]) {
      const [english, spanish] = [await htmlOf(path, "en"), await htmlOf(path, "es")];
      assert.deepEqual(untranslated(english, spanish, names), [], path);
    }
  });

  for (const { name, width, language } of [
    { name: "2560-light", width: 2560 },
    { name: "2560-light-es", width: 2560, language: "es" },
  ] as const satisfies Sight[])
    test(`at ${name} nothing scrolls sideways, and nothing is stretched beyond reading`, async () => {
      // Longer words show in a few of them as well as in all.
      const paths = language === "es" ? ["/dashboard", "/dashboard/campaigns/new"] : MAIN;
      for (const path of [...paths, callPath]) {
        const { page, complaints } = await walk(path, { name, width, language });
        await picture(page, `${name}-${path.replaceAll(/\W+/g, "-")}`);
        assert.deepEqual(complaints, [], path);
        assert.ok((await sidewaysOverflow(page)) <= 0, `${path} scrolls sideways`);
        assert.deepEqual(await page.evaluate(STRETCHED), [], path);
        await page.close();
      }
    });

  for (const sight of [WIDE, { name: "360", width: 360 }])
    test(`at ${sight.width} px nothing moves while a page loads and its scripts begin`, async () => {
      const context = await look(browser, running.connection.url, sight, cookies);
      await context.addInitScript(NOTE_SHIFTS);
      for (const path of [...MAIN, callPath]) {
        const load = async () => {
          const { page } = await open(context, `${running.connection.url}${path}`);
          await page.waitForTimeout(SETTLED);
          return { page, ...(await shiftsOf(page)) };
        };
        let { page, sum, moved } = await load();
        // A machine that is busy may draw a page before all of it is there: what the page itself moves, it moves each time.
        for (let again = 0; sum > 0.01 && again < 2; again += 1) {
          await page.close();
          ({ page, sum, moved } = await load());
        }
        assert.ok(sum <= 0.01, `${path} shifts by ${sum}: ${moved.join(", ")}`);
        if (path === callPath) {
          // What is asked for is seen: something that comes late moves the rest.
          await page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('afterbegin', '<p>late</p>'.repeat(9))",
          );
          await page.waitForTimeout(SETTLED);
          assert.ok((await shiftsOf(page)).sum > 0.01, "a shift was not seen");
        }
        await page.close();
      }
      await context.close();
    });

  test("where the database fails a page says so in words, in both languages, and is back with it", async () => {
    const [english, spanish] = [await visit("/dashboard/calls"), await visit("/dashboard/calls", SPANISH)];
    const database = new DatabaseSync(databaseIn(place.stateDir), { timeout: PATIENCE });
    database.exec("ALTER TABLE calls RENAME TO calls_away");
    try {
      for (const [{ page }, said] of [
        [english, "Something went wrong on our side"],
        [spanish, "Algo falló de nuestro lado"],
      ] as const) {
        const answer = await page.reload();
        assert.equal(answer?.status(), 500);
        await page.getByRole("heading", { name: said }).waitFor();
        // It says what to do, and leads on.
        assert.ok((await page.locator("main a, main p").count()) >= 2);
        await picture(page, `failed-${said.slice(0, 4)}`);
        assert.deepEqual(await axeFindings(page), []);
      }
    } finally {
      database.exec("ALTER TABLE calls_away RENAME TO calls");
      database.close();
    }
    const back = await english.page.reload();
    assert.equal(back?.status(), 200);
    await Promise.all([english.close(), spanish.close()]);
  });

  async function htmlOf(path: string, language: "en" | "es"): Promise<string> {
    const { page, close } = await visit(path, { name: language, width: 1440, language });
    const html = await page.content();
    await close();
    return html;
  }
});
