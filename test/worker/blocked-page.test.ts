import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EndpointObject } from "../../src";
import { endpointConfigOf, endpointObjects, objectName, type EndpointRow } from "../../src/delivery";
import { mintCall, mintEndpoint, mintOrganization, openDatabase } from "../factories";
import { event, subscriber } from "./subscriber";
import { CSRF, expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const objects = endpointObjects(env.ENDPOINTS);
const refused = () => new Response("no", { status: 503 });

afterEach(() => vi.restoreAllMocks());

/** An endpoint whose receiver answers 503 until `isUp`, with a call that waits: its first event was tried, one is behind it. */
async function blocked(settings: EndpointRow["settings"] = {}, ordering: EndpointRow["ordering"] = "call") {
  const state = { isUp: false };
  const hits = subscriber(() => (state.isUp ? new Response("ok") : refused()));
  const organization = await mintOrganization(db);
  const endpoint = await mintEndpoint(db, organization.id, { settings, ordering });
  const { id } = await mintCall(db, organization.id, { operatorName: SCRIPT, fromE164: "+5491155550000" });
  await objects.enqueue(objectName(endpoint.id, 0), endpointConfigOf(endpoint), [event(id, 1), event(id, 2)]);
  await vi.waitFor(async () => expect(await objects.blocked(endpoint, { limit: 9 })).toHaveLength(1));
  const lanes = await objects.blocked(endpoint, { limit: 9 });
  return { organization, endpoint, lanes, state, hits, base: `/dashboard/webhooks/${endpoint.id}` };
}

const listedIn = (text: string) =>
  [...text.matchAll(/data-href="\/dashboard\/calls\/(\w+)\?tab=timeline"/g)].map(([, id]) => id);

describe("the tab of blocked calls", () => {
  it("says that no call waits where none does, and why calls wait that were never tried", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id, { paused: true });
    const { id } = await mintCall(db, organization.id);
    const { page } = visit(organization);
    const path = `/dashboard/webhooks/${endpoint.id}/blocked`;
    const none = await page(path);
    expect(none.status).toBe(200);
    expect(none.text).toContain("No call waits here");
    await objects.enqueue(objectName(endpoint.id, 0), endpointConfigOf(endpoint), [event(id, 1), event(id, 2)]);
    const { text } = await page(path);
    expect(listedIn(text)).toEqual([id]);
    expect(text).toContain("Not tried yet; not tried while the webhook is paused or off.");
    // Nothing is retried before it is resumed; what is not wanted can be skipped.
    expect(text).not.toContain('value="retry"');
    expect(text).toContain("/skip?from=blocked");
    const spanish = await page(path, { cookie: "trunkline_language=es" });
    expect(spanish.text).toContain("Todavía sin intentos; no se intenta mientras el webhook está en pausa o apagado.");
  });

  it("says that a receiver that fails all the time is only tried now and then", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id);
    subscriber(refused);
    const minted = await Promise.all(Array.from({ length: 12 }, () => mintCall(db, organization.id)));
    const at = objectName(endpoint.id, 0);
    for (const { id } of minted) await objects.enqueue(at, endpointConfigOf(endpoint), [event(id, 1)]);
    const waiting = () => objects.blocked(endpoint, { limit: 50 });
    await vi.waitFor(async () => expect((await waiting())[0]?.reason).toBe("circuit_open"), { timeout: 20_000 });
    const { id } = await mintCall(db, organization.id);
    await objects.enqueue(at, endpointConfigOf(endpoint), [event(id, 1)]);
    const { text } = await visit(organization).page(`/dashboard/webhooks/${endpoint.id}/blocked`);
    expect(listedIn(text)).toContain(id);
    expect(text).toContain("Not tried yet; the receiver fails all the time, so it is only tried now and then.");
    expect(text).toContain('value="retry"');
  });

  it("has the call with its operator, the event, its tries and last answer, and what is behind it", async () => {
    const { organization, lanes, base } = await blocked();
    const [lane] = lanes;
    const { page } = visit(organization, { now: Date.now() });
    const { text, trips } = await page(`${base}/blocked`);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(text);
    expect(listedIn(text)).toEqual([lane!.entry.stream]);
    expect(text).toContain("+5491155550000");
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect(text).toContain(`href="${base}?delivery=${lane!.entry.deliveryId}#delivery"`);
    expect(text).toMatch(/Tried once, last answer 503; next try [^<]+\./);
    expect(text).toMatch(/Queued behind <\/span>1</);
    expect(text).toContain(`href="${base}/blocked" aria-current="page"`);
    const spanish = await page(`${base}/blocked`, { cookie: "trunkline_language=es" });
    expect(spanish.text).toMatch(/1 intento, última respuesta 503; próximo intento: [^<]+\./);
  });

  it("retries and leads back, with the call gone from it once its event was taken", async () => {
    const { organization, endpoint, lanes, state, hits, base } = await blocked();
    const { page, post } = visit(organization);
    const act = `${base}/deliveries/${lanes[0]!.entry.deliveryId}`;
    const { text } = await page(`${base}/blocked`);
    const form = new RegExp(`<form method="post" action="${act}".*?</form>`, "s").exec(text)?.[0] ?? "";
    expect(form).toContain('name="from" value="blocked"');
    expect(form).toContain('name="do" value="retry"');
    state.isUp = true;
    const tried = await post(act, { do: "retry", from: "blocked" });
    expect(tried.status).toBe(303);
    expect(tried.headers.get("location")).toBe(`${base}/blocked?done=retried`);
    await vi.waitFor(async () => expect(await objects.blocked(endpoint, { limit: 9 })).toEqual([]));
    const after = await page(`${base}/blocked?done=retried`);
    expect(after.text).toContain("It is on its way.");
    expect(after.text).toContain("No call waits here");
    await vi.waitFor(() => expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]));
    // Elsewhere it leads to the delivery, as before; a page of somebody else's is never led to.
    for (const from of ["", "https://evil.example", "health"])
      expect((await post(act, { do: "retry", from })).headers.get("location")).toMatch(
        /\?delivery=dlv_\w+&done=retried$/,
      );
  });

  it("does not send again from a tab that is behind what was delivered meanwhile, and leads to where it can be", async () => {
    const { organization, endpoint, lanes, state, hits, base } = await blocked();
    const { deliveryId } = lanes[0]!.entry;
    const { ask, page, post } = visit(organization);
    const act = `${base}/deliveries/${deliveryId}`;
    const panel = `${base}?delivery=${deliveryId}`;
    // Both forms say what they saw.
    for (const path of [`${base}/blocked`, panel]) {
      const { text } = await page(path);
      const form = new RegExp(`<form method="post" action="${act}".*?</form>`, "s").exec(text)?.[0] ?? "";
      expect(form, path).toContain('name="seen" value="pending"');
    }
    state.isUp = true;
    await post(act, { do: "retry", seen: "pending" });
    await vi.waitFor(async () => expect(await objects.blocked(endpoint, { limit: 9 })).toEqual([]));
    await vi.waitFor(() => expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]));
    await vi.waitFor(async () => expect((await objects.delivery(endpoint, deliveryId))?.state).toBe("delivered"));
    const late = await post(act, { do: "retry", from: "blocked", seen: "pending" });
    expect(late.status).toBe(409);
    const said = await late.text();
    expect(said).toContain("This event was delivered meanwhile, and was not sent again.");
    expect(said).toContain(`href="${panel}#delivery"`);
    const body = new URLSearchParams({ csrf: CSRF, do: "retry", seen: "pending" });
    const spanish = await ask(act, { method: "POST", body, headers: { cookie: "trunkline_language=es" } });
    expect(await spanish.text()).toContain("Este evento se entregó mientras tanto y no se envió otra vez.");
    // On purpose it is: the page of the delivery says so, and its form has seen that it was delivered.
    const after = await page(panel);
    expect(after.text).toMatch(/value="retry"[^>]*>\s*Send again/);
    expect(after.text).toContain('name="seen" value="delivered"');
    expect(hits).toHaveLength(3);
    expect((await post(act, { do: "retry", seen: "delivered" })).status).toBe(303);
    await vi.waitFor(() => expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2, 1]));
    // A form of before this was asked for is taken as it was.
    expect((await post(act, { do: "retry", seen: "x" })).status).toBe(303);
    await vi.waitFor(() => expect(hits).toHaveLength(5));
  });

  it("skips after it asked, and both ways lead back", async () => {
    const { organization, endpoint, lanes, state, base } = await blocked();
    const { page, post } = visit(organization);
    const act = `${base}/deliveries/${lanes[0]!.entry.deliveryId}`;
    expect((await page(`${base}/blocked`)).text).toContain(`href="${act}/skip?from=blocked"`);
    const asks = await page(`${act}/skip?from=blocked`);
    expect(asks.text).toContain("subscriber.test will never get this event");
    expect(asks.text).toContain('name="from" value="blocked"');
    expect(asks.text).toMatch(new RegExp(`class="button plain" href="${base}/blocked"`));
    expect((await page(`${act}/skip`)).text).not.toContain('name="from"');
    state.isUp = true;
    const skipped = await post(act, { do: "skip", from: "blocked" });
    expect(skipped.headers.get("location")).toBe(`${base}/blocked?done=settled`);
    await vi.waitFor(async () => expect(await objects.blocked(endpoint, { limit: 9 })).toEqual([]));
    const [log] = await objects.log(endpoint, { limit: 1, state: "skipped" });
    expect(log?.deliveryId).toBe(lanes[0]!.entry.deliveryId);
  });

  it("pauses one call, says who did, and goes on with it once somebody tries it again", async () => {
    const { organization, endpoint, lanes, state, hits, base } = await blocked();
    const { ask, page, post } = visit(organization);
    const { deliveryId } = lanes[0]!.entry;
    const act = `${base}/deliveries/${deliveryId}`;
    const before = await page(`${base}/blocked`);
    expect(before.text).toMatch(/<button[^>]*value="hold"[^>]*aria-label="Pause: \+5491155550000, [^"]+"/);
    const paused = await post(act, { do: "hold", from: "blocked", seen: "pending" });
    expect(paused.headers.get("location")).toBe(`${base}/blocked?done=held`);
    const { text } = await page(`${base}/blocked?done=held`);
    expect(text).toContain("Paused. It is not tried before somebody decides");
    expect(text).toContain("Tried once, last answer 503; paused by a person: waits for a decision.");
    expect(text).toContain('name="do" value="release"');
    expect(text).not.toContain('name="do" value="hold"');
    const spanish = await page(`${base}/blocked`, { cookie: "trunkline_language=es" });
    expect(spanish.text).toContain("en pausa por una persona: espera una decisión.");
    // A tab that is behind pauses nothing twice, and leads to the delivery.
    const body = new URLSearchParams({ csrf: CSRF, do: "hold", seen: "pending" });
    const late = await ask(act, { method: "POST", body, headers: { cookie: "trunkline_language=es" } });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("Esta entrega ya está en pausa y espera una decisión.");
    state.isUp = true;
    await post(act, { do: "release", from: "blocked", seen: "held" });
    await vi.waitFor(async () => expect(await objects.blocked(endpoint, { limit: 9 })).toEqual([]));
    await vi.waitFor(() => expect(hits.map(({ seq }) => seq)).toEqual([1, 1, 2]));
  });

  it("pauses no call where its lane is another: the webhook as a whole, or one event", async () => {
    const { organization, base } = await blocked({}, "endpoint");
    const { text } = await visit(organization).page(`${base}/blocked`);
    expect(text).toContain('value="retry"');
    expect(text).not.toContain('value="hold"');
  });

  it("says that a held one waits for a decision, and that a paused webhook tries none", async () => {
    const held = await blocked({ onExhausted: "hold", retryWaits: [] });
    const { text } = await visit(held.organization).page(`${held.base}/blocked`);
    expect(text).toContain("Tried once, last answer 503; waits for a decision.");
    expect(text).toContain('name="do" value="release"');
    expect(text).not.toContain('name="do" value="retry"');
    vi.restoreAllMocks();
    const { organization, base } = await blocked();
    const { page, post } = visit(organization);
    await post(`${base}/pause`);
    expect((await page(`${base}/blocked`)).text).toContain("not tried while the webhook is paused or off.");
  });

  it("goes on by cursor, each call once, and an odd cursor is the first page", async () => {
    const organization = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organization.id, { paused: true });
    const base = `/dashboard/webhooks/${endpoint.id}`;
    const minted = await Promise.all(Array.from({ length: 43 }, () => mintCall(db, organization.id)));
    const at = objectName(endpoint.id, 0);
    for (const { id } of minted) await objects.enqueue(at, endpointConfigOf(endpoint), [event(id, 1), event(id, 2)]);
    // A receiver that fails is asked less and less, so that many that were tried take long to come.
    await runInDurableObject(env.ENDPOINTS.getByName(at), (_: EndpointObject, { storage: { sql } }) => {
      sql.exec("UPDATE deliveries SET attempts = 1 WHERE seq = 1");
    });
    const lanes = await objects.blocked(endpoint, { limit: 100 });
    const { page } = visit(organization);
    const first = await page(`${base}/blocked`);
    const streams = lanes.map(({ entry }) => entry.stream);
    expect(listedIn(first.text)).toEqual(streams.slice(0, 40));
    const next = /href="([^"]+\?after=[^"]+)"/.exec(first.text)?.[1] ?? "";
    const second = await page(next);
    expect(listedIn(second.text)).toEqual(streams.slice(40));
    expect(first.text).toContain(">Newer</a>");
    expect(second.text).not.toContain(">Newer</a>");
    expect(listedIn((await page(`${base}/blocked?after=x`)).text)).toHaveLength(40);
    const last = lanes.at(-1)!;
    const beyond = await page(`${base}/blocked?after=${last.arrival}.${last.entry.deliveryId}`);
    expect(beyond.text).toContain("No more calls wait");
  });

  it("is for whoever may list deliveries, acts are for whoever may decide, and another organization finds none", async () => {
    const { organization, lanes, base } = await blocked();
    const blind = visit(organization, { scopes: ["endpoints:read"] });
    expect((await blind.page(`${base}/blocked`)).status).toBe(403);
    expect((await blind.page(`${base}/health`)).text).not.toContain(`${base}/blocked`);
    const onlooker = await visit(organization, { scopes: ["endpoints:read", "deliveries:list"] }).page(
      `${base}/blocked`,
    );
    // Calls are not theirs to open: the row is there by its id, and leads to the delivery.
    expect(listedIn(onlooker.text)).toEqual([]);
    expect(onlooker.text).toMatch(/data-href="[^"]*\?delivery=/);
    expect(onlooker.text).not.toContain("Retry now");
    const stranger = visit(await mintOrganization(db));
    expect((await stranger.page(`${base}/blocked`)).status).toBe(404);
    const act = `${base}/deliveries/${lanes[0]!.entry.deliveryId}`;
    expect((await stranger.post(act, { do: "skip", from: "blocked" })).status).toBe(404);
    // Somebody of another campaign sees that something waits, as in the log, and nothing of the call.
    const other = visit(organization, { reach: { campaigns: ["cmp_other"], operators: null } });
    const { text } = await other.page(`${base}/blocked`);
    expect(listedIn(text)).toEqual([]);
    expect(text).not.toContain("+5491155550000");
  });
});
