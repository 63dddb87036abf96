import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { endpointHealth, requestQuotas } from "../../src/db/schema";
import { endpointConfigOf, endpointObjects, objectName } from "../../src/delivery";
import { leaseRequests } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { mintApiKey, mintCall, mintEndpoint, mintOrganization, NOON, openDatabase } from "../factories";
import { depsOf } from "../../src/deps";
import { mintPageWorld, pagesOf } from "./writing-pages";
import { expectHarmless, gzipped, LONG, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);

/** What the form of a new webhook sends. */
const FORM = {
  do: "create",
  once: "one-form",
  format: "standard",
  url: "https://crm.example/hooks",
  description: "CRM",
  method: "POST",
  events: "*",
  headers: "X-Tenant: acme",
  template: "",
  ordering: "call",
  timeout: "",
  rate: "",
  exhausted: "",
};

const TABS = ["", "/blocked", "/settings", "/secret", "/receiver", "/check", "/health", "/replay", "/delete"];

const webhooksIn = (text: string) =>
  [...text.matchAll(/data-href="\/dashboard\/webhooks\/(\w+)"/g)].map(([, id]) => id);

describe("a webhook whose log does not answer", () => {
  it("says so, on its tabs and on the page of a call, in both languages: that nothing was sent is not known", async () => {
    const down = () => Promise.reject(new Error("the object does not answer"));
    const world = await mintPageWorld();
    const objects = { ...depsOf(env).endpointObjects, log: down, blocked: down, delivery: down };
    const { page } = pagesOf(world, world.owner, { endpointObjects: objects });
    const silent = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const [path, english, spanish] of [
      [`/webhooks/${world.endpoint.id}`, "The deliveries could not be read", "No se pudieron leer las entregas"],
      [`/webhooks/${world.endpoint.id}?delivery=dlv_1`, "could not be read", "No se pudieron leer"],
      [`/webhooks/${world.endpoint.id}/blocked`, "What waits could not be read", "No se pudo leer lo que espera"],
      [`/calls/${world.call.id}`, "Its log did not answer.", "Su registro no respondió."],
    ] as const) {
      const shown = await page(`/dashboard${path}`);
      expect([path, shown.status]).toEqual([path, 200]);
      expect(shown.text, path).toContain(english);
      expect(shown.text, path).not.toContain("Nothing was sent yet");
      expect((await page(`/dashboard${path}`, { cookie: "trunkline_language=es" })).text, path).toContain(spanish);
    }
    expect(silent).toHaveBeenCalled();
    silent.mockRestore();
  });
});

describe("webhooks", () => {
  it("are those of the organization; where there are none, the page leads on", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    const foreign = await mintEndpoint(db, other.id);
    const { page } = visit(own);
    const empty = await page("/dashboard/webhooks");
    expect(empty.text).toContain("No webhooks yet");
    expect(empty.text).toContain('href="/dashboard/webhooks/new"');
    const endpoint = await mintEndpoint(db, own.id);
    const list = await page("/dashboard/webhooks");
    expect(webhooksIn(list.text)).toEqual([endpoint.id]);
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(list.text).not.toContain(foreign.id);
  });

  it("of another organization look like none, in every page and form", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    const foreign = await mintEndpoint(db, other.id);
    const { page, post } = visit(own);
    for (const tab of TABS) {
      const [strange, none] = [
        await page(`/dashboard/webhooks/${foreign.id}${tab}`),
        await page(`/dashboard/webhooks/end_none${tab}`),
      ];
      expect(strange.status, tab).toBe(404);
      expect(strange.text.replaceAll(foreign.id, "")).toBe(none.text.replaceAll("end_none", ""));
    }
    for (const act of [
      "pause",
      "resume",
      "enable",
      "test",
      "settings",
      "delete",
      "replay",
      "deliveries/dlv_1",
      "reveal",
      "rotate",
      "check",
    ])
      expect((await post(`/dashboard/webhooks/${foreign.id}/${act}`, FORM)).status, act).toBe(404);
  });

  it("every page of one costs few round trips and shows what others wrote as text", async () => {
    const organization = await mintOrganization(db, { name: SCRIPT });
    const endpoint = await mintEndpoint(db, organization.id, {
      url: `https://crm.example/${encodeURIComponent(SCRIPT)}`,
      description: `${SCRIPT} ${RIGHT_TO_LEFT} ${LONG}`.slice(0, 500),
      headers: { "X-Tenant": SCRIPT },
      template: `{"text":"{{id}}","odd":${JSON.stringify(SCRIPT)}}`,
    });
    const { page } = visit(organization);
    for (const tab of TABS) {
      const { status, text, trips } = await page(`/dashboard/webhooks/${endpoint.id}${tab}`);
      expect(status, tab).toBe(200);
      expect(trips, tab).toBeLessThanOrEqual(MOST_TRIPS);
      expectHarmless(text);
      expect(await gzipped(text)).toBeLessThan(60_000);
      const spanish = await page(`/dashboard/webhooks/${endpoint.id}${tab}`, { cookie: "trunkline_language=es" });
      expect(spanish.text).not.toMatch(/\b(Deliveries|Blocked calls|Settings|Secret|Health|Pause|Send test|Cancel)\b/);
    }
  });
});

