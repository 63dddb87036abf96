import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContext, Cookie, Page } from "playwright-core";
import { cleanUp, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, SIGHTS, type Sight } from "./browser.ts";
import { ownerOf, sessionOfOwner, signInOn } from "./sign-in.ts";

const WIDE: Sight = { name: "wide", width: 1440 };
const PROFILE = "/dashboard/settings/profile";
const PASSWORD = "correct horse battery staple";

describe("a person's own pages, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, origin(), place);
    // The key of an app is on its page from when it is begun until a code confirms it.
    const { page, context } = await visit(PROFILE);
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.waitForURL(/\/app\?to=/);
    await context.close();
  });
  after(async () => {
    await browser?.close();
    await cleanUp(place, running);
  });

  const origin = () => running.connection.url;

  async function visit(
    path: string,
    sight = WIDE,
    as = cookies,
  ): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
    const context = await look(browser, origin(), sight, as);
    return { context, ...(await open(context, `${origin()}${path}`)) };
  }

  const pages: Record<string, string> = {
    profile: PROFILE,
    "profile-app": `${PROFILE}/app`,
    "profile-passkey": `${PROFILE}/passkeys/new`,
    "profile-codes": `${PROFILE}/recovery-codes`,
    security: "/dashboard/settings/security",
    privacy: "/dashboard/settings/privacy",
    confirmation: "/dashboard/components/confirmation",
  };
  for (const [name, path] of Object.entries(pages))
    for (const sight of SIGHTS)
      test(`${name} at ${sight.name}: nothing refused, nothing inaccessible, nothing too wide`, async () => {
        const { page, complaints, context } = await visit(path, sight);
        assert.equal(new URL(page.url()).pathname, path);
        await looksRight(page, `${name}-${sight.name}`, complaints);
        await context.close();
      });

  test("in Spanish no English is left", async () => {
    for (const path of Object.values(pages)) {
      const { page, context } = await visit(path, { ...WIDE, language: "es" });
      const text = await page.locator("main").innerText();
      assert.doesNotMatch(text, /\b(the|your|password|passkeys?|sessions?|settings|code|sign|confirm|since)\b/i, path);
      await context.close();
    }
  });

  test("by keyboard alone a name is changed, and a wrong password is explained beside its field", async () => {
    const { page, context } = await visit(PROFILE);
    await page.locator("#name").focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Ana María");
    await page.keyboard.press("Enter");
    await page.waitForURL(/done=saved/);
    assert.equal(await page.locator("#name").inputValue(), "Ana María");
    await page.locator("#current_password").focus();
    await page.keyboard.type("wrong");
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.locator("#current_password-error").waitFor();
    assert.equal(await page.evaluate("document.activeElement.classList.contains('form-errors')"), true);
    assert.deepEqual(await axeFindings(page), []);
    await context.close();
  });

  for (const script of [true, false])
    test(`a session that ends while a form is filled in takes nothing of it; script: ${script}`, async () => {
      const { page, context } = await visit(PROFILE, { ...WIDE, script });
      const name = `Ana ${script ? "Ruiz" : "Paz"}`;
      await page.fill("#name", name);
      await context.clearCookies({ name: "__Host-session" });
      await page.locator(`form[action="${PROFILE}/account"] button`).click();
      if (script) await looksRight(page, "session-ended", []);
      await page.getByRole("button", { name: "Sign in and go on" }).click();
      const { email, password } = ownerOf(place);
      await page.fill('[name="email"]', email);
      await page.fill('[name="password"]', password);
      await page.click('form[action="/sign-in"] button');
      await page.getByRole("button", { name: "Send what I entered" }).waitFor();
      if (script) await looksRight(page, "session-resumed", []);
      await page.getByRole("button", { name: "Send what I entered" }).click();
      await page.waitForURL(/done=saved/);
      assert.equal(await page.locator("#name").inputValue(), name);
      await context.close();
    });

  test("an app is set up without script, its codes are shown once, and the next sign-in asks for one", async () => {
    const { page, context } = await visit(`${PROFILE}/app`, { ...WIDE, script: false });
    const key = (await page.locator(".enrol-key").innerText()).replaceAll(/\s/g, "");
    await page.fill("#code", "000000");
    await page.getByRole("button", { name: "Confirm the app" }).click();
    await page.locator("#code-error").waitFor();
    assert.equal((await page.locator(".enrol-key").innerText()).replaceAll(/\s/g, ""), key);
    await confirmBy(page, key);
    const codes = (await page.locator(".code code").innerText()).trim().split("\n");
    assert.equal(codes.length, 10);
    await picture(page, "profile-codes-shown");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "trunkline-recovery-codes.txt");
    await page.getByRole("link", { name: "I have kept them" }).click();
    await page.getByText("10 codes left").waitFor();
    await context.clearCookies();
    await page.goto(`${origin()}/sign-in`);
    await signInOn(page, ownerOf(place));
    await page.locator("summary").click();
    await page.fill("#recovery_code", codes[0] ?? "");
    await page.locator("details button").click();
    await page.waitForURL((url) => url.pathname === "/dashboard");
    await page.goto(`${origin()}${PROFILE}`);
    await page.getByText("9 codes left").waitFor();
    cookies = (await context.cookies()).filter(({ name }) => name.startsWith("__Host-"));
    await context.close();
  });

  test("a passkey is added, renamed and removed, by the page's own script", async () => {
    const { page, context, complaints } = await visit(PROFILE);
    await withAuthenticator(context, page);
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await page.fill("#name", "Laptop");
    await page.locator("[data-passkey] button").click();
    await page.waitForURL(/done=passkey/);
    const name = page.locator('.own-thing input[name="name"]');
    assert.equal(await name.inputValue(), "Laptop");
    await name.fill("Phone");
    await page.getByRole("button", { name: "Rename" }).click();
    await page.waitForURL(/done=passkey-renamed/);
    assert.equal(await name.inputValue(), "Phone");
    await looksRight(page, "profile-with-factors", complaints);
    await page.getByRole("link", { name: "Remove", exact: true }).click();
    await page.getByRole("heading", { name: "Remove the passkey Phone?" }).waitFor();
    await page.getByRole("button", { name: "Remove the passkey" }).click();
    await page.waitForURL(/done=passkey-removed/);
    assert.equal(await name.count(), 0);
    cookies = (await context.cookies()).filter((cookie) => cookie.name.startsWith("__Host-"));
    await context.close();
  });

  test("where a second factor is required, a new member is led to set one up, and then to the page they asked for", async () => {
    const { page: owners, context: ownersContext } = await visit("/dashboard/settings/security");
    await owners.getByRole("button", { name: "Require a second factor" }).click();
    await owners.waitForURL(/done=saved/);
    const link = await owners.evaluate(INVITE);
    const { page, context, complaints } = await visit(new URL(String(link)).pathname, WIDE, []);
    await page.fill("#name", "Beto");
    await page.fill("#password", PASSWORD);
    await page.getByRole("button", { name: "Accept the invitation" }).click();
    await page.getByRole("heading", { name: "A second factor is needed" }).waitFor();
    await page.goto(`${origin()}/dashboard/calls`);
    await page.getByRole("heading", { name: "A second factor is needed" }).waitFor();
    assert.equal(await page.locator(".navigation").count(), 0);
    await looksRight(page, "second-factor-needed", complaints);
    await page.getByRole("button", { name: "Set up an app" }).click();
    await confirmBy(page, (await page.locator(".enrol-key").innerText()).replaceAll(/\s/g, ""));
    await page.getByRole("link", { name: "I have kept them" }).click();
    await page.waitForURL(`${origin()}/dashboard/calls`);
    await owners.getByRole("button", { name: "No longer require it" }).click();
    await owners.waitForURL(/done=saved/);
    await context.close();
    await ownersContext.close();
  });

  async function looksRight(page: Page, name: string, complaints: string[]): Promise<void> {
    await picture(page, name);
    assert.deepEqual(complaints, []);
    assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
    assert.deepEqual(await axeFindings(page), []);
  }
});

/** Invites somebody through the API and gives the link, since this deployment sends no mail. */
const INVITE = `(async () => {
  const { csrf_token } = await (await fetch("/v1/me")).json();
  const headers = { "content-type": "application/json", "x-csrf-token": csrf_token };
  const body = JSON.stringify({ emails: ["beto@demo.test"], role: "reviewer" });
  const made = await (await fetch("/v1/invitations", { method: "POST", headers, body })).json();
  return made.data[0].link;
})()`;

/** Types the app's present code. One that ends while it is typed is typed anew. */
async function confirmBy(page: Page, key: string): Promise<void> {
  const heading = page.getByRole("heading", { name: "Your recovery codes" });
  for (let tries = 0; tries < 3 && (await heading.count()) === 0; tries += 1) {
    await page.fill("#code", codeOf(key));
    await page.getByRole("button", { name: "Confirm the app" }).click();
    await page.waitForLoadState("load");
  }
  await heading.waitFor();
}

/** What an authenticator app shows (RFC 6238). */
function codeOf(key: string): string {
  const bits = key
    .split("")
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", bytes).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Chromium's own authenticator, which says yes to everything. */
async function withAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
}
