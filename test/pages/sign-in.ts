import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Cookie, Page } from "playwright-core";
import type { Place } from "../e2e/trunkline.ts";

/** What `npm start` remembers of the owner that it made. */
export function ownerOf(place: Place): { email: string; password: string } {
  const dev = JSON.parse(readFileSync(join(place.stateDir, "dev.json"), "utf8")) as Record<string, string>;
  return { email: dev["ownerEmail"] ?? "", password: dev["ownerPassword"] ?? "" };
}

/** Fills in the sign-in page and waits for the page behind it. */
export async function signInOn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.fill('[name="email"]', email);
  await page.fill('[name="password"]', password);
  await page.click('form[action="/sign-in"] button');
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Signs the owner in as a person does, and gives the cookies of the session. */
export async function sessionOfOwner(browser: Browser, origin: string, place: Place): Promise<Cookie[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/sign-in`);
  await signInOn(page, ownerOf(place));
  const cookies = await context.cookies();
  await context.close();
  return cookies.filter(({ name }) => name.startsWith("__Host-"));
}