describe("a new webhook", () => {
  it("is made once, however often its form is sent, and its secret is shown once", async () => {
    const organization = await mintOrganization(db);
    const { page, post } = visit(organization);
    const made = await post("/dashboard/webhooks", FORM);
    expect(made.status).toBe(200);
    const text = await made.text();
    expect(text).toMatch(/whsec_[A-Za-z0-9+/]{43}=/);
    const again = await post("/dashboard/webhooks", FORM);
    expect(again.status).toBe(303);
    const [id] = webhooksIn((await page("/dashboard/webhooks")).text);
    expect(again.headers.get("location")).toBe(`/dashboard/webhooks/${id}`);
    expect(webhooksIn((await page("/dashboard/webhooks")).text)).toHaveLength(1);
    expect((await page(`/dashboard/webhooks/${id}/secret`)).text).not.toMatch(/whsec_[A-Za-z0-9+/]{43}=/);
  });

  it("shows a preview of what would be sent, and beside each field what is wrong; nothing entered is lost", async () => {
    const { post } = visit(await mintOrganization(db));
    const preview = await (await post("/dashboard/webhooks/preview", FORM)).text();
    expect(preview).toContain("webhook-signature: v1,");
    expect(preview).toContain("X-Tenant: acme".toLowerCase());
    const wrong = await post("/dashboard/webhooks", {
      ...FORM,
      url: "http://crm.example",
      template: '{"a": {{nothing}}}',
    });
    expect(wrong.status).toBe(422);
    const text = await wrong.text();
    expect(text).toContain('id="url-error"');
    expect(text).toContain('id="template-error"');
    expect(text).toContain("{{nothing}}");
    expect((await post("/dashboard/webhooks", { ...FORM, timeout: "900" })).status).toBe(422);
  });

  it("keeps what was filled in when another format is chosen, and is not made by that", async () => {
    const { page, post } = visit(await mintOrganization(db));
    const own = {
      ...FORM,
      do: "",
      once: "of-formats",
      template: '{"a": "{{id}}"}',
      timeout: "9",
      events: "call.failed",
    };
    const answer = await post("/dashboard/webhooks", { ...own, url: "not yet a URL", choose: "audian" });
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toMatch(/value="audian" aria-current="true"/);
    expect(text).toContain('name="format" value="audian"');
    for (const kept of ["not yet a URL", "CRM", "X-Tenant: acme", "{{id}}", "of-formats"]) expect(text).toContain(kept);
    expect(text).toMatch(/name="timeout"[^>]*value="9"|value="9"[^>]*name="timeout"/);
    expect(text).toMatch(/value="call.failed"[^>]*checked/);
    expect(text).not.toContain("form-errors");
    expect(webhooksIn((await page("/dashboard/webhooks")).text)).toEqual([]);
  });

  it("is not for whoever may only read, and not without the session's token", async () => {
    const organization = await mintOrganization(db);
    expect((await visit(organization, { role: "viewer" }).page("/dashboard/webhooks")).status).toBe(403);
    expect((await visit(organization, { role: "viewer" }).post("/dashboard/webhooks", FORM)).status).toBe(403);
    expect((await visit(organization).post("/dashboard/webhooks", { ...FORM, csrf: "x" })).status).toBe(403);
  });
});

