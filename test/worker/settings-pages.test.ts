import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { engineSpend, notifications, usageDays, usageEngines } from "../../src/db/schema";
import {
  changeOrganization,
  createTeam,
  FULL_REACH,
  listTeamMembers,
  listTeams,
  notifyPeople,
  readOrganization,
} from "../../src/identity";
import { listEngines, monthNumber, readSpendCap } from "../../src/analysis";
import { readCampaign } from "../../src/campaigns";
import { DAY } from "../../src/lib/time";
import { forecastOf, monthOf, raiseUsageAlerts } from "../../src/usage";
import {
  ACT_AT_NOON,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEngine,
  mintMember,
  mintOrganization,
  mintRecording,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, visit } from "./visiting";

const db = openDatabase(env.DB);
const SCRIPT = `<script>alert(1)</script>`;
const TEAMS = "/dashboard/settings/teams";

const seenIn = (text: string) => /name="seen" value="(\w+)"/.exec(text)?.[1] ?? "";

describe("the pages of teams", () => {
  it("make a team, and say what is wrong with a name beside its field", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    const made = await pages.post(TEAMS, { name: SCRIPT });
    expect(made.status).toBe(303);
    const { text, trips } = await pages.page(made.headers.get("location") ?? "");
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).not.toContain("<script>alert");
    expect((await pages.page(TEAMS)).text).toContain("&lt;script&gt;");
    for (const name of [SCRIPT.toUpperCase(), " ", "x".repeat(201)]) {
      const refused = await pages.post(TEAMS, { name });
      expect([refused.status, (await refused.text()).includes('id="name-error"')]).toEqual([422, true]);
    }
    expect(await listTeams(db, { organizationId: organization.id, limit: 10 })).toHaveLength(1);
  });

  it("put people in, take them out and back again", async () => {
    const organization = await mintOrganization(db);
    const team = await mintTeam(db, organization.id);
    const { userId } = await mintMember(db, organization.id);
    const { userId: stranger } = await mintMember(db, (await mintOrganization(db)).id);
    const pages = visit(organization);
    const inTeam = async () => (await listTeamMembers(db, team)).map((one) => one.userId);
    await pages.post(`${TEAMS}/${team.id}/members`, { member: userId });
    expect(await inTeam()).toEqual([userId]);
    expect((await pages.post(`${TEAMS}/${team.id}/members`, { member: stranger })).status).toBe(409);
    const out = await pages.post(`${TEAMS}/${team.id}/members/${userId}/remove`, {});
    expect(await inTeam()).toEqual([]);
    const { text } = await pages.page(out.headers.get("location") ?? "");
    expect(text).toMatch(new RegExp(`name="member" value="${userId}"[^]*Undo`));
    await pages.post(`${TEAMS}/${team.id}/members`, { member: userId });
    expect(await inTeam()).toEqual([userId]);
  });

  it("delete a team once the number of its open tasks was seen", async () => {
    const organization = await mintOrganization(db);
    const team = await mintTeam(db, organization.id, "Night shift");
    const call = await mintCall(db, organization.id);
    const recording = await mintRecording(db, call);
    await mintTask(db, call, recording.id, { teamId: team.id, teamName: team.name });
    const pages = visit(organization);
    expect((await pages.page(`${TEAMS}/${team.id}/delete`)).text).toContain("Its open task becomes unassigned.");
    const early = await pages.post(`${TEAMS}/${team.id}/delete`, { open_tasks: "0" });
    expect(early.headers.get("location")).toBe(`${TEAMS}/${team.id}/delete?changed=yes`);
    const deleted = await pages.post(`${TEAMS}/${team.id}/delete`, { open_tasks: "1" });
    expect(deleted.headers.get("location")).toBe(`${TEAMS}?done=deleted`);
    expect((await pages.page(`${TEAMS}/${team.id}`)).status).toBe(404);
  });

  it("ask again who somebody is: a limit to teams depends on who is in them", async () => {
    const organization = await mintOrganization(db);
    const team = await mintTeam(db, organization.id);
    const unsure = visit(organization, { confirmed: false });
    const acts: [string, Record<string, string>][] = [
      [TEAMS, { name: "Others" }],
      [`${TEAMS}/${team.id}`, { name: "Others" }],
      [`${TEAMS}/${team.id}/members`, { member: "usr_1" }],
      [`${TEAMS}/${team.id}/members/usr_1/remove`, {}],
      [`${TEAMS}/${team.id}/delete`, { open_tasks: "0" }],
    ];
    for (const [path, fields] of acts)
      expect(await (await unsure.post(path, fields)).text(), path).toContain('name="confirm_password"');
    expect(await listTeams(db, { organizationId: organization.id, limit: 10 })).toMatchObject([{ id: team.id }]);
  });

  it("are of one organization, for who may, and by their own forms alone", async () => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const made = await createTeam({ db }, { organizationId: theirs.id, name: "Theirs" }, ACT_AT_NOON);
    const id = made.ok ? made.value.id : "";
    const pages = visit(mine);
    for (const path of [`${TEAMS}/${id}`, `${TEAMS}/${id}/delete`]) expect((await pages.page(path)).status).toBe(404);
    for (const path of ["", "/delete", "/members"])
      expect((await pages.post(`${TEAMS}/${id}${path}`, { name: "x", open_tasks: "0" })).status).toBe(404);
    expect((await pages.post(TEAMS, { name: "x", csrf: "forged" })).status).toBe(403);
    const viewer = visit(mine, { role: "viewer" });
    expect((await viewer.page(TEAMS)).status).toBe(403);
    expect((await viewer.post(TEAMS, { name: "x" })).status).toBe(403);
    const limited = visit(mine, { role: "supervisor", reach: { campaigns: ["cmp_1"], operators: null } });
    expect((await limited.page(TEAMS)).status).toBe(403);
  });
});

