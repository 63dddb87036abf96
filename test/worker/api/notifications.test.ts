import { sql } from "drizzle-orm";
import { describe, it } from "vitest";
import { runBatch } from "../../../src/db/client";
import { writeRow } from "../../../src/db/rows";
import { noteCause, notifyPeople } from "../../../src/identity";
import { mintOrganization, NOON } from "../../factories";
import { giveRole, mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

const api = apiClient();

/** An owner with notifications of three calls that are done, and what another owner has of them. */
async function newInbox() {
  const organization = await mintOrganization(db);
  const session = await mintSession(db, { organizationId: organization.id, now: NOON });
  const colleague = await mintSession(db, { organizationId: organization.id, now: NOON });
  const nowhere = { campaignId: null, operatorId: null, teamId: null };
  const rows = [1, 2, 3].map((at) => ({
    organizationId: organization.id,
    kind: "call_completed" as const,
    subjectId: `call_${at}`,
    ...nowhere,
    createdAt: NOON + at,
  }));
  await runBatch(
    db,
    rows.map((row) => writeRow(db, noteCause(row, sql`TRUE`))),
  );
  await notifyPeople(db);
  return { organization, session, colleague };
}

const PATH = "/v1/me/notifications";

describe("a person's notifications", () => {
  it("are listed newest first, page by page, and counted", async ({ expect }) => {
    const { session, organization } = await newInbox();
    const { headers } = session;
    const first = await api.get(`${PATH}?limit=2`, { headers });
    expect(first.body.data.map((one: { subject_id: string }) => one.subject_id)).toEqual(["call_3", "call_2"]);
    expect(first.body.data[0]).toEqual({
      id: "call_completed:call_3",
      kind: "call_completed",
      subject_id: "call_3",
      campaign_id: null,
      team_id: null,
      created_at: new Date(NOON + 3).toISOString(),
      read_at: null,
    });
    const second = await api.get(`${PATH}?limit=2&cursor=${first.body.next_cursor}`, { headers });
    expect(second.body).toMatchObject({ data: [{ subject_id: "call_1" }], next_cursor: null });
    expect((await api.get(`${PATH}/count`, { headers })).body).toEqual({ unread: 3, more: false });
    // They are a person's: no key has an inbox.
    expect((await api.get(PATH, { key: organization.key })).status).toBe(403);
  });

  it("are read in either order and between two times", async ({ expect }) => {
    const { headers } = (await newInbox()).session;
    const subjects = async (query: string) => {
      const { body } = await api.get(`${PATH}?${query}`, { headers });
      return { subjects: body.data.map((one: { subject_id: string }) => one.subject_id), next: body.next_cursor };
    };
    const first = await subjects("sort=created_at&limit=2");
    expect(first.subjects).toEqual(["call_1", "call_2"]);
    expect((await subjects(`sort=created_at&limit=2&cursor=${first.next}`)).subjects).toEqual(["call_3"]);
    const at = (milliseconds: number) => new Date(NOON + milliseconds).toISOString();
    expect((await subjects(`from=${at(2)}`)).subjects).toEqual(["call_3", "call_2"]);
    expect((await subjects(`to=${at(2)}`)).subjects).toEqual(["call_1"]);
    expect((await subjects(`from=${at(2)}&to=${at(3)}&unread=true&sort=created_at`)).subjects).toEqual(["call_2"]);
  });

  it("are marked as read one by one and up to a time, by their person alone", async ({ expect }) => {
    const { session, colleague } = await newInbox();
    const { headers } = session;
    const unread = async (who: typeof session) =>
      (await api.get(`${PATH}/count`, { headers: who.headers })).body.unread;
    const one = `${PATH}/${encodeURIComponent("call_completed:call_2")}/read`;
    for (let time = 0; time < 2; time += 1) expect((await api.post(one, { headers })).status).toBe(204);
    expect(await unread(session)).toBe(2);
    expect((await api.post(`${PATH}/call_completed:call_9/read`, { headers })).status).toBe(404);
    const until = new Date(NOON + 1).toISOString();
    expect((await api.post(`${PATH}/read`, { headers, body: { until } })).status).toBe(204);
    const left = await api.get(`${PATH}?unread=yes`, { headers });
    expect(left.body.data.map((row: { subject_id: string }) => row.subject_id)).toEqual(["call_3"]);
    expect((await api.get(PATH, { headers })).body.data).toHaveLength(3);
    expect(await unread(colleague)).toBe(3);
  });

  it("are hidden once the role no longer lets them be seen, whatever is asked", async ({ expect }) => {
    const { session } = await newInbox();
    const { headers, userId } = session;
    await giveRole(db, userId, "developer");
    expect((await api.get(PATH, { headers })).body.data).toEqual([]);
    expect((await api.get(`${PATH}/count`, { headers })).body.unread).toBe(0);
    expect((await api.post(`${PATH}/call_completed:call_1/read`, { headers })).status).toBe(404);
  });

  it("are of the kinds that the person wants, in one organization", async ({ expect }) => {
    const { session } = await newInbox();
    const { headers } = session;
    const path = "/v1/me/notification-preferences";
    const before = await api.get(path, { headers });
    expect(new Set(Object.values(before.body.kinds))).toEqual(new Set([true]));
    expect(before.body.digest).toBe(false);
    const body = { kinds: { call_completed: false }, digest: true };
    const changed = await api.patch(path, { headers, body });
    expect(changed.body).toEqual({ kinds: { ...before.body.kinds, call_completed: false }, digest: true });
    expect((await api.patch(path, { headers, body: {} })).body).toEqual(changed.body);
    expect((await api.get(path, { headers })).body).toEqual(changed.body);
    expect((await api.patch(path, { headers, body: { kinds: { weather: true } } })).status).toBe(422);
  });
});
