import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { events, memberships, reportRuns, reportSchedules, users } from "../../src/db/schema";
import { FULL_REACH, type Actor, type Reach } from "../../src/identity";
import { signReportLink, verifyReportLink } from "../../src/lib/report-link";
import {
  countDayOfReports,
  createSchedule,
  forgetOldRuns,
  listSchedules,
  newSchedule,
  openReportLink,
  sendDueReports,
  sendNow,
  updateSchedule,
  type ReportLetter,
} from "../../src/reports";
import { runBatch } from "../../src/db/client";
import { passesFilters } from "../../src/delivery/filters";
import { countDays } from "../../src/usage";
import {
  ACT_AT_NOON,
  mintCall,
  mintCampaign,
  mintMember,
  mintOrganization,
  mintSchedule,
  NOON,
  openDatabase,
  TEST_MASTER_KEYS,
} from "../factories";
import { apiClient } from "./api/client";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const DAY = 86_400_000;
const HOUR = 3_600_000;
const CONFIG = { publicUrl: "https://trunkline.test", masterKeys: TEST_MASTER_KEYS };

/** A mailbox, and the clock of a cron. `takes` says whether a letter is taken; it may throw, as where a Worker is killed. */
function postOffice(takes: (letter: ReportLetter) => boolean = () => true) {
  const letters: ReportLetter[] = [];
  let clock = NOON;
  const deps = {
    db,
    now: () => clock,
    sendReport: async (letter: ReportLetter) => {
      letters.push(letter);
      return takes(letter);
    },
  };
  return { letters, deps, at: (moment: number) => void (clock = moment), turn: () => sendDueReports(deps) };
}

/** An organization, a supervisor of it, and two members who get a report each day at eight, UTC. */
async function mintSent({ reach = FULL_REACH, campaignId }: { reach?: Reach; campaignId?: string } = {}) {
  const organization = await mintOrganization(db);
  const [owner, one, other] = [
    await mintMember(db, organization.id, { role: "supervisor" }),
    await mintMember(db, organization.id, { role: "viewer" }),
    await mintMember(db, organization.id, { role: "reviewer" }),
  ];
  const actor: Actor = { kind: "user", id: owner.userId };
  const input = newSchedule.parse({
    name: SCRIPT,
    report: { by: "campaign", ...(campaignId !== undefined && { campaign_id: campaignId }) },
    every: "day",
    hour: 8,
    time_zone: "UTC",
    recipients: [one.userId, other.userId],
    tells_webhooks: true,
  });
  const asker = { organizationId: organization.id, reach, actor };
  const made = await createSchedule(db, asker, input, { actor, now: NOON });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const schedule = () => db.select().from(reportSchedules).where(eq(reportSchedules.id, made.value.id)).get();
  const runs = () => db.select().from(reportRuns).where(eq(reportRuns.scheduleId, made.value.id));
  const told = () => db.select().from(events).where(eq(events.stream, made.value.id));
  return { organization, owner, one, other, actor, asker, input, id: made.value.id, schedule, runs, told };
}

const MORNING = Date.UTC(2026, 7, 21, 8);

