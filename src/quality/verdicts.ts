import { and, sql, type SQL } from "drizzle-orm";
import { callsMatching, callsWithin, HEAD_COLUMNS, taskIdIn, type CallFilter, type CallHead } from "../calls";
import type { Database } from "../db/client";
import { calls, consensuses, reviews, scorecards, tasks } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { scorecardDefinition } from "./scorecards";

// What the reviews of a call came to. It is what several came to where there is a consensus, or was decided where they were
// apart; else what the last completed review found. While a call waits for one more review it has none, so that nobody
// reads from a list what reviewers who judge it blind must not know.

/** The verdict on a call. */
export type Verdict = {
  callId: string;
  /** Percent; null where nothing of the scorecard counted. */
  score: number | null;
  passed: boolean | null;
  /** Who reviewed it, the first review first: people and keys. */
  reviewerIds: readonly string[];
  /** The criteria that failed it at once, and the critical ones that were failed, as their scorecards name them. */
  failed: readonly string[];
};

/** What calls can be found by: how they were judged, and by whom. */
export const VERDICTS = ["reviewed", "not_reviewed", "passed", "not_passed"] as const;
export type VerdictFilter = { is?: (typeof VERDICTS)[number] | undefined; reviewerId?: string | undefined };

const isOpen = sql`EXISTS (SELECT 1 FROM ${tasks} AS held WHERE held.id = ${taskIdIn(calls.id)} AND held.state = 'open')`;
const consensusIs = (what: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${consensuses} AS agreed WHERE agreed.organization_id = ${calls.organizationId}
    AND agreed.call_id = ${calls.id} AND ${what})`;
const HOLDS = sql`agreed.state IN ('reached', 'decided')`;
/** The review that holds where no consensus does: no other was completed after it. */
const LAST_REVIEW = sql`(SELECT one.id FROM ${reviews} AS one INDEXED BY reviews_by_call
  WHERE one.call_id = ${calls.id} AND one.state = 'completed' ORDER BY one.id DESC LIMIT 1)`;
const lastReviewIs = (what: SQL) =>
  sql`EXISTS (SELECT 1 FROM ${reviews} AS last WHERE last.organization_id = ${calls.organizationId}
    AND last.id = ${LAST_REVIEW} AND ${what})`;

/** SQL that is true for a call with a verdict of which `what` holds, in the columns `score` and `passed` of it. */
function hasVerdict(what: (of: SQL) => SQL): SQL {
  return sql`(NOT ${isOpen} AND iif(${consensusIs(sql`TRUE`)},
    ${consensusIs(sql`${HOLDS} AND ${what(sql`agreed`)}`)}, ${lastReviewIs(what(sql`last`))}))`;
}

/** SQL that is true for the calls of a filter, by the columns of `calls`; undefined where it asks for nothing. */
export function isJudged({ is, reviewerId }: VerdictFilter): SQL | undefined {
  return and(
    is === undefined ? undefined : JUDGED[is],
    reviewerId === undefined
      ? undefined
      : sql`EXISTS (SELECT 1 FROM ${reviews} AS own INDEXED BY reviews_by_call WHERE own.call_id = ${calls.id}
          AND own.state = 'completed' AND own.reviewer_id = ${reviewerId}) AND ${hasVerdict(() => sql`TRUE`)}`,
  );
}

const JUDGED: Record<(typeof VERDICTS)[number], SQL> = {
  reviewed: hasVerdict(() => sql`TRUE`),
  not_reviewed: sql`NOT ${hasVerdict(() => sql`TRUE`)}`,
  passed: hasVerdict((of) => sql`${of}.passed = 1`),
  not_passed: hasVerdict((of) => sql`${of}.passed = 0`),
};

/** Most criteria that are named of a call. */
const MOST_NAMED = 5;

/** The verdicts on these calls, by call; those that have none are left out. One round trip. */
export async function readVerdicts(
  db: Database,
  { organizationId, reach, callIds }: Within & { callIds: readonly string[] },
): Promise<ReadonlyMap<string, Verdict>> {
  if (callIds.length === 0) return new Map();
  const ofThese = sql`calls.id IN ${valueList(callIds)} AND +calls.organization_id = ${organizationId}`;
  const judged = and(ofThese, callsWithin(reach), JUDGED.reviewed);
  const done = sql`${reviews} AS done INDEXED BY reviews_by_call`;
  const failedIds = sql`SELECT value FROM json_each(done.result, '$.autoFailed')
    UNION SELECT value FROM json_each(done.result, '$.criticalFailed')`;
  const [found, cards] = await Promise.all([
    db.all<FoundVerdict>(sql`
      SELECT calls.id AS callId,
        iif(agreed.call_id IS NULL, done.score, agreed.score) AS score,
        iif(agreed.call_id IS NULL, done.passed, agreed.passed) AS passed,
        done.reviewer_id AS reviewerId, done.scorecard_id AS cardId, done.scorecard_version AS cardVersion,
        (SELECT json_group_array(value) FROM (${failedIds})) AS failed
      FROM ${calls} AS calls CROSS JOIN ${done} ON done.call_id = calls.id AND done.state = 'completed'
      LEFT JOIN ${consensuses} AS agreed ON agreed.organization_id = calls.organization_id AND agreed.call_id = calls.id
        AND ${HOLDS}
      WHERE ${judged} AND iif(agreed.call_id IS NULL, done.id = ${LAST_REVIEW},
        agreed.review_ids IS NULL OR done.id IN (SELECT value FROM json_each(agreed.review_ids)))
      ORDER BY done.id`),
    db.all<{ id: string; version: number; definition: string }>(sql`
      SELECT id, version, definition FROM ${scorecards} WHERE organization_id = ${organizationId} AND (id, version) IN
        (SELECT done.scorecard_id, done.scorecard_version FROM ${done}
          WHERE done.call_id IN ${valueList(callIds)} AND done.state = 'completed')`),
  ]);
  const names = new Map(cards.map((card) => [`${card.id}:${card.version}`, namesIn(card.definition)]));
  const failedIn = ({ cardId, cardVersion, failed }: FoundVerdict) => {
    const named = names.get(`${cardId}:${cardVersion}`);
    return (JSON.parse(failed) as string[]).map((id) => named?.get(id) ?? id);
  };
  return new Map(
    [...Map.groupBy(found, ({ callId }) => callId)].map(([callId, rows]) => [
      callId,
      verdictOf(callId, rows, failedIn),
    ]),
  );
}

/** Of several reviews a criterion failed the call where at least half of them say so, as with whether it passed. */
function verdictOf(
  callId: string,
  rows: readonly FoundVerdict[],
  failedIn: (row: FoundVerdict) => readonly string[],
): Verdict {
  const { score = null, passed = null } = rows[0] ?? {};
  const counted = Map.groupBy(rows.flatMap(failedIn), (criterion) => criterion);
  const failed = [...counted].flatMap(([criterion, times]) => (2 * times.length >= rows.length ? [criterion] : []));
  return {
    callId,
    score,
    passed: passed === null ? null : passed === 1,
    reviewerIds: [...new Set(rows.map(({ reviewerId }) => reviewerId))],
    // What others overruled failed nothing.
    failed: passed === 0 ? failed.slice(0, MOST_NAMED) : [],
  };
}

type FoundVerdict = {
  callId: string;
  score: number | null;
  passed: number | null;
  reviewerId: string;
  cardId: string | null;
  cardVersion: number | null;
  /** Ids of criteria, as JSON. */
  failed: string;
};

function namesIn(definition: string): ReadonlyMap<string, string> {
  const { sections } = scorecardDefinition.parse(JSON.parse(definition));
  return new Map(sections.flatMap(({ criteria }) => criteria.map(({ id, text }) => [id, text] as const)));
}

/**
 * The place of a page among the worst: after the call with this score and id, and past so many scores more. What was looked at
 * and not shown is counted and not named, because it may be of calls that whoever asks must not know.
 */
export type WorstPosition = { score: number; id: string; skip?: number | undefined };

/** Scores that one page looks at, as far as other filters leave calls out. Each is a row that D1 bills. */
export const MAX_SCANNED_SCORES = 2_000;

/** So many are passed over at most, since each of them is read for it. */
const MOST_SKIPPED = 200_000;

/** Before the worst of all: scores are 0 and more. */
const BEGINNING: WorstPosition = { score: -1, id: "" };

/** Calls by their score; `next` is where the next page begins, null at the end. */
export type WorstPage = { calls: CallHead[]; next: WorstPosition | null };

/**
 * The calls within reach that have a score, the lowest first. The scores are read in the order of their index, a limited
 * number for each page, so that a page can be short and still not be the last.
 */
export async function listWorst(
  db: Database,
  query: Within & {
    filter: CallFilter;
    verdict?: VerdictFilter | undefined;
    limit: number;
    after?: WorstPosition | undefined;
  },
): Promise<WorstPage> {
  const { organizationId, reach, filter, verdict = {}, limit, after = BEGINNING } = query;
  const { from, to, campaignId, operatorId } = filter;
  const skip = Math.min(MOST_SKIPPED, after.skip ?? 0);
  // Two reviews of a call can have one score. They are one before they are counted, so that nothing is lost behind them.
  const scoresOf = (table: SQL, states: SQL) => sql`SELECT * FROM (SELECT DISTINCT score, call_id FROM ${table}
    WHERE organization_id = ${organizationId} AND ${states} AND score IS NOT NULL
      AND (score, call_id) > (${after.score}, ${after.id})
    ORDER BY score, call_id LIMIT ${skip + MAX_SCANNED_SCORES})`;
  // The words are those of the partial indexes: SQLite takes them for no others.
  const scanned = sql`SELECT score, call_id FROM (
      ${scoresOf(sql`${reviews} INDEXED BY reviews_by_score`, sql`state = 'completed'`)}
      UNION ${scoresOf(sql`${consensuses} INDEXED BY consensuses_by_score`, sql`state IN ('reached', 'decided')`)})
    ORDER BY score, call_id LIMIT ${MAX_SCANNED_SCORES} OFFSET ${skip}`;
  const matching = and(
    sql`+${calls.organizationId} = ${organizationId}`,
    callsWithin(reach),
    from === undefined ? undefined : sql`+${calls.startedAt} >= ${from}`,
    to === undefined ? undefined : sql`+${calls.startedAt} < ${to}`,
    campaignId === undefined ? undefined : sql`+${calls.campaignId} = ${campaignId}`,
    operatorId === undefined ? undefined : sql`+${calls.operatorId} = ${operatorId}`,
    callsMatching(organizationId, filter),
    isJudged(verdict),
    hasVerdict((of) => sql`${of}.score = scanned.score`),
  );
  const [rows, [looked]] = await Promise.all([
    db
      .select({ call: HEAD_COLUMNS, score: sql<number>`scanned.score` })
      .from(calls)
      .innerJoin(sql`(${scanned}) AS scanned`, sql`${calls.id} = scanned.call_id`)
      .where(matching)
      .orderBy(sql`scanned.score, scanned.call_id`)
      .limit(limit + 1),
    db.all<{ scores: number }>(sql`SELECT count(*) AS scores FROM (${scanned})`),
  ]);
  const page = rows.slice(0, limit);
  const shown = page.map(({ call }) => call);
  const last = page.at(-1);
  if (rows.length > limit && last) return { calls: shown, next: { score: last.score, id: last.call.id } };
  const mayGoOn = looked?.scores === MAX_SCANNED_SCORES && skip < MOST_SKIPPED;
  return { calls: shown, next: mayGoOn ? { ...after, skip: skip + MAX_SCANNED_SCORES } : null };
}

/** Most reviewers that a list knows the names of. */
const MOST_REVIEWERS = 2_000;

/**
 * The ids of the people and keys that were ever given a call of the organization to review. It goes from one to the next in the index of
 * reviewers, so that it reads a row for each of them and not for each review.
 */
export async function listReviewerIds(db: Database, organizationId: string): Promise<string[]> {
  const next = (after: SQL) => sql`(SELECT min(one.reviewer_id) FROM ${reviews} AS one INDEXED BY reviews_by_reviewer
    WHERE one.organization_id = ${organizationId} AND one.reviewer_id > ${after})`;
  const found = await db.all<{ id: string }>(sql`
    SELECT id FROM (WITH RECURSIVE ids (id) AS (
      SELECT ${next(sql`''`)} UNION ALL SELECT ${next(sql`ids.id`)} FROM ids WHERE ids.id IS NOT NULL
      LIMIT ${MOST_REVIEWERS}) SELECT id FROM ids WHERE id IS NOT NULL)`);
  return found.map(({ id }) => id);
}
