import { and, asc, eq, isNull, sql, type SQL } from "drizzle-orm";
import { readCallHeads, snapshotCall } from "../../calls";
import { runBatch, type Database } from "../../db/client";
import { comesAfter, type Order } from "../../db/order";
import { insertRow, writeRows, type RowWrite } from "../../db/rows";
import { campaigns, reviews, slaPolicies, slaViolations, tasks, teams } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { eventRows, insertEvents, spillLarge, type StreamFacts, type ViolationSnapshot } from "../../events";
import { FULL_REACH, type Within } from "../../identity";
import { eachOrganization } from "../../lib/each-organization";
import { newId } from "../../lib/id";
import { MINUTE, SECOND, toIso } from "../../lib/time";
import { isOpenReview, OPEN_STATES } from "../reviews/rows";
import type { ReviewDeps } from "../reviews/take";
import { deadlineOf, latestStart } from "./hours";
import type { PolicyRow } from "./policies";

export type ViolationRow = typeof slaViolations.$inferSelect;

/** Objects of one policy that are looked at in one turn; the others have theirs a minute later. */
const AT_ONCE = 200;

/** Policies of all organizations that are looked at in one turn, with at most five statements each (D1 has 1,000). */
const POLICIES_AT_ONCE = 50;

/** What began in the time that is over: a task or a review, and since when its clock ran. */
type Begun = { objectId: string; callId: string; reviewerId: string | null; startedAt: number };

/** `submittedAt`: when the last of the reviews that it needs was submitted, null where one is still to be. */
type Found = Begun & { submittedAt: number | null; undoUntil: number | null };

/** A review is not taken back this long after it could be, however slow who takes it back and the clocks are. */
const SURELY_PAST = 30 * SECOND;

/**
 * Notes what was not done in time, once for each policy and object, with its event. A policy looks at what began since it
 * looked last, so it costs as much as there is late, however much there is open. Gives how many it found.
 */
export async function noteViolations(deps: ReviewDeps, now: number, atOnce = POLICIES_AT_ONCE): Promise<number> {
  const policies = await policiesOfTurn(deps.db, now, atOnce);
  let noted = 0;
  await eachOrganization(policies, async (_, ofIt) => {
    for (const policy of ofIt) noted += await notePolicy(deps, policy, now);
  });
  return noted;
}

/** Where there are more than are looked at in one turn, each minute has those that come after the last one's. */
async function policiesOfTurn(db: Database, now: number, atOnce: number): Promise<PolicyRow[]> {
  const inForce = isNull(slaPolicies.archivedAt);
  const all = await db.$count(slaPolicies, inForce);
  const first = all > atOnce ? (Math.floor(now / MINUTE) * atOnce) % all : 0;
  const from = (offset: number, limit: number) =>
    db
      .select()
      .from(slaPolicies)
      .where(inForce)
      .orderBy(asc(slaPolicies.organizationId), asc(slaPolicies.id))
      .limit(limit)
      .offset(offset);
  const rows = await from(first, atOnce);
  return first === 0 || rows.length === atOnce ? rows : [...rows, ...(await from(0, atOnce - rows.length))];
}

async function notePolicy(deps: ReviewDeps, policy: PolicyRow, now: number): Promise<number> {
  const { db, bucket, nudges } = deps;
  const { organizationId, id: policyId } = policy;
  const until = latestStart(now, policy.seconds, policy.hours);
  if (until <= policy.sweptUntil) return 0;
  const found = await begunWithin(db, policy, until);
  const dueOf = ({ startedAt }: Begun) => deadlineOf(startedAt, policy.seconds, policy.hours);
  const isInTime = (one: Found) => one.submittedAt !== null && one.submittedAt <= dueOf(one);
  const late = found.filter((one) => !isInTime(one));
  const callIds = [...new Set(late.map(({ callId }) => callId))];
  const heads =
    callIds.length === 0 ? [] : await readCallHeads(db, { organizationId, reach: FULL_REACH, ids: callIds });
  const rows: RowWrite[] = [];
  const streams: StreamFacts[] = [];
  for (const one of late) {
    const call = heads.find(({ id }) => id === one.callId);
    if (!call) continue;
    const { objectId, callId, reviewerId, startedAt } = one;
    const row: ViolationRow = {
      organizationId,
      policyId,
      objectId,
      callId,
      reviewerId,
      startedAt,
      campaignId: call.campaignId,
      operatorId: call.operatorId,
      dueAt: dueOf(one),
      notedAt: now,
    };
    const isNew = sql`NOT EXISTS (SELECT 1 FROM ${slaViolations} WHERE organization_id = ${organizationId}
      AND policy_id = ${policyId} AND object_id = ${one.objectId})`;
    rows.push(insertRow(slaViolations, row));
    const stream = { id: call.id, organizationId };
    const data = { violation: snapshotViolation(row, policy), call: snapshotCall(call) };
    streams.push({
      stream,
      facts: await spillLarge(bucket, stream, [{ type: "sla.violation", data }], now),
      guard: isNew,
    });
  }
  // What was submitted in time and can still be taken back is looked at again, with what began after it.
  const open = found.find((one) => isInTime(one) && (one.undoUntil ?? 0) + SURELY_PAST > now);
  const last = found.at(-1)?.startedAt ?? until;
  // Of a full page the last moment may have more. It is left behind only where nothing of the page was new.
  const seen = found.length < AT_ONCE ? until : Math.max(last - 1, policy.sweptUntil + (rows.length === 0 ? 1 : 0));
  const swept = open ? Math.min(seen, open.startedAt - 1) : seen;
  if (streams.length === 0 && swept <= policy.sweptUntil) return 0;
  await runBatch(db, [
    // Before the rows that say it was told.
    ...insertEvents(db, eventRows(streams, now)),
    ...writeRows(db, rows),
    db
      .update(slaPolicies)
      .set({ sweptUntil: swept })
      .where(
        and(
          eq(slaPolicies.organizationId, organizationId),
          eq(slaPolicies.id, policyId),
          sql`${slaPolicies.sweptUntil} < ${swept}`,
        ),
      ),
  ]);
  await nudges.events(streams.map(({ stream }) => ({ stream: stream.id, organizationId })));
  return streams.length;
}

