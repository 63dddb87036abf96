import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { listAnalyses } from "../../../src/analysis";
import { findToPlace, listCalls, pickWaiting } from "../../../src/calls";
import { listCampaigns } from "../../../src/campaigns";
import { openDatabase, type Database } from "../../../src/db/client";
import { readTogether } from "../../../src/db/read-together";
import { listEndpoints, listReveals } from "../../../src/delivery";
import { pendingQueries } from "../../../src/delivery/drain";
import { countOpenTasks, FULL_REACH, listApiKeys, listTeams } from "../../../src/identity";
import { directoryQueries, listMoves, listOperators } from "../../../src/operators";
import { fileQueries } from "../../../src/pipeline/consequences";
import { followCalls } from "../../../src/pipeline/follow";
import { listTasks } from "../../../src/quality";
import { claimRecordings, listRecordings } from "../../../src/recordings";
import { acceptReleased } from "../../../src/sources";
import { NOON } from "../../factories";
import { nothingFollows } from "../report-calls";

const organizationId = "org_1";
const limit = 51;

// D1 bills the rows it reads: a page must come from an index in its order, the first one as well as the hundredth.
const LISTS: Record<string, (db: Database) => Promise<unknown>> = {
  "calls, first page": (db) => listCalls(db, { organizationId, reach: FULL_REACH, limit }),
  "calls, later page": (db) =>
    listCalls(db, { organizationId, reach: FULL_REACH, limit, after: { startedAt: NOON, id: "call_1" } }),
  "calls between moments": (db) =>
    listCalls(db, { organizationId, reach: FULL_REACH, limit, filter: { from: NOON, to: NOON + 1 } }),
  "calls, oldest first, later page": (db) =>
    listCalls(db, {
      organizationId,
      reach: FULL_REACH,
      limit,
      after: { startedAt: NOON, id: "call_1" },
      order: "ascending",
    }),
  "operators, from the last name": (db) =>
    listOperators(db, {
      organizationId,
      reach: FULL_REACH,
      limit,
      filter: { merged: false },
      after: { foldedName: "lucia" },
      order: "descending",
    }),
  "campaigns, from the last number": (db) =>
    listCampaigns(db, { organizationId, reach: FULL_REACH, limit, after: { number: 7 }, order: "descending" }),
  "recordings, oldest first, later page": (db) =>
    listRecordings(db, {
      organizationId,
      reach: FULL_REACH,
      limit,
      after: { startedAt: NOON, callId: "call_1", id: "rec_1" },
      order: "ascending",
    }),
  "endpoints, oldest first": (db) =>
    listEndpoints(db, { organizationId, limit, after: { id: "wh_1" }, order: "ascending" }),
  "recordings, first page": (db) => listRecordings(db, { organizationId, reach: FULL_REACH, limit }),
  "recordings, later page": (db) =>
    listRecordings(db, {
      organizationId,
      reach: FULL_REACH,
      limit,
      after: { startedAt: NOON, callId: "call_1", id: "rec_1" },
    }),
  "recordings of a call": (db) =>
    listRecordings(db, { organizationId, reach: FULL_REACH, limit, filter: { callId: "call_1" } }),
  "analyses, first page": (db) => listAnalyses(db, { organizationId, reach: FULL_REACH, limit }),
  "analyses, later page": (db) =>
    listAnalyses(db, {
      organizationId,
      reach: FULL_REACH,
      limit,
      after: { startedAt: NOON, callId: "call_1", id: "ana_1" },
    }),
  "tasks, first page": (db) => listTasks(db, { organizationId, reach: FULL_REACH, limit }),
  "tasks, later page": (db) =>
    listTasks(db, { organizationId, reach: FULL_REACH, limit, after: { startedAt: NOON, callId: "call_1" } }),
  "teams, later page": (db) => listTeams(db, { organizationId, limit, after: { id: "tem_1" } }),
  "open tasks of a team": (db) => countOpenTasks(db, "tem_1"),
  "campaigns, later page": (db) =>
    listCampaigns(db, { organizationId, reach: FULL_REACH, limit, after: { number: 7 } }),
  "operators, later page": (db) =>
    listOperators(db, {
      organizationId,
      reach: FULL_REACH,
      limit,
      filter: { merged: false },
      after: { foldedName: "lucia" },
    }),
  "operators by part of the name": (db) =>
    listOperators(db, { organizationId, reach: FULL_REACH, limit, filter: { merged: false, search: "lu" } }),
  "moves of an operator": (db) => listMoves(db, { organizationId, operatorId: "opr_1", limit }),
  "calls to place anew, first page": (db) =>
    findToPlace(db, { organizationId, of: { operatorId: "opr_1" }, limit, cursor: null }),
  "calls to place anew, later page": (db) =>
    findToPlace(db, { organizationId, of: { reference: "a:b:c" }, limit, cursor: "1:call_1" }),
  "calls that wait for a campaign": (db) => pickWaiting(db, { organizationId, reach: FULL_REACH, filter: {}, limit }),
  "requests of calls that leave quarantine": (db) =>
    Promise.all(
      acceptReleased(db, [{ id: "call_1", organizationId, writer: "w" }]).map((statement) =>
        Promise.resolve(statement),
      ),
    ),
  "who is who": (db) =>
    readTogether(
      db,
      directoryQueries({
        operatorIds: ["opr_1"],
        references: [{ organizationId, reference: "a:b:c" }],
        callIds: ["call_1"],
      }),
    ),
  "what is pending, and who receives it": (db) =>
    readTogether(db, pendingQueries([{ organizationId, stream: "call_1" }], 0)),
  "the file of a call": (db) => readTogether(db, fileQueries(["call_1"])),
  "what follows a batch": (db) => followCalls({ db, ...nothingFollows }, [{ id: "call_1", organizationId }], 0),
  "recordings that are claimed together": (db) =>
    claimRecordings(db, [{ organizationId, callId: "c", recordingId: "r" }], 0),
  "endpoints, later page": (db) => listEndpoints(db, { organizationId, limit, after: { id: "wh_1" } }),
  "reveals, later page": (db) => listReveals(db, { organizationId, limit, after: { id: "rvl_1" } }),
  "API keys, later page": (db) => listApiKeys(db, { organizationId, reach: FULL_REACH, limit, after: { id: "key_1" } }),
};