describe("the page of usage", () => {
  it("has this month, marked as an estimate, and nothing of another organization", async () => {
    const organization = await mintOrganization(db);
    await mintCampaign(db, organization.id, SCRIPT);
    const { text, trips, status } = await visit(organization).page("/dashboard/settings/usage");
    expect([status, trips <= 3]).toEqual([200, true]);
    expect(text).toContain("Estimated cost so far");
    expect(text).not.toContain("<script>alert");
    expect((await visit(organization).page("/dashboard/settings/usage?month=last")).status).toBe(200);
    expect((await visit(organization, { role: "viewer" }).page("/dashboard/settings/usage")).status).toBe(403);
  });

  it("has what engines charged in its sum, by engine, and a page that answers a form keeps its language", async () => {
    const organization = await mintOrganization(db);
    const month = monthNumber(NOON);
    const spent = { organizationId: organization.id, engine: "deepgram", audioMs: 60_000 };
    await db.insert(engineSpend).values([
      { ...spent, month, micros: 4_110_000 },
      { ...spent, month: month - 1, micros: 7_000_000 },
    ]);
    const pages = visit(organization);
    const { text, trips } = await pages.page("/dashboard/settings/usage");
    expect(trips).toBeLessThanOrEqual(3);
    expect(text.match(/\$4\.11/g)?.length).toBeGreaterThanOrEqual(3);
    expect(text).not.toContain("$7.00");
    const day = Math.floor(NOON / DAY);
    const used = { organizationId: organization.id, day, campaignId: "cmp_1" };
    await db.insert(usageDays).values({ ...used, calls: 1, recordings: 0, bytes: 0 });
    await db
      .insert(usageEngines)
      .values({ ...used, engine: "deepgram", analyses: 1, audioMs: 60_000, micros: 3_330_000 });
    const ofCampaign = (await pages.page("/dashboard/settings/usage")).text;
    expect(ofCampaign.match(/\$3\.33/g)).toHaveLength(2);
    expect(text).toContain('action="/dashboard/language"');
    const refused = await pages.post("/dashboard/settings/usage/alert", { amount: "x" });
    expect([refused.status, (await refused.text()).includes('action="/dashboard/language"')]).toEqual([422, false]);
  });

  it("forecasts a month from what passed of it, but not in its first hours or once it is over", () => {
    const noon = Date.UTC(2026, 3, 10, 12);
    const april = monthOf(noon);
    expect([april.from * DAY, april.until * DAY]).toEqual([Date.UTC(2026, 3, 1), Date.UTC(2026, 4, 1)]);
    expect(forecastOf(9.5, april, noon)).toBeCloseTo(30);
    expect(forecastOf(1, april, Date.UTC(2026, 3, 1, 5))).toBeNull();
    expect(forecastOf(1, april, Date.UTC(2026, 4, 1))).toBeNull();
    expect(monthOf(Date.UTC(2026, 0, 15), 1).from * DAY).toBe(Date.UTC(2025, 11, 1));
  });
});

