import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { runBatch } from "../../src/db/client";
import { writeRow } from "../../src/db/rows";
import { noteCause, notifyPeople, readPreferences, type Cause } from "../../src/identity";
import { mintCampaign, mintEndpoint, mintMember, mintOrganization, NOON, openDatabase } from "../factories";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const SCRIPT = `<script>alert(1)</script>`;

async function newInbox() {
  const organization = await mintOrganization(db);
  const { userId } = await mintMember(db, organization.id, { role: "owner" });
  const campaign = await mintCampaign(db, organization.id, SCRIPT);
  const endpoint = await mintEndpoint(db, organization.id, { url: "https://crm.example.com/hook" });
  const note = async (cause: Pick<Cause, "kind" | "subjectId"> & Partial<Cause>) => {
    const nowhere = { campaignId: null, operatorId: null, teamId: null };
    const whole = { organizationId: organization.id, ...nowhere, createdAt: NOON, ...cause };
    await runBatch(db, [writeRow(db, noteCause(whole, sql`TRUE`))]);
    await notifyPeople(db);
  };
  await note({ kind: "call_completed", subjectId: "call_1", campaignId: campaign.id });
  await note({ kind: "endpoint_failing", subjectId: endpoint.id, createdAt: NOON + 1 });
  return { organization, userId, pages: visit(organization, { userId }) };
}

const readAt = async (userId: string) =>
  (
    await env.DB.prepare("SELECT cause, read_at FROM notifications WHERE user_id = ? ORDER BY cause")
      .bind(userId)
      .all<{ cause: string; read_at: number | null }>()
  ).results.map(({ read_at }) => read_at !== null);

describe("the inbox", () => {
  it("says what happened and to what, and the bell how much is unread", async () => {
    const { pages } = await newInbox();
    const { text, trips } = await pages.page("/dashboard/notifications");
    expect(trips).toBeLessThanOrEqual(3);
    expect(text).toContain("A webhook fails");
    expect(text).toContain("crm.example.com");
    expect(text).toContain("A call is done");
    expect(text).not.toContain("<script>alert");
    expect(text).toContain('aria-label="Notifications, 2 unread"');
    expect((await pages.page("/dashboard")).text).toContain('aria-label="Notifications, 2 unread"');
  });

  it("leads to the subject and marks what is opened as read", async () => {
    const { pages, userId } = await newInbox();
    const opened = await pages.ask("/dashboard/notifications/call_completed:call_1");
    expect([opened.status, opened.headers.get("location")]).toEqual([303, "/dashboard/calls/call_1"]);
    expect(await readAt(userId)).toEqual([true, false]);
    const { text } = await pages.page("/dashboard/notifications");
    const [, failing = ""] = /href="(\/dashboard\/notifications\/endpoint_failing[^"]*)"/.exec(text) ?? [];
    const webhook = (await pages.ask(failing)).headers.get("location") ?? "";
    expect(webhook).toMatch(/^\/dashboard\/webhooks\/\w+$/);
    expect((await pages.page(webhook)).status).toBe(200);
    expect((await pages.page("/dashboard/unassigned")).status).toBe(200);
    expect((await pages.page("/dashboard/notifications")).text).not.toContain("A call is done");
    expect((await pages.page("/dashboard/notifications?all=yes")).text).toContain("A call is done");
    expect((await pages.ask("/dashboard/notifications/call_completed:call_9")).status).toBe(404);
  });

  it("is marked as read by its own forms alone, and no later than what was shown", async () => {
    const { pages, userId } = await newInbox();
    const forged = await pages.post("/dashboard/notifications/read", { csrf: "x", until: String(NOON + 9) });
    expect(forged.status).toBe(403);
    expect(await readAt(userId)).toEqual([false, false]);
    await pages.post("/dashboard/notifications/read", { until: String(NOON), back: "https://evil.example/" });
    expect(await readAt(userId)).toEqual([true, false]);
    const one = await pages.post("/dashboard/notifications/endpoint_failing:none/read", {});
    expect(one.status).toBe(404);
  });

  it("is of one person and one organization, and of what their role lets them see", async () => {
    const { organization, userId } = await newInbox();
    const stranger = await mintOrganization(db);
    for (const pages of [visit(stranger, { userId }), visit(organization, { userId: "usr_other" })]) {
      expect((await pages.page("/dashboard/notifications?all=yes")).text).not.toContain("A call is done");
      expect((await pages.ask("/dashboard/notifications/call_completed:call_1")).status).toBe(404);
    }
    const developer = visit(organization, { userId, role: "developer" });
    const { text } = await developer.page("/dashboard/notifications?all=yes");
    expect([text.includes("A call is done"), text.includes("A webhook fails")]).toEqual([false, true]);
  });
});

describe("preferences of notifications", () => {
  it("change what the form showed, and leave what it did not", async () => {
    const { organization, userId } = await newInbox();
    const inbox = { organizationId: organization.id, userId };
    const reviewer = visit(organization, { userId, role: "reviewer" });
    const { text } = await reviewer.page("/dashboard/settings/notifications");
    const shown = [...text.matchAll(/name="shown" value="(\w+)"/g)].map(([, kind = ""]) => kind);
    expect(shown).toEqual([
      "task_assigned",
      "call_completed",
      "review_assigned",
      "call_action",
      "alert_raised",
      "comment_mention",
      "comment_reply",
    ]);
    const answer = await reviewer.post("/dashboard/settings/notifications", [
      ...[...shown, "endpoint_failing"].map((kind): [string, string] => ["shown", kind]),
      ["kind", "task_assigned"],
      ["digest", "true"],
    ]);
    expect(answer.headers.get("location")).toBe("/dashboard/settings/notifications?saved=yes");
    expect(await readPreferences(db, inbox)).toEqual({
      kinds: {
        task_assigned: true,
        task_unassigned: true,
        call_completed: false,
        call_unassigned: true,
        endpoint_failing: true,
        endpoint_disabled: true,
        usage_alert: true,
        review_assigned: false,
        opinions_apart: true,
        call_action: false,
        alert_raised: false,
        comment_mention: false,
        comment_reply: false,
      },
      digest: true,
    });
    const forged = await reviewer.post("/dashboard/settings/notifications", { csrf: "x" });
    expect(forged.status).toBe(403);
    expect((await readPreferences(db, inbox)).digest).toBe(true);
  });
});
