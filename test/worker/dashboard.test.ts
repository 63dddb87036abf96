import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { endpointHours } from "../../src/db/schema";
import { DAY, MINUTE } from "../../src/lib/time";
import {
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintEvent,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintSource,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, gzipped, LONG, MOST_TRIPS, pagesFor, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const idsIn = (text: string) => [...text.matchAll(/data-href="\/dashboard\/calls\/(call_\w+)"/g)].map(([, id]) => id);

describe("calls", () => {
  it("are those of the organization, newest first, and no other's in any filter", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    const older = await mintCall(db, own.id, { startedAt: NOON - MINUTE });
    const newer = await mintCall(db, own.id, { startedAt: NOON });
    const foreign = await mintCall(db, other.id, { startedAt: NOON, operatorName: "Foreign" });
    const { page } = visit(own);
    const { status, text, trips } = await page("/dashboard/calls");
    expect(status).toBe(200);
    expect(idsIn(text)).toEqual([newer.id, older.id]);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    for (const filter of [
      "q=1234",
      "q=Foreign",
      `operator=${foreign.operatorId ?? "opr_1"}`,
      "when=month",
      "unassigned=yes",
    ])
      expect((await page(`/dashboard/calls?${filter}`)).text).not.toContain(foreign.id);
    expect((await page(`/dashboard/calls/${foreign.id}`)).status).toBe(404);
    const nowhere = await page("/dashboard/calls/call_nowhere");
    expect(nowhere.status).toBe(404);
    expect((await page(`/dashboard/calls/${foreign.id}`)).text.replaceAll(foreign.id, "")).toBe(
      nowhere.text.replaceAll("call_nowhere", ""),
    );
  });

  it("are found by the end of a number however it was written, and by a part of the operator's name", async () => {
    const organization = await mintOrganization(db);
    const operator = await mintOperator(db, organization.id, "Zoë Núñez");
    const byNumber = await mintCall(db, organization.id, { fromRaw: "011 4778-9999", fromE164: null });
    const byName = await mintCall(db, organization.id, { operatorId: operator.id, operatorName: operator.name });
    const { page } = visit(organization);
    const found = async (q: string) => idsIn((await page(`/dashboard/calls?q=${encodeURIComponent(q)}`)).text);
    expect(await found("4778 9999")).toEqual([byNumber.id]);
    expect(await found("nunez")).toEqual([byName.id]);
    expect(await found("%")).toEqual([]);
    expect(await found("1 OR 1=1 --")).toEqual([]);
  });

  it("come page by page, each call once, and the URL holds the filter", async () => {
    const organization = await mintOrganization(db);
    const minted = await Promise.all(
      Array.from({ length: 61 }, (_, at) => mintCall(db, organization.id, { startedAt: NOON - at * MINUTE })),
    );
    const { page } = visit(organization);
    const first = await page("/dashboard/calls?direction=inbound");
    const next = /href="(\/dashboard\/calls\?[^"]*after=[^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(next).toContain("direction=inbound");
    const second = await page(next);
    expect([...idsIn(first.text), ...idsIn(second.text)]).toEqual(minted.map(({ id }) => id));
    expect(second.text).not.toMatch(/href="[^"]*after=/);
  });

  it("with every field full of script, 300 letters or the other direction: shown as text, within the size", async () => {
    const organization = await mintOrganization(db, { name: SCRIPT });
    const campaign = await mintCampaign(db, organization.id, SCRIPT);
    for (let at = 0; at < 50; at += 1)
      await mintCall(db, organization.id, {
        startedAt: NOON - at * MINUTE,
        campaignId: campaign.id,
        operatorName: [SCRIPT, LONG, RIGHT_TO_LEFT][at % 3]!,
        fromRaw: SCRIPT,
        fromE164: null,
        error: SCRIPT,
        state: "failed",
        providerStatus: SCRIPT,
        talkStrip: `a${btoa(String.fromCharCode(...Array.from({ length: 132 }, (_, column) => (column * 37 + at) % 256)))}`,
      });
    const { page } = visit(organization);
    const list = await page(`/dashboard/calls?q=${encodeURIComponent(SCRIPT)}`);
    expectHarmless(list.text);
    const all = await page("/dashboard/calls");
    expectHarmless(all.text);
    expect(all.text).toContain('dir="auto"');
    expect(idsIn(all.text)).toHaveLength(50);
    expect(await gzipped(all.text)).toBeLessThan(60_000);
    const one = await page(`/dashboard/calls/${idsIn(all.text)[0]}`);
    expect(one.status).toBe(200);
    expectHarmless(one.text);
    expect(await gzipped(one.text)).toBeLessThan(60_000);
  });

  it("are narrowed to a source and to what went wrong", async () => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id, { name: SCRIPT });
    const [ofSource, unheard, unstored] = [
      await mintCall(db, organization.id, { sourceId: source.id, startedAt: NOON + 2 }),
      await mintCall(db, organization.id, { startedAt: NOON + 1 }),
      await mintCall(db, organization.id, { startedAt: NOON }),
    ];
    const recording = await mintRecording(db, unheard);
    await mintAnalysis(db, unheard, recording.id, { state: "failed", reason: "no_audio" });
    await mintRecording(db, unstored, { state: "failed", reason: "gone", key: null });
    const { page } = visit(organization);
    const found = async (query: string) => idsIn((await page(`/dashboard/calls?${query}`)).text);
    expect(await found(`source=${source.id}`)).toEqual([ofSource.id]);
    expect(await found("source=src_of_others")).toEqual([]);
    expect(await found("flag=no_analysis")).toEqual([unheard.id]);
    expect(await found("flag=no_recording")).toEqual([unstored.id]);
    const { text, trips } = await page(`/dashboard/calls?source=${source.id}`);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(text);
    expect(text).toContain("&lt;script&gt;");
  });

  it("an old or broken filter shows calls all the same", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    const { page } = visit(organization);
    for (const query of [
      "when=ever",
      "state=odd",
      "from=yesterday",
      "after=x",
      "campaign=",
      "to=2026-13-41",
      "direction=up",
      "flag=loud",
      "source=",
    ])
      expect(idsIn((await page(`/dashboard/calls?${query}`)).text)).toEqual([call.id]);
  });

  it("a day is a day of the viewer's zone", async () => {
    const organization = await mintOrganization(db);
    const evening = await mintCall(db, organization.id, { startedAt: Date.UTC(2026, 7, 20, 2) });
    const { page } = visit(organization);
    const at = async (day: string, zone: string) =>
      idsIn((await page(`/dashboard/calls?from=${day}&to=${day}`, { cookie: `trunkline_zone=${zone}` })).text);
    expect(await at("2026-08-19", "America%2FBogota")).toEqual([evening.id]);
    expect(await at("2026-08-20", "America%2FBogota")).toEqual([]);
    expect(await at("2026-08-20", "UTC")).toEqual([evening.id]);
  });

  it("as CSV: the same calls, and no cell that a spreadsheet would run", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    const call = await mintCall(db, own.id, { operatorName: '=HYPERLINK("https://evil.example")' });
    const foreign = await mintCall(db, other.id);
    const answer = await visit(own).ask("/dashboard/calls.csv?when=month", { headers: { "accept-language": "es" } });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="llamadas-2026-08-20.csv"');
    const [head, ...lines] = (await answer.text()).split("\r\n");
    expect(head).toBe(
      "Llamada,Inicio,Dirección,De,A,Operador,Campaña,Segundos,Estado,Etiquetas,Temas,Resumen,Puntaje,Resultado,Revisada por,Criterios no cumplidos",
    );
    expect(lines[0]).toContain(call.id);
    expect(lines[0]).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(lines.join()).not.toContain(foreign.id);
  });

  it("columns are those that were chosen on this browser", async () => {
    const organization = await mintOrganization(db);
    await mintCall(db, organization.id);
    const { ask, page } = visit(organization);
    const body = new URLSearchParams([
      ["column", "length"],
      ["column", "odd"],
      ["back", "/dashboard/calls?state=completed"],
    ]);
    const chosen = await ask("/dashboard/calls/columns", { method: "POST", body });
    expect(chosen.status).toBe(303);
    expect(chosen.headers.get("location")).toBe("/dashboard/calls?state=completed");
    const cookie = chosen.headers.get("set-cookie")?.split(";")[0] ?? "";
    const { text } = await page("/dashboard/calls", { cookie });
    expect(text).toContain('class="cell-length');
    expect(text).not.toContain('class="cell-operator');
  });
});

