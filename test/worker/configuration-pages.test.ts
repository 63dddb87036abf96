import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema";
import { newId } from "../../src/lib/id";
import { MINUTE } from "../../src/lib/time";
import { addCounts } from "../../src/sources";
import {
  mintCall,
  mintCampaign,
  mintCampaignActions,
  mintInbound,
  mintMember,
  mintOrganization,
  mintSource,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, gzipped, LONG, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };
const secretIn = (text: string) => /<pre[^>]*><code>([^<]{20,})<\/code>/.exec(text)?.[1] ?? "";
const seenIn = (text: string) => /name="seen" value="(\w+)"/.exec(text)?.[1] ?? "";

describe("campaigns", () => {
  it("are led to where there are none, saved once before their audio sources open, and numbered in the head", async () => {
    const { page, post } = visit(await mintOrganization(db));
    expect((await page("/dashboard/campaigns")).text).toContain('href="/dashboard/campaigns/new"');
    const form = { once: "one", name: "Renewals", autoAnalyze: "true" };
    const made = await post("/dashboard/campaigns", form);
    const place = made.headers.get("location") ?? "";
    expect(place).toMatch(/^\/dashboard\/campaigns\/cmp_\w+\/sources\?done=created$/);
    expect((await post("/dashboard/campaigns", form)).headers.get("location")).toBe(place);
    const sources = await page(place);
    expect(sources.text).toContain("Campaign ID #1");
    expect(sources.text).toContain("?kind=anura");
    expect(sources.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect((await page("/dashboard/campaigns")).text.match(/data-href/g)).toHaveLength(1);
    expect((await post("/dashboard/campaigns", { once: "two", name: " " })).status).toBe(422);
  });

  it("are saved unless someone changed them meanwhile, archived, and restored by Undo", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintCampaign(db, organization.id, "Old");
    const { page, post } = visit(organization);
    const base = `/dashboard/campaigns/${id}`;
    const seen = seenIn((await page(base)).text);
    expect((await post(base, { seen, name: "Theirs", autoAnalyze: "true" })).status).toBe(303);
    const stale = await post(base, { seen, name: "Mine" });
    expect(stale.status).toBe(409);
    const text = await stale.text();
    expect(text).toContain("Theirs");
    expect(text).toContain('value="Mine"');
    const archived = await post(`${base}/archive`);
    expect((await page(archived.headers.get("location") ?? "")).text).toContain(`action="${base}/restore"`);
    expect((await post(`${base}/restore`)).status).toBe(303);
  });
});

describe("a campaign for who may only read it", () => {
  it("shows what it is set to, no field, and who may change it, in both languages", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintCampaign(db, organization.id);
    const base = `/dashboard/campaigns/${id}`;
    const owner = visit(organization);
    const seen = seenIn((await owner.page(base)).text);
    const fields = { name: "Renewals", keyterms: "Zeppelin\nGraf", processedAfter: "30" };
    expect((await owner.post(base, { seen, ...fields })).status).toBe(303);
    const { page, post } = visit(organization, { role: "viewer" });
    const { text } = await page(base);
    expect(text).toContain("Zeppelin\nGraf");
    expect(text).toContain("Your role only reads this.");
    expect(text).toContain("Create, rename, archive and configure campaigns");
    expect(text).not.toMatch(/<(input|textarea|select)[^>]*name="(name|keyterms|language|topics|autoAnalyze)"/);
    expect((await page(base, SPANISH)).text).toContain("Su rol solo lee esto.");
    expect((await post(base, { name: "x" })).status).toBe(403);
    // An action has more to show: its fields, of which none can be filled in.
    await mintCampaignActions(db, { id, organizationId: organization.id });
    const action = (await page(`${base}/actions/pca_1`)).text;
    expect(action).toContain("Your role only reads this.");
    expect(action).toMatch(/<fieldset class="form" disabled[^>]*>\s*<div class="field/);
    expect(action).not.toMatch(/<button class="button small" name="(more|drop)"/);
  });
});

