import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { notificationCauses } from "../../src/db/schema";
import { writeHealth } from "../../src/delivery/health/write";
import { NOTIFIED_AFTER } from "../../src/delivery/health/note-endpoint";
import { FULL_REACH, listNotifications } from "../../src/identity";
import { DAY, MINUTE } from "../../src/lib/time";
import { mintEndpoint, mintMember, mintOrganization, mintSource, NOON } from "../factories";
import { newPipeline, type Pipeline } from "./pipeline";
import { anuraNotice } from "../fixtures/anura-notice";

const db = openDatabase(env.DB);
const SINCE = NOON;

async function causesOf(organizationId: string): Promise<string[]> {
  const rows = await db.select().from(notificationCauses).where(eq(notificationCauses.organizationId, organizationId));
  return rows.map(({ kind, subjectId }) => `${kind} ${subjectId}`);
}

describe("an endpoint that fails", () => {
  let organizationId = "";
  let endpoint = { id: "", organizationId: "" };

  beforeEach(async () => {
    ({ id: organizationId } = await mintOrganization(db));
    endpoint = { organizationId, id: (await mintEndpoint(db, organizationId)).id };
  });

  function report(at: number, failing: { object?: string; since?: number | null; successAt?: number | null } = {}) {
    const { object = "one", since = SINCE, successAt = null } = failing;
    const times = { backlog: 3, oldestDueAt: null, lastSuccessAt: successAt, lastFailureAt: at, failingSince: since };
    return writeHealth(db, endpoint, { object, ...times, hours: [] }, at);
  }

  it("is notified once it has failed for a quarter of an hour, once a day however often it is reported", async () => {
    await report(SINCE + MINUTE);
    await report(SINCE + NOTIFIED_AFTER - 1);
    expect(await causesOf(organizationId)).toEqual([]);
    for (const minutes of [0, 1, 2]) await report(SINCE + NOTIFIED_AFTER + minutes * MINUTE);
    await report(SINCE + NOTIFIED_AFTER + 3 * MINUTE, { object: "two" });
    expect(await causesOf(organizationId)).toEqual([`endpoint_failing ${endpoint.id}`]);
  });

  it("is notified by the first report after that, also where none came before", async () => {
    await report(SINCE + 3 * NOTIFIED_AFTER);
    expect(await causesOf(organizationId)).toEqual([`endpoint_failing ${endpoint.id}`]);
  });

  it("is not notified again by later reports of the same failure, once people were", async () => {
    await report(SINCE + NOTIFIED_AFTER);
    await db.delete(notificationCauses);
    await report(SINCE + NOTIFIED_AFTER + 2 * DAY);
    expect(await causesOf(organizationId)).toEqual([]);
  });

  it("is not notified while another of its objects delivers", async () => {
    await report(SINCE + 2 * MINUTE, { object: "two", since: null, successAt: SINCE + 2 * MINUTE });
    await report(SINCE + NOTIFIED_AFTER);
    expect(await causesOf(organizationId)).toEqual([]);
  });

  it("is not notified once it has recovered", async () => {
    await report(SINCE + NOTIFIED_AFTER, { since: null, successAt: SINCE + NOTIFIED_AFTER });
    expect(await causesOf(organizationId)).toEqual([]);
  });
});

describe("calls without a campaign", () => {
  it("are notified to those who may assign them, once a day for each source", async () => {
    const line: Pipeline = newPipeline();
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id, { campaignId: null });
    const { userId } = await mintMember(db, organization.id, { role: "supervisor" });
    const viewer = await mintMember(db, organization.id, { role: "viewer" });
    const limited = await mintMember(db, organization.id, { role: "supervisor", campaigns: ["cmp_1"] });
    for (const cdrid of ["one", "two", "three"]) {
      await line.post(`/webhook/anura/?source=${source.id}`, anuraNotice({ cdrid }), {
        "x-api-key": organization.key,
        "content-type": "application/json",
      });
      await line.run();
      await line.cron();
    }
    const inboxOf = async (user: string) => {
      const rights = { scopes: null, campaignId: null, sourceId: null, reach: FULL_REACH };
      const reader = { ...rights, organizationId: organization.id, userId: user };
      return (await listNotifications(db, reader, { limit: 10 })).rows;
    };
    const rows = await inboxOf(userId);
    expect(rows.map(({ kind }) => kind)).toEqual(["call_unassigned"]);
    expect(await inboxOf(viewer.userId)).toEqual([]);
    expect(await inboxOf(limited.userId)).toEqual([]);
  });
});
