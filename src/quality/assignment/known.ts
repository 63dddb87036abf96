import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { readCallHeads } from "../../calls";
import type { Database } from "../../db/client";
import {
  absences,
  analyses,
  assignmentTurns,
  campaigns,
  reviews,
  sampleCounts,
  tasks,
  teamMembers,
  type CampaignSettings,
} from "../../db/schema";
import { valueList } from "../../db/value-list";
import { FULL_REACH, type ReachingRights } from "../../identity";
import { mayReview } from "../reviews/may-review";
import { weekOf } from "./sample";

export type Known = Awaited<ReturnType<typeof readKnown>>;

/** All that rules ask to choose reviewers for the tasks of an organization. */
export async function readKnown(db: Database, organizationId: string, ids: readonly string[], now: number) {
  const week = weekOf(now);
  const among = valueList(ids);
  const [due, turns, away, taken] = await db.batch([
    db
      .select()
      .from(tasks)
      .where(and(inArray(tasks.id, among), eq(tasks.state, "open"), isNotNull(tasks.assignAt)))
      .orderBy(asc(tasks.assignAt), asc(tasks.place), asc(tasks.id)),
    db.select().from(assignmentTurns).where(eq(assignmentTurns.organizationId, organizationId)),
    db.select().from(absences).where(eq(absences.organizationId, organizationId)),
    db
      .select()
      .from(sampleCounts)
      .where(and(eq(sampleCounts.organizationId, organizationId), eq(sampleCounts.week, week))),
  ]);
  const callIds = due.map(({ callId }) => callId);
  const [calls, made, ofCalls, named, inTeams] = await Promise.all([
    readCallHeads(db, { organizationId, reach: FULL_REACH, ids: callIds }),
    db
      .select({ callId: analyses.callId, state: analyses.state, scores: analyses.scores, risk: analyses.risk })
      .from(analyses)
      .where(inArray(analyses.callId, valueList(callIds))),
    db
      .select({ callId: reviews.callId, reviewerId: reviews.reviewerId, state: reviews.state })
      .from(reviews)
      .where(inArray(reviews.callId, valueList(callIds))),
    db
      .select({ id: campaigns.id, settings: campaigns.settings })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.organizationId, organizationId),
          inArray(campaigns.id, valueList(due.flatMap(({ campaignId }) => campaignId ?? []))),
        ),
      ),
    db
      .select({ teamId: teamMembers.teamId, userId: teamMembers.userId })
      .from(teamMembers)
      .where(
        and(
          eq(teamMembers.organizationId, organizationId),
          inArray(teamMembers.teamId, valueList(due.flatMap(({ teamId }) => teamId ?? []))),
        ),
      ),
  ]);
  const settings = new Map(named.map((one) => [one.id, one.settings]));
  const people = peopleOf(named, inTeams);
  const isAway = new Set(away.flatMap(({ reviewerId, until }) => (until === null || until > now ? [reviewerId] : [])));
  const present = people.filter((id) => !isAway.has(id));
  const [rights, loads] = await Promise.all([
    Promise.all(
      present.map(async (id) => [id, await mayReview(db, { organizationId, reach: FULL_REACH }, id, now)] as const),
    ),
    readLoads(db, organizationId, present),
  ]);
  return {
    tasks: due,
    lock: turns.find(({ campaignId }) => campaignId === "")?.writer ?? null,
    turns: new Map(turns.map((row) => [row.campaignId, row.turns])),
    taken: new Map(taken.map((row) => [`${row.campaignId} ${row.operatorId}`, row.taken])),
    week,
    calls: new Map(calls.map((call) => [call.id, call])),
    found: Map.groupBy(made, ({ callId }) => callId),
    reviewed: Map.groupBy(ofCalls, ({ callId }) => callId),
    settings,
    inTeams,
    rights: new Map(
      rights.flatMap(([id, one]) => (one.ok && one.value ? [[id, one.value] as [string, ReachingRights]] : [])),
    ),
    loads,
  };
}

function peopleOf(named: readonly { settings: CampaignSettings }[], inTeams: readonly { userId: string }[]): string[] {
  const listed = named.flatMap(({ settings }) => settings.reviewing?.reviewers?.map(({ id }) => id) ?? []);
  return [...new Set([...listed, ...inTeams.map(({ userId }) => userId)])];
}

async function readLoads(db: Database, organizationId: string, people: readonly string[]) {
  const rows = await db
    .select({ id: tasks.assigneeId, open: sql<number>`count(*)` })
    .from(tasks)
    .where(
      and(
        eq(tasks.state, "open"),
        eq(tasks.organizationId, organizationId),
        inArray(tasks.assigneeId, valueList(people)),
      ),
    )
    .groupBy(tasks.assigneeId);
  return new Map(rows.map(({ id, open }) => [id ?? "", open]));
}