describe("what waits for a campaign", () => {
  it("is named where its notices are counted: on Home, in its chart, and of its source", async () => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id, { kind: "audian" });
    const of = { organizationId: organization.id, sourceId: source.id, sourceKind: source.kind, lastAt: NOON };
    const hour = NOON - (NOON % (60 * MINUTE));
    await addCounts(db, [
      { ...of, hour, outcome: "quarantined", reason: "unknown_campaign", requests: 7 },
      { ...of, hour, outcome: "accepted", reason: "", requests: 2 },
      { ...of, hour, outcome: "refused", reason: "signature", requests: 1 },
    ]);
    const { page } = visit(organization);
    const home = (await page("/dashboard")).text;
    expect(home).toMatch(/Notices taken<\/div>\s*<div class="figure-value">9<\/div>/);
    expect(home).toContain("7 unassigned, 1 refused");
    expect(home).toMatch(/<th scope="row">[^<]*<\/th>\s*<td>9<\/td>/);
    expect((await page("/dashboard", SPANISH)).text).toContain("7 sin asignar, 1 rechazados");
    const health = (await page(`/dashboard/sources/${source.id}/health`)).text;
    expect(health).toMatch(/Unassigned<\/div>\s*<div class="figure-value">7<\/div>/);
    const call = await mintCall(db, organization.id, { quarantine: "unknown_campaign", sourceId: source.id });
    const came = { sourceId: source.id, callId: call.id, outcome: "quarantined" as const };
    await mintInbound(db, organization.id, came);
    const arrivals = `/dashboard/sources/${source.id}/arrivals`;
    expect((await page(arrivals)).text).toContain("Calls arrive without a campaign");
    expect((await page(arrivals, SPANISH)).text).toContain("Llegan llamadas sin campaña");
    await mintInbound(db, organization.id, { ...came, id: "inb_zz", outcome: "accepted" });
    expect((await page(arrivals)).text).not.toContain("without a campaign");
  });
});

describe("sources", () => {
  it("show one copy button for each field of Anura's form, the address first where it is not public", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const source = await mintSource(db, organization.id, { kind: "anura", name: "Anura" });
    const { page, post } = visit(organization);
    const { text, trips } = await page(`/dashboard/campaigns/${campaign.id}/sources?source=${source.id}`);
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    for (const field of ["Protocol", "Host", "Port", "Path", "Method", "Content type", "Authorization"])
      expect(text).toMatch(new RegExp(`<th scope="row">${field}</th><td><code>[^<]+</code></td><td><button`));
    expect(text).toContain("&quot;campaign_id&quot;: 1");
    expect(text).toContain("Waiting for the first call");
    const keyed = await (await post(`/dashboard/sources/${source.id}/key`)).text();
    expect(keyed).toMatch(/tk_\w{20}/);
    expect((await page(`/dashboard/sources/${source.id}`)).text).not.toMatch(/tk_\w{20}/);
    const tried = await post(`/dashboard/sources/${source.id}/sample`, { sample: '{"dialtime":"x"}' });
    expect(await tried.text()).toContain("It would be refused");
  });

  it("are made once, with a secret that a second click shows too; what is wrong stands beside its field", async () => {
    const organization = await mintOrganization(db);
    const { page, post } = visit(organization);
    expect((await page("/dashboard/sources")).text).toContain('href="/dashboard/sources/new"');
    const form = { once: "one", kind: "hmac", name: "PBX", campaign: "", secret: "", back: "" };
    const made = await post("/dashboard/sources", form);
    expect(made.status).toBe(200);
    const first = await made.text();
    expect(first).toContain("This secret is shown once");
    const again = await (await post("/dashboard/sources", form)).text();
    expect([secretIn(first).length > 20, secretIn(again)]).toEqual([true, secretIn(first)]);
    const acts = "SELECT count(*) AS shown FROM audit_log WHERE organization_id = ? AND action = 'source.secret_shown'";
    expect(await env.DB.prepare(acts).bind(organization.id).first("shown")).toBe(1);
    const later = visit(organization, { now: NOON + 62 * MINUTE });
    expect((await later.post("/dashboard/sources", form)).status).toBe(303);
    expect((await page("/dashboard/sources")).text.match(/data-href/g)).toHaveLength(1);
    const wrong = await post("/dashboard/sources", { ...form, once: "two", kind: "twilio" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('id="secret-error"');
    expect((await post("/dashboard/sources", { ...form, kind: "nothing" })).status).toBe(404);
  });

  it("with the shared path of their platform are made once too, and get one key of one form", async () => {
    const organization = await mintOrganization(db);
    const { page, post } = visit(organization);
    const form = { once: "one", kind: "anura", name: "Anura", campaign: "", secret: "", back: "" };
    const made = await post("/dashboard/sources", form);
    const place = made.headers.get("location") ?? "";
    expect((await post("/dashboard/sources", form)).headers.get("location")).toBe(place);
    expect((await page("/dashboard/sources")).text.match(/data-href/g)).toHaveLength(1);
    const path = `/dashboard/sources/${/src_\w+/.exec(place)?.[0]}/key`;
    const answers = await Promise.all(["one", "one", "two"].map(async (once) => post(path, { once })));
    const keys = await Promise.all(answers.map(async (one) => /tk_\w{40}/.exec(await one.text())?.[0]));
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(2);
    const count = "SELECT count(*) AS keys FROM api_keys WHERE organization_id = ?";
    expect(await env.DB.prepare(count).bind(organization.id).first("keys")).toBe(3);
  });

  it("pause, resume, change and end, each by its own form", async () => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id);
    const { page, post } = visit(organization);
    const base = `/dashboard/sources/${source.id}`;
    await post(`${base}/pause`);
    expect((await page(base)).text).toContain(`action="${base}/resume"`);
    await post(`${base}/resume`);
    const seen = seenIn((await page(`${base}/settings`)).text);
    expect((await post(`${base}/settings`, { seen, name: "New name", campaign: "" })).status).toBe(303);
    expect((await post(`${base}/settings`, { seen, name: "Mine", campaign: "" })).status).toBe(409);
    expect((await page(`${base}/delete`)).text).toContain("Notices for New name will be refused");
    expect((await post(`${base}/delete`)).status).toBe(303);
    expect((await page(base)).status).toBe(404);
  });
});

