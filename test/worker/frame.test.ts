import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { countFailingSources, judgeSources } from "../../src/sources";
import { endpoints, sourceCounts, undelivered, type tasks } from "../../src/db/schema";
import { FULL_REACH } from "../../src/identity";
import { DAY, HOUR, MINUTE } from "../../src/lib/time";
import { countWaitingFor } from "../../src/quality";
import {
  mintCall,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintOrganization,
  mintReview,
  mintScorecard,
  mintSource,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { plansOf } from "./query-plan";
import { MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);
const NOW = NOON + 60 * MINUTE;

/** The line of the whole in the frame, as a page that is not Home shows it. */
async function stateIn(organization: { id: string; name: string }): Promise<string> {
  const { text, trips } = await visit(organization).page("/dashboard/settings/roles");
  expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
  const shown = /<a class="whole" href="([^"]*)">(.*?)<\/a>/s.exec(text);
  return `${shown?.[2]?.replaceAll(/<[^>]*>/g, "")} → ${shown?.[1]}`;
}

async function countAt(
  source: { id: string; kind: string; organizationId: string },
  hour: number,
  outcome: "refused" | "accepted",
  requests: number,
) {
  await db.insert(sourceCounts).values({
    organizationId: source.organizationId,
    sourceId: source.id,
    sourceKind: source.kind,
    hour,
    outcome,
    reason: outcome === "refused" ? "bad_body" : "",
    requests,
    lastAt: hour + MINUTE,
  });
}

/** The rows that a query reads. */
async function rowsRead(run: () => Promise<unknown>): Promise<number> {
  const asked: D1PreparedStatement[] = [];
  const prepare = env.DB.prepare.bind(env.DB);
  const spy = vi.spyOn(env.DB, "prepare").mockImplementation((text) => {
    const statement = prepare(text);
    const bind = statement.bind.bind(statement);
    statement.bind = (...values) => {
      const bound = bind(...values);
      asked.push(bound);
      return bound;
    };
    return statement;
  });
  await run();
  spy.mockRestore();
  const answers = await Promise.all(asked.map((statement) => statement.all()));
  return answers.reduce((sum, { meta }) => sum + meta.rows_read, 0);
}

describe("the line of the whole", () => {
  it("names whatever Home names as wrong, the worst first, and leads there", async () => {
    const organization = await mintOrganization(db);
    const { id } = organization;
    expect(await stateIn(organization)).toBe("All is well → /dashboard");
    const call = await mintCall(db, id);
    await mintTask(db, call, "rec_1", { dueAt: NOON - HOUR });
    expect(await stateIn(organization)).toBe("1 task is late → /dashboard/tasks?state=late");
    await mintCall(db, id, { quarantine: "no_campaign" });
    expect(await stateIn(organization)).toBe("1 unassigned call → /dashboard/unassigned");
    const trouble = { code: "unreachable", detail: "", since: NOON, count: 2 };
    await mintConnector(db, id, { trouble });
    expect(await stateIn(organization)).toBe("1 storage cannot be read → /dashboard/connectors");
    const source = await mintSource(db, id);
    await countAt(source, NOON - HOUR, "refused", 3);
    expect(await stateIn(organization)).toBe("1 source failing → /dashboard/sources");
    const endpoint = await mintEndpoint(db, id);
    await db.insert(undelivered).values({
      endpointId: endpoint.id,
      stream: call.id,
      organizationId: id,
      fromSeq: 1,
      attempts: 3,
      dueAt: NOON,
      reason: null,
    });
    expect(await stateIn(organization)).toBe("1 webhook failing → /dashboard/webhooks");
    await db.delete(undelivered).where(eq(undelivered.endpointId, endpoint.id));
    await db.update(endpoints).set({ active: false }).where(eq(endpoints.id, endpoint.id));
    expect(await stateIn(organization)).toBe("1 source failing → /dashboard/sources");
    await db.update(endpoints).set({ disabledReason: "gone" }).where(eq(endpoints.id, endpoint.id));
    expect(await stateIn(organization)).toBe("1 webhook failing → /dashboard/webhooks");
    expect(await stateIn(await mintOrganization(db))).toBe("All is well → /dashboard");
  });

  it("judges sources by what the page of each judges them by, whatever came before", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const within = { organizationId, reach: FULL_REACH };
    const sources = [];
    // Hours before now with what came in them: refused, accepted.
    const stories: [number, number, number][][] = [
      [[1, 3, 0]],
      [
        [1, 0, 2],
        [2, 9, 0],
        [3, 9, 0],
      ],
      [
        [5, 2, 1],
        [6, 0, 9],
        [7, 0, 9],
      ],
      [
        [23, 4, 0],
        [25, 0, 9],
      ],
      [[26, 9, 0]],
      [],
    ];
    for (const story of stories) {
      const source = await mintSource(db, organizationId);
      sources.push(source);
      for (const [ago, refused, accepted] of story) {
        if (refused > 0) await countAt(source, NOON - ago * HOUR, "refused", refused);
        if (accepted > 0) await countAt(source, NOON - ago * HOUR, "accepted", accepted);
      }
    }
    const paused = await mintSource(db, organizationId, { state: "paused" });
    await countAt(paused, NOON - HOUR, "refused", 3);
    for (const now of [NOW, NOW + 2 * HOUR, NOW + 12 * HOUR, NOW + DAY]) {
      const judged = await judgeSources(db, organizationId, [...sources, paused], now);
      const failing = [...judged.values()].filter(({ status }) => status === "failing").length;
      expect(await countFailingSources(db, { ...within, now }), String(now - NOW)).toBe(failing);
    }
    expect(await countFailingSources(db, { ...within, now: NOW })).toBeGreaterThan(1);
    // Somebody who reaches an old source alone is told of it, however many newer ones there are.
    const campaign = await mintCampaign(db, organizationId);
    const old = await mintSource(db, organizationId, { id: "src_00old", campaignId: campaign.id });
    await countAt(old, NOON - HOUR, "refused", 3);
    for (let at = 0; at < 70; at += 1) await countAt({ ...old, id: `src_zz${at}` }, NOON - HOUR, "refused", 3);
    const limited = { organizationId, reach: { ...FULL_REACH, campaigns: [campaign.id] } };
    expect(await countFailingSources(db, { ...limited, now: NOW })).toBe(1);
    const plans = await plansOf(env.DB, () => countFailingSources(db, { ...within, now: NOW }));
    expect(plans.filter((line) => /^SCAN (?!own|sources|asked|\(subquery)/.test(line))).toEqual([]);
  });
});

