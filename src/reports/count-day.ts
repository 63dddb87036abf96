import { sql, type SQL } from "drizzle-orm";
import { taskIdIn } from "../calls";
import type { Database, Statement } from "../db/client";
import { reportCalls, reportCriteria, reportReviews } from "../db/schema";
import { DAY } from "../lib/time";
import { operatorChannels } from "../sources";
import { replaceRows } from "./roll-up";

export const CALL_KEYS = ["campaign_id", "operator_id", "team_id"];
export const REVIEW_KEYS = ["campaign_id", "operator_id", "team_id", "reviewer_id", "scorecard_id"];
export const CRITERIA_KEYS = ["campaign_id", "operator_id", "scorecard_id"];

const taskOf = (callId: string) => sql`LEFT JOIN tasks ON tasks.id = ${taskIdIn(sql.raw(callId))}`;

/**
 * Statements that count a day of an organization anew for reports, from its calls and the reviews completed on it. For the
 * batch that takes the day's mark away: a change in between marks it again. That marks its week and month
 * (`sumPeriods`).
 */
export async function countDayOfReports(db: Database, organizationId: string, day: number): Promise<Statement[]> {
  const channels = await operatorChannels(db, organizationId);
  const ofDay = { organizationId, grain: "day" as const, period: day };
  return [
    ...replaceRows(db, reportCalls, { ...ofDay, keys: CALL_KEYS, from: callsOf(organizationId, day, channels) }),
    ...replaceRows(db, reportReviews, { ...ofDay, keys: REVIEW_KEYS, from: reviewsOf(organizationId, day) }),
    ...replaceRows(db, reportCriteria, { ...ofDay, keys: CRITERIA_KEYS, from: criteriaOf(organizationId, day) }),
  ];
}

export const CALL_FIGURES = [
  "calls",
  "inbound",
  "outbound",
  "failed",
  "timed",
  "duration_ms",
  "recorded",
  "analysed",
  "heard_ms",
  "silence_ms",
  "hold_ms",
  "long_silences",
  "split_ms",
  "operator_ms",
  "customer_ms",
  "overlap_ms",
  "interruptions",
  "risky",
  "risk_sum",
  "high",
  "critical",
] as const;

export const REVIEW_FIGURES = [
  "reviews",
  "scored",
  "score_sum",
  "judged",
  "passed",
  "auto_failed",
  "turned",
  "turnaround_ms",
  "worked",
  "work_ms",
  "due",
  "late",
  "sla_broken",
  "sla_violations",
] as const;

/** Whole milliseconds of seconds. */
function ms(seconds: SQL): SQL {
  return sql`CAST(round(coalesce(${seconds}, 0) * 1000) AS INTEGER)`;
}

