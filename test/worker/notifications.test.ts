import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { writeRow } from "../../src/db/rows";
import { and, eq, sql } from "drizzle-orm";
import { memberships } from "../../src/db/schema";
import {
  addTeamMember,
  countUnread,
  forgetOldNotifications,
  KEEP_NOTIFICATIONS,
  listNotifications,
  markAllRead,
  markRead,
  reachOfMember,
  ROLES,
  MAX_NOTIFIED,
  noteCause,
  notifyPeople,
  readPreferences,
  writePreferences,
  type Cause,
  type Reader,
  type RoleName,
} from "../../src/identity";
import { disableEndpoint } from "../../src/delivery";
import { DAY } from "../../src/lib/time";
import {
  ACT_AT_NOON,
  mintCampaign,
  mintEndpoint,
  mintMember,
  mintOperator,
  mintOrganization,
  mintTeam,
  NOON,
} from "../factories";

const db = openDatabase(env.DB);

async function note(cause: Partial<Cause> & Pick<Cause, "organizationId" | "kind">, moment?: number): Promise<void> {
  const whole = { subjectId: "task_1", campaignId: null, operatorId: null, teamId: null, createdAt: NOON, ...cause };
  await runBatch(db, [writeRow(db, noteCause(whole, sql`TRUE`, moment))]);
}

/** A member with what their role and limits let them see now; somebody who may see nothing where they are none. */
async function readerOf(organizationId: string, userId: string): Promise<Reader> {
  const membership = await db
    .select()
    .from(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)))
    .get();
  const known = membership?.disabledAt === null ? membership : undefined;
  const scopes = known ? ROLES[known.role as RoleName].scopes : [];
  const reach = known ? await reachOfMember(db, known) : { campaigns: [], operators: [] };
  return { organizationId, userId, scopes, campaignId: null, sourceId: null, reach };
}

async function inboxOf(organizationId: string, userId: string, unread = false) {
  const { rows } = await listNotifications(db, await readerOf(organizationId, userId), { unread, limit: 200 });
  return rows.map(({ kind, subjectId }) => `${kind} ${subjectId}`);
}

