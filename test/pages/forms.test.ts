import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Cookie } from "playwright-core";
import { cleanUp, newPlace, nodeStart, npmRun, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, type Sight } from "./browser.ts";
import { sessionOfOwner } from "./sign-in.ts";

const WIDE: Sight = { name: "wide", width: 1440 };
const SIGHTS: readonly Sight[] = [
  WIDE,
  { name: "1440-dark-es", width: 1440, scheme: "dark", language: "es" },
  { name: "360-dark-es", width: 360, scheme: "dark", language: "es" },
];
const CAMPAIGNS = "/dashboard/campaigns";

describe("forms in hostile hands, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const demo = await npmRun(["run", "demo", "--", "--calls", "3"], place);
    assert.equal(demo.code, 0, demo.output);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  const visit = async (path: string, sight: Sight = WIDE) => {
    const context = await look(browser, running.connection.url, sight, cookies);
    const { page, complaints } = await open(context, `${running.connection.url}${path}`);
    return { context, page, complaints };
  };

  /** A campaign of its own, by the form. */
  async function newCampaign(name: string): Promise<string> {
    const { page, context } = await visit(`${CAMPAIGNS}/new`);
    await page.fill("#name", name);
    await page.locator(`form[action="${CAMPAIGNS}"] button.main`).click();
    await page.waitForURL(/\/campaigns\/cmp_/);
    const path = /\/dashboard\/campaigns\/cmp_\w+/.exec(page.url())?.[0] ?? "";
    await context.close();
    return path;
  }

  for (const [at, sight] of SIGHTS.entries())
    test(`two people at one form: the later one sees both versions (${sight.name})`, async () => {
      const path = await newCampaign(`Two ${at}`);
      const late = await visit(path, sight);
      const early = await visit(path);
      await early.page.fill("#name", `Theirs ${at}`);
      await early.page.locator(`form[action="${path}"] button.main`).click();
      await early.page.waitForURL(/done=/);
      await late.page.fill("#name", `Mine ${at}`);
      await late.page.locator(`form[action="${path}"] button.main`).click();
      const both = late.page.locator(".form-errors");
      await both.waitFor();
      assert.match(await both.innerText(), new RegExp(`Theirs ${at}[\\s\\S]*Mine ${at}`));
      assert.equal(await late.page.locator("#name").inputValue(), `Mine ${at}`);
      await picture(late.page, `forms-stale-campaign-${sight.name}`);
      assert.ok((await sidewaysOverflow(late.page)) <= 0, "the page scrolls sideways");
      assert.deepEqual(await axeFindings(late.page), []);
      await late.page.locator(`form[action="${path}"] button.main`).click();
      await late.page.waitForURL(/done=/);
      assert.equal(await late.page.locator("#name").inputValue(), `Mine ${at}`);
      await Promise.all([early.context.close(), late.context.close()]);
    });

  for (const sight of SIGHTS)
    test(`the same of a team, in the settings (${sight.name})`, async () => {
      const first = await visit("/dashboard/settings/teams");
      await first.page.fill("#name", `Team ${sight.name}`);
      await first.page.locator('form[action="/dashboard/settings/teams"] button').click();
      await first.page.waitForURL(/\/teams\/tem_/);
      const path = new URL(first.page.url()).pathname;
      const late = await visit(path, sight);
      await first.page.fill("#name", `Theirs ${sight.name}`);
      await first.page.locator(`form[action="${path}"] button`).click();
      await first.page.waitForURL(/done=renamed/);
      await late.page.fill("#name", `شركة ${"x".repeat(150)}`);
      await late.page.locator(`form[action="${path}"] button`).click();
      await late.page.locator(".form-errors").waitFor();
      assert.match(await late.page.locator(".form-errors").innerText(), /Theirs/);
      await picture(late.page, `forms-stale-team-${sight.name}`);
      assert.ok((await sidewaysOverflow(late.page)) <= 0, "the page scrolls sideways");
      assert.deepEqual(await axeFindings(late.page), []);
      await Promise.all([first.context.close(), late.context.close()]);
    });

  for (const script of [true, false])
    test(`back and reload send nothing again; script: ${script}`, async () => {
      const name = `Back ${script ? "with" : "without"} script`;
      const { page, context } = await visit(`${CAMPAIGNS}/new`, { ...WIDE, script });
      const posts: string[] = [];
      page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
      await page.fill("#name", name);
      // As a double click does where no script stops it.
      await page.locator(`form[action="${CAMPAIGNS}"] button.main`).dblclick();
      await page.waitForURL(/\/campaigns\/cmp_/);
      await page.reload();
      await page.goBack();
      await page.goForward();
      assert.ok(script ? posts.length === 1 : posts.length <= 2, posts.join(" "));
      await page.goto(`${running.connection.url}${CAMPAIGNS}`);
      assert.equal(await page.locator("tbody tr", { hasText: name }).count(), 1);
      await context.close();
    });

  for (const script of [true, false])
    test(`another format of a new webhook takes nothing away, and Enter makes it; script: ${script}`, async () => {
      const { page, complaints, context } = await visit("/dashboard/webhooks/new", { ...WIDE, script });
      const url = `https://crm.example/hooks-${script}`;
      await page.fill("#url", url);
      await page.fill("#template", '{"call": "{{id}}"}');
      await page.locator('input[name="events"][value="*"]').uncheck();
      await page.locator('input[name="events"][value="call.failed"]').check();
      for (const format of ["Voicesense", "Standard Webhooks"]) {
        await page.getByRole("button", { name: format }).click();
        await page.locator(".card[aria-current]", { hasText: format }).waitFor();
        await page.waitForLoadState();
        assert.equal(await page.locator("#url").inputValue(), url);
        assert.equal(await page.locator("#template").inputValue(), '{"call": "{{id}}"}');
        assert.equal(await page.locator('input[name="events"][value="call.failed"]').isChecked(), true);
      }
      await picture(page, `forms-formats-${script}`);
      // What axe waits for, it waits for in a script of the page.
      if (script) assert.deepEqual(await axeFindings(page), []);
      await page.fill("#template", "");
      await page.locator("#url").press("Enter");
      await page
        .getByText(/whsec_/)
        .first()
        .waitFor();
      assert.deepEqual(complaints, []);
      await context.close();
    });

  for (const script of [true, false])
    test(`another platform or kind takes nothing away that was filled in; script: ${script}`, async () => {
      for (const { path, first, other, field, own } of [
        { path: "sources/new?kind=twilio", first: "Twilio", other: "Anura", field: "#secret", own: "#name" },
        { path: "connectors/new?kind=s3", first: "S3 or MinIO", other: "SFTP server", field: "#bucket", own: "#host" },
      ]) {
        const { page, complaints, context } = await visit(`/dashboard/${path}`, { ...WIDE, script });
        await page.fill("#name", `Kept ${script}`);
        await page.fill(field, "kept-too");
        const choose = async (name: string) => {
          await page.locator(".card", { hasText: name }).first().click();
          await page.locator(".card[aria-current]", { hasText: name }).waitFor();
          await page.waitForLoadState();
        };
        await choose(other);
        assert.equal(await page.locator(field).count(), 0);
        assert.equal(await page.locator(own).count(), 1);
        assert.equal(await page.locator("#name").inputValue(), `Kept ${script}`);
        await picture(page, `forms-kept-${first}-${script}`);
        if (script) assert.deepEqual(await axeFindings(page), []);
        await choose(first);
        assert.equal(await page.locator(field).inputValue(), "kept-too");
        assert.equal(await page.locator("#name").inputValue(), `Kept ${script}`);
        assert.deepEqual(complaints, []);
        await context.close();
      }
    });

  test("a clock that is an hour off changes nothing that a page says", async () => {
    for (const path of ["/dashboard", "/dashboard/calls", "/dashboard/inbound"]) {
      const said = [];
      for (const off of [0, 3_600_000, -3_600_000]) {
        const context = await look(browser, running.connection.url, WIDE, cookies);
        await context.addInitScript(SHIFT, off);
        const { page, complaints } = await open(context, `${running.connection.url}${path}`);
        said.push(await page.locator("time.moment").evaluateAll((all) => all.map((one) => one.getAttribute("title"))));
        // What comes within two keys is told by a clock that nobody sets.
        await page.keyboard.press("g");
        await page.evaluate(SHIFT, off + 3_600_000);
        await page.keyboard.press("s");
        await page.waitForURL(/\/dashboard\/sources/);
        assert.deepEqual(complaints, []);
        await context.close();
      }
      assert.ok((said[0]?.length ?? 0) > 0 || path === "/dashboard", `no time on ${path}`);
      assert.deepEqual(said.slice(1), [said[0], said[0]]);
    }
  });
});

/** Sets the clock of a page by so many milliseconds, as who sets the machine's. */
function SHIFT(off: number): void {
  const place = globalThis as unknown as { trueNow?: () => number };
  place.trueNow ??= Date.now.bind(Date);
  const now = place.trueNow;
  Date.now = () => now() + off;
}