it("a source of uploads speaks of no other product's form; any other does", async () => {
  const organization = await mintOrganization(db);
  const { page } = visit(organization);
  for (const kind of ["internal", "twilio"]) {
    const source = await mintSource(db, organization.id, { kind });
    const texts = [await page(`/dashboard/sources/${source.id}`), await page(`/dashboard/sources/new?kind=${kind}`)];
    for (const { text } of texts) expect(text.includes("the other product"), kind).toBe(kind !== "internal");
  }
});

describe("the inbound log", () => {
  it("is searched, opened, and replayed with a count first", async () => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id, { name: SCRIPT });
    const request = await mintInbound(db, organization.id, {
      sourceId: source.id,
      outcome: "refused",
      reason: "missing_fields",
      status: 422,
    });
    const { page, post } = visit(organization);
    const list = await page("/dashboard/inbound?outcome=refused");
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(list.text).toContain(`data-href="/dashboard/inbound/${request.id}"`);
    expectHarmless(list.text);
    expect((await page("/dashboard/inbound?outcome=accepted")).text).toContain("Nothing matches");
    const one = await page(`/dashboard/inbound/${request.id}`);
    expect(one.status).toBe(200);
    expectHarmless(one.text);
    expect((await page("/dashboard/inbound/replay")).status).toBe(409);
    expect((await page("/dashboard/inbound/replay?outcome=refused")).text).toContain("Replay inbound requests");
    expect((await post("/dashboard/inbound/replay", { outcome: "refused" })).headers.get("location")).toMatch(
      /^\/dashboard\/inbound\?outcome=refused&replayed=\d$/,
    );
    expect((await post("/dashboard/inbound/replay", {})).status).toBe(409);
  });

  it("tells two arrivals of a minute apart: the event, the call, the second", async () => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id, {});
    const call = await mintCall(db, organization.id, { sourceId: source.id, externalId: `${SCRIPT}-7` });
    for (const [second, callId] of [call.id, "call_gone"].entries())
      await mintInbound(db, organization.id, {
        id: newId("inb", NOON + second * 1_000),
        receivedAt: NOON + second * 1_000,
        sourceId: source.id,
        callId,
      });
    const list = await visit(organization).page("/dashboard/inbound");
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(list.text);
    expect(list.text.match(/>[\w ,]*\d\d:00:0[01]</g)).toHaveLength(2);
    expect(list.text.match(/<code dir="auto">call.end<\/code>/g)).toHaveLength(2);
    expect(list.text).toContain(`<a href="/dashboard/calls/${call.id}">`);
    expect(list.text).toContain(`-7"`);
    expect(list.text).toContain("call_gone");
    expect(list.text).not.toContain("/dashboard/calls/call_gone");
    const unseen = await visit(organization, { role: "developer" }).page("/dashboard/inbound");
    expect(unseen.status).toBe(200);
  });

  it("searches in no body for who may not see bodies", async () => {
    const developer = visit(await mintOrganization(db), { role: "developer" });
    expect((await developer.page("/dashboard/inbound")).status).toBe(200);
    expect((await developer.page("/dashboard/inbound?q=x")).status).toBe(403);
    expect((await developer.post("/dashboard/inbound/replay", { q: "x" })).status).toBe(403);
  });
});