describe("notifications", () => {
  it("of a team's work go to its members who may see it, and to no one else", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    const other = await mintCampaign(db, organizationId);
    const team = await mintTeam(db, organizationId);
    const join = async (overrides: Parameters<typeof mintMember>[2], isIn = true) => {
      const { userId } = await mintMember(db, organizationId, overrides);
      const added = isIn ? await addTeamMember({ db }, team, userId, ACT_AT_NOON) : undefined;
      expect(added?.ok).toBe(isIn ? true : undefined);
      return userId;
    };
    const notified = [
      await join({}),
      await join({ campaigns: [campaign.id] }),
      await join({ role: "owner" }),
      await join({ teams: [team.id] }),
    ];
    const others = [
      await join({}, false),
      await join({ role: "owner" }, false),
      await join({ campaigns: [other.id] }),
      await join({ teams: ["tem_other"] }),
      await join({ teams: [team.id] }, false),
      await join({ role: "developer" }),
      await join({ role: "operator" }),
      await join({ disabledAt: NOON }),
    ];
    // Who is limited to the team sees the calls of its people on calls.
    const operator = await mintOperator(db, organizationId, "Lucía Fernández");
    await join({ role: "operator", operatorId: operator.id });
    await note({
      organizationId,
      kind: "task_assigned",
      teamId: team.id,
      campaignId: campaign.id,
      operatorId: operator.id,
    });
    await notifyPeople(db);
    for (const userId of notified) expect(await inboxOf(organizationId, userId)).toEqual(["task_assigned task_1"]);
    for (const userId of others) expect(await inboxOf(organizationId, userId)).toEqual([]);
  });

  it.for([
    ["task_unassigned", ["owner", "admin", "supervisor"]],
    ["endpoint_disabled", ["owner", "admin", "developer"]],
    ["usage_alert", ["owner", "admin"]],
    ["review_assigned", ["owner", "admin", "supervisor", "reviewer"]],
    ["alert_raised", ["owner", "admin", "supervisor", "reviewer"]],
    ["call_unassigned", ["owner", "admin", "supervisor"]],
    ["endpoint_failing", ["owner", "admin", "developer"]],
    ["call_completed", ["owner", "admin", "supervisor", "reviewer", "viewer"]],
  ] as const)("of what no team has go to those who may do something about it: %s", async ([kind, roles]) => {
    const { id: organizationId } = await mintOrganization(db);
    const notified: string[] = [];
    const all = ["owner", "admin", "supervisor", "reviewer", "operator", "developer", "viewer"];
    const people = await Promise.all(all.map((role) => mintMember(db, organizationId, { role })));
    const limited = await mintMember(db, organizationId, { role: "admin", campaigns: ["cmp_1"] });
    const { id: elsewhere } = await mintOrganization(db);
    const stranger = await mintMember(db, elsewhere, { role: "owner" });
    await note({ organizationId, kind });
    await notifyPeople(db);
    for (const { userId, role } of people) if ((await inboxOf(organizationId, userId)).length > 0) notified.push(role);
    expect(notified.toSorted((one, two) => all.indexOf(one) - all.indexOf(two))).toEqual(roles);
    expect(await inboxOf(organizationId, limited.userId)).toEqual([]);
    expect(await inboxOf(elsewhere, stranger.userId)).toEqual([]);
    expect(await inboxOf(organizationId, stranger.userId)).toEqual([]);
  });

  it("of an endpoint that was disabled come once, whichever of its objects reports it", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { userId } = await mintMember(db, organizationId, { role: "developer" });
    const { id: endpointId } = await mintEndpoint(db, organizationId);
    const target = { organizationId, endpointId };
    await Promise.all([1, 2, 3].map(() => disableEndpoint(db, target, "gone", NOON + 1)));
    await notifyPeople(db);
    expect(await inboxOf(organizationId, userId)).toEqual([`endpoint_disabled ${endpointId}`]);
  });

  it("come once, however often the cause is noted, and again for another moment", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { userId } = await mintMember(db, organizationId, { role: "owner" });
    const cause = { organizationId, kind: "endpoint_disabled" as const, subjectId: "wh_1" };
    for (const round of [1, 2, 3]) {
      await note(cause, NOON);
      await note(cause, NOON);
      if (round > 1) await Promise.all([notifyPeople(db), notifyPeople(db)]);
    }
    expect(await inboxOf(organizationId, userId)).toEqual(["endpoint_disabled wh_1"]);
    await note(cause, NOON + 1);
    await notifyPeople(db);
    expect(await inboxOf(organizationId, userId)).toHaveLength(2);
  });

  it("are hidden once the membership no longer reaches them, and all of them once it ends", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { userId } = await mintMember(db, organizationId, { role: "owner" });
    for (const campaignId of ["cmp_1", "cmp_2"])
      await note({ organizationId, kind: "call_completed", subjectId: `call of ${campaignId}`, campaignId });
    await notifyPeople(db);
    const unread = async () => (await countUnread(db, await readerOf(organizationId, userId))).unread;
    expect(await unread()).toBe(2);
    const set = (change: string) =>
      env.DB.prepare(`UPDATE memberships SET ${change} WHERE user_id = ?`).bind(userId).run();
    await set(`role = 'admin', campaigns = '["cmp_2"]'`);
    expect(await inboxOf(organizationId, userId)).toEqual(["call_completed call of cmp_2"]);
    expect(await unread()).toBe(1);
    await set("campaigns = '[]'");
    expect(await inboxOf(organizationId, userId)).toEqual([]);
    await set(`campaigns = NULL, disabled_at = ${NOON}`);
    expect(await inboxOf(organizationId, userId)).toEqual([]);
  });

  it("are marked as read one by one or all, by their person only, and listed page by page", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const [ana, eva] = [
      await mintMember(db, organizationId, { role: "owner" }),
      await mintMember(db, organizationId, { role: "owner" }),
    ];
    for (const at of [1, 2, 3])
      await note({ organizationId, kind: "call_completed", subjectId: `c${at}`, createdAt: NOON + at });
    await notifyPeople(db);
    const inbox = await readerOf(organizationId, ana.userId);
    const first = await listNotifications(db, inbox, { unread: true, limit: 2 });
    expect(first.rows.map(({ subjectId }) => subjectId)).toEqual(["c3", "c2"]);
    const after = first.last!;
    const second = await listNotifications(db, inbox, { unread: true, limit: 2, after });
    expect(second.rows.map(({ subjectId }) => subjectId)).toEqual(["c1"]);
    expect((await markRead({ db }, inbox, "call_completed:c2", ACT_AT_NOON)).ok).toBe(true);
    expect((await markRead({ db }, inbox, "call_completed:c9", ACT_AT_NOON)).ok).toBe(false);
    expect(await inboxOf(organizationId, ana.userId, true)).toEqual(["call_completed c3", "call_completed c1"]);
    // What came after the page was shown has not been seen.
    await markAllRead({ db }, inbox, NOON + 1, { ...ACT_AT_NOON, now: NOON + 9 });
    expect(await inboxOf(organizationId, ana.userId, true)).toEqual(["call_completed c3"]);
    await markAllRead({ db }, inbox, NOON + 3, { ...ACT_AT_NOON, now: NOON + 9 });
    expect(await inboxOf(organizationId, ana.userId, true)).toEqual([]);
    const { rows } = await listNotifications(db, inbox, { unread: false, limit: 10 });
    expect(rows.map(({ readAt }) => readAt)).toEqual([NOON + 9, NOON, NOON + 9]);
    expect(await countUnread(db, await readerOf(organizationId, eva.userId))).toEqual({ unread: 3, more: false });
  });

  it("of a kind that a person turned off are not written, until it is turned on again", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { userId } = await mintMember(db, organizationId, { role: "owner" });
    const inbox = { organizationId, userId };
    await writePreferences({ db }, inbox, { kinds: { call_completed: false } }, ACT_AT_NOON);
    await writePreferences({ db }, inbox, { kinds: { call_completed: false, task_assigned: true } }, ACT_AT_NOON);
    expect(await readPreferences(db, inbox)).toEqual({
      kinds: {
        task_assigned: true,
        task_unassigned: true,
        call_completed: false,
        call_unassigned: true,
        endpoint_failing: true,
        endpoint_disabled: true,
        usage_alert: true,
        review_assigned: true,
        opinions_apart: true,
        call_action: true,
        alert_raised: true,
        comment_mention: true,
        comment_reply: true,
      },
      digest: false,
    });
    await note({ organizationId, kind: "call_completed", subjectId: "c1" });
    await note({ organizationId, kind: "task_unassigned", subjectId: "t1" });
    await notifyPeople(db);
    expect(await inboxOf(organizationId, userId)).toEqual(["task_unassigned t1"]);
    await writePreferences({ db }, inbox, { kinds: { call_completed: true } }, ACT_AT_NOON);
    await note({ organizationId, kind: "call_completed", subjectId: "c2" });
    await notifyPeople(db);
    expect(await inboxOf(organizationId, userId)).toHaveLength(2);
  });

  it("reach a bounded number of people, and are deleted when they are old, some at a time", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const people = Array.from({ length: MAX_NOTIFIED + 5 }, (_, at) => `usr_${String(at).padStart(3, "0")}`);
    await Promise.all(people.map((userId) => mintMember(db, organizationId, { userId, role: "admin" })));
    await note({ organizationId, kind: "call_completed" });
    await notifyPeople(db);
    const stored = async (of: string) =>
      (await env.DB.prepare(`SELECT count(*) AS total FROM notifications WHERE ${of}`).first<{ total: number }>())
        ?.total ?? 0;
    expect(await stored(`organization_id = '${organizationId}'`)).toBe(MAX_NOTIFIED);
    const all = await stored("true");
    await forgetOldNotifications(db, NOON + KEEP_NOTIFICATIONS, 10_000);
    expect(await stored("true")).toBe(all);
    await forgetOldNotifications(db, NOON + KEEP_NOTIFICATIONS + 1, 60);
    expect(await stored("true")).toBe(all - 60);
    await forgetOldNotifications(db, NOON + KEEP_NOTIFICATIONS + DAY, 10_000);
    expect(await stored("true")).toBe(0);
  });
});
