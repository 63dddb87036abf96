import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { cleanUp, newPlace, nodeStart, type Place, type Running } from "../e2e/trunkline.ts";
import { axeFindings, launchBrowser, look, open, picture, sidewaysOverflow, SIGHTS, type Sight } from "./browser.ts";
import { ownerOf, signInOn } from "./sign-in.ts";

const WIDE: Sight = { name: "wide", width: 1440 };

describe("sign-in, in the browser", () => {
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

  const origin = () => running.connection.url;

  for (const path of ["/sign-in", "/reset-password"])
    for (const sight of SIGHTS)
      test(`${path} at ${sight.name}: nothing refused, nothing inaccessible, nothing too wide`, async () => {
        const context = await look(browser, origin(), sight);
        const { page, complaints } = await open(context, `${origin()}${path}`);
        await picture(page, `${path.slice(1)}-${sight.name}`);
        assert.deepEqual(complaints, []);
        assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
        assert.deepEqual(await axeFindings(page), []);
        await context.close();
      });

  for (const script of [true, false])
    test(`what npm start prints leads to the page that was asked for; script: ${script}`, async () => {
      const context = await look(browser, origin(), { ...WIDE, script });
      const page = await context.newPage();
      // At an address of numbers, as someone copies it: pages need the name.
      await page.goto(`http://127.0.0.1:${place.port}/dashboard/calls`);
      assert.equal(page.url(), `${origin()}/sign-in?to=%2Fdashboard%2Fcalls`);
      await signInOn(page, ownerOf(place));
      assert.equal(page.url(), `${origin()}/dashboard/calls`);
      await context.close();
    });

  test("a passkey of the person signs in without a password, by the page's own script", async () => {
    const context = await look(browser, origin(), WIDE);
    const { page, complaints } = await open(context, `${origin()}/sign-in`);
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
    await signInOn(page, ownerOf(place));
    assert.equal(await page.evaluate(ADD_PASSKEY), 201);
    await context.clearCookies();
    await page.goto(`${origin()}/sign-in?to=/dashboard/calls`);
    await page.click("[data-passkey] button");
    await page.waitForURL(`${origin()}/dashboard/calls`);
    assert.deepEqual(complaints, []);
    await context.close();
  });
});

/** Adds a passkey through the API, as a page of settings would. */
const ADD_PASSKEY = `(async () => {
  const { csrf_token } = await (await fetch("/v1/me")).json();
  const headers = { "content-type": "application/json", "x-csrf-token": csrf_token };
  const post = (path, body) => fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const asked = await (await post("/v1/me/passkeys/options", { name: "Laptop" })).json();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked);
  const credential = await navigator.credentials.create({ publicKey });
  const added = await post("/v1/me/passkeys", { name: "Laptop", response: credential.toJSON() });
  // Read to its end: the next page would break it off.
  await added.text();
  return added.status;
})()`;