describe("unassigned calls", () => {
  it("are assigned by group or one by one, with a count first, and never all for want of a choice", async () => {
    const organization = await mintOrganization(db, { name: SCRIPT });
    const campaign = await mintCampaign(db, organization.id, SCRIPT);
    const waiting = { quarantine: "unknown_campaign", campaignNumber: 9, campaignId: null } as const;
    const call = await mintCall(db, organization.id, { ...waiting, operatorName: LONG });
    await mintCall(db, organization.id, { ...waiting, operatorName: RIGHT_TO_LEFT, account: SCRIPT });
    // Assigning is a job, whose rights are read from the membership.
    const { userId } = await mintMember(db, organization.id, { role: "admin" });
    const { page, post } = visit(organization, { role: "admin", userId });
    const list = await page("/dashboard/unassigned");
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(list.text).toContain("Campaign 9 does not exist");
    expectHarmless(list.text);
    expect(await gzipped(list.text)).toBeLessThan(60_000);
    const asked = await page(`/dashboard/unassigned/assign?campaign=${campaign.id}&call=${call.id}`);
    expect(asked.text).toContain("Assign 1 call");
    const group = { source: call.sourceId, reason: "unknown_campaign", number: "9", account: "" };
    const query = new URLSearchParams({ ...group, campaign: campaign.id }).toString();
    expect((await page(`/dashboard/unassigned/assign?${query}`)).text).toContain("Assign 1 call");
    expect((await page(`/dashboard/unassigned/assign?campaign=${campaign.id}`)).status).toBe(409);
    expect((await post("/dashboard/unassigned/assign", { campaign: campaign.id })).status).toBe(409);
    const done = await post("/dashboard/unassigned/assign", { campaign: campaign.id, calls: call.id });
    expect(done.headers.get("location")).toMatch(/^\/dashboard\/unassigned\?done=1&job=job_\w{26}$/);
    expect((await visit(organization, { role: "viewer" }).post("/dashboard/unassigned/assign", {})).status).toBe(403);
  });
});

it("what belongs to another organization looks like nothing, and Spanish pages have no English", async () => {
  const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
  const campaign = await mintCampaign(db, other.id);
  const source = await mintSource(db, other.id);
  const request = await mintInbound(db, other.id, {});
  const { page, post } = visit(own);
  const paths = [
    `/dashboard/campaigns/${campaign.id}`,
    `/dashboard/campaigns/${campaign.id}/sources`,
    `/dashboard/sources/${source.id}`,
    `/dashboard/sources/${source.id}/health`,
    `/dashboard/sources/${source.id}/settings`,
    `/dashboard/sources/${source.id}/delete`,
    `/dashboard/sources/${source.id}/arrivals`,
    `/dashboard/inbound/${request.id}`,
  ];
  for (const path of paths) expect((await page(path)).status, path).toBe(404);
  for (const act of ["pause", "resume", "settings", "delete", "rotate", "retire", "key", "sample"])
    expect((await post(`/dashboard/sources/${source.id}/${act}`, { name: "x", sample: "{}" })).status, act).toBe(404);
  for (const path of [`campaigns/${campaign.id}`, `campaigns/${campaign.id}/archive`, `inbound/${request.id}/replay`])
    expect((await post(`/dashboard/${path}`, { name: "x" })).status, path).toBe(404);
  const mine = await mintCampaign(db, own.id, SCRIPT);
  const pbx = await mintSource(db, own.id, { name: `${SCRIPT}${RIGHT_TO_LEFT}${LONG}`.slice(0, 200), createdAt: NOON });
  for (const path of [
    "/dashboard/campaigns",
    `/dashboard/campaigns/${mine.id}`,
    `/dashboard/campaigns/${mine.id}/sources?kind=twilio`,
    "/dashboard/sources",
    `/dashboard/sources/${pbx.id}`,
    `/dashboard/sources/${pbx.id}/settings`,
    "/dashboard/inbound",
    "/dashboard/unassigned",
  ]) {
    const { text, status, trips } = await page(path, SPANISH);
    expect(status, path).toBe(200);
    expect(trips, path).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(text);
    const translated = text.replaceAll(/<[^>]+lang="en"[^>]*>.*?<\/(?:div|p|ul)>/gs, "");
    expect(translated, path).not.toMatch(
      />\s*(Campaigns|Sources|Settings|Save|Copy|Pause|Filter|Inbound log|Calls)\s*</,
    );
  }
});

