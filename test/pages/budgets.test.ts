import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import type { Browser, Cookie, Locator, Page } from "playwright-core";
import { renderAnura } from "../../scripts/demo/anura-template.ts";
import { sampleCall } from "../../scripts/demo/sample-call.ts";
import { cleanUp, newPlace, nodeStart, npmRun, untilSearchFinds, type Place, type Running } from "../e2e/trunkline.ts";
import { launchBrowser, look, picture, sidewaysOverflow, type Sight } from "./browser.ts";
import { ownerOf, sessionOfOwner, signInOn } from "./sign-in.ts";

// How few clicks and keys the commonest tasks take, counted. A task that needs one more fails here.

const WIDE: Sight = { name: "wide", width: 1440 };
const PATIENCE = 60_000;

/** A person at the page, whose clicks are counted. */
class Hand {
  clicks = 0;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async click(target: Locator): Promise<void> {
    this.clicks += 1;
    await target.click();
  }

  async keys(...names: string[]): Promise<void> {
    for (const name of names) await this.page.keyboard.press(name);
  }
}

describe("what the commonest tasks take, in the browser", () => {
  let place: Place;
  let running: Running;
  let browser: Browser;
  let cookies: Cookie[] = [];
  let subscriber: Server;
  let answers = 400;
  /** What the hasty one is answered, where that is something else. */
  let answersOnce: number | undefined;
  let host = "";
  /** One that is tried again later, and one that is given up after the first try. */
  let patientId = "";
  let hastyId = "";

  before(async () => {
    place = await newPlace();
    running = await nodeStart(place);
    subscriber = createServer((request, response) => {
      response.statusCode = request.url === "/once" ? (answersOnce ?? answers) : answers;
      response.end();
    });
    await new Promise<void>((resolve) => subscriber.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(subscriber.address() as AddressInfo).port}`;
    const events = ["call.completed"];
    patientId = String((await api("/v1/endpoints", { url: `http://${host}/crm`, events }))["id"]);
    const once = { retry_waits_seconds: [] };
    hastyId = String((await api("/v1/endpoints", { url: `http://${host}/once`, events, settings: once }))["id"]);
    const demo = await npmRun(["run", "demo"], place);
    assert.equal(demo.code, 0, demo.output);
    browser = await launchBrowser();
    cookies = await sessionOfOwner(browser, running.connection.url, place);
  });
  after(async () => {
    await browser?.close();
    subscriber?.close();
    await cleanUp(place, running);
  });

  async function api(path: string, body: object): Promise<Record<string, unknown>> {
    const { url, apiKey } = running.connection;
    const headers = { "x-api-key": apiKey, "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return (await answer.json()) as Record<string, unknown>;
  }

  async function begin(path: string, who = cookies): Promise<{ page: Page; hand: Hand; close(): Promise<void> }> {
    const context = await look(browser, running.connection.url, WIDE, who);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${running.connection.url}${path}`);
    return { page, hand: new Hand(page), close: () => context.close() };
  }

  /** Looks again until it is there: what is sent and counted comes a little later. */
  async function seen(page: Page, target: Locator): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while ((await target.count()) === 0) {
      assert.ok(Date.now() < deadline, `${page.url()} never showed ${String(target)}`);
      await page.waitForTimeout(500);
      await page.reload();
    }
  }

  test("whether anything is wrong: no click after signing in", async () => {
    const waiting = await begin("/dashboard");
    await seen(waiting.page, waiting.page.locator(".needs", { hasText: host }));
    await waiting.close();
    const { page, hand, close } = await begin("/sign-in", []);
    await signInOn(page, ownerOf(place));
    await page.locator(".needs", { hasText: host }).waitFor();
    assert.equal(hand.clicks, 0);
    await close();
  });

  test("connect Anura: three clicks, a copy button for each field of its form, and the first call appears by itself", async () => {
    const { page, hand, close } = await begin("/dashboard");
    await hand.click(page.getByRole("link", { name: "Connect a source" }));
    await hand.click(page.getByRole("link", { name: "Anura", exact: true }));
    await hand.click(page.getByRole("button", { name: "Connect Anura" }));
    await page.getByRole("heading", { name: "Connect Anura" }).waitFor();
    assert.equal(hand.clicks, 3);
    const copied = new Map(
      await page.locator("tr:has([data-copy])").evaluateAll((rows) =>
        rows.map((row) => {
          const copy = row.querySelector("[data-copy]")?.getAttribute("data-copy") ?? "";
          return [row.querySelector("th")?.textContent?.trim() ?? "", copy] as const;
        }),
      ),
    );
    // The fields that the seed prints of Anura's form.
    for (const field of ["Protocol", "Host", "Port", "Path", "Method", "Content type", "Authorization", "X-API-Key"])
      assert.ok(copied.has(field), `${field} has no copy button`);
    const body = (await page.locator(".code [data-copy], pre ~ [data-copy]").first().getAttribute("data-copy")) ?? "";
    assert.match(body, /"audio_file_mp3": "\{\{ audio_file_mp3 \}\}"/);
    // What was copied is what Anura needs: a notice with it is taken.
    const { url, campaignNumber } = running.connection;
    const variables = sampleCall({ audioUrl: `http://${host}/none.mp3`, seconds: 40, now: Date.now() });
    const sent = await fetch(
      `${copied.get("Protocol")?.toLowerCase()}://${copied.get("Host")}:${copied.get("Port")}${copied.get("Path")}`,
      {
        method: copied.get("Method") ?? "",
        headers: { "content-type": copied.get("Content-Type") ?? "", "x-api-key": copied.get("X-API-Key") ?? "" },
        body: renderAnura(body.replace("<YOUR_CAMPAIGN_ID>", String(campaignNumber)), campaignNumber, variables),
      },
    );
    assert.equal(sent.status, 200, `${url}: ${await sent.text()}`);
    await page.locator("#arrivals, [data-arrivals]").getByRole("link").first().waitFor();
    await close();
  });

  test("find a call by its number from anywhere: /, type, Enter", async () => {
    const { page, hand, close } = await begin("/dashboard/settings/profile");
    const list = await begin("/dashboard/calls");
    const number = (await list.page.locator(".cell-party .clip").first().textContent())?.trim() ?? "";
    await list.close();
    await untilSearchFinds(running, number);
    await hand.keys("/");
    await page.keyboard.type(number.slice(-6));
    await hand.keys("Enter");
    await page.waitForURL(/\/dashboard\/calls\?/);
    await page.locator(".cell-party", { hasText: number }).first().waitFor();
    assert.equal(hand.clicks, 0);
    await close();
  });

  test("why a subscriber did not get a call: on the call, its timeline names the endpoint, the status and the next try", async () => {
    const { page, hand, close } = await begin("/dashboard/calls");
    await hand.click(page.locator("a.row-link").last());
    const steps = page.locator(".timeline li", { hasText: host });
    await steps.first().waitFor();
    const text = (await steps.allTextContents()).join("\n");
    assert.match(text, /Last answer: 400 · given up/);
    assert.match(text, /Last answer: 400 · next try at \d/);
    assert.ok(hand.clicks <= 1);
    await close();
  });

  test("review the next call from anywhere: g t, Enter, the scorecard by keyboard, the next with one key", async () => {
    const definition = {
      sections: [{ id: "s", title: "Opening", criteria: [{ id: "name", text: "Gives their name", kind: "yes_no" }] }],
    };
    const card = await api("/v1/scorecards", { name: "Opening", definition });
    await api(`/v1/scorecards/${String(card["id"])}/publish`, {});
    const { page, hand, close } = await begin("/dashboard/webhooks");
    await hand.keys("g", "t");
    await page.waitForURL(/\/dashboard\/tasks/);
    await hand.keys("Enter");
    await page.waitForURL(/\/dashboard\/reviews\/rev_/);
    assert.equal(hand.clicks, 0);
    await close();
  });

  test("on a phone: sign in, see what is wrong, open the webhook, send again, open the call, listen", async () => {
    const sight: Sight = { name: "360", width: 360 };
    const context = await look(browser, running.connection.url, sight, []);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${running.connection.url}/sign-in`);
    await signInOn(page, ownerOf(place));
    // Home says it, in a sentence, and leads there.
    const need = page.locator(".needs li", { has: page.locator(`a[href="/dashboard/webhooks/${hastyId}"]`) });
    await need.getByText(host).first().waitFor();
    assert.match((await need.textContent()) ?? "", /answers 400/);
    await picture(page, "phone-1-home");
    await need.getByRole("link").click();
    await page.waitForURL(`**/dashboard/webhooks/${hastyId}`);
    await picture(page, "phone-2-webhook");
    answersOnce = 200;
    // The oldest call is that of the demo, which has a recording.
    const ofCall = 'table.deliveries .group a[href^="/dashboard/calls/call_"]';
    const callPath = (await page.locator(ofCall).last().getAttribute("href")) ?? "";
    await page.locator("table.deliveries tbody tr:not(.group) a").last().click();
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByText("It is on its way.").waitFor();
    await picture(page, "phone-3-sent");
    await seen(page, page.locator("table.deliveries tbody tr", { hasText: "Delivered" }));
    await page.locator(`${ofCall}[href="${callPath}"]`).click();
    await page.waitForURL(`**${callPath}`);
    await page.locator("[data-toggle]").click();
    const heard = () => page.evaluate("document.querySelector('[data-audio-element]').currentTime > 0.5");
    for (let tries = 0; tries < 600 && !(await heard()); tries += 1) await page.waitForTimeout(100);
    assert.equal(await heard(), true);
    await picture(page, "phone-4-call");
    // However long a subscriber took: its tries are in the timeline.
    const took = "document.querySelectorAll('.timeline td.number')";
    await page.evaluate(`${took}.forEach((cell) => { cell.textContent = "29,999 ms"; })`);
    assert.ok(Number(await page.evaluate(`${took}.length`)) > 0);
    assert.ok((await sidewaysOverflow(page)) <= 0, "the page scrolls sideways");
    await context.close();
    answersOnce = undefined;
  });

  test("retry what waits once the subscriber answers: one click, which says how many", async () => {
    answers = 200;
    const { page, hand, close } = await begin(`/dashboard/webhooks/${patientId}`);
    const all = page.getByRole("button", { name: /^Retry (the one that waits|all \d+ that wait)$/ });
    await seen(page, all);
    await hand.click(all);
    await page.getByText(/tried again now/).waitFor();
    assert.equal(hand.clicks, 1);
    await close();
  });

  test("replay what was missed: two clicks from the endpoint, with a count before anything is sent", async () => {
    answers = 200;
    const { page, hand, close } = await begin(`/dashboard/webhooks/${hastyId}`);
    await hand.click(page.getByRole("link", { name: "Replay", exact: true }));
    const send = page.getByRole("button", { name: /^Send \d+ events? again$/ });
    await seen(page, send);
    await hand.click(send);
    await page.waitForURL(/done=replayed&count=[1-9]/);
    assert.equal(hand.clicks, 2);
    await close();
  });
});