function callsOf(organizationId: string, day: number, channels: Readonly<Record<string, number>>): SQL {
  const measured = sql`iif(json_valid(analyses.findings), analyses.findings, NULL)`;
  const one = (path: string) => sql`${measured} ->> ${sql.raw(`'${path}'`)}`;
  // What one claims: the newest that gives a number, of one moment the more serious.
  const claims = sql`json_each(iif(json_valid(analyses.risk), analyses.risk, NULL), '$.claims') AS claim`;
  const level = sql`(CASE claim.value ->> 'level' WHEN 'critical' THEN 2 WHEN 'high' THEN 1 ELSE 0 END)`;
  const operator = sql`coalesce((SELECT value FROM json_each(${JSON.stringify(channels)}) WHERE key = calls.source_id), 0)`;
  const talk = (channel: SQL) => sql`${measured} ->> ('$.channels[' || ${channel} || '].talkSeconds')`;
  const isSplit = sql`${one("$.overlapSeconds")} IS NOT NULL AND json_array_length(${measured}, '$.channels') = 2`;
  const ifSplit = (value: SQL) => sql`coalesce(sum(iif(${isSplit}, ${value}, 0)), 0)`;
  return sql`
    SELECT campaign_id, operator_id, team_id, count(*) AS calls, sum(inbound) AS inbound, sum(outbound) AS outbound,
      sum(failed) AS failed, sum(timed) AS timed, sum(duration_ms) AS duration_ms, sum(recorded) AS recorded,
      sum(analysed) AS analysed, sum(heard_ms) AS heard_ms, sum(silence_ms) AS silence_ms, sum(hold_ms) AS hold_ms,
      sum(long_silences) AS long_silences, sum(split_ms) AS split_ms, sum(operator_ms) AS operator_ms,
      sum(customer_ms) AS customer_ms, sum(overlap_ms) AS overlap_ms, sum(interruptions) AS interruptions,
      count(risk) AS risky, coalesce(sum(risk), 0) AS risk_sum,
      sum(NOT (coalesce(risk, 0) >= 9000 OR level = 2) AND (coalesce(risk, 0) >= 7000 OR level = 1)) AS high,
      sum(coalesce(risk, 0) >= 9000 OR level = 2) AS critical
    FROM (
      SELECT coalesce(calls.campaign_id, '') AS campaign_id, coalesce(calls.operator_id, '') AS operator_id,
        coalesce(tasks.team_id, '') AS team_id,
        calls.direction IS 'inbound' AS inbound, calls.direction IS 'outbound' AS outbound,
        calls.state = 'failed' AS failed,
        calls.duration_seconds IS NOT NULL AS timed, ${ms(sql`calls.duration_seconds`)} AS duration_ms,
        EXISTS (SELECT 1 FROM recordings WHERE recordings.call_id = calls.id AND recordings.state = 'completed') AS recorded,
        coalesce(max(analyses.findings IS NOT NULL), 0) AS analysed,
        sum(${ms(one("$.durationSeconds"))}) AS heard_ms,
        sum(${ms(one("$.silenceSeconds"))}) AS silence_ms,
        sum(${ms(one("$.call.holdSeconds"))}) AS hold_ms,
        sum(coalesce(${one("$.call.longSilenceCount")}, 0)) AS long_silences,
        ${ifSplit(ms(one("$.durationSeconds")))} AS split_ms,
        ${ifSplit(ms(talk(operator)))} AS operator_ms,
        ${ifSplit(ms(talk(sql`(1 - ${operator})`)))} AS customer_ms,
        ${ifSplit(ms(one("$.overlapSeconds")))} AS overlap_ms,
        ${ifSplit(sql`coalesce(${one("$.call.interruptionCount")}, 0)`)} AS interruptions,
        CAST(round(100 * nullif(max(coalesce(calls.risk_score, -1), max(coalesce((
          SELECT claim.value ->> 'score' FROM ${claims} WHERE claim.value ->> 'score' IS NOT NULL
          ORDER BY claim.value ->> 'at' DESC, ${level} DESC, claim.value ->> 'score' DESC LIMIT 1), -1))), -1)) AS INTEGER) AS risk,
        coalesce(max((SELECT max(${level}) FROM ${claims})), 0) AS level
      FROM calls
      ${taskOf("calls.id")}
      LEFT JOIN analyses ON analyses.call_id = calls.id
      WHERE calls.organization_id = ${organizationId}
        AND calls.started_at >= ${day * DAY} AND calls.started_at < ${(day + 1) * DAY}
      GROUP BY calls.id)
    GROUP BY 1, 2, 3`;
}

function reviewedOn(organizationId: string, day: number): SQL {
  return sql`reviews.organization_id = ${organizationId} AND reviews.state = 'completed'
    AND reviews.completed_at >= ${day * DAY} AND reviews.completed_at < ${(day + 1) * DAY}`;
}

/**
 * SQL that is true for a review, with its task, whose score counts: not while more of its call are wanted, so that nobody
 * reads from a report what a reviewer found that others have yet to judge.
 */
const COUNTS = sql`(tasks.id IS NULL OR tasks.wanted = 1 OR tasks.state <> 'open')`;

/**
 * SQL for the consensus of a review's call that holds instead of the reviews that it rests on. Where somebody closed the
 * call before several of its reviewers came to anything, it came to nothing: no score of theirs is that of the call.
 */
const CONSENSUS_OF = sql`JOIN consensuses ON consensuses.organization_id = reviews.organization_id
  AND consensuses.call_id = reviews.call_id AND (consensuses.state IN ('reached', 'decided')
    OR tasks.wanted > 1 AND (SELECT count(*) FROM reviews AS several WHERE several.call_id = reviews.call_id
      AND several.state = 'completed') > 1)`;

/**
 * Each review counts as work, and with its score for its reviewer. A call counts once: where several reviewed it, rows of no
 * reviewer take their scores out of the sums, on the day of each, and put in what they came to, on the day of that.
 */