/** What began in the time that is over by now, and is not done or can still be taken back, the oldest first. */
async function begunWithin(db: Database, policy: PolicyRow, until: number): Promise<Found[]> {
  const { organizationId, id, measure } = policy;
  const query = { organizationId, from: policy.sweptUntil, until };
  const measured =
    measure === "task_reviewed"
      ? openTasks(query)
      : measure === "escalation_answered"
        ? openEscalations(query)
        : openReviews(query, measure);
  const isNoted = sql`EXISTS (SELECT 1 FROM ${slaViolations} AS noted WHERE noted.organization_id = ${organizationId}
    AND noted.policy_id = ${id} AND noted.object_id = late.object_id)`;
  type Row = {
    object_id: string;
    call_id: string;
    reviewer_id: string | null;
    started_at: number;
    submitted_at: number | null;
    undo_until: number | null;
  };
  const rows = await db.all<Row>(
    sql`SELECT late.* FROM (${measured}) AS late WHERE NOT ${isNoted} ${ofCampaigns(policy)}
      ORDER BY late.started_at, late.object_id LIMIT ${AT_ONCE}`,
  );
  return rows.map((row) => ({
    objectId: row.object_id,
    callId: row.call_id,
    reviewerId: row.reviewer_id,
    startedAt: row.started_at,
    submittedAt: row.submitted_at,
    undoUntil: row.undo_until,
  }));
}

type Query = { organizationId: string; from: number; until: number };

const TASK = sql.raw("id AS object_id, call_id, assignee_id AS reviewer_id, campaign_id");
const UNDONE = sql.raw("NULL AS submitted_at, NULL AS undo_until");

/**
 * Open tasks: of the queue, line by line in its index; and those that somebody has. Their clock began when they came into their
 * campaign (`place`), as a rule when they were made.
 */
function openTasks({ organizationId, from, until }: Query): SQL {
  // Of as many reviews as it needs the last one.
  const submitted = (column: "submitted_at" | "undo_until") => sql`(SELECT iif(count(*) >= ${tasks.wanted}
      AND sum(state = 'submitted') > 0, max(${sql.identifier(column)}), NULL)
    FROM ${reviews} WHERE ${reviews.callId} = ${tasks.callId} AND ${reviews.state} IN ('submitted', 'completed'))`;
  const found = (
    startedAt: SQL,
  ) => sql`${TASK}, ${startedAt} AS started_at, ${submitted("submitted_at")} AS submitted_at,
    ${submitted("undo_until")} AS undo_until`;
  const lines = sql`(SELECT campaign.id AS campaign, team.id AS team FROM ${campaigns} AS campaign
    CROSS JOIN (SELECT NULL AS id UNION ALL SELECT id FROM ${teams} WHERE organization_id = ${organizationId}) AS team
    WHERE campaign.organization_id = ${organizationId})`;
  const isGiven = sql`state = 'open' AND assignee_id IS NOT NULL AND organization_id = ${organizationId}`;
  return sql`SELECT ${found(sql`place`)} FROM ${lines} AS line CROSS JOIN ${tasks} WHERE state = 'open'
      AND organization_id = ${organizationId} AND assignee_id IS NULL AND campaign_id = line.campaign
      AND team_id IS line.team AND place > ${from} AND place <= ${until}
    UNION ALL SELECT ${found(sql`created_at`)} FROM ${tasks} INDEXED BY tasks_given WHERE ${isGiven}
      AND created_at > ${from} AND created_at <= ${until} AND place <= created_at
    UNION ALL SELECT ${found(sql`place`)} FROM ${tasks} INDEXED BY tasks_given_moved WHERE ${isGiven}
      AND place > created_at AND place > ${from} AND place <= ${until}`;
}

