import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { listAnalyses } from "../../src/analysis";
import {
  groupWaiting,
  listCalls,
  MAX_SCANNED_CALLS,
  MOST_GROUPED,
  pickWaiting,
  readCallHeads,
  readConversations,
  readKeys,
  type CallFilter,
} from "../../src/calls";
import { openDatabase, type Database } from "../../src/db/client";
import { filesOf } from "../../src/api/external-api/call-file";
import { FULL_REACH, listAudit, type Reach } from "../../src/identity";
import { MAX_SCANNED_ENTRIES, type AuditFilter } from "../../src/identity/audit";
import { listOperators } from "../../src/operators";
import {
  countOverdue,
  isJudged,
  listReviewerIds,
  listTasks,
  listWorst,
  MAX_SCANNED_SCORES,
  VERDICTS,
} from "../../src/quality";
import { listRecordings } from "../../src/recordings";
import { MAX_SCANNED, searchInbound, type InboundFilter, type InboundSearch } from "../../src/sources";
import { apiClient, db as testDatabase } from "./api/client";
import { mintApiKey, mintCampaign, mintOrganization, NOON } from "../factories";

// D1 bills the rows it reads and has one thread: a page of any list reads a bounded number of them, however many calls
// the organization has.

const CALLS = 100_000;
const PAGE = 51;
const MANY = Array.from({ length: 38 }, (_, index) => `cmp_${index}`);

const middle = { startedAt: NOON + (CALLS / 2) * 1000, id: "call_~" };

/** A look reads each call in the index, as a row and for the edge, what hangs on it, and sorts what it found. */
const MOST = 6 * MAX_SCANNED_CALLS + 4 * PAGE;

const CALL_7 = `call_${"7".padStart(26, "0")}`;
const CALL_LATE = `call_${String(CALLS - 3).padStart(26, "0")}`;

let organizationId = "";
let key = "";
/** An organization whose calls all wait for a campaign. */
let waitingId = "";
const WAITING = 12_000;