function reviewsOf(organizationId: string, day: number): SQL {
  // It counts as done when it was submitted; until it is completed it can be taken back.
  const done = sql`coalesce(reviews.submitted_at, reviews.completed_at)`;
  const broken = sql`(SELECT count(*) FROM sla_violations AS broken WHERE broken.call_id = reviews.call_id
    AND broken.object_id IN (reviews.id, tasks.id))`;
  const hundredths = (score: SQL) => sql`CAST(round(${score} * 100) AS INTEGER)`;
  const failsAtOnce = sql`coalesce(json_array_length(reviews.result, '$.autoFailed'), 0) > 0`;
  const place = sql`coalesce(reviews.campaign_id, '') AS campaign_id, coalesce(reviews.operator_id, '') AS operator_id,
    coalesce(tasks.team_id, '') AS team_id`;
  const card = sql`coalesce(reviews.scorecard_id, '') AS scorecard_id`;
  const noWork = sql`0 AS turned, 0 AS turnaround_ms, 0 AS worked, 0 AS work_ms, 0 AS due, 0 AS late,
    0 AS sla_broken, 0 AS sla_violations`;
  const ifCounted = (figure: SQL) => sql`coalesce(sum(iif(${COUNTS}, ${figure}, 0)), 0)`;
  const ofReviewers = sql`
    SELECT ${place}, reviews.reviewer_id AS reviewer_id, ${card}, count(*) AS reviews,
      ${ifCounted(sql`reviews.score IS NOT NULL`)} AS scored, ${ifCounted(hundredths(sql`reviews.score`))} AS score_sum,
      ${ifCounted(sql`reviews.passed IS NOT NULL`)} AS judged, ${ifCounted(sql`reviews.passed`)} AS passed,
      ${ifCounted(failsAtOnce)} AS auto_failed,
      count(tasks.created_at) AS turned, coalesce(sum(max(0, ${done} - tasks.created_at)), 0) AS turnaround_ms,
      count(reviews.submitted_at - reviews.started_at) AS worked,
      coalesce(sum(max(0, reviews.submitted_at - reviews.started_at)), 0) AS work_ms,
      count(reviews.due_at) AS due, coalesce(sum(${done} > reviews.due_at), 0) AS late,
      sum(${broken} > 0) AS sla_broken, sum(${broken}) AS sla_violations
    FROM reviews
    ${taskOf("reviews.call_id")}
    WHERE ${reviewedOn(organizationId, day)}
    GROUP BY 1, 2, 3, 4, 5`;
  const takenOut = sql`
    SELECT ${place}, '' AS reviewer_id, ${card}, 0 AS reviews,
      -sum(reviews.score IS NOT NULL) AS scored, -coalesce(sum(${hundredths(sql`reviews.score`)}), 0) AS score_sum,
      -sum(reviews.passed IS NOT NULL) AS judged, -coalesce(sum(reviews.passed), 0) AS passed,
      -sum(${failsAtOnce}) AS auto_failed, ${noWork}
    FROM reviews
    ${taskOf("reviews.call_id")}
    ${CONSENSUS_OF}
    WHERE ${reviewedOn(organizationId, day)} AND ${COUNTS}
    GROUP BY 1, 2, 3, 4, 5`;
  // What a call came to is placed as the first of its reviews is.
  const putIn = sql`
    SELECT ${place}, '' AS reviewer_id, ${card}, 0 AS reviews,
      sum(consensuses.score IS NOT NULL) AS scored, coalesce(sum(${hundredths(sql`consensuses.score`)}), 0) AS score_sum,
      sum(consensuses.passed IS NOT NULL) AS judged, coalesce(sum(consensuses.passed), 0) AS passed,
      sum(consensuses.score IS 0 AND EXISTS (SELECT 1 FROM reviews AS one WHERE one.call_id = consensuses.call_id
        AND one.state = 'completed' AND json_array_length(one.result, '$.autoFailed') > 0)) AS auto_failed, ${noWork}
    FROM consensuses
    JOIN reviews ON reviews.organization_id = consensuses.organization_id AND reviews.id = (SELECT one.id
      FROM reviews AS one WHERE one.call_id = consensuses.call_id AND one.state = 'completed'
      ORDER BY one.completed_at, one.id LIMIT 1)
    ${taskOf("reviews.call_id")}
    WHERE consensuses.organization_id = ${organizationId} AND consensuses.state IN ('reached', 'decided')
      AND consensuses.decided_at >= ${day * DAY} AND consensuses.decided_at < ${(day + 1) * DAY} AND ${COUNTS}
    GROUP BY 1, 2, 3, 4, 5`;
  const figures = sql.raw(REVIEW_FIGURES.map((name) => `sum(${name}) AS ${name}`).join(", "));
  return sql`
    SELECT ${sql.raw(REVIEW_KEYS.join(", "))}, ${figures}
    FROM (${ofReviewers} UNION ALL ${takenOut} UNION ALL ${putIn})
    GROUP BY 1, 2, 3, 4, 5`;
}

function criteriaOf(organizationId: string, day: number): SQL {
  return sql`
    SELECT campaign_id, operator_id, scorecard_id,
      json_group_object(criterion, json_array(counted, percents, failed, absent)) AS criteria
    FROM (
      SELECT coalesce(reviews.campaign_id, '') AS campaign_id, coalesce(reviews.operator_id, '') AS operator_id,
        reviews.scorecard_id AS scorecard_id, one.value ->> 'id' AS criterion,
        count(one.value ->> 'percent') AS counted,
        coalesce(sum(CAST(round((one.value ->> 'percent') * 100) AS INTEGER)), 0) AS percents,
        sum(coalesce(one.value ->> 'failed', 0)) AS failed,
        sum(coalesce(reviews.answers ->> ('$."' || (one.value ->> 'id') || '".na'), 0)) AS absent
      FROM reviews ${taskOf("reviews.call_id")}
      CROSS JOIN json_each(reviews.result, '$.criteria') AS one
      WHERE ${reviewedOn(organizationId, day)} AND reviews.scorecard_id IS NOT NULL AND ${COUNTS}
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4)
    GROUP BY 1, 2, 3`;
}
