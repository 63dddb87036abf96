import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { auditLog, calls, engines, jobs, tasks } from "../../src/db/schema";
import { newId } from "../../src/lib/id";
import { MINUTE } from "../../src/lib/time";
import { FULL_REACH } from "../../src/identity";
import { assignCalls, changeTasks, reopenClosed } from "../../src/quality";
import {
  ACT_AT_NOON,
  mintCall,
  mintCampaign,
  mintJob,
  mintMember,
  mintOrganization,
  mintRecording,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, gzipped, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };

async function place(role: "admin" | "viewer" | "developer" = "admin") {
  const organization = await mintOrganization(db);
  const { userId } = await mintMember(db, organization.id, { role });
  return { organization, userId, ...visit(organization, { role, userId }) };
}

function tagsOf(id: string) {
  return db
    .select({ tags: calls.tags })
    .from(calls)
    .where(eq(calls.id, id))
    .get()
    .then((row) => row?.tags);
}

/** The hidden fields of the form on a page whose button has this value. */
function fieldsOn(text: string, action: string): Record<string, string> {
  const form = text.split("<form").find((part) => part.includes(`name="action" value="${action}"`)) ?? "";
  const fields = [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
  return {
    ...Object.fromEntries(fields.map(([, name, value]) => [name, (value ?? "").replaceAll("&amp;", "&")])),
    action,
  };
}

describe("many tasks at once", () => {
  it("are selected, closed without a review for a reason, and opened again", async () => {
    const { organization, page, post } = await place();
    const made = [];
    for (let at = 0; at < 2; at += 1) {
      const call = await mintCall(db, organization.id);
      const recording = await mintRecording(db, call);
      made.push(await mintTask(db, call, recording.id));
    }
    const list = await page("/dashboard/tasks");
    expect(list.text.match(/name="call"/g)).toHaveLength(2);
    expect(list.text).toContain('name="back" value="/dashboard/tasks"');
    const chosen = made.map(({ callId }) => `call=${callId}`).join("&");
    const ask = await page(`/dashboard/calls/bulk?${chosen}&back=%2Fdashboard%2Ftasks`);
    expect(ask.text).toContain("Close 2 tasks");
    const fields = fieldsOn(ask.text, "close");
    const wordless = await post("/dashboard/calls/bulk", { ...fields, reason: "other", note: " " });
    expect(wordless.status).toBe(422);
    expect(await wordless.text()).toContain("needs a word about it");
    const closed = await post("/dashboard/calls/bulk", { ...fields, reason: "audio", note: SCRIPT });
    expect(closed.headers.get("location")).toMatch(/\?back=%2Fdashboard%2Ftasks$/);
    const rows = await db.select().from(tasks).where(eq(tasks.organizationId, organization.id));
    expect(rows.map((row) => [row.state, row.closedReason])).toEqual([
      ["closed", "audio"],
      ["closed", "audio"],
    ]);
    expect((await page("/dashboard/tasks?state=closed", SPANISH)).text).toContain("Cerrada");
    expectHarmless((await page(closed.headers.get("location") ?? "")).text);
    await post("/dashboard/calls/bulk", { ...fields, action: "reopen" });
    const after = await db.select().from(tasks).where(eq(tasks.organizationId, organization.id));
    expect(after.map((row) => row.state)).toEqual(["open", "open"]);
    const { page: asViewer } = visit(organization, { role: "viewer" });
    expect((await asViewer("/dashboard/tasks")).text).not.toContain('name="call"');
  });
});

describe("closing many tasks", () => {
  it("is undone for those that still are closed so, and whoever had them has them again", async () => {
    const { organization, page, post } = await place();
    const { userId: reviewerId } = await mintMember(db, organization.id, { role: "reviewer" });
    const waiting = async () => {
      const call = await mintCall(db, organization.id);
      await mintTask(db, call, (await mintRecording(db, call)).id);
      return call;
    };
    const [given, free, changed] = [await waiting(), await waiting(), await waiting()];
    const target = { organizationId: organization.id, reach: FULL_REACH };
    const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };
    await assignCalls(deps, { ...target, callIds: [given.id], choice: { reviewerId } }, ACT_AT_NOON);
    const chosen = [given, free, changed].map(({ id }) => `call=${id}`).join("&");
    const fields = fieldsOn((await page(`/dashboard/calls/bulk?${chosen}`)).text, "close");
    const closed = await post("/dashboard/calls/bulk", { ...fields, reason: "audio", note: "" });
    const job = closed.headers.get("location") ?? "";
    const stateOf = async ({ id }: { id: string }) =>
      (await db.select().from(tasks).where(eq(tasks.callId, id)).get())!;
    expect(await stateOf(given)).toMatchObject({ state: "closed", assigneeId: null });
    // Somebody opened it, and closed it again for the very reason.
    await changeTasks(deps, { ...target, callIds: [changed.id], change: { state: "open" } }, ACT_AT_NOON);
    const again = { state: "closed", reason: "audio", note: null } as const;
    await changeTasks(deps, { ...target, callIds: [changed.id], change: again }, ACT_AT_NOON);
    expect((await page(job)).text).toContain("Takes back the changes of 3 calls.");
    await post(`${job.split("?")[0]}/undo`);
    expect(await stateOf(given)).toMatchObject({ state: "open", assigneeId: reviewerId, closedReason: null });
    expect(await stateOf(free)).toMatchObject({ state: "open", assigneeId: null });
    expect(await stateOf(changed)).toMatchObject({ state: "closed", closedReason: "audio" });
    // Once: the second time changes nothing.
    await changeTasks(deps, { ...target, callIds: [free.id], change: again }, ACT_AT_NOON);
    await post(`${job.split("?")[0]}/undo`);
    expect(await stateOf(free)).toMatchObject({ state: "closed" });
  });

  it("goes on where a crash interrupted it, and so does the undo", async () => {
    const { organization } = await place();
    const { userId: reviewerId } = await mintMember(db, organization.id, { role: "reviewer" });
    const call = await mintCall(db, organization.id);
    await mintTask(db, call, (await mintRecording(db, call)).id);
    const deps = { db, bucket: env.BUCKET, nudges: { events: async () => {}, reviews: async () => {} } };
    const target = { organizationId: organization.id, reach: FULL_REACH, callIds: [call.id] };
    const close = () => {
      const change = { state: "closed", reason: "audio", note: null } as const;
      return changeTasks(deps, { ...target, change, writer: "wrt_bulk_7" }, ACT_AT_NOON);
    };
    await close();
    // What the first time did was lost with the process: the second says the same.
    expect((await close()).get(call.id)).toMatchObject({ ok: true, value: { changed: true } });
    const before = new Map([[call.id, { closedBy: "wrt_bulk_7", assigneeId: reviewerId }]]);
    const taskNow = () => db.select().from(tasks).where(eq(tasks.callId, call.id)).get();
    await reopenClosed(
      deps,
      { ...target, before: new Map([[call.id, { closedBy: "wrt_bulk_7", assigneeId: null }]]) },
      ACT_AT_NOON,
    );
    expect(await taskNow()).toMatchObject({ state: "open", assigneeId: null });
    const repeated = await reopenClosed(deps, { ...target, before }, ACT_AT_NOON);
    expect(repeated.get(call.id)).toMatchObject({ ok: true, value: { changed: true } });
    expect(await taskNow()).toMatchObject({ state: "open", assigneeId: reviewerId });
    await reopenClosed(deps, { ...target, before }, ACT_AT_NOON);
    expect(await taskNow()).toMatchObject({ state: "open", assigneeId: reviewerId });
  });

  it("is not offered for a job that did not keep what it did", async () => {
    const { organization, userId, page } = await place();
    const params = { state: "closed", reason: "audio", note: null };
    const old = await mintJob(db, organization.id, {
      actor: { kind: "user", id: userId },
      action: "state",
      params,
      changed: 3,
      state: "completed",
      endedAt: NOON,
    });
    expect((await page(`/dashboard/jobs/${old.id}`)).text).not.toContain("Takes back");
    const kept = await mintJob(db, organization.id, {
      actor: { kind: "user", id: userId },
      action: "state",
      params: { ...params, keeps: true },
      changed: 3,
      state: "completed",
      endedAt: NOON,
    });
    expect((await page(`/dashboard/jobs/${kept.id}`)).text).toContain("Takes back");
  });
});