describe("a call", () => {
  it("has who called whom, its facts and its way, and may be listened to by those who may", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id, { operatorName: "Marta Gómez" });
    await mintRecording(db, call, { state: "completed", key: "a", size: 1000, sha256: "00", mediaType: "audio/mpeg" });
    const owner = await visit(organization).page(`/dashboard/calls/${call.id}?t=96`);
    expect(owner.text).toContain("<bdi>+541147781234</bdi>");
    expect(owner.text).toContain("<bdi>Marta Gómez</bdi>");
    expect(owner.text).toContain('data-start="96"');
    expect(owner.text).toMatch(/<audio[^>]*src="\/recordings\/rec_[^"]*signature=/);
    expect(owner.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const viewer = await visit(organization, { role: "viewer" }).page(`/dashboard/calls/${call.id}`);
    expect(viewer.text).toContain("You may not listen");
    expect(viewer.text).not.toContain("signature=");
    expect(viewer.text).not.toContain("/replay");
  });

  it("moves to another campaign with the session's token only, and back", async () => {
    const organization = await mintOrganization(db);
    const [from, to] = [await mintCampaign(db, organization.id, "One"), await mintCampaign(db, organization.id, "Two")];
    const call = await mintCall(db, organization.id, { campaignId: from.id });
    const { page, post } = visit(organization);
    const refused = await post(`/dashboard/calls/${call.id}/campaign`, { csrf: "another", campaign: to.id });
    expect(refused.status).toBe(403);
    const moved = await post(`/dashboard/calls/${call.id}/campaign`, { campaign: to.id });
    expect(moved.status).toBe(303);
    const location = moved.headers.get("location") ?? "";
    const { text } = await page(location);
    expect(text).toContain(`<input type="hidden" name="campaign" value="${from.id}"/>`);
    expect((await post(`/dashboard/calls/${call.id}/campaign`, { campaign: "cmp_of_another" })).status).toBe(409);
    const reviewer = visit(organization, { role: "reviewer" });
    expect((await reviewer.post(`/dashboard/calls/${call.id}/campaign`, { campaign: to.id })).status).toBe(403);
  });

  it("gets tags and loses them, and its row shows them", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id, { tags: ["old"] });
    const { page, post } = visit(organization);
    const path = `/dashboard/calls/${call.id}/tags`;
    expect((await post(path, { csrf: "another", add: "VIP" })).status).toBe(403);
    const added = await post(path, { add: "  Needs <b>care</b> " });
    expect([added.status, added.headers.get("location")]).toEqual([303, `/dashboard/calls/${call.id}#tags`]);
    await post(path, { remove: "old" });
    const { text, trips } = await page(`/dashboard/calls/${call.id}`);
    expect(text).toContain("needs &lt;b&gt;care&lt;/b&gt;");
    expect(text).not.toContain("Take off the tag old");
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    const list = await page("/dashboard/calls?tag=NEEDS+%3Cb%3Ecare%3C%2Fb%3E");
    expect(list.text).toContain("<bdi>needs &lt;b&gt;care&lt;/b&gt;</bdi>");
    expect((await page("/dashboard/calls?tag=other")).text).toContain("No call matches");
    expect((await post(path, { add: "a,b" })).status).toBe(409);
    expect((await visit(organization, { role: "viewer" }).post(path, { add: "x" })).status).toBe(403);
    const seen = await visit(organization, { role: "viewer" }).page(`/dashboard/calls/${call.id}`);
    expect(seen.text).not.toContain("New tag");
  });

  it("a replay says how many before it sends any, and is refused without the token", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    const { page, post } = visit(organization);
    expect((await page(`/dashboard/calls/${call.id}/replay`)).status).toBe(404);
    await mintEvent(db, call, 1);
    // Paused: it takes deliveries and sends none.
    await mintEndpoint(db, organization.id, { paused: true, description: `The ${SCRIPT}` });
    await mintEndpoint(db, organization.id, { active: false, description: "Off" });
    const counted = await page(`/dashboard/calls/${call.id}/replay`);
    expect(counted.text).toContain("Send 1 delivery again");
    expectHarmless(counted.text);
    // The call as its own page heads it, and each webhook by its name with how many events it gets.
    const head = /<h1>(.*?)<\/h1>/s.exec((await page(`/dashboard/calls/${call.id}`)).text)?.[1] ?? "";
    expect(counted.text).toContain(head);
    expect(counted.text).toMatch(/<dt><bdi>The [^]*?<\/bdi><\/dt><dd>1 event<\/dd>/);
    expect(counted.text).not.toContain("Off<");
    expect(counted.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect((await post(`/dashboard/calls/${call.id}/replay`, { csrf: "" })).status).toBe(403);
    const sent = await post(`/dashboard/calls/${call.id}/replay`, {});
    expect(sent.headers.get("location")).toBe(`/dashboard/calls/${call.id}?replayed=1&unable=0&tab=timeline`);
    expect((await page(sent.headers.get("location") ?? "")).text).toContain("1 deliveries are on their way");
  });
});

