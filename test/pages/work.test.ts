import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Cookie, Page } from "playwright-core";
import { cleanUp, newPlace, nodeStart, npmRun, type Place, type Running } from "../e2e/trunkline.ts";
import {
  axeFindings,
  claimOf,
  launchBrowser,
  look,
  open,
  picture,
  sidewaysOverflow,
  SIGHTS,
  walkOf,
  type Sight,
} from "./browser.ts";
import { FORM_FIELDS, untranslated } from "../untranslated.ts";
import { sessionOfOwner } from "./sign-in.ts";

/** Every page beside those of the other files here, by the path to it; `>` opens the first row of the list before it. */
const PAGES: Record<string, string> = {
  unassigned: "/dashboard/unassigned",
  tasks: "/dashboard/tasks",
  reports: "/dashboard/reports",
  reportOfCampaigns: "/dashboard/reports?by=campaign",
  reportOfCriteria: "/dashboard/reports?by=criterion",
  reportedReviews: "/dashboard/reports/reviews",
  sentReports: "/dashboard/reports/schedules",
  newSentReport: "/dashboard/reports/schedules/new?by=operator",
  alerts: "/dashboard/alerts",
  rules: "/dashboard/settings/rules",
  newRule: "/dashboard/settings/rules/new",
  operators: "/dashboard/operators",
  operator: "/dashboard/operators>",
  campaigns: "/dashboard/campaigns",
  campaign: "/dashboard/campaigns>",
  newCampaign: "/dashboard/campaigns/new",
  processing: "/dashboard/campaigns>/processing",
  reviewing: "/dashboard/campaigns>/reviewing",
  campaignRetention: "/dashboard/campaigns>/retention",
  redaction: "/dashboard/campaigns>/redaction",
  actions: "/dashboard/campaigns>/actions",
  newAction: "/dashboard/campaigns>/actions/new?kind=webhook",
  newQuestion: "/dashboard/campaigns>/actions/new?kind=ask",
  reviewers: "/dashboard/reviewers",
  sources: "/dashboard/sources",
  source: "/dashboard/sources>",
  newSource: "/dashboard/sources/new",
  storages: "/dashboard/connectors",
  newStorage: "/dashboard/connectors/new",
  newDrive: "/dashboard/connectors/new?kind=onedrive",
  webhooks: "/dashboard/webhooks",
  webhook: "/dashboard/webhooks>",
  blockedCalls: "/dashboard/webhooks>/blocked",
  newWebhook: "/dashboard/webhooks/new",
  tools: "/dashboard/developer-tools",
  api: "/dashboard/api",
  inbound: "/dashboard/inbound",
  request: "/dashboard/inbound>",
  bulk: "/dashboard/calls/bulk?when=month",
  jobs: "/dashboard/jobs",
  views: "/dashboard/calls/views",
};

/** Wide and narrow, light and dark, English and Spanish; `npm run check:long` looks in every way there is. */
const USUAL: readonly Sight[] = [
  { name: "1440-light", width: 1440 },
  { name: "360-dark-es", width: 360, scheme: "dark", language: "es" },
];
const sights = process.env.LONG === undefined ? USUAL : SIGHTS;

/** What npm start and the samples named, people too, and the fields of other products' forms: the same in whatever language. */
const NAMES = [
  "The local receiver of npm start",
  "Sample calls",
  "Demo Owner",
  "Robert Acosta",
  /^Demo campaign\b/,
  FORM_FIELDS,
];

const WIDE: Sight = { name: "wide", width: 1440 };
const PATIENCE = 30_000;