describe("the page of the audit log", () => {
  it("has who did what, filtered by the address, with the names of those who did", async () => {
    const organization = await mintOrganization(db);
    const { userId } = await mintMember(db, organization.id, { role: "owner" });
    const pages = visit(organization, { userId });
    await pages.post(TEAMS, { name: SCRIPT });
    const path = "/dashboard/settings/audit-log";
    const { text, trips } = await pages.page(path);
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).toContain("team.created");
    expect(text).toContain("Team created");
    expect(text).toContain(`href="${path}?action=team.created"`);
    const spanish = await pages.page(path, { cookie: "trunkline_language=es" });
    expect(spanish.text).toContain("Equipo creado");
    expect(text).toContain("Ana Ruiz");
    expect(text).not.toContain("<script>alert");
    expect((await pages.page(`${path}?action=campaign.created`)).text).not.toContain("team.created");
    expect((await pages.page(`${path}?actor=${userId}`)).text).toContain("team.created");
    const day = new Date(NOON).toISOString().slice(0, 10);
    expect((await pages.page(`${path}?from=${day}&to=${day}`)).text).toContain("team.created");
    expect((await pages.page(`${path}?to=2020-01-01`)).text).not.toContain("team.created");
    const { text: theirs } = await visit(await mintOrganization(db)).page(path);
    expect(theirs).not.toContain("team.created");
    expect((await visit(organization, { role: "supervisor" }).page(path)).status).toBe(403);
  });
});