beforeAll(async () => {
  const organization = await mintOrganization(testDatabase);
  organizationId = organization.id;
  const campaign = await mintCampaign(testDatabase, organizationId);
  await env.DB.prepare("UPDATE campaigns SET id = 'cmp_rare' WHERE id = ?").bind(campaign.id).run();
  key = (await mintApiKey(testDatabase, { organizationId })).key;
  waitingId = (await mintOrganization(testDatabase)).id;
  // One call a second. One in a thousand failed, waits for a campaign, or is of the rare campaign, operator and number.
  await env.DB.batch([
    env.DB.prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${CALLS})
       INSERT INTO calls (id, organization_id, source_id, source_kind, external_id, campaign_id, operator_id, quarantine, state,
         direction, from_raw, from_e164, to_raw, started_at, custom, ranks, terminal, finalize_at, version, writer, created_at,
         updated_at)
       SELECT 'call_' || printf('%026d', n), ?, 'src_1', 'anura', n,
         CASE WHEN n % 1000 = 7 THEN 'cmp_rare' ELSE 'cmp_usual' END,
         CASE WHEN n % 1000 = 7 THEN 'opr_rare' ELSE 'opr_usual' END,
         CASE WHEN n % 1000 = 9 THEN 'no_campaign' END,
         CASE WHEN n = 3 THEN 'in_progress' WHEN n % 1000 = 7 THEN 'failed' ELSE 'completed' END,
         CASE WHEN n % 1000 = 7 THEN 'internal' ELSE 'inbound' END, '2', CASE WHEN n % 1000 = 7 THEN '+5491100000007' END, '3',
         ${NOON} + n * 1000, '{}', '{}', 'completed', 0, 1, 'w', 0, 0 FROM numbers`,
    ).bind(organizationId),
    env.DB.prepare(
      `INSERT INTO recordings (call_id, id, organization_id, source_id, source_kind, external_id, state, due_at, attempts,
         lease_until, give_up_at, created_at)
       SELECT id, 'rec_' || substr(id, 6), organization_id, 'src_1', 'anura', '1',
         CASE WHEN state = 'failed' THEN 'failed' ELSE 'completed' END, 0, 1, 0, 0, 0 FROM calls WHERE organization_id = ?`,
    ).bind(organizationId),
    env.DB.prepare(
      `INSERT INTO analyses (call_id, id, organization_id, recording_id, engine, engine_version, state, due_at, attempts,
         lease_until, give_up_at, created_at)
       SELECT id, 'ana_' || substr(id, 6), organization_id, 'rec_' || substr(id, 6), 'embedded', '1',
         CASE WHEN state = 'failed' THEN 'failed' ELSE 'completed' END, 0, 1, 0, 0, 0 FROM calls WHERE organization_id = ?`,
    ).bind(organizationId),
    env.DB.prepare(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, operator_id, recording_id, state, created_at)
       SELECT 'task_' || substr(id, 6), id, organization_id, campaign_id, operator_id, 'rec_' || substr(id, 6),
         CASE WHEN state = 'failed' THEN 'completed' ELSE 'open' END, 0 FROM calls WHERE organization_id = ?`,
    ).bind(organizationId),
    env.DB.prepare(
      `UPDATE tasks SET due_at = 1 WHERE state = 'open' AND organization_id = ? AND CAST(substr(id, 6) AS INTEGER) % 4 = 0`,
    ).bind(organizationId),
    env.DB.prepare(
      `INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, assigned_by, assigned_at, writer)
       SELECT organization_id, 'rev_' || substr(id, 6), call_id,
         CASE WHEN CAST(substr(id, 6) AS INTEGER) % 200 = 0 THEN 'usr_some' ELSE 'usr_busy' END, 'assigned', 'system', 0, 'w'
       FROM tasks WHERE state = 'open' AND organization_id = ? AND CAST(substr(id, 6) AS INTEGER) % 2 = 0`,
    ).bind(organizationId),
    // A tenth of the older ones was reviewed once, and all of it waits for a second review: the dearest case of each verdict.
    env.DB.prepare(
      `INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, score, passed, assigned_by, assigned_at, writer)
       SELECT organization_id, 'rev_z' || substr(id, 7), id, 'usr_done', 'completed', 40 + substr(id, -2) % 60, 0, 'system', 0, 'w'
       FROM calls WHERE organization_id = ? AND CAST(substr(id, 6) AS INTEGER) % 10 = 5 AND started_at < ${middle.startedAt}`,
    ).bind(organizationId),
    env.DB.prepare(
      `INSERT INTO inbound (organization_id, id, source_id, source_kind, received_at, path, headers, body_size, outcome, status,
         replays)
       SELECT organization_id, 'inb_' || substr(id, 6), 'src_1', 'anura', started_at, '/webhook/anura/', '{}', 0,
         CASE WHEN state = 'failed' THEN 'refused' ELSE 'accepted' END, CASE WHEN state = 'failed' THEN 422 ELSE 200 END, 0
       FROM calls WHERE organization_id = ?`,
    ).bind(organizationId),
    env.DB.prepare(
      `INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id)
       SELECT organization_id, 'aud_' || printf('%012x', started_at) || substr(id, -16), started_at,
         CASE WHEN state = 'failed' THEN 'key_rare' ELSE 'system' END, 'campaign.updated', 'campaign', campaign_id
       FROM calls WHERE organization_id = ?`,
    ).bind(organizationId),
    // A tenth of them is of another source.
    env.DB.prepare(
      `INSERT INTO calls (id, organization_id, source_id, source_kind, external_id, quarantine, state, started_at, custom, ranks,
         terminal, finalize_at, version, writer, created_at, updated_at)
       SELECT id || 'w', ?, CASE WHEN external_id % 10 = 0 THEN 'src_2' ELSE 'src_1' END, 'anura', external_id, 'no_campaign',
         'completed', started_at, '{}', '{}', 'completed', 0, 1, 'w', 0, 0
       FROM calls WHERE organization_id = ? ORDER BY started_at LIMIT ${WAITING}`,
    ).bind(waitingId, organizationId),
  ]);
}, 300_000);

function ofTeam(teamId: string) {
  return { organizationId, reach: FULL_REACH, limit: PAGE, filter: { teamId } };
}

/** What `ask` gives, and the rows that its queries read, by D1's own figures. */
async function rowsReadBy(ask: (db: Database) => Promise<unknown>): Promise<number> {
  const queries: { sql: string; values: unknown[] }[] = [];
  const watched = {
    prepare: (sql: string) => {
      const real = env.DB.prepare(sql);
      return {
        bind: (...values: unknown[]) => {
          queries.push({ sql, values });
          return real.bind(...values);
        },
      };
    },
    batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements),
  };
  await ask(openDatabase(watched as unknown as D1Database));
  const results = await Promise.all(
    queries.map(({ sql, values }) =>
      env.DB.prepare(sql)
        .bind(...values)
        .all(),
    ),
  );
  expect(results.length).toBeGreaterThan(0);
  return results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
}