describe("what waits for a person in Tasks", () => {
  it("is what they have and what they may take, no more, and none of others", async () => {
    const organization = await mintOrganization(db);
    const { id: organizationId } = organization;
    const [campaign, other] = [await mintCampaign(db, organizationId), await mintCampaign(db, organizationId, "Other")];
    const card = await mintScorecard(db, organizationId, {
      state: "published",
      publishedAt: NOON,
      campaigns: [campaign.id],
    });
    const team = await mintTeam(db, organizationId);
    const task = async (overrides: Partial<typeof tasks.$inferInsert>) => {
      const call = await mintCall(db, organizationId, { campaignId: campaign.id });
      await mintTask(db, call, "rec_1", { campaignId: campaign.id, ...overrides });
      return call;
    };
    const count = () => countWaitingFor(db, { organizationId, reach: FULL_REACH, reviewerId: "usr_1", now: NOW });
    expect(await count()).toEqual({ tasks: 0, more: false });
    await task({});
    await task({ campaignId: other.id });
    await task({ campaignId: null });
    await task({ state: "completed" });
    await task({ escalatedAt: NOON });
    await task({ leaseUntil: NOW + MINUTE });
    await task({ teamId: team.id });
    await mintReview(db, await task({}), card, { state: "completed" });
    expect(await count()).toEqual({ tasks: 1, more: false });
    // One that is theirs, and one that they began and let go: it is theirs and in the queue, and counts once.
    await mintReview(db, await task({ assigneeId: "usr_1" }), card, { state: "assigned" });
    await mintReview(db, await task({ leaseUntil: NOON }), card);
    await mintReview(db, await task({ assigneeId: "usr_2" }), card, { state: "assigned", reviewerId: "usr_2" });
    expect(await count()).toEqual({ tasks: 3, more: false });
    const reach = { campaigns: [other.id], operators: null };
    expect((await countWaitingFor(db, { organizationId, reach, reviewerId: "usr_1", now: NOW })).tasks).toBe(0);
    const { text, trips } = await visit(organization, { role: "reviewer" }).page("/dashboard/tasks");
    expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
    expect(text).toMatch(/Tasks<\/span><span class="count">3<\/span>/);
    // The keys of what they do there are in the list of keys.
    expect(text).toContain("In a scorecard: submit, and on to the next review");
    expect((await visit(organization, { role: "viewer" }).page("/dashboard/tasks")).text).not.toContain(
      'class="count"',
    );
  });

  it("is counted to a thousand, and no further", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, organizationId);
    await mintScorecard(db, organizationId, { state: "published", publishedAt: NOON });
    await env.DB.prepare(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, recording_id, state, created_at, place)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
       SELECT 'task_' || ?1 || '_' || i, 'call_' || ?1 || '_' || i, ?1, ?2, 'rec_x', 'open', ?3, ?3 + i FROM n`,
    )
      .bind(organizationId, campaign.id, NOON)
      .run();
    const asked = { organizationId, reach: FULL_REACH, reviewerId: "usr_1", now: NOW };
    expect(await countWaitingFor(db, asked)).toEqual({ tasks: 1_000, more: true });
    const reads = await rowsRead(() => countWaitingFor(db, asked));
    expect(reads).toBeLessThan(7_000);
  });
});