describe("the alert of usage", () => {
  const USAGE = "/dashboard/settings/usage";
  const today = Math.floor(NOON / DAY);
  const stored = { day: today, campaignId: "", calls: 1, recordings: 1, bytes: 5e15 };

  async function alerted(dollars: number | null) {
    const organization = await mintOrganization(db);
    const { userId } = await mintMember(db, organization.id, { role: "admin" });
    await changeOrganization({ db }, organization.id, { usageAlertDollars: dollars }, ACT_AT_NOON);
    await db.insert(usageDays).values({ ...stored, organizationId: organization.id });
    const inbox = async () => {
      await notifyPeople(db);
      return (await db.select().from(notifications).where(eq(notifications.userId, userId))).map(({ kind }) => kind);
    };
    return { organization, inbox };
  }

  it("notifies once in the month whose estimated cost comes to the amount", async () => {
    const { organization, inbox } = await alerted(2_000);
    await raiseUsageAlerts(db, NOON);
    await raiseUsageAlerts(db, NOON + 60_000);
    expect(await inbox()).toEqual(["usage_alert"]);
    await changeOrganization({ db }, organization.id, { usageAlertDollars: 1_000 }, ACT_AT_NOON);
    await raiseUsageAlerts(db, NOON + 120_000);
    expect(await inbox()).toEqual(["usage_alert"]);
    expect((await visit(organization).page(USAGE)).text).toContain("This month came to $2,000.00");
    const nextMonth = Date.UTC(2026, new Date(NOON).getUTCMonth() + 1, 10);
    await raiseUsageAlerts(db, nextMonth);
    expect(await inbox()).toEqual(["usage_alert", "usage_alert"]);
  });

  it("notifies again where the amount is raised and the month comes to that too, and says what is to come", async () => {
    const { organization, inbox } = await alerted(10);
    await raiseUsageAlerts(db, NOON);
    expect((await visit(organization).page(USAGE)).text).toContain("Nobody is notified again this month");
    await changeOrganization({ db }, organization.id, { usageAlertDollars: 1_000_000 }, ACT_AT_NOON);
    await raiseUsageAlerts(db, NOON + 60_000);
    expect(await inbox()).toEqual(["usage_alert"]);
    expect((await visit(organization).page(USAGE)).text).toContain("It notifies once more when it comes to $1,000,000");
    const spent = { organizationId: organization.id, month: monthNumber(NOON), engine: "deepgram", audioMs: 1 };
    await db.insert(engineSpend).values({ ...spent, micros: 1e12 });
    await raiseUsageAlerts(db, NOON + 120_000);
    await raiseUsageAlerts(db, NOON + 180_000);
    expect(await inbox()).toEqual(["usage_alert", "usage_alert"]);
  });

  it("notifies nobody below the amount, and where no amount is chosen", async () => {
    for (const dollars of [1_000_000, null]) {
      const { inbox } = await alerted(dollars);
      await raiseUsageAlerts(db, NOON);
      expect(await inbox()).toEqual([]);
    }
  });

  it("is chosen on the page of usage, in whole dollars, by who may change the organization", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    const amount = async () => (await readOrganization(db, organization.id))?.usageAlertDollars;
    const seen = async () => seenIn((await pages.page(USAGE)).text);
    expect((await pages.post(`${USAGE}/alert`, { amount: "50", seen: await seen() })).status).toBe(303);
    expect(await amount()).toBe(50);
    const { text, trips } = await pages.page(USAGE);
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).toContain("$50.00");
    for (const wrong of ["0", "-1", "1.5", "x", "1000001", "1e99", "1e3", "2.000"])
      expect((await pages.post(`${USAGE}/alert`, { amount: wrong })).status, wrong).toBe(422);
    await pages.post(`${USAGE}/alert`, { amount: "2,000", seen: await seen() });
    expect(await amount()).toBe(2_000);
    await pages.post(`${USAGE}/alert`, { amount: "50", seen: await seen() });
    expect((await visit(organization, { role: "developer" }).post(`${USAGE}/alert`, { amount: "1" })).status).toBe(403);
    expect(await amount()).toBe(50);
    await pages.post(`${USAGE}/alert`, { amount: "", seen: await seen() });
    expect(await amount()).toBeNull();
  });
});

describe("the names of roles", () => {
  const ROLES = "/dashboard/settings/roles";

  it("are Voicesense's where the organization chose them, wherever a role is printed", async () => {
    const organization = await mintOrganization(db);
    await mintMember(db, organization.id, { role: "developer" });
    await mintApiKey(db, { organizationId: organization.id, role: "developer", scopes: ["keys:read"] });
    const chosen = await visit(organization).post(`${ROLES}/naming`, { naming: "voicesense", seen: "ordinary" });
    expect(chosen.headers.get("location")).toBe(`${ROLES}?done=saved`);
    expect(await readOrganization(db, organization.id)).toMatchObject({ naming: "voicesense" });
    const pages = ["roles", "people", "people/invite", "api-keys", "api-keys/new"].map(
      (name) => `/dashboard/settings/${name}`,
    );
    for (const path of pages) {
      const theirs = await visit({ ...organization, naming: "voicesense" }).page(path);
      expect(theirs.text, path).toMatch(/>\s*Company Operator\s*</);
      expect(theirs.text, path).not.toMatch(/>\s*Developer\s*</);
      expect((await visit(organization).page(path)).text, path).toMatch(/>\s*Developer\s*</);
    }
  });

  it("are chosen by who may change the organization, and are one of two", async () => {
    const organization = await mintOrganization(db);
    const developer = visit(organization, { role: "developer" });
    expect((await developer.post(`${ROLES}/naming`, { naming: "voicesense" })).status).toBe(403);
    expect((await developer.page(ROLES)).text).not.toContain('id="naming-panel"');
    await visit(organization).post(`${ROLES}/naming`, { naming: "other", seen: "ordinary" });
    expect(await readOrganization(db, organization.id)).toMatchObject({ naming: "ordinary" });
  });
});

