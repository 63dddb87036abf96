import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../src/db/client";
import { writeRow } from "../../src/db/rows";
import { noteCause, notifyPeople, sendDueDigests, writePreferences, type NotificationKind } from "../../src/identity";
import { digestLetters } from "../../src/jobs/digests";
import type { Letter } from "../../src/lib/mail";
import { DAY, HOUR, MINUTE } from "../../src/lib/time";
import { ACT_AT_NOON, mintMember, mintOrganization, NOON } from "../factories";

const db = openDatabase(env.DB);

/** A mailer that takes letters, or refuses them. */
function mailbox() {
  const letters: Letter[] = [];
  const box = { letters, taken: true };
  const send = digestLetters(
    {
      send: async (letter) => {
        if (!box.taken) return { ok: false, error: "the mailbox is full" };
        letters.push(letter);
        return { ok: true, value: undefined };
      },
    },
    "https://trunkline.example",
    async () => [],
  );
  return { ...box, box, letters, send };
}

async function notify(organizationId: string, kind: NotificationKind, subjectId: string, at: number): Promise<void> {
  const nowhere = { campaignId: null, operatorId: null, teamId: null };
  const cause = { organizationId, kind, subjectId, ...nowhere, createdAt: at };
  await runBatch(db, [writeRow(db, noteCause(cause, sql`TRUE`))]);
  await notifyPeople(db);
}

async function newSubscriber(language = "en") {
  const organization = await mintOrganization(db);
  const { userId, email } = await mintMember(db, organization.id, { role: "owner" });
  const inbox = { organizationId: organization.id, userId };
  await writePreferences({ db }, inbox, { digest: true, language }, ACT_AT_NOON);
  return { organization, userId, email, inbox };
}

describe("the daily letter", () => {
  it("has how much is unread, once a day, and only to who asked for it", async () => {
    const { organization, email } = await newSubscriber();
    await mintMember(db, organization.id, { role: "owner" });
    await notify(organization.id, "call_completed", "call_1", NOON + HOUR);
    await notify(organization.id, "call_completed", "call_2", NOON + HOUR);
    await notify(organization.id, "endpoint_disabled", "wh_1", NOON + HOUR);
    const { letters, send } = mailbox();
    await sendDueDigests(db, send, NOON + DAY - 1);
    expect(letters).toEqual([]);
    await Promise.all([1, 2, 3].map(() => sendDueDigests(db, send, NOON + DAY)));
    await sendDueDigests(db, send, NOON + DAY + HOUR);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ to: email, subject: "3 unread notifications in Acme Insurance" });
    const text = letters[0]?.text ?? "";
    expect(text).toContain("2 × A call is done");
    expect(text).toContain("1 × A webhook was switched off");
    expect(text).toContain("https://trunkline.example/dashboard/notifications\n");
    expect(text).toContain("https://trunkline.example/dashboard/settings/notifications");
    expect(text).not.toContain("call_1");

    // Nothing new, no letter; what comes then is in the next one, without what was in this one.
    await sendDueDigests(db, send, NOON + 2 * DAY);
    await notify(organization.id, "call_completed", "call_3", NOON + 2 * DAY + HOUR);
    await sendDueDigests(db, send, NOON + 3 * DAY);
    expect(letters.map(({ subject }) => subject)).toEqual([
      "3 unread notifications in Acme Insurance",
      "One unread notification in Acme Insurance",
    ]);
  });

  it("is tried again an hour later where it was not taken", async () => {
    const { organization } = await newSubscriber();
    await notify(organization.id, "call_completed", "call_1", NOON + HOUR);
    const { box, letters, send } = mailbox();
    box.taken = false;
    await sendDueDigests(db, send, NOON + DAY);
    box.taken = true;
    await sendDueDigests(db, send, NOON + DAY + MINUTE);
    expect(letters).toEqual([]);
    await sendDueDigests(db, send, NOON + DAY + HOUR);
    expect(letters).toHaveLength(1);
  });

  it("is in the language in which it was asked for", async () => {
    const { organization } = await newSubscriber("es");
    await notify(organization.id, "call_completed", "call_1", NOON + HOUR);
    const { letters, send } = mailbox();
    await sendDueDigests(db, send, NOON + DAY);
    expect(letters[0]?.text).toContain("1 × Una llamada está lista");
  });

  it("counts nothing that the role or the limits hide by now, and ends with the membership", async () => {
    const { organization, userId } = await newSubscriber();
    await notify(organization.id, "call_completed", "call_1", NOON + HOUR);
    const set = (change: string) =>
      env.DB.prepare(`UPDATE memberships SET ${change} WHERE user_id = ?`).bind(userId).run();
    await set(`role = 'supervisor', campaigns = '["cmp_1"]'`);
    const { letters, send } = mailbox();
    await sendDueDigests(db, send, NOON + DAY);
    await set(`campaigns = NULL, disabled_at = ${NOON}`);
    await notify(organization.id, "call_completed", "call_2", NOON + DAY + HOUR);
    await sendDueDigests(db, send, NOON + 2 * DAY);
    await set("disabled_at = NULL");
    await sendDueDigests(db, send, NOON + 3 * DAY);
    expect(letters).toEqual([]);
  });

  it("stops when its person turns it off", async () => {
    const { organization, inbox } = await newSubscriber();
    await notify(organization.id, "call_completed", "call_1", NOON + HOUR);
    await writePreferences({ db }, inbox, { digest: false }, ACT_AT_NOON);
    const { letters, send } = mailbox();
    await sendDueDigests(db, send, NOON + DAY);
    expect(letters).toEqual([]);
  });
});
