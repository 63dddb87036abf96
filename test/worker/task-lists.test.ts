import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { HOUR } from "../../src/lib/time";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintConnector,
  mintMember,
  mintOrganization,
  mintRecording,
  mintReview,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { apiClient } from "./api/client";
import { MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);
const CARD = { id: "scd_1", version: 1 };
const SPANISH = { cookie: "trunkline_language=es" };

/** Calls whose numbers end in 1 to 6: given to Ana, begun by Ana, submitted by Ana, given to Eva and late, done and late, free. */
async function mintTasks() {
  const organization = await mintOrganization(db);
  const campaigns = [await mintCampaign(db, organization.id), await mintCampaign(db, organization.id)];
  const [ana, eva] = [await mintMember(db, organization.id), await mintMember(db, organization.id)];
  const made: { taskId: string; callId: string }[] = [];
  const add = async (
    at: number,
    task: Parameters<typeof mintTask>[3],
    review: Parameters<typeof mintReview>[3] | null,
  ) => {
    const campaignId = campaigns[at % 2]?.id ?? null;
    const call = await mintCall(db, organization.id, {
      campaignId,
      fromE164: null,
      fromRaw: `555 000${at}`,
      startedAt: NOON - at,
    });
    const { id } = await mintRecording(db, call);
    await mintTask(db, call, id, { campaignId, ...task });
    if (review) await mintReview(db, call, CARD, review);
    made.push({ taskId: `task_${call.id.slice(5)}`, callId: call.id });
  };
  await add(1, { assigneeId: ana.userId, dueAt: NOON + 5 * HOUR }, { reviewerId: ana.userId, state: "assigned" });
  await add(2, {}, { reviewerId: ana.userId, state: "in_progress" });
  await add(3, {}, { reviewerId: ana.userId, state: "submitted" });
  await add(4, { assigneeId: eva.userId, dueAt: NOON - HOUR }, { reviewerId: eva.userId, state: "assigned" });
  await add(5, { dueAt: NOON - HOUR, state: "completed" }, { reviewerId: ana.userId, state: "completed" });
  await add(6, {}, null);
  return { organization, campaigns, ana, eva, made };
}

const shown = (text: string) => [1, 2, 3, 4, 5, 6].filter((at) => text.includes(`555 000${at}`));

describe("tasks of one reviewer, and late ones", () => {
  it("are listed by page, with who has them and until when", async () => {
    const { organization, ana, eva, campaigns } = await mintTasks();
    const who = visit(organization, { role: "reviewer", userId: ana.userId });
    const mine = await who.page("/dashboard/tasks?whose=me");
    expect(shown(mine.text)).toEqual([1, 2]);
    expect(mine.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(shown((await who.page("/dashboard/tasks")).text)).toEqual([1, 2, 3, 4, 5, 6]);
    const late = await who.page("/dashboard/tasks?state=late", SPANISH);
    expect(shown(late.text)).toEqual([4]);
    expect(late.text).toContain("Atrasadas");
    expect(shown((await who.page("/dashboard/tasks?whose=me&state=late")).text)).toEqual([]);
    expect((await who.page("/dashboard/tasks?whose=me&state=late")).text).toContain("No task is like this");
    const ofEva = visit(organization, { role: "reviewer", userId: eva.userId });
    expect(shown((await ofEva.page("/dashboard/tasks?whose=me")).text)).toEqual([4]);
    const limited = visit(organization, {
      role: "reviewer",
      userId: ana.userId,
      reach: { campaigns: [campaigns[0]?.id ?? ""], operators: null },
    });
    expect(shown((await limited.page("/dashboard/tasks?whose=me")).text)).toEqual([2]);
    const nobody = visit(organization, { role: "reviewer", userId: "usr_none" });
    expect((await nobody.page("/dashboard/tasks?whose=me")).text).toContain("Nothing is yours");
  });

  it("are found by the API, page by page, and not those of another organization", async () => {
    const { organization, ana, made } = await mintTasks();
    const other = await mintTasks();
    const { get } = apiClient();
    const ask = async (organizationId: string, query: string) => {
      const { key } = await mintApiKey(db, { organizationId });
      const { body } = await get(`/v1/tasks?${query}`, { key });
      return { ids: body.data.map(({ id }: { id: string }) => id), cursor: body.next_cursor };
    };
    const first = await ask(organization.id, `reviewer_id=${ana.userId}&limit=1`);
    expect(first.ids).toEqual([made[0]?.taskId]);
    const second = await ask(organization.id, `reviewer_id=${ana.userId}&limit=1&cursor=${first.cursor}`);
    expect(second.ids).toEqual([made[1]?.taskId]);
    expect((await ask(organization.id, "due_before=2100-01-01T00:00:00Z")).ids).toEqual([
      made[0]?.taskId,
      made[3]?.taskId,
    ]);
    const soon = new Date(NOON).toISOString();
    expect((await ask(organization.id, `due_before=${soon}`)).ids).toEqual([made[3]?.taskId]);
    expect((await ask(other.organization.id, `reviewer_id=${ana.userId}`)).ids).toEqual([]);
  });
});

describe("Home", () => {
  it("tells a supervisor what is late and how the judging goes, within their reach", async () => {
    const { organization, campaigns } = await mintTasks();
    const all = visit(organization, { role: "supervisor" });
    const page = await all.page("/dashboard");
    expect(page.trips).toBeLessThanOrEqual(MOST_TRIPS + 1);
    expect(page.text).toContain("1 task is late");
    expect(page.text).toContain("Coverage");
    expect(page.text).toContain("Upload recordings");
    const spanish = await all.page("/dashboard", SPANISH);
    expect(spanish.text).toContain("1 tarea está atrasada");
    const of = (at: number) =>
      visit(organization, { role: "supervisor", reach: { campaigns: [campaigns[at]?.id ?? ""], operators: null } });
    expect((await of(0).page("/dashboard")).text).toContain("1 task is late");
    expect((await of(1).page("/dashboard")).text).not.toContain("task is late");
  });

  it("names a storage that fails, with what to do", async () => {
    const organization = await mintOrganization(db);
    const trouble = { code: "access_denied", detail: "403", count: 1, since: NOON };
    await mintConnector(db, organization.id, { name: "Archive", trouble, lastRunAt: NOON });
    const engineer = visit(organization, { role: "developer" });
    const page = await engineer.page("/dashboard");
    expect(page.text).toContain("Archive: ");
    expect(page.text).toContain("access_denied");
  });

  it("is where people land, but for those whose work is to review calls", async () => {
    const organization = await mintOrganization(db);
    const landsAt = async (role: Parameters<typeof visit>[1]) =>
      (await visit(organization, role).ask("/dashboard/begin", { redirect: "manual" })).headers.get("location");
    expect(await landsAt({ role: "reviewer" })).toBe("/dashboard/tasks");
    for (const role of ["owner", "supervisor", "developer", "viewer", "operator"] as const)
      expect(await landsAt({ role })).toBe("/dashboard");
  });
});
