// Makes the pictures of docs/pictures and the README from the sample calls: start with `npm start`, run `npm run demo` and
// `npm run demo -- --calls 30`, then `node scripts/make-pictures.ts`. Needs Chromium (CHROMIUM, else Debian's).
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { connect } from "./demo/connect.ts";
import { readJsonFile } from "./start/state-folder.ts";
import { readStateDir } from "./start/settings.ts";
import { runScript } from "./trouble.ts";
import { PROJECT } from "./wrangler.ts";

const FOLDER = join(PROJECT, "docs", "pictures");
const SIZE = { width: 1200, height: 760 };

await runScript(async () => {
  const connection = await connect(readStateDir(process.env, PROJECT));
  const dev = readJsonFile(connection.stateDir, "dev.json") ?? {};
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
  });
  try {
    mkdirSync(FOLDER, { recursive: true });
    for (const scheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ viewport: SIZE, colorScheme: scheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(`${connection.url}/sign-in`);
      await page.fill('[name="email"]', String(dev.ownerEmail));
      await page.fill('[name="password"]', String(dev.ownerPassword));
      await page.click('form[action="/sign-in"] button');
      await page.waitForURL((url) => url.pathname !== "/sign-in");
      if (scheme === "light") await takeLight(page, connection.url);
      else await takeCall(page, connection.url, "call-dark");
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return 0;
});

async function takeLight(page: Page, url: string): Promise<void> {
  await take(page, `${url}/dashboard`, "home", 430);
  await take(page, `${url}/dashboard/calls`, "calls");
  await takeCall(page, url, "call");
  await page.goto(`${url}/dashboard/webhooks`);
  const webhook = await page.locator("a.row-link").first().getAttribute("href");
  await take(page, `${url}${webhook}`, "webhook");
}

/** The heated one, in the middle of an interruption. */
async function takeCall(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/dashboard/calls?q=Mary+Lennox`);
  const call = await page.locator("a.row-link").first().getAttribute("href");
  await take(page, `${url}${call}?t=8`, name);
}

/** `height`: of what is shown, from the top. */
async function take(page: Page, address: string, name: string, height = SIZE.height): Promise<void> {
  await page.goto(address, { waitUntil: "load" });
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, clip: { x: 0, y: 0, width: SIZE.width, height } });
  console.log(`${name}.png`, statSync(path).size, "bytes");
}
