import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { cleanUp, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, claimOf, launchBrowser, picture, sidewaysOverflow, SIGHTS, walkOf } from "./browser.ts";
import { untranslated } from "../untranslated.ts";
import { sessionOfOwner } from "./sign-in.ts";

const PAGES: Record<string, string> = {
  inbox: "/dashboard/notifications?all=yes",
  notifications: "/dashboard/settings/notifications",
  teams: "/dashboard/settings/teams",
  serviceLevels: "/dashboard/settings/service-levels",
  privacy: "/dashboard/settings/privacy",
  retention: "/dashboard/settings/privacy/retention",
  usage: "/dashboard/settings/usage",
  audit: "/dashboard/settings/audit-log",
  people: "/dashboard/settings/people",
  invite: "/dashboard/settings/people/invite",
  keys: "/dashboard/settings/api-keys",
  newKey: "/dashboard/settings/api-keys/new",
  integrations: "/dashboard/settings/integrations",
  issuers: "/dashboard/settings/token-issuers",
  newIssuer: "/dashboard/settings/token-issuers/new",
  roles: "/dashboard/settings/roles",
};

describe("settings, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let walk: ReturnType<typeof walkOf>;

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    browser = await launchBrowser();
    const cookies = await sessionOfOwner(browser, running.connection.url, place);
    walk = walkOf(browser, running.connection.url, cookies);
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  for (const [name, path] of Object.entries(PAGES))
    for (const sight of SIGHTS)
      test(`${name} at ${sight.name}: ${claimOf(sight)}`, async () => {
        const { page, complaints } = await walk(path, sight);
        await picture(page, `settings-${name}-${sight.name}`);
        assert.deepEqual(complaints, []);
        assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
        assert.deepEqual(await axeFindings(page), []);
        if (sight.language === "es") {
          // What npm start names is a name, in whatever language.
          const names = ["The local receiver of npm start", /^Demo campaign\b/];
          assert.deepEqual(untranslated(await englishOf(path), await page.content(), names), []);
        }
        await page.close();
      });

  for (const script of [true, false])
    test(`the chosen one of many tabs is in sight at 360 px; script: ${script}`, async () => {
      for (const name of ["usage", "audit", "roles", "integrations"]) {
        const { page } = await walk(PAGES[name] ?? "", {
          name: `360-tabs-${script}`,
          width: 360,
          language: "es",
          script,
        });
        const box = await page.locator(".tabs a[aria-current]").first().boundingBox();
        assert.ok(box && box.x >= 0 && box.x + box.width <= 360, `${name}: ${JSON.stringify(box)}`);
        await page.close();
      }
    });

  async function englishOf(path: string): Promise<string> {
    const { page } = await walk(path, { name: "1440-light", width: 1440 });
    const html = await page.content();
    await page.close();
    return html;
  }
});