it("a source offers to retire an old secret where there is one, asks first, and notes nothing where there is none", async () => {
  const organization = await mintOrganization(db);
  const { page, post } = visit(organization);
  const made = await post("/dashboard/sources", { kind: "audian", name: "PBX", once: "one" });
  await made.text();
  const [{ id } = { id: "" }] = await db
    .select()
    .from(schema.sources)
    .where(eq(schema.sources.organizationId, organization.id));
  const base = `/dashboard/sources/${id}`;
  const entries = async () =>
    (await db.select().from(schema.auditLog).where(eq(schema.auditLog.resourceId, id))).length;
  const before = await entries();
  expect((await page(`${base}/settings`)).text).not.toContain("Retire the old secret");
  expect((await page(`${base}/retire`)).text).toContain("There is no old secret");
  expect((await post(`${base}/retire`)).status).toBe(303);
  expect(await entries()).toBe(before);
  await (await post(`${base}/rotate`, { secret: "the-second-secret-of-32-characters" })).text();
  const { text, trips } = await page(`${base}/settings`);
  expect(text).toContain(`href="${base}/retire"`);
  expect(text).not.toContain(`action="${base}/retire"`);
  expect(trips).toBeLessThanOrEqual(4);
  expect((await page(`${base}/retire`)).text).toContain("Retire the old secret?");
  expect((await post(`${base}/retire`)).status).toBe(303);
  expect(await entries()).toBe(before + 2);
  expect((await page(`${base}/settings`)).text).not.toContain("Retire the old secret");
});

it("another platform of a new source keeps what was filled in, on the page of sources and on that of a campaign", async () => {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const { post } = visit(organization);
  const filled = { once: "one", kind: "twilio", name: "Our PBX", secret: "the-auth-token", campaign: campaign.id };
  for (const path of ["/dashboard/sources", `/dashboard/campaigns/${campaign.id}/sources`]) {
    const fields = { ...filled, back: path.includes("campaigns") ? campaign.id : "", "credentials.auth_token": "hush" };
    const answer = await post(path, { ...fields, choose: "anura" });
    const text = await answer.text();
    expect([answer.status, text.includes("form-errors")], path).toEqual([200, false]);
    expect(text).toMatch(/value="anura" aria-current="true"/);
    for (const kept of ['name="kind" value="anura"', 'name="once" value="one"', `value="Our PBX"`])
      expect(text, `${path} ${kept}`).toContain(kept);
    expect(text).toMatch(new RegExp(`<option value="${campaign.id}" selected`));
    expect(text).toContain('name="kept_secret" value="the-auth-token"');
    // Back again, what Anura has no field for is in its own.
    const kept = { once: "one", kind: "anura", name: "Our PBX", kept_secret: "the-auth-token", campaign: campaign.id };
    const back = await (await post(path, { ...kept, choose: "twilio" })).text();
    expect(back).toMatch(/<input id="secret"[^>]*value="the-auth-token"/);
    // Anura's key was not wished for: it is not, once its form is there again.
    const again = await (await post(path, { ...kept, kept_key: "no", kind: "twilio", choose: "anura" })).text();
    expect(again).not.toMatch(/name="key"[^>]*checked/);
    expect((await post(path, { ...fields, choose: "nobody" })).status).toBe(404);
  }
  const own = await (await post("/dashboard/sources", { ...filled, name: "Twilio", choose: "anura" })).text();
  expect(own).toMatch(/<input id="name"[^>]*value="Anura"/);
  expect(await db.select().from(schema.sources).where(eq(schema.sources.organizationId, organization.id))).toEqual([]);
  // What was kept of another platform is nothing to this one.
  const made = await post("/dashboard/sources", {
    once: "two",
    kind: "anura",
    name: "Anura",
    kept_secret: "of another",
  });
  expect(made.status).toBe(303);
});