describe("one webhook", () => {
  it("is saved unless someone changed it meanwhile: then both are shown, and saving again replaces it", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id, { description: "Old" });
    const { page, post } = visit(organization);
    const settings = `/dashboard/webhooks/${endpoint.id}/settings`;
    const seenIn = (text: string) => /name="seen" value="(\w+)"/.exec(text)?.[1] ?? "";
    const seen = seenIn((await page(settings)).text);
    const form = { ...FORM, do: "save", headers: "" };
    expect((await post(settings, { ...form, seen, description: "Theirs" })).status).toBe(303);
    const stale = await post(settings, { ...form, seen, description: "Mine" });
    expect(stale.status).toBe(409);
    const text = await stale.text();
    expect(text).toContain("Someone else changed this");
    expect(text).toContain("Theirs");
    expect(text).toContain('value="Mine"');
    expect((await post(settings, { ...form, seen: seenIn(text), description: "Mine" })).status).toBe(303);
    expect((await page(settings)).text).toContain('value="Mine"');
  });

  it("pauses and resumes, and says so", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id);
    const { page, post } = visit(organization);
    const base = `/dashboard/webhooks/${endpoint.id}`;
    const paused = await post(`${base}/pause`);
    expect((await page(paused.headers.get("location") ?? "")).text).toContain("Events wait here, in order");
    expect((await page(base)).text).toContain(`action="${base}/resume"`);
    await post(`${base}/resume`);
    expect((await page(base)).text).toContain(`action="${base}/pause"`);
  });

  it("shows its secret to who proved lately who they are, records it, and replaces it with its age", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id);
    const base = `/dashboard/webhooks/${endpoint.id}`;
    const longAgo = visit(organization, { now: NOON + MINUTE, confirmed: false });
    for (const act of ["reveal", "rotate"]) expect((await longAgo.post(`${base}/${act}`)).status).toBe(403);
    const { page, post } = visit(organization);
    const shown = await post(`${base}/reveal`);
    expect(await shown.text()).toContain("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    expect((await page(`${base}/secret`)).text).toContain("Before this was noted");
    const rotated = await (await post(`${base}/rotate`, { overlap: "86400" })).text();
    const fresh = /whsec_[A-Za-z0-9+/]{43}=/.exec(rotated)?.[0];
    expect(fresh).toBeDefined();
    const secret = await page(`${base}/secret`);
    expect(secret.text).not.toContain("Before this was noted");
    expect(secret.text).toContain("usr_1");
    expect(secret.text).toContain("signs as well until");
  });

  it("counts before it sends again, and shows the deliveries of a call together", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id, { operatorName: SCRIPT });
    // Paused: it takes deliveries and sends none.
    const endpoint = await mintEndpoint(db, organization.id, { paused: true });
    const { page, post } = visit(organization);
    const event = { stream: call.id, seq: 1, eventId: "evt_1", type: "call.completed", recordedAt: NOON, data: "{}" };
    await endpointObjects(env.ENDPOINTS).enqueue(objectName(endpoint.id, 0), endpointConfigOf(endpoint), [event]);
    const base = `/dashboard/webhooks/${endpoint.id}`;
    const list = await page(base);
    expect(list.text).toContain(`href="/dashboard/calls/${call.id}?tab=timeline"`);
    expectHarmless(list.text);
    const delivery = /delivery=(dlv_\w+)/.exec(list.text)?.[1] ?? "";
    expect((await page(`${base}?delivery=${delivery}`)).text).toContain("Retry now");
    expect((await page(`${base}/deliveries/${delivery}/skip`)).text).toContain(
      "subscriber.test will never get this event",
    );
    const skipped = await post(`${base}/deliveries/${delivery}`, { do: "skip" });
    expect(skipped.status).toBe(303);
    expect((await page(`${base}?state=skipped`)).text).toContain(delivery);
    const today = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const counted = await page(`${base}/replay?what=everything&since=${today}`);
    expect(counted.text).toContain("Send 1 event again");
    const sent = await post(`${base}/replay`, { what: "everything", since: today });
    expect(sent.headers.get("location")).toBe(`${base}?done=replayed&count=1`);
  });

  it("has three actions at most in its head, the main one last, and leads to a replay whatever waits", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id);
    await db.insert(endpointHealth).values({
      endpointId: endpoint.id,
      object: objectName(endpoint.id, 0),
      organizationId: organization.id,
      backlog: 4,
      oldestDueAt: NOON,
      lastSuccessAt: NOON - MINUTE,
      lastFailureAt: NOON,
      failingSince: NOON,
      updatedAt: NOON,
    });
    const { page } = visit(organization);
    const base = `/dashboard/webhooks/${endpoint.id}`;
    for (const path of [base, `${base}?done=tested`, `${base}?done=paused`]) {
      const { text } = await page(path);
      const head = /<header class="page-head">(.*?)<\/header>/s.exec(text)?.[1] ?? "";
      const actions = [...head.matchAll(/class="button (\w+)[^"]*"/g)].map(([, kind]) => kind);
      expect(actions, path).toEqual(["plain", "plain", "main"]);
      expect(text).toContain(`href="${base}/replay"`);
    }
    // A relative time says the exact one to the keyboard, too.
    expect((await page("/dashboard/webhooks")).text).toMatch(
      /<time class="moment" datetime="[^"]+" title="[^"]+" tabindex="0">/,
    );
  });

  it("finds out what a signature is worth", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id);
    const { post } = visit(organization);
    const check = async (headers: string, body: string) =>
      (await post(`/dashboard/webhooks/${endpoint.id}/check`, { headers, body })).text();
    expect(await check("Content-Type: application/json", "{}")).toContain("The header webhook-signature is missing");
    const headers = "webhook-id: evt_1\nwebhook-timestamp: 1\nwebhook-signature: v1,AAAA";
    expect(await check(headers, "{}")).toContain("It was not made with this secret");
  });
});