describe(`lists of ${CALLS.toLocaleString("en")} calls`, () => {
  it.for<[string, CallFilter, "found" | "scanned"]>([
    ["all", {}, "found"],
    ["of a usual campaign", { campaignId: "cmp_usual" }, "found"],
    ["of a rare campaign", { campaignId: "cmp_rare" }, "found"],
    ["of an unknown campaign", { campaignId: "cmp_none" }, "found"],
    ["of a rare operator", { operatorId: "opr_rare" }, "found"],
    ["of a rare operator in a rare campaign", { operatorId: "opr_rare", campaignId: "cmp_rare" }, "scanned"],
    ["that wait for a decision", { quarantined: true }, "found"],
    ["between moments", { from: NOON, to: NOON + 60_000 }, "found"],
    ["by their ids", { ids: [CALL_7, CALL_LATE, "call_none"] }, "found"],
    [
      "by their ids and all else",
      { ids: [CALL_7], campaignId: "cmp_rare", operatorId: "opr_rare", from: NOON },
      "found",
    ],
    ["of a source", { sourceId: "src_none" }, "scanned"],
    ["that failed", { state: "failed" }, "scanned"],
    ["that go on", { state: "in_progress" }, "scanned"],
    ["of a direction", { direction: "internal" }, "scanned"],
    ["of a number", { number: "+5491100000007" }, "scanned"],
    ["of an unknown number", { number: "+1" }, "scanned"],
    ["that wait for none", { quarantined: false }, "scanned"],
    ["of a rare campaign that did not fail", { campaignId: "cmp_rare", state: "completed" }, "scanned"],
  ])("calls %s: a page reads no more than that", async ([, filter, how]) => {
    const most = how === "found" ? 3 * PAGE : MOST;
    for (const order of ["descending", "ascending"] as const)
      for (const after of [undefined, middle]) {
        const query = { organizationId, reach: FULL_REACH, filter, limit: PAGE, after, order };
        expect(await rowsReadBy((db) => listCalls(db, query))).toBeLessThanOrEqual(most);
      }
  });

  it.for<[string, (db: Database) => Promise<unknown>]>([
    ["recordings", (db) => listRecordings(db, { organizationId, reach: FULL_REACH, limit: PAGE })],
    [
      "recordings by state",
      (db) => listRecordings(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { state: "failed" } }),
    ],
    [
      "analyses by state",
      (db) => listAnalyses(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { state: "failed" } }),
    ],
    [
      "tasks by state",
      (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { state: "completed" } }),
    ],
    [
      "tasks of one who has too many to be found by index",
      (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { reviewerId: "usr_busy" } }),
    ],
    [
      "tasks of one who has some",
      (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { reviewerId: "usr_some" } }),
    ],
    [
      "tasks that are late, too many for the index",
      (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { dueBefore: NOON } }),
    ],
    ["late tasks that are counted", (db) => countOverdue(db, { organizationId, reach: FULL_REACH, now: NOON })],
    [
      "tasks of a campaign",
      (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { campaignId: "cmp_rare" } }),
    ],
    [
      "tasks of an operator",
      (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { operatorId: "opr_none" } }),
    ],
    ...VERDICTS.map((is): [string, (db: Database) => Promise<unknown>] => [
      `calls that are ${is}`,
      (db) =>
        listCalls(db, { organizationId, reach: FULL_REACH, limit: PAGE, order: "ascending", also: isJudged({ is }) }),
    ]),
    [
      "calls that somebody reviewed",
      (db) =>
        listCalls(db, {
          organizationId,
          reach: FULL_REACH,
          limit: PAGE,
          order: "ascending",
          also: isJudged({ reviewerId: "usr_done" }),
        }),
    ],
    ["calls of a team that has none", (db) => listCalls(db, { ...ofTeam("tem_none") })],
    ["calls of a team, from the other end", (db) => listCalls(db, { ...ofTeam("tem_none"), order: "ascending" })],
    ["those who reviewed", (db) => listReviewerIds(db, organizationId)],
    ["what waits", (db) => pickWaiting(db, { organizationId, reach: FULL_REACH, filter: {}, limit: PAGE })],
  ])("%s: a page reads no more than that", async ([, ask]) => {
    expect(await rowsReadBy(ask)).toBeLessThanOrEqual(MOST);
  });

  it("the worst calls: a page reads no more scores than it looks at, their calls, and the scores again to count them", async () => {
    const ask = (db: Database) => listWorst(db, { organizationId, reach: FULL_REACH, filter: {}, limit: PAGE });
    // Read in the index, merged, joined with call and task, sorted; and read and merged for the count.
    expect(await rowsReadBy(ask)).toBeLessThanOrEqual(9 * MAX_SCANNED_SCORES);
  });

  it.for<[string, Reach, CallFilter, "found" | "scanned"]>([
    ["one campaign", { campaigns: ["cmp_rare"], operators: null }, {}, "found"],
    ["one usual campaign", { campaigns: ["cmp_usual"], operators: null }, {}, "found"],
    ["one operator", { campaigns: null, operators: ["opr_rare"] }, {}, "found"],
    ["no campaign", { campaigns: [], operators: null }, {}, "found"],
    ["another campaign", { campaigns: ["cmp_rare"], operators: null }, { campaignId: "cmp_usual" }, "found"],
    ["two campaigns", { campaigns: ["cmp_rare", "cmp_usual"], operators: null }, {}, "scanned"],
    [
      "two campaigns, by state",
      { campaigns: ["cmp_rare", "cmp_usual"], operators: null },
      { state: "failed" },
      "scanned",
    ],
    ["forty campaigns", { campaigns: [...MANY, "cmp_rare", "cmp_usual"], operators: null }, {}, "scanned"],
    ["forty operators", { campaigns: null, operators: [...MANY, "opr_rare"] }, { state: "completed" }, "scanned"],
    ["an operator in a campaign", { campaigns: ["cmp_rare"], operators: ["opr_usual"] }, {}, "scanned"],
    ["an operator, by campaign", { campaigns: null, operators: ["opr_usual"] }, { campaignId: "cmp_rare" }, "scanned"],
    [
      "operators in campaigns",
      { campaigns: ["cmp_rare", "cmp_none"], operators: ["opr_usual", "opr_rare"] },
      {},
      "scanned",
    ],
  ])("within a reach of %s, a page of each list reads no more than that", async ([, reach, filter, how]) => {
    const most = how === "found" ? 8 * PAGE : MOST;
    const within = { organizationId, reach, limit: PAGE };
    const lists = [
      (db: Database) => listCalls(db, { ...within, filter }),
      (db: Database) => listCalls(db, { ...within, filter, after: middle }),
      (db: Database) => listCalls(db, { ...within, filter, after: middle, order: "ascending" }),
      (db: Database) => listTasks(db, { ...within, filter: { campaignId: filter.campaignId } }),
      (db: Database) => listRecordings(db, within),
      (db: Database) => listRecordings(db, { ...within, order: "ascending" }),
      (db: Database) => listAnalyses(db, within),
    ];
    for (const ask of lists) expect(await rowsReadBy(ask)).toBeLessThanOrEqual(most);
  });

  it("operators within a reach of campaigns: a page reads no more than that", async () => {
    const within = { organizationId, reach: { campaigns: ["cmp_usual", "cmp_rare"], operators: null } };
    const ask = (db: Database) => listOperators(db, { ...within, filter: { merged: false }, limit: PAGE });
    expect(await rowsReadBy(ask)).toBeLessThanOrEqual(MOST);
  });

  it("calls that are asked for by their ids are read, and no others", async () => {
    const ids = Array.from({ length: PAGE }, (_, n) => `call_${String(n * 7).padStart(26, "0")}`);
    const within = { organizationId, reach: FULL_REACH, ids };
    const asks = [
      (db: Database) => readCallHeads(db, within),
      (db: Database) => readCallHeads(db, { ...within, sourceId: "src_1", flag: "no_analysis" }),
      (db: Database) => readConversations(db, within),
      (db: Database) => readKeys(db, { organizationId, callIds: ids }),
    ];
    for (const ask of asks) expect(await rowsReadBy(ask)).toBeLessThanOrEqual(6 * PAGE);
    expect(await readCallHeads(testDatabase, { ...within, organizationId: waitingId })).toEqual([]);
  });

  it("the External API's tasks: a page reads no more than that", async () => {
    const ask = async (db: Database) =>
      filesOf(
        db,
        { organizationId, reach: FULL_REACH },
        (await listCalls(db, { organizationId, reach: FULL_REACH, limit: PAGE })).rows,
      );
    expect(await rowsReadBy(ask)).toBeLessThanOrEqual(15 * PAGE);
  });

  it.for([
    [
      "recordings",
      (db: Database, callId: string) =>
        listRecordings(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { callId } }),
    ],
    [
      "analyses",
      (db: Database, callId: string) =>
        listAnalyses(db, { organizationId, reach: FULL_REACH, limit: PAGE, filter: { callId } }),
    ],
  ] as const)("%s of one call: a page reads those of that call", async ([, ask]) => {
    expect(await rowsReadBy((db) => ask(db, `call_${"7".padStart(26, "0")}`))).toBeLessThanOrEqual(10);
  });

  it.for<[string, InboundFilter]>([
    ["all", {}],
    ["refused", { outcome: "refused" }],
    ["by their answer", { status: 422 }],
    ["of a source that sent none", { sourceId: "src_none" }],
    ["of a call that has none", { callId: "call_none" }],
  ])("requests, %s: a page reads no more than that", async ([, filter]) => {
    const search: InboundSearch = { organizationId, reach: FULL_REACH, filter, limit: PAGE, order: "newest" };
    expect(await rowsReadBy((db) => searchInbound(db, search))).toBeLessThanOrEqual(5 * MAX_SCANNED);
  });

  it.for<[string, AuditFilter]>([
    ["all", {}],
    ["of a rare actor", { actor: "key_rare" }],
    ["of an actor who did nothing", { actor: "key_none" }],
    ["of a kind of resource that has none, between moments", { resourceType: "team", from: NOON, until: NOON * 2 }],
    ["of one resource", { resourceId: "cmp_rare" }],
  ])("entries of the audit log, %s: a page reads no more than that", async ([, filter]) => {
    for (const order of ["descending", "ascending"] as const) {
      const ask = (db: Database) => listAudit(db, { organizationId, filter, limit: PAGE, order });
      expect(await rowsReadBy(ask)).toBeLessThanOrEqual(3 * MAX_SCANNED_ENTRIES + 4 * PAGE);
    }
  });

  it("calls that wait are counted to 1,000, and grouped as far as 10,000", async () => {
    const { groups, more } = await groupWaiting(testDatabase, {
      organizationId: waitingId,
      reach: FULL_REACH,
      limit: 10,
    });
    expect(groups).toMatchObject([
      { sourceId: "src_1", calls: 1_000, more: true, oldestAt: NOON + 1000 },
      { sourceId: "src_2", calls: 1_000, more: false, oldestAt: NOON },
    ]);
    expect(more).toBe(true);
    const ask = (db: Database) => groupWaiting(db, { organizationId: waitingId, reach: FULL_REACH, limit: 10 });
    expect(await rowsReadBy(ask)).toBeLessThanOrEqual(4 * MOST_GROUPED);

    const picked = await pickWaiting(testDatabase, {
      organizationId: waitingId,
      reach: FULL_REACH,
      filter: {},
      limit: 3,
    });
    expect(picked).toMatchObject({ matched: 1_000, more: true });
    expect(picked.ids).toHaveLength(3);
    const few = await pickWaiting(testDatabase, { organizationId, reach: FULL_REACH, filter: {}, limit: 3 });
    expect(few).toMatchObject({ matched: 100, more: false });
    const all = (db: Database) =>
      pickWaiting(db, { organizationId: waitingId, reach: FULL_REACH, filter: {}, limit: 3 });
    expect(await rowsReadBy(all)).toBeLessThanOrEqual(3_010);
  });

  it.for([
    ["calls", "state=failed", 100],
    ["calls", "number=%2B5491100000007&campaign_id=cmp_rare", 100],
    ["recordings", "state=failed", 100],
    ["analyses", "state=failed", 100],
    ["tasks", "state=completed", 100],
  ] as const)("/v1/%s?%s is walked to its end, and each is there once", async ([resource, filter, expected]) => {
    const api = apiClient();
    const seen: string[] = [];
    let cursor: string | null = null;
    let looks = 0;
    do {
      const page: { data: { id: string }[]; next_cursor: string | null; scanned_until: string | null } = (
        await api.get(`/v1/${resource}?${filter}&limit=20${cursor === null ? "" : `&cursor=${cursor}`}`, { key })
      ).body;
      seen.push(...page.data.map(({ id }) => id));
      if (page.scanned_until !== null) expect(page.next_cursor).not.toBeNull();
      cursor = page.next_cursor;
      looks += 1;
    } while (cursor !== null && looks < 200);
    expect(cursor).toBeNull();
    expect(new Set(seen).size).toBe(expected);
    expect(seen).toHaveLength(expected);
  });
});