describe("query plans of the lists", () => {
  it.for(Object.keys(LISTS))("%s: searches, never scans or sorts", async (name, { expect }) => {
    const plan = await planOf((db) => LISTS[name]?.(db));
    expect(plan.length).toBeGreaterThan(0);
    // "LAST TERM OF ORDER BY" is allowed: it sorts the few recordings of one call.
    // What is in memory, the values given and a chain of merges, is scanned.
    const onDisk = plan.filter((step) => !/VIRTUAL TABLE|^SCAN (chain|\(subquery)/.test(step));
    for (const step of onDisk) expect(step).not.toMatch(/SCAN|TEMP B-TREE FOR ORDER BY/);
  });
});

/** What SQLite would do for the queries that `ask` makes. */
async function planOf(ask: (db: Database) => Promise<unknown> | undefined): Promise<string[]> {
  const statements: string[] = [];
  const watched = { prepare: (statement: string) => (statements.push(statement), env.DB.prepare(statement)) };
  await ask(openDatabase(watched as unknown as D1Database));
  const plans = statements.map((statement) => {
    const unbound = statement.match(/\?/g) ?? [];
    return env.DB.prepare(`EXPLAIN QUERY PLAN ${statement}`)
      .bind(...unbound.map(() => 1))
      .all<{ detail: string }>();
  });
  return (await Promise.all(plans)).flatMap((plan) => plan.results.map((step) => step.detail));
}
