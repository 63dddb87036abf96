import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Cookie, type Page } from "playwright-core";
import { PROJECT } from "../../scripts/wrangler.ts";

/** Not in git: looked at by whoever changed a page. */
const PICTURES = join(PROJECT, ".trunkline", "pictures");

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Debian's, or what CHROMIUM names. `more`: what it is told beside the usual. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", ...more],
  });
}

/** How a page is looked at. */
export type Sight = {
  name: string;
  width: number;
  scheme?: "light" | "dark";
  forced?: boolean;
  language?: "en" | "es" | "pseudo";
  script?: boolean;
};

/** Not every combination, but each value of each. */
export const SIGHTS: readonly Sight[] = [
  { name: "1440-light", width: 1440 },
  { name: "1440-dark", width: 1440, scheme: "dark" },
  { name: "1024-light-es", width: 1024, language: "es" },
  { name: "360-dark", width: 360, scheme: "dark" },
  { name: "360-light-pseudo", width: 360, language: "pseudo" },
  { name: "1440-forced", width: 1440, forced: true },
];

/** A browser of its own for one sight, in one time zone, signed in by these cookies. */
export async function look(
  browser: Browser,
  origin: string,
  sight: Sight,
  cookies: readonly Cookie[] = [],
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: sight.width, height: sight.width < 640 ? 780 : 900 },
    colorScheme: sight.scheme ?? "light",
    forcedColors: sight.forced ? "active" : "none",
    reducedMotion: "reduce",
    javaScriptEnabled: sight.script ?? true,
    // A script that stands for somebody else's site has a certificate of the test's own.
    ignoreHTTPSErrors: true,
    timezoneId: "America/Argentina/Buenos_Aires",
    locale: sight.language === "es" ? "es-AR" : "en-US",
  });
  const own = [
    { name: "trunkline_zone", value: "America%2FArgentina%2FBuenos_Aires" },
    ...(sight.language ? [{ name: "trunkline_language", value: sight.language }] : []),
  ];
  await context.addCookies([...cookies, ...own.map((cookie) => ({ ...cookie, url: origin }))]);
  return context;
}

/**
 * A walk through many pages in several sights: one browser for each sight, as a person has one, so that what all pages share
 * is loaded once. What a page does in it, the pages behind it see; who clicks has a browser of its own by `look`.
 */
export function walkOf(browser: Browser, origin: string, cookies: readonly Cookie[]) {
  const contexts = new Map<string, Promise<BrowserContext>>();
  const rows = new Map<string, string>();
  const contextOf = (sight: Sight) => {
    const context = contexts.get(sight.name) ?? look(browser, origin, sight, cookies);
    contexts.set(sight.name, context);
    return context;
  };

  /** The address of a path; `>` opens the first row of the list before it, and what stands behind it is a page below that. */
  async function addressOf(path: string, sight: Sight): Promise<string> {
    const [list = "", below] = path.split(">");
    if (below === undefined) return `${origin}${list}`;
    if (!rows.has(list)) {
      const { page } = await open(await contextOf(sight), `${origin}${list}`);
      rows.set(list, (await page.locator("a.row-link").first().getAttribute("href")) ?? "");
      await page.close();
    }
    return `${origin}${rows.get(list)}${below}`;
  }

  return async (path: string, sight: Sight): Promise<{ page: Page; complaints: string[] }> =>
    open(await contextOf(sight), await addressOf(path, sight));
}

/** What a walk finds of a page in a sight. */
export function claimOf({ language }: Sight): string {
  return `nothing refused, nothing inaccessible, nothing too wide${language === "es" ? ", no English" : ""}`;
}

/** Opens a page and collects what the browser refuses or reports: violations of the policy, errors, failed requests. */
export async function open(context: BrowserContext, url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    const failure = request.failure()?.errorText;
    // The browser gives up what it still loads when it leaves a page; what a policy refuses has another name.
    if (failure !== "net::ERR_ABORTED") complaints.push(`${request.url()}: ${failure}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog of the browser: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  return { page, complaints };
}

/** A picture of the whole page; `PICTURES=none` takes none. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES === "none") return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** What axe-core finds wrong. It puts a style of its own into the page, so what the policy refused is read before. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, "utf8"));
  const found = (await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
       violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.slice(0, 4).map(({ target, failureSummary }) => target.join(" ") + ": " + failureSummary) })))`,
  )) as { id: string; help: string; where: string[] }[];
  return found.map(({ id, help, where }) => `${id}: ${help}\n  ${where.join("\n  ")}`);
}

/** How far the page can be scrolled sideways: nothing but what scrolls by itself may. */
export async function sidewaysOverflow(page: Page): Promise<number> {
  return (await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) as number;
}

/** Notes what moved without anybody having done something, from the first paint on. */
export const NOTE_SHIFTS = `window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries())
    if (!hadRecentInput) window.shifts.push([value, sources.map(({ node }) => node?.className || node?.nodeName || "?").join(" ")]);
}).observe({ type: "layout-shift", buffered: true });`;

/** In milliseconds: scripts have begun by then, and the browser has told what moved. */
export const SETTLED = 500;

export async function shiftsOf(page: Page): Promise<{ sum: number; moved: string[] }> {
  const shifts = (await page.evaluate("window.shifts")) as [number, string][];
  return { sum: shifts.reduce((sum, [value]) => sum + value, 0), moved: shifts.map(([, what]) => what) };
}
