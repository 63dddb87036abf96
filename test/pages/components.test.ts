import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { cleanUp, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, SIGHTS, type Sight } from "./browser.ts";

const WIDE: Sight = { name: "wide", width: 1440 };

describe("components, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  for (const path of ["/dashboard/components", "/dashboard/components/bare"])
    for (const sight of SIGHTS)
      test(`${path} at ${sight.name}: nothing refused, nothing inaccessible, nothing too wide`, async () => {
        const context = await look(browser, running.connection.url, sight);
        const { page, complaints } = await open(context, `${running.connection.url}${path}`);
        await picture(page, `${path.slice(1).replaceAll("/", "-")}-${sight.name}`);
        assert.deepEqual(complaints, []);
        assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
        assert.deepEqual(await axeFindings(page), []);
        await context.close();
      });

  async function components(sight = WIDE) {
    const context = await look(browser, running.connection.url, sight);
    const { page } = await open(context, `${running.connection.url}/dashboard/components`);
    return { context, page };
  }

  test("keys move, select and open rows; none acts in a field or when switched off", async () => {
    const { context, page } = await components();
    const currentRow = () =>
      page.evaluate(
        "[...document.querySelectorAll('[data-rows] tbody tr')].findIndex((row) => row.classList.contains('is-current'))",
      );
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    assert.equal(await currentRow(), 1);
    await page.keyboard.press("k");
    assert.equal(await currentRow(), 0);
    await page.keyboard.press("x");
    assert.equal(await page.locator("[data-selection-count]").textContent(), "1");
    assert.equal(await page.locator("[data-selection]").isVisible(), true);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate("document.activeElement.name"), "q");
    await page.keyboard.type("jjgc?");
    assert.equal(await page.locator('[name="q"]').inputValue(), "jjgc?");
    assert.equal(await currentRow(), 0);
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("?");
    assert.equal(await page.evaluate("document.getElementById('keys').open"), true);
    await page.locator("[data-keys-switch]").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    assert.equal(await currentRow(), 0);
    await context.close();
  });

  test("Enter opens the row that is current", async () => {
    const { context, page } = await components();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#one$/);
    await context.close();
  });

  test("a copy button copies, and says so to screen readers", async () => {
    const { context, page } = await components();
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: running.connection.url });
    await page.locator("[data-copy]").first().click();
    await page.locator("#announcements", { hasText: "Copied" }).waitFor({ state: "attached" });
    const copied = await page.evaluate("navigator.clipboard.readText()");
    assert.equal(copied, await page.locator("[data-copy]").first().getAttribute("data-copy"));
    await context.close();
  });

  test("without script: menus, the drawer and the language work, and nothing that needs script is shown", async () => {
    const { context, page } = await components({ name: "plain", width: 360, script: false });
    assert.equal(await page.locator(".needs-script").first().isVisible(), false);
    await page.locator(".drawer-open").click();
    assert.equal(await page.locator(".navigation").isVisible(), true);
    await page.locator(".drawer-close").click();
    assert.equal(await page.locator(".navigation").isVisible(), false);
    await page.locator("details.person summary").click();
    assert.equal(await page.locator(".person .menu").isVisible(), true);
    await page.getByRole("button", { name: "Español" }).click();
    await page.getByRole("heading", { name: "Componentes", exact: true }).waitFor();
    await context.close();
  });
});