describe("the pages of the work, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];
  let walk: ReturnType<typeof walkOf>;

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    const demo = await npmRun(["run", "demo"], place);
    assert.equal(demo.code, 0, demo.output);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
    walk = walkOf(browser, running.connection.url, cookies);
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  async function visit(path: string): Promise<{ page: Page; close(): Promise<void> }> {
    const context = await look(browser, running.connection.url, WIDE, cookies);
    const { page } = await open(context, `${running.connection.url}${path}`);
    return { page, close: () => context.close() };
  }

  for (const [name, path] of Object.entries(PAGES))
    for (const sight of sights)
      test(`${name} at ${sight.name}: ${claimOf(sight)}`, async () => {
        const { page, complaints } = await walk(path, sight);
        await picture(page, `work-${name}-${sight.name}`);
        assert.deepEqual(complaints, []);
        assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
        assert.deepEqual(await axeFindings(page), []);
        if (sight.language === "es")
          assert.deepEqual(untranslated(await englishOf(path), await page.content(), NAMES), []);
        await page.close();
      });

  test("by keyboard a call is selected, tagged, and the tag taken back", async () => {
    const { page, close } = await visit("/dashboard/calls");
    const bar = page.locator("[data-selection]");
    assert.equal(await bar.isVisible(), false);
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await bar.getByText("1 selected").waitFor();
    await bar.getByRole("button", { name: "Change" }).click();
    await page.waitForURL(/\/calls\/bulk/);
    await page.getByRole("heading", { name: "Change 1 call" }).waitFor();
    await page.getByLabel("Tags, separated by commas").fill("renewal");
    await page.getByRole("button", { name: "Add to 1 call" }).click();
    await page.waitForURL(/\/dashboard\/jobs\/job_/);
    await page.getByText("Done").first().waitFor({ timeout: PATIENCE });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Undo: Add tags: renewal" }).waitFor();
    await page.getByRole("link", { name: "Back to the calls" }).click();
    await page.waitForURL(/\/dashboard\/calls/);
    assert.equal(await page.getByText("renewal").count(), 0);
    await close();
  });

  test("all that a filter finds are changed, and the page follows the job to its end", async () => {
    const { page, close } = await visit("/dashboard/calls?when=month");
    await page.locator("[data-select-all]").check();
    await page.getByRole("link", { name: /^Change all that match/ }).click();
    await page.waitForURL(/\/calls\/bulk\?when=month/);
    await page.getByLabel("Tags, separated by commas").fill("checked");
    await page.getByRole("button", { name: /^Add to/ }).click();
    await page.waitForURL(/\/dashboard\/jobs\/job_/);
    await page.getByText("Done").first().waitFor({ timeout: PATIENCE });
    // It is known of each call whether it had the tag before, so all of it can be taken back.
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Undo: Add tags: checked" }).waitFor();
    await page.getByText("Done").first().waitFor({ timeout: PATIENCE });
    await page.getByRole("link", { name: "Back to the calls" }).click();
    await page.waitForURL(/\/dashboard\/calls/);
    assert.equal(await page.getByText("checked").count(), 0);
    await close();
  });

  test("a view is saved, opens first, and is removed again", async () => {
    const { page, close } = await visit("/dashboard/calls?direction=inbound");
    await page.locator("summary", { hasText: "Save view" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Inbound ones");
    await page.getByLabel("Open Calls with this view").check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator('a.chip[aria-current="page"]', { hasText: "Inbound ones" }).waitFor();
    await page.goto(`${running.connection.url}/dashboard/calls`);
    assert.match(page.url(), /\?direction=inbound$/);
    await page.getByRole("link", { name: "All calls" }).click();
    await page.waitForURL(/view=all/);
    await page.getByRole("link", { name: "Manage views" }).click();
    await page.getByRole("button", { name: "Remove the view Inbound ones" }).click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await page.goto(`${running.connection.url}/dashboard/calls`);
    assert.match(page.url(), /\/dashboard\/calls$/);
    await close();
  });

  test("a sample is sent from the page of a new source, shows by itself with its mark, and its call can be heard", async () => {
    const { page, close } = await visit("/dashboard/sources/new?kind=audian");
    await page.getByRole("button", { name: "Connect Audian" }).click();
    await page.getByText("This secret is shown once").waitFor();
    await page.getByRole("button", { name: "Send a sample" }).click();
    await page.waitForURL(/done=sampled/);
    const arrived = page.locator("#arrivals li", { has: page.getByText("Sample", { exact: true }) });
    await arrived.waitFor({ timeout: PATIENCE });
    assert.equal(await page.getByText("Waiting for the first call").first().isVisible(), true);
    await arrived.getByRole("link", { name: "Open the call" }).click();
    await page.waitForURL(/\/dashboard\/calls\/call_/);
    // It is there before its recording is.
    for (let tries = 0; tries < 15 && (await page.locator("[data-player]").count()) === 0; tries += 1) {
      await page.waitForTimeout(1_000);
      await page.reload();
    }
    assert.equal(await page.locator("[data-audio-element]").count(), 1);
    await close();
  });

  async function englishOf(path: string): Promise<string> {
    const { page } = await walk(path, { name: "1440-light", width: 1440 });
    const html = await page.content();
    await page.close();
    return html;
  }
});