describe("a report that is sent", () => {
  it("goes once to each, and to webhooks, however often and by how many it is sent", async ({ expect }) => {
    const sent = await mintSent();
    const office = postOffice();
    office.at(MORNING - 1);
    await office.turn();
    expect(await sent.runs()).toEqual([]);
    office.at(MORNING);
    await Promise.all([office.turn(), office.turn(), office.turn()]);
    await office.turn();
    const mine = office.letters.filter(({ run }) => run.scheduleId === sent.id);
    expect(mine.map(({ to }) => to.id).toSorted()).toEqual([sent.one.userId, sent.other.userId].toSorted());
    const [run, ...more] = await sent.runs();
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      state: "done",
      told: true,
      letters: { [sent.one.userId]: "sent", [sent.other.userId]: "sent" },
    });
    expect((run!.untilDay * DAY) / DAY).toBe(Date.UTC(2026, 7, 21) / DAY);
    expect((await sent.told()).map(({ type }) => type)).toEqual(["report.ready"]);
    expect(await sent.schedule()).toMatchObject({
      dueAt: MORNING + DAY,
      sentAt: MORNING,
      trouble: null,
      paused: false,
    });
  });

  it("is not sent twice where a crash left it half done, and says so", async ({ expect }) => {
    const sent = await mintSent();
    let killed = 0;
    const office = postOffice(({ run }) => {
      if (run.scheduleId === sent.id && (killed += 1) === 1) throw new Error("killed");
      return true;
    });
    office.at(MORNING);
    await expect(office.turn()).rejects.toThrow("killed");
    office.at(MORNING + HOUR);
    await office.turn();
    const mine = office.letters.filter(({ run }) => run.scheduleId === sent.id);
    expect(mine).toHaveLength(2);
    expect(new Set(mine.map(({ to }) => to.id)).size).toBe(2);
    const [run] = await sent.runs();
    expect(Object.values(run!.letters).toSorted()).toEqual(["sent", "unclear"]);
    expect(await sent.told()).toHaveLength(1);
    expect(await sent.schedule()).toMatchObject({ trouble: "unclear", paused: false });
  });

  it("tries a letter again that was not taken, three times in all, and no other again", async ({ expect }) => {
    const sent = await mintSent();
    const office = postOffice(({ to }) => to.id !== sent.one.userId);
    for (let turn = 0; turn < 6; turn += 1) {
      office.at(MORNING + turn * HOUR);
      await office.turn();
    }
    const to = office.letters.filter(({ run }) => run.scheduleId === sent.id).map((letter) => letter.to.id);
    expect(to.filter((id) => id === sent.one.userId)).toHaveLength(3);
    expect(to.filter((id) => id === sent.other.userId)).toHaveLength(1);
    const [run] = await sent.runs();
    expect(run).toMatchObject({ state: "done", letters: { [sent.one.userId]: "failed", [sent.other.userId]: "sent" } });
    expect((await sent.schedule())?.trouble).toBe("failed");
  });

  it("sends the last of several that were missed, and says where the deployment sends no mail", async ({ expect }) => {
    const sent = await mintSent();
    await sendDueReports({ db, now: () => MORNING + 5 * DAY });
    const runs = await sent.runs();
    expect(runs.map(({ untilDay }) => untilDay)).toEqual([Date.UTC(2026, 7, 26) / DAY]);
    expect(await sent.schedule()).toMatchObject({ dueAt: MORNING + 6 * DAY, trouble: "no_mail" });
  });

  it("goes to no one who left or may not read reports, and is paused by name when its owner may not any more", async ({
    expect,
  }) => {
    const sent = await mintSent();
    const office = postOffice();
    const at = (userId: string) =>
      and(eq(memberships.organizationId, sent.organization.id), eq(memberships.userId, userId));
    await db.update(memberships).set({ disabledAt: NOON }).where(at(sent.one.userId));
    office.at(MORNING);
    await office.turn();
    const [first] = await sent.runs();
    expect(first!.letters).toEqual({ [sent.one.userId]: "gone", [sent.other.userId]: "sent" });
    await db.update(memberships).set({ role: "reviewer" }).where(at(sent.owner.userId));
    office.at(MORNING + DAY);
    await office.turn();
    expect(await sent.schedule()).toMatchObject({ paused: true, pausedReason: "owner_may_not" });
    expect((await sent.runs()).map(({ state }) => state).toSorted()).toEqual(["done", "stopped"]);
    office.at(MORNING + 2 * DAY);
    await office.turn();
    expect(await sent.runs()).toHaveLength(2);
    // The page names them, and whoever lets it go on gives it their rights.
    const boss = await mintMember(db, sent.organization.id, { role: "owner" });
    const name = (await db.select().from(users).where(eq(users.id, sent.owner.userId)).get())?.name ?? "";
    const pages = visit(sent.organization, { userId: boss.userId });
    const here = `/dashboard/reports/schedules/${sent.id}`;
    expect((await pages.page(here)).text).toContain(`It is paused: ${name} may not have reports sent any more.`);
    expect((await pages.post(`${here}/resume`)).status).toBe(303);
    expect(await sent.schedule()).toMatchObject({ paused: false, pausedReason: null, owner: { id: boss.userId } });
  });

  it("is paused where its owner loses a campaign or is gone, and says nothing of what they do not reach", async ({
    expect,
  }) => {
    const organization = await mintOrganization(db);
    const [mine, other] = [await mintCampaign(db, organization.id), await mintCampaign(db, organization.id)];
    const owner = await mintMember(db, organization.id, { role: "supervisor", campaigns: [mine.id] });
    for (const campaign of [mine, mine, other])
      await mintCall(db, organization.id, { campaignId: campaign.id, startedAt: MORNING - DAY });
    await countDays(db, 1_000, countDayOfReports);
    const row = {
      report: { by: "campaign" },
      every: "day" as const,
      recipients: [owner.userId],
      dueAt: MORNING,
      owner: { kind: "user", id: owner.userId },
      reach: { campaigns: [mine.id], operators: null },
    };
    const schedule = await mintSchedule(db, organization.id, row);
    const office = postOffice();
    office.at(MORNING);
    await office.turn();
    const letter = office.letters.find(({ run }) => run.scheduleId === schedule.id)!;
    expect(letter.total.calls).toBe(2);
    const expiresAt = MORNING + DAY;
    const url = new URL(
      await signReportLink({ organizationId: organization.id, runId: letter.run.id, expiresAt }, CONFIG),
    );
    const { expires = "", signature = "" } = Object.fromEntries(url.searchParams);
    const asked = { organizationId: organization.id, runId: letter.run.id, expires, signature };
    const open = (given: Partial<typeof asked> = {}, now = MORNING) =>
      openReportLink({ db, masterKeys: TEST_MASTER_KEYS }, { ...asked, ...given }, now);
    const opened = await open();
    expect(opened.ok && opened.value.report?.rows.map(({ key, calls }) => [key, calls])).toEqual([[mine.id, 2]]);
    const stranger = await mintOrganization(db);
    expect(await open({ organizationId: stranger.id })).toEqual({ ok: false, error: "invalid" });
    expect(await open({ runId: "rpr_other" })).toEqual({ ok: false, error: "invalid" });
    expect(await open({ expires: String(Number(expires) + 1) })).toEqual({ ok: false, error: "invalid" });
    expect(await open({}, expiresAt)).toEqual({ ok: false, error: "over" });
    await db
      .update(memberships)
      .set({ campaigns: [other.id] })
      .where(eq(memberships.userId, owner.userId));
    // Neither the link that was sent nor the next sending shows what they have lost.
    expect(await open()).toEqual({ ok: false, error: "over" });
    office.at(MORNING + DAY);
    await office.turn();
    const paused = await db.select().from(reportSchedules).where(eq(reportSchedules.id, schedule.id)).get();
    expect(paused).toMatchObject({ paused: true, pausedReason: "owner_reaches_less" });
    expect(office.letters.filter(({ run }) => run.scheduleId === schedule.id)).toHaveLength(1);
  });

  it("is sent at once beside its plan, asked for twice it is once", async ({ expect }) => {
    const sent = await mintSent();
    const target = { ...sent.asker, id: sent.id, request: "one" };
    const [first, second] = [await sendNow(db, target, ACT_AT_NOON), await sendNow(db, target, ACT_AT_NOON)];
    expect(first.ok && second.ok && first.value.id === second.value.id).toBe(true);
    const office = postOffice();
    await office.turn();
    expect(office.letters.filter(({ run }) => run.scheduleId === sent.id)).toHaveLength(2);
    office.at(MORNING);
    await office.turn();
    expect(await sent.runs()).toHaveLength(2);
    await runBatch(db, [forgetOldRuns(db, MORNING + 200 * DAY, 1_000)]);
    expect(await sent.runs()).toEqual([]);
  });

  it("is made and changed by who may, for whom they reach, and shown to nobody else", async ({ expect }) => {
    const sent = await mintSent();
    const { organization, asker, input, actor } = sent;
    const campaign = await mintCampaign(db, organization.id);
    const stranger = await mintOrganization(db);
    const limited = {
      ...asker,
      reach: { campaigns: [campaign.id], operators: null },
      actor: { kind: "user", id: "usr_x" } as const,
    };
    expect(await listSchedules(db, limited, { limit: 9 })).toEqual([]);
    expect(await updateSchedule(db, { ...limited, id: sent.id }, { paused: true }, ACT_AT_NOON)).toMatchObject({
      error: { kind: "not_found" },
    });
    const foreign = { ...asker, organizationId: stranger.id, id: sent.id };
    expect((await updateSchedule(db, foreign, { paused: true }, ACT_AT_NOON)).ok).toBe(false);
    const act = { actor, now: NOON };
    for (const wrong of [
      { ...input, recipients: ["usr_nobody"] },
      { ...input, recipients: [], tells_webhooks: false },
      { ...input, report: { by: "time" as const, campaign_id: "cmp_none" } },
    ])
      expect(await createSchedule(db, asker, wrong, act)).toMatchObject({ error: { kind: "invalid" } });
    const token = { ...asker, actor: { kind: "token", id: "iss_1:sub" } as const };
    expect(await createSchedule(db, token, input, act)).toMatchObject({ error: { kind: "forbidden" } });
    expect(newSchedule.safeParse({ ...input, time_zone: "Mars/Olympus" }).success).toBe(false);
    // Of two who change the same, the later one is told.
    const seen = { ...asker, id: sent.id, seen: 1 };
    expect((await updateSchedule(db, seen, { hour: 9 }, act)).ok).toBe(true);
    expect(await updateSchedule(db, seen, { hour: 10 }, act)).toMatchObject({ error: { kind: "conflict" } });
  });
});