describe("the page of the API", () => {
  it("leads to its documents, says what is left of the hour, and shows the newest keys of this organization", async () => {
    const [own, foreign] = [await mintOrganization(db), await mintOrganization(db)];
    await mintApiKey(db, { organizationId: own.id, name: SCRIPT });
    await mintApiKey(db, { organizationId: foreign.id, name: "of-others" });
    const { page } = visit(own);
    const fresh = await page("/dashboard/api");
    expect(fresh.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(fresh.text);
    for (const href of ["/docs", "/openapi.json", "/postman.json", "/llms.txt", "/dashboard/settings/api-keys/new"])
      expect(fresh.text).toContain(`href="${href}"`);
    expect(fresh.text).toContain("At least 1,000 of 1,000 are left");
    expect(fresh.text).toContain("/v1/calls?limit=10");
    expect(fresh.text).not.toContain("of-others");
    const now = NOON + 60 * MINUTE;
    const hour = Math.floor(now / (60 * MINUTE));
    const lease = await leaseRequests(db, own.id, hour, { hour, accounted: 0 });
    const used = new Intl.NumberFormat("en").format(1_000 - lease.granted);
    expect((await page("/dashboard/api")).text).toContain(`At least ${used} of 1,000 are left`);
    // Another hour counts anew, and what is used up is said.
    expect((await visit(own, { now: now + 60 * MINUTE }).page("/dashboard/api")).text).toContain("At least 1,000");
    await db.update(requestQuotas).set({ leased: 1_000 }).where(eq(requestQuotas.organizationId, own.id));
    expect((await page("/dashboard/api")).text).toContain("All 1,000 are used up");
    const spanish = await page("/dashboard/api", { cookie: "trunkline_language=es" });
    expect(spanish.text).not.toMatch(/>\s*(Documents|Reference|Newest keys|Create a key)/);
    const reviewer = visit(own, { role: "reviewer" });
    expect((await reviewer.page("/dashboard/api")).status).toBe(403);
    expect((await reviewer.page("/dashboard/calls")).text).not.toContain('"/dashboard/api"');
  });
});

describe("Developer Tools", () => {
  it("is at the foot of every page for those who see webhooks, and leads to URL and secret of their own ones", async () => {
    const [own, foreign] = [await mintOrganization(db), await mintOrganization(db)];
    const mine = await mintEndpoint(db, own.id, { url: `https://crm.example/${LONG}?q=%3Cscript%3E` });
    const theirs = await mintEndpoint(db, foreign.id);
    const { page } = visit(own);
    expect((await page("/dashboard/calls")).text).toContain('href="/dashboard/developer-tools"');
    const tools = await page("/dashboard/developer-tools");
    expect(tools.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(tools.text);
    expect(tools.text).toContain(`href="/dashboard/webhooks/${mine.id}/secret"`);
    expect(tools.text).toContain('href="/docs"');
    expect(tools.text).not.toContain(theirs.id);
    const spanish = await page("/dashboard/developer-tools", { cookie: "trunkline_language=es" });
    expect(spanish.text).not.toMatch(/>\s*(Developer Tools|Secret|Reference|Format|All webhooks)\s*</);
    const reviewer = visit(own, { role: "reviewer" });
    expect((await reviewer.page("/dashboard/developer-tools")).status).toBe(403);
    expect((await reviewer.page("/dashboard/calls")).text).not.toContain("developer-tools");
  });
});