function openEscalations({ organizationId, from, until }: Query): SQL {
  return sql`SELECT ${TASK}, escalated_at AS started_at, ${UNDONE} FROM ${tasks} WHERE state = 'open'
    AND escalated_at IS NOT NULL AND organization_id = ${organizationId} AND escalated_at > ${from} AND escalated_at <= ${until}`;
}

/** Reviews that were given and not begun, or not finished: of each reviewer those whose ids are of that time. */
function openReviews({ organizationId, from, until }: Query, measure: PolicyRow["measure"]): SQL {
  const states = measure === "review_begun" ? ["assigned"] : OPEN_STATES;
  const idFrom = (moment: number) => newId("rev", Math.max(0, moment)).slice(0, "rev_".length + 10);
  const of = sql`organization_id = ${organizationId} AND ${isOpenReview}`;
  const people = sql`(WITH RECURSIVE person(id) AS (
    SELECT min(reviewer_id) FROM ${reviews} WHERE ${of}
    UNION ALL SELECT (SELECT min(reviewer_id) FROM ${reviews} WHERE ${of} AND reviewer_id > person.id) FROM person
      WHERE person.id IS NOT NULL)
    SELECT id FROM person WHERE id IS NOT NULL)`;
  return sql`SELECT reviews.id AS object_id, call_id, reviewer_id, campaign_id, assigned_at AS started_at,
      iif(reviews.state = 'submitted', submitted_at, NULL) AS submitted_at,
      iif(reviews.state = 'submitted', undo_until, NULL) AS undo_until
    FROM ${people} AS person CROSS JOIN (SELECT value AS one FROM json_each(${JSON.stringify(states)})) AS wanted
    CROSS JOIN ${reviews} WHERE ${of} AND reviewer_id = person.id AND reviews.state = wanted.one
      AND reviews.id >= ${idFrom(from)} AND reviews.id < ${idFrom(until + 1)}
      AND assigned_at > ${from} AND assigned_at <= ${until}`;
}

function ofCampaigns({ campaigns: ids }: PolicyRow): SQL {
  return ids === null ? sql`` : sql`AND late.campaign_id IN ${valueList(ids)}`;
}

/** The public shape of a violation, for events and the API. */
export function snapshotViolation(
  row: ViolationRow,
  policy: Pick<PolicyRow, "name" | "measure"> | undefined,
): ViolationSnapshot {
  return {
    policy_id: row.policyId,
    policy: policy?.name ?? "",
    measure: policy?.measure ?? ("task_reviewed" as const),
    object_id: row.objectId,
    call_id: row.callId,
    campaign_id: row.campaignId,
    operator_id: row.operatorId,
    reviewer_id: row.reviewerId,
    started_at: toIso(row.startedAt),
    due_at: toIso(row.dueAt),
    noted_at: toIso(row.notedAt),
  };
}

export type ViolationPosition = { notedAt: number; policyId: string; objectId: string };

/** What was late within a reach, the newest first where no order is given. */
export async function listViolations(
  db: Database,
  {
    organizationId,
    reach,
    ...query
  }: Within & {
    policyId?: string | undefined;
    limit: number;
    after?: ViolationPosition | undefined;
    order?: Order;
  },
): Promise<ViolationRow[]> {
  const { order = "descending", after, policyId } = query;
  const among = (column: SQL, ids: readonly string[] | null) =>
    ids === null ? undefined : sql`${column} IN ${valueList(ids)}`;
  const way = sql.raw(order === "descending" ? "DESC" : "ASC");
  const of = slaViolations;
  return db
    .select()
    .from(of)
    .where(
      and(
        eq(of.organizationId, organizationId),
        policyId === undefined ? undefined : eq(of.policyId, policyId),
        among(sql`${of.campaignId}`, reach.campaigns),
        among(sql`${of.operatorId}`, reach.operators),
        after &&
          sql`(${of.notedAt}, ${of.policyId}, ${of.objectId}) ${comesAfter(order)}
            (${after.notedAt}, ${after.policyId}, ${after.objectId})`,
      ),
    )
    .orderBy(sql`${of.notedAt} ${way}, ${of.policyId} ${way}, ${of.objectId} ${way}`)
    .limit(query.limit);
}

/** The policies of violations, by their ids, ended ones too. */
export async function policiesNamed(
  db: Database,
  { organizationId }: Pick<Within, "organizationId">,
  rows: readonly Pick<ViolationRow, "policyId">[],
): Promise<ReadonlyMap<string, PolicyRow>> {
  const ids = [...new Set(rows.map(({ policyId }) => policyId))];
  if (ids.length === 0) return new Map();
  const found = await db
    .select()
    .from(slaPolicies)
    .where(and(eq(slaPolicies.organizationId, organizationId), sql`${slaPolicies.id} IN ${valueList(ids)}`));
  return new Map(found.map((row) => [row.id, row]));
}