describe("webhooks", () => {
  it("are told of the report of their campaigns alone", ({ expect }) => {
    const event = (campaign: string | null) => ({
      stream: "rps_1",
      seq: 1,
      id: "evt_1",
      organizationId: "org_1",
      type: "report.ready",
      recordedAt: NOON,
      data: JSON.stringify({ report: { campaign_id: campaign } }),
    });
    const passes = (filters: object, campaign: string | null) => passesFilters(filters, event(campaign));
    expect([passes({}, null), passes({ campaignIds: ["cmp_1"] }, "cmp_1")]).toEqual([true, true]);
    expect([passes({ campaignIds: ["cmp_1"] }, null), passes({ campaignIds: ["cmp_1"] }, "cmp_2")]).toEqual([
      false,
      false,
    ]);
    expect(passes({ sourceIds: ["src_1"] }, "cmp_1")).toBe(false);
  });
});

describe("the link of a sent report", () => {
  it("opens a file for whoever has it, and tells nobody why another does not", async ({ expect }) => {
    const sent = await mintSent();
    const office = postOffice();
    office.at(MORNING);
    await office.turn();
    const [run] = await sent.runs();
    const grant = { organizationId: sent.organization.id, runId: run!.id, expiresAt: Date.now() + 400 * 365 * DAY };
    const { app } = await import("../../src/app");
    const ask = async (url: string) =>
      app.fetch(new Request(url), env, { waitUntil: () => {}, passThroughOnException: () => {} } as never);
    const { masterKeys } = (await import("../../src/config")).readConfig(env);
    const link = await signReportLink(grant, { ...CONFIG, masterKeys }, "es");
    const file = await ask(link);
    expect([file.status, file.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    const bytes = new Uint8Array(await file.arrayBuffer());
    expect(bytes.slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
    expect(new TextDecoder().decode(bytes)).toMatch(/^Id,Nombre,Llamadas/);
    const broken = await ask(link.replace(/signature=\w/, "signature=~"));
    const none = await ask("https://trunkline.test/sent-reports/rpr_none?organization=org_1&expires=1&signature=x");
    expect([broken.status, none.status]).toEqual([404, 404]);
    const parts = { organizationId: "a", runId: "b", expires: "9", signature: "" };
    expect(await verifyReportLink(parts, masterKeys, 0)).toEqual({ ok: false, error: "invalid" });
  });
});

describe("/v1/report-schedules and its pages", () => {
  it("make, show, change, send and delete, each with what it needs", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const member = await mintMember(db, organization.id, { role: "viewer" });
    const api = apiClient();
    const body = {
      name: SCRIPT,
      report: { by: "operator" },
      every: "month",
      hour: 6,
      time_zone: "Europe/Madrid",
      recipients: [member.userId],
    };
    const { key } = organization;
    const made = await api.post("/v1/report-schedules", { key, body });
    expect([made.status, made.body]).toMatchObject([
      201,
      { ...body, weekday: 1, paused: false, next_at: "2026-09-01T04:00:00.000Z" },
    ]);
    const at = `/v1/report-schedules/${made.body.id}`;
    expect((await api.post("/v1/report-schedules", { key, body: { ...body, hour: 24 } })).status).toBe(422);
    const sending = await api.post(`${at}/send`, { key, body: {} });
    expect([sending.status, sending.body]).toMatchObject([
      202,
      { from: "2026-07-01", to: "2026-08-01", state: "open" },
    ]);
    expect((await api.get(`${at}/runs`, { key })).body.data).toEqual([sending.body]);
    const paused = await api.patch(at, { key, body: { paused: true } });
    expect(paused.body).toMatchObject({ paused: true, paused_because: null, next_at: null });

    const pages = visit(organization, { userId: (await mintMember(db, organization.id, { role: "owner" })).userId });
    const list = await pages.page("/dashboard/reports/schedules");
    expect([list.status, list.trips <= MOST_TRIPS]).toEqual([200, true]);
    expectHarmless(list.text);
    const one = await pages.page(`/dashboard/reports/schedules/${made.body.id}`);
    expect([one.status, one.trips <= MOST_TRIPS, one.text.includes("It is paused")]).toEqual([200, true, true]);
    expectHarmless(one.text);
    // Sent twice by an impatient hand, it is one sending.
    const once = /name="once" value="([^"]+)"/.exec(one.text)?.[1] ?? "";
    for (let time = 0; time < 2; time += 1)
      expect((await pages.post(`/dashboard/reports/schedules/${made.body.id}/send`, { once })).status).toBe(303);
    expect((await api.get(`${at}/runs`, { key })).body.data).toHaveLength(2);
    const filled = await pages.page("/dashboard/reports/schedules/new?by=team");
    expect([filled.status, filled.text.includes('value="team" selected')]).toEqual([200, true]);
    const refused = await pages.post("/dashboard/reports/schedules", {
      once: "x",
      name: "",
      by: "team",
      every: "day",
      weekday: "1",
      hour: "99",
      zone: "UTC",
    });
    const errors = await refused.text();
    expect([refused.status, errors.includes("A whole hour, from 0 to 23.")]).toEqual([422, true]);
    const clerk = visit(organization, { role: "viewer" });
    expect((await clerk.page("/dashboard/reports/schedules/new")).status).toBe(403);
    expect((await clerk.post(`/dashboard/reports/schedules/${made.body.id}/send`)).status).toBe(403);
    expect((await visit(await mintOrganization(db)).page(`/dashboard/reports/schedules/${made.body.id}`)).status).toBe(
      404,
    );
    expect((await api.call("DELETE", at, { key })).status).toBe(204);
    expect((await api.get(at, { key })).status).toBe(404);
    expect(await db.select().from(reportRuns).where(eq(reportRuns.scheduleId, made.body.id))).toEqual([]);
  });
});