describe("the pages of engines", () => {
  const ENGINES = "/dashboard/settings/engines";
  const SECRET = "dg-very-secret";

  it("add one, never show its key, and take the key away with another address", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    expect((await pages.page(ENGINES)).text).toContain("No engine of your own yet");
    const made = await pages.post(ENGINES, { name: "deepgram", kind: "deepgram", key: SECRET, price: "0.005" });
    expect(made.status).toBe(303);
    const at = (made.headers.get("location") ?? "").replace(/\?.*/, "");
    const [row] = await listEngines(db, organization.id);
    expect(row).toMatchObject({ name: "deepgram", settings: { url: null, model: null, microsPerMinute: 5_000 } });
    for (const path of [ENGINES, at, `${at}/delete`, "/dashboard/settings/audit-log"]) {
      const { text, status, trips } = await pages.page(path);
      expect([status, trips <= 3, text.includes(SECRET)], path).toEqual([200, true, false]);
      expectHarmless(text);
    }
    const seen = async () => /name="seen" value="(\w+)"/.exec((await pages.page(at)).text)?.[1] ?? "";
    const opened = await seen();
    await pages.post(at, { seen: opened, url: "", model: "nova-3", price: "0.005" });
    expect((await listEngines(db, organization.id))[0]?.credentials).toBe(row?.credentials);
    const stale = await pages.post(at, { seen: opened, url: "", model: "nova-2", price: "0.005" });
    expect(stale.status).toBe(409);
    expect(await stale.text()).toMatch(/Someone else changed this.*<td[^>]*>nova-3<\/td><td[^>]*>nova-2<\/td>/);
    expect((await listEngines(db, organization.id))[0]?.settings.model).toBe("nova-3");
    await pages.post(at, { seen: await seen(), url: "https://speech.example.com", model: "nova-3", price: "0.005" });
    expect((await listEngines(db, organization.id))[0]?.credentials).toBeNull();
    expect((await pages.post(`${at}/delete`, {})).headers.get("location")).toBe(`${ENGINES}?done=deleted`);
    expect(await listEngines(db, organization.id)).toEqual([]);
    expect((await pages.page(at)).status).toBe(404);
  });

  it("say what is wrong beside each field, and leave others' engines alone", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    for (const [fields, wrong] of [
      [{ name: SCRIPT, kind: "deepgram" }, "name"],
      [{ name: "local", kind: "deepgram" }, "name"],
      [{ name: "whisper", kind: "openai" }, "url"],
      [{ name: "whisper", kind: "openai", url: "ftp://speech.example.com" }, "url"],
      [{ name: "whisper", kind: "deepgram", price: "-1" }, "price"],
      [{ name: "whisper", kind: "deepgram", price: "1,000" }, "price"],
      [{ name: "whisper", kind: "deepgram", others: "nova-2 1.005" }, "others"],
      [{ name: "whisper", kind: "deepgram", model: "m".repeat(101) }, "model"],
    ] as const) {
      const refused = await pages.post(ENGINES, { ...fields, key: SECRET });
      const text = await refused.text();
      expect([refused.status, text.includes(`id="${wrong}-error"`), text.includes(SECRET)]).toEqual([422, true, false]);
      expectHarmless(text);
    }
    expect(await listEngines(db, organization.id)).toEqual([]);
    const other = await mintEngine(db, (await mintOrganization(db)).id);
    for (const path of ["", "/test", "/delete"])
      expect((await pages.post(`${ENGINES}/${other.id}${path}`, {})).status).toBe(404);
    expect((await visit(organization, { role: "viewer" }).post(ENGINES, { name: "x", kind: "deepgram" })).status).toBe(
      403,
    );
  });

  it("test one, and say why it is not usable", async () => {
    const organization = await mintOrganization(db);
    const made = await mintEngine(db, organization.id, { settings: { url: null, model: null, microsPerMinute: 0 } });
    const tested = await visit(organization).post(`${ENGINES}/${made.id}/test`, {});
    expect(await tested.text()).toContain("It is not there.");
    const es = visit(organization);
    expect((await es.page(ENGINES, { cookie: "language=es", "accept-language": "es" })).text).toContain("Motores");
  });

  it("limit what a month may cost", async () => {
    const organization = await mintOrganization(db);
    const pages = visit(organization);
    const seen = async () => seenIn((await pages.page(ENGINES)).text);
    expect((await pages.post(`${ENGINES}/cap`, { amount: "12.50", seen: await seen() })).status).toBe(303);
    expect(await readSpendCap(db, organization.id)).toBe(12_500_000);
    expect((await pages.page(ENGINES)).text).toContain("$0.00 of $12.50 this month.");
    for (const amount of ["-1", "x", "1e9", "1e3", "1.000"])
      expect((await pages.post(`${ENGINES}/cap`, { amount })).status, amount).toBe(422);
    expect(await (await pages.post(`${ENGINES}/cap`, { amount: "1.000" })).text()).toContain("write 1000 or 1.");
    await pages.post(`${ENGINES}/cap`, { amount: "1,000", seen: await seen() });
    expect(await readSpendCap(db, organization.id)).toBe(1_000_000_000);
    expect((await visit(organization, { role: "viewer" }).post(`${ENGINES}/cap`, { amount: "1" })).status).toBe(403);
    await pages.post(`${ENGINES}/cap`, { amount: "", seen: await seen() });
    expect(await readSpendCap(db, organization.id)).toBeNull();
  });
});