describe("home", () => {
  it("has what is wrong first, and nothing of another organization", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    await mintCall(db, own.id, { quarantine: "unknown_campaign", campaignNumber: 9 });
    await mintEndpoint(db, own.id, {
      url: "https://crm.example/hooks",
      active: false,
      disabledReason: "gone",
      disabledAt: NOON,
    });
    await mintSource(db, own.id, { name: SCRIPT });
    await mintEndpoint(db, other.id, {
      url: "https://foreign.example/hooks",
      active: false,
      disabledReason: "gone",
      disabledAt: NOON,
    });
    const { text, trips, status } = await visit(own).page("/dashboard");
    expect(status).toBe(200);
    expect(text).toContain("1 call names campaign 9, which does not exist");
    expect(text).toContain("crm.example is switched off");
    expect(text).not.toContain("foreign.example");
    expectHarmless(text);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    const spanish = await visit(own).page("/dashboard", { cookie: "trunkline_language=es" });
    expect(spanish.text).toContain("2 cosas necesitan su atención");
    expect(spanish.text).not.toMatch(/Needs you|Integration health|Unassigned|All is well/);
  });

  it("names the webhook whose success stands for all, and leads to it", async () => {
    const organization = await mintOrganization(db);
    const [well, badly] = [
      await mintEndpoint(db, organization.id, { url: "https://erp.example/hooks" }),
      await mintEndpoint(db, organization.id, { url: "https://crm.example/hooks" }),
    ];
    const hour = { organizationId: organization.id, hour: NOON, parked: 0, latencies: [] };
    const told = async () => {
      const { text } = await visit(organization).page("/dashboard/live");
      return [
        text.includes("Success of"),
        text.includes(`href="/dashboard/webhooks/${badly.id}" dir="auto">Success of crm.example`),
      ];
    };
    const of = (endpointId: string, delivered: number) =>
      db.insert(endpointHours).values({ ...hour, endpointId, attempts: 4, delivered, failed: 4 - delivered });
    await of(well.id, 4);
    expect(await told()).toEqual([false, false]);
    await of(badly.id, 1);
    expect(await told()).toEqual([true, true]);
  });

  it("asks again for its figures and the health of what is connected, and for no more", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    await mintSource(db, own.id, { name: SCRIPT });
    await mintSource(db, other.id, { name: "Of somebody else" });
    const { page } = visit(own);
    expect((await page("/dashboard")).text).toContain('hx-get="/dashboard/live"');
    const { text, trips } = await page("/dashboard/live", { "hx-request": "true" });
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(text).toMatch(/^<div id="home-health" hx-get="\/dashboard\/live" hx-trigger="every 30s"/);
    expect(text).toContain('<div id="home-figures" hx-swap-oob="true">');
    expect(text).toContain("Notices taken");
    expect(text).not.toMatch(/Of somebody else|<html|class="navigation"/);
    expectHarmless(text);
    const viewer = await visit(own, { role: "reviewer" }).page("/dashboard/live", { "hx-request": "true" });
    expect(viewer.text).not.toContain("home-health");
  });

  it("shows a role only what it may know", async () => {
    const organization = await mintOrganization(db);
    await mintCall(db, organization.id);
    await mintEndpoint(db, organization.id);
    const developer = await visit(organization, { role: "developer" }).page("/dashboard");
    expect(developer.text).toContain("Webhooks");
    expect(developer.text).not.toContain('href="/dashboard/calls"');
    expect((await visit(organization, { role: "developer" }).page("/dashboard/calls")).status).toBe(403);
    expect((await visit(organization, { role: "developer" }).page("/dashboard/calls.csv")).status).toBe(403);
    const viewer = await visit(organization, { role: "viewer" }).page("/dashboard");
    expect(viewer.text).not.toContain("Webhooks");
  });
});

it("who is not signed in is led to sign-in and back; a form is told so and not thrown away", async () => {
  const { ask } = pagesFor(null, NOON + DAY);
  const answer = await ask("/dashboard/calls?q=1");
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe(`/sign-in?to=${encodeURIComponent("/dashboard/calls?q=1")}`);
  expect((await ask("/dashboard/calls/call_1/replay", { method: "POST" })).status).toBe(401);
});