describe("many calls at once", () => {
  it("are selected, counted, tagged once however often the form is sent, and untagged by Undo", async () => {
    const { organization, page, post } = await place();
    const other = await mintOrganization(db);
    const [one, two] = [
      await mintCall(db, organization.id, { operatorName: SCRIPT }),
      await mintCall(db, organization.id, { tags: ["vip"] }),
    ];
    const foreign = await mintCall(db, other.id);
    const list = await page("/dashboard/calls");
    expect(list.text.match(/name="call"/g)).toHaveLength(2);
    const ask = await page(`/dashboard/calls/bulk?call=${one.id}&call=${two.id}&call=${foreign.id}`);
    expect(ask.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const fields = { ...fieldsOn(ask.text, "tag"), tags: " VIP " };
    const first = await post("/dashboard/calls/bulk", fields);
    const again = await post("/dashboard/calls/bulk", fields);
    expect(first.status).toBe(303);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect([await tagsOf(one.id), await tagsOf(two.id), await tagsOf(foreign.id)]).toEqual([["vip"], ["vip"], []]);
    const [job] = await db.select().from(jobs).where(eq(jobs.organizationId, organization.id));
    expect(job).toMatchObject({ state: "completed", done: 3, changed: 1, failed: 1 });
    const entries = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.resourceId, job?.id ?? ""));
    expect(entries.map(({ action }) => action)).toEqual(["job.created"]);

    const result = await page(first.headers.get("location") ?? "");
    expect(result.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(result.text);
    expect(result.text.match(/data-href/g)).toHaveLength(3);
    const form = /name="form" value="(job_\w{26})"/.exec(result.text)?.[1] ?? "";
    const undone = await post(`/dashboard/jobs/${job?.id}/undo`, { form, back: "//evil.example" });
    expect(undone.headers.get("location")).toMatch(/back=%2Fdashboard%2Fcalls$/);
    expect([await tagsOf(one.id), await tagsOf(two.id)]).toEqual([[], ["vip"]]);
    expect((await page("/dashboard/jobs")).text.match(/data-href/g)).toHaveLength(2);
    // Of several tags each call keeps those that it had.
    const several = fieldsOn((await page(`/dashboard/calls/bulk?call=${one.id}`)).text, "tag");
    const tagged = await post("/dashboard/calls/bulk", { ...several, tags: "first, second" });
    const ofSeveral = (await page(tagged.headers.get("location") ?? "")).text;
    const [, undoOfSeveral = ""] = /action="(\/dashboard\/jobs\/job_\w+\/undo)"/.exec(ofSeveral) ?? [];
    expect(await tagsOf(one.id)).toEqual(["first", "second"]);
    expect((await post(undoOfSeveral, { form, back: "/dashboard/calls" })).status).toBe(303);
    expect(await tagsOf(one.id)).toEqual([]);
    // A job from before that was kept says so.
    await db
      .update(jobs)
      .set({ params: { tags: ["first", "second"] } })
      .where(eq(jobs.id, undoOfSeveral.split("/")[3] ?? ""));
    const ofBefore = (await page(tagged.headers.get("location") ?? "")).text;
    expect(ofBefore).toContain("It was not kept which of these tags each call had before");
    expect(ofBefore).not.toContain("/undo");
  });

  it("of a filter are counted, and those that come later are left as they are", async () => {
    const { organization, page, post } = await place();
    for (let at = 0; at < 3; at += 1)
      await mintCall(db, organization.id, { direction: "inbound", startedAt: NOON - at * MINUTE });
    await mintCall(db, organization.id, { direction: "outbound" });
    const ask = await page("/dashboard/calls/bulk?direction=inbound&when=today");
    expect(ask.text).toContain("Change 3 calls");
    const fields = fieldsOn(ask.text, "tag");
    expect(fields).toMatchObject({ until: String(NOON + 60 * MINUTE) });
    expect(new URLSearchParams(fields["filters"]).get("when")).toBeNull();
    const sent = await post("/dashboard/calls/bulk", { ...fields, tags: "checked, later" });
    const path = sent.headers.get("location") ?? "";
    const [job] = await db.select().from(jobs).where(eq(jobs.organizationId, organization.id));
    expect(job).toMatchObject({
      state: "open",
      selection: { filter: { to: NOON + 60 * MINUTE, direction: "inbound" } },
    });
    const open = await page(path);
    expect(open.text).toContain(`hx-get="/dashboard/jobs/${job?.id}/progress"`);
    expect((await page(`/dashboard/jobs/${job?.id}/progress`)).status).toBe(200);
    expect((await post(`/dashboard/jobs/${job?.id}/cancel`)).status).toBe(303);
    expect((await page(path)).text).not.toContain("hx-get");
    expect((await page(path, SPANISH)).text).not.toMatch(/>\s*(Changed|Stopped|Undo|Progress|Back)\s*</);
  });

  it("are nothing without a selection or a filter, and a wrong tag is refused with what was written", async () => {
    const { organization, page, post } = await place();
    const call = await mintCall(db, organization.id);
    for (const query of ["", "?after=1.call_1", "?call=", "?direction=sideways", "?tag=none"])
      expect((await page(`/dashboard/calls/bulk${query}`)).status, query).toBe(422);
    expect((await post("/dashboard/calls/bulk", { action: "tag", tags: "x" })).status).toBe(422);
    const fields = fieldsOn((await page(`/dashboard/calls/bulk?call=${call.id}`)).text, "tag");
    for (const tags of ["", " , ", `ok,${"x".repeat(65)}`, `${RIGHT_TO_LEFT}\u202e`]) {
      const refused = await post("/dashboard/calls/bulk", { ...fields, tags });
      expect(refused.status, tags).toBe(422);
      expectHarmless(await refused.text());
    }
    const written = await post("/dashboard/calls/bulk", { ...fields, tags: `${SCRIPT}${"x".repeat(65)}` });
    expect(await written.text()).toContain("&lt;script&gt;");
    expect(await db.select().from(jobs).where(eq(jobs.organizationId, organization.id))).toEqual([]);
  });

  it("are moved into a campaign of the organization only", async () => {
    const { organization, page, post } = await place();
    const other = await mintOrganization(db);
    const [campaign, foreign] = [await mintCampaign(db, organization.id), await mintCampaign(db, other.id)];
    const call = await mintCall(db, organization.id);
    const ask = await page(`/dashboard/calls/bulk?call=${call.id}`);
    expect(ask.text).not.toContain(foreign.id);
    const fields = fieldsOn(ask.text, "move");
    expect((await post("/dashboard/calls/bulk", { ...fields, campaign: foreign.id })).status).toBe(409);
    const moved = await post("/dashboard/calls/bulk", { ...fields, campaign: campaign.id });
    const result = await page(moved.headers.get("location") ?? "");
    expect(result.text).toContain(campaign.name);
    expect(result.trips).toBeLessThanOrEqual(MOST_TRIPS);
    const undo = /action="(\/dashboard\/jobs\/job_\w+\/undo)"/.exec(result.text)?.[1] ?? "";
    const undone = await post(undo, { back: "/dashboard/calls" });
    expect((await page(undone.headers.get("location") ?? "")).text).toContain(`Undo: Move to ${campaign.name}`);
    expect((await page(moved.headers.get("location") ?? "")).text).toContain("It was undone");
  });

  it("that wait are assigned as a job, which the page that follows takes back", async () => {
    const { organization, page, post } = await place();
    const campaign = await mintCampaign(db, organization.id);
    const call = await mintCall(db, organization.id, { quarantine: "no_campaign" });
    const ask = await page(`/dashboard/unassigned/assign?campaign=${campaign.id}&call=${call.id}`);
    const form = /name="form" value="(job_\w{26})"/.exec(ask.text)?.[1] ?? "";
    const fields = { form, campaign: campaign.id, calls: call.id };
    const sent = await post("/dashboard/unassigned/assign", fields);
    const again = await post("/dashboard/unassigned/assign", fields);
    expect(again.headers.get("location")).toBe(sent.headers.get("location"));
    const after = await page(sent.headers.get("location") ?? "");
    expect(after.text).toContain("1 call is being assigned.");
    const undo = /action="(\/dashboard\/jobs\/job_\w+\/undo)"/.exec(after.text)?.[1] ?? "";
    expect((await post(undo, { back: "/dashboard/unassigned" })).status).toBe(303);
    const made = await db.select().from(jobs).where(eq(jobs.organizationId, organization.id));
    expect(new Map(made.map(({ action, changed }) => [action, changed]))).toEqual(
      new Map([
        ["move", 1],
        ["undo", 1],
      ]),
    );
    const broken = await page(`/dashboard/unassigned?done=1&job=${encodeURIComponent(SCRIPT)}`);
    expectHarmless(broken.text);
    expect(broken.text).not.toContain("/undo");
  });

  it("are heard again by an engine that there is, and by whom that is allowed only", async () => {
    const { organization, page, post } = await place();
    const call = await mintCall(db, organization.id);
    const asking = `/dashboard/calls/bulk?call=${call.id}`;
    const before = (await page(asking)).text;
    expect(before).toContain('<option value="trunkline-acoustic"');
    expect(before).not.toContain('<option value="ours"');
    const settings = { url: "https://transcribe.test/v1", model: null, microsPerMinute: 0 };
    const engine = { id: newId("eng", NOON), organizationId: organization.id, name: "ours", kind: "openai" as const };
    await db.insert(engines).values({ ...engine, settings, credentials: null, createdAt: NOON });
    const ask = await page(asking);
    expect(ask.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(ask.text).toContain('<option value="ours"');
    const fields = fieldsOn(ask.text, "analyse");
    const refused = await post("/dashboard/calls/bulk", { ...fields, engine: "made up" });
    expect(refused.status).toBe(409);
    const started = await post("/dashboard/calls/bulk", { ...fields, engine: "ours" });
    expect(started.status).toBe(303);
    const [job] = await db.select().from(jobs).where(eq(jobs.organizationId, organization.id));
    expect(job).toMatchObject({ action: "analyse", params: { engine: "ours" } });
    // They are asked for, and are there once the engine is done.
    const shown = (await page(started.headers.get("location") ?? "")).text;
    expect(shown).toContain("Analyses asked for again");
    expect(shown).not.toContain("Changed");
    const developer = visit(organization, { role: "developer" });
    expect((await developer.page(asking)).text).not.toContain('value="analyse"');
  });

  it("are no matter of those who may only look, and jobs of others are hidden where they may not do the same", async () => {
    const { organization } = await place();
    const call = await mintCall(db, organization.id);
    const job = await mintJob(db, organization.id);
    const viewer = visit(organization, { role: "viewer" });
    expect((await viewer.page("/dashboard/calls")).text).not.toContain('name="call"');
    expect((await viewer.page(`/dashboard/calls/bulk?call=${call.id}`)).status).toBe(403);
    expect((await viewer.post("/dashboard/calls/bulk", fieldsOfTag(call.id))).status).toBe(409);
    expect((await viewer.page(`/dashboard/jobs/${job.id}`)).status).toBe(404);
    expect((await viewer.post(`/dashboard/jobs/${job.id}/cancel`)).status).toBe(404);
    const stranger = await place();
    for (const path of [`/dashboard/jobs/${job.id}`, `/dashboard/jobs/${job.id}/progress`])
      expect((await stranger.page(path)).status, path).toBe(404);
    expect((await stranger.post(`/dashboard/jobs/${job.id}/undo`)).status).toBe(404);
    expect(await tagsOf(call.id)).toEqual([]);
  });

  it("take no more than a page may weigh", async () => {
    const { organization, page } = await place();
    for (let at = 0; at < 50; at += 1) await mintCall(db, organization.id, { startedAt: NOON - at * MINUTE });
    const { text } = await page("/dashboard/calls?when=month");
    expect(await gzipped(text)).toBeLessThan(60_000);
    expect(text).toContain("/dashboard/calls/bulk?when=month");
  });
});

function fieldsOfTag(id: string): Record<string, string> {
  return { action: "tag", tags: "x", calls: id, until: String(NOON), back: "/dashboard/calls" };
}