describe("a campaign's engines", () => {
  it("are chosen in its form, with their language, words to know and the time after which nobody waits", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintCampaign(db, organization.id);
    await mintEngine(db, organization.id, { name: "deepgram" });
    const pages = visit(organization);
    const at = `/dashboard/campaigns/${id}`;
    const before = (await pages.page(at)).text;
    const seen = /name="seen" value="([^"]*)"/.exec(before)?.[1] ?? "";
    const form: [string, string][] = [
      ["seen", seen],
      ["name", "Renewals"],
      ["autoAnalyze", "true"],
      ["engine", "deepgram"],
      ["language", "en-AU"],
      ["keyterms", "Trunkline\r\n\r\n no-claims bonus \r\n"],
      ["sumUp", "true"],
      ["topics", "Claim\r\nRenewal\r\n"],
      ["processedAfter", "5"],
    ];
    const changed = (field: string, value: string) =>
      form.map(([name, was]): [string, string] => [name, name === field ? value : was]);
    for (const [field, value] of [
      ["engine", "nobody"],
      ["language", "Klingon!"],
      ["keyterms", "x".repeat(101)],
      ["topics", "x".repeat(61)],
      ["processedAfter", "0"],
    ] as const)
      expect((await pages.post(at, changed(field, value))).status, field).toBe(422);
    expect((await pages.post(at, form)).status).toBe(303);
    const stored = await readCampaign(db, { organizationId: organization.id, reach: FULL_REACH, id });
    expect(stored.ok && stored.value.settings).toMatchObject({
      engines: ["deepgram"],
      language: "en-AU",
      keyterms: ["Trunkline", "no-claims bonus"],
      sumUp: true,
      topics: ["Claim", "Renewal"],
      processedAfterMinutes: 5,
    });
    const { text, trips } = await pages.page(at);
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).toMatch(/value="deepgram" checked/);
  });
});
