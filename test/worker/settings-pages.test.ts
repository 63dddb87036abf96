import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { notifications, usageDays } from "../../src/db/schema";
import {
  changeOrganization,
  createTeam,
  listTeamMembers,
  listTeams,
  notifyPeople,
  readOrganization,
} from "../../src/identity";
import { DAY } from "../../src/lib/time";
import { forecastOf, monthOf, raiseUsageAlerts } from "../../src/usage";
import {
  ACT_AT_NOON,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintMember,
  mintOrganization,
  mintRecording,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const SCRIPT = `<script>alert(1)</script>`;
const TEAMS = "/dashboard/settings/teams";

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
    expect(text).toContain("estimate");
    expect(text).not.toContain("<script>alert");
    expect((await visit(organization).page("/dashboard/settings/usage?month=last")).status).toBe(200);
    expect((await visit(organization, { role: "viewer" }).page("/dashboard/settings/usage")).status).toBe(403);
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
    expect((await pages.post(`${USAGE}/alert`, { amount: "50" })).status).toBe(303);
    expect(await amount()).toBe(50);
    const { text, trips } = await pages.page(USAGE);
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).toContain("$50.00");
    for (const wrong of ["0", "-1", "1.5", "x", "1000001", "1e99"])
      expect((await pages.post(`${USAGE}/alert`, { amount: wrong })).status, wrong).toBe(422);
    expect((await visit(organization, { role: "developer" }).post(`${USAGE}/alert`, { amount: "1" })).status).toBe(403);
    expect(await amount()).toBe(50);
    await pages.post(`${USAGE}/alert`, { amount: "" });
    expect(await amount()).toBeNull();
  });
});

describe("the names of roles", () => {
  const ROLES = "/dashboard/settings/roles";

  it("are Voicesense's where the organization chose them, wherever a role is printed", async () => {
    const organization = await mintOrganization(db);
    await mintMember(db, organization.id, { role: "developer" });
    await mintApiKey(db, { organizationId: organization.id, role: "developer", scopes: ["keys:read"] });
    const chosen = await visit(organization).post(`${ROLES}/naming`, { naming: "voicesense" });
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
    expect((await developer.page(ROLES)).text).not.toContain('id="naming"');
    await visit(organization).post(`${ROLES}/naming`, { naming: "other" });
    expect(await readOrganization(db, organization.id)).toMatchObject({ naming: "ordinary" });
  });
});
