import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { scorecards } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { criteriaOf, readScorecard, scorecardDefinition } from "../quality";
import { PARTS, periodsOf } from "./periods";
import { conditionOf, type ReportQuery } from "./read";

/** What a criterion came to: how often it counted, the sum of its percents in hundredths, how often it failed, or did not apply. */
export type CriterionRow = {
  scorecardId: string;
  scorecardName: string | null;
  criterionId: string;
  text: string | null;
  counted: number;
  percents: number;
  failed: number;
  absent: number;
};

/** Scores by criterion, in the order of their scorecards. The roll-up has no team and no reviewer. */
export async function reportByCriterion(db: Database, query: ReportQuery): Promise<CriterionRow[]> {
  const { teamId: _, reviewerId: __, scorecardId, ...filter } = query.filter ?? {};
  const isOfAll = query.reach.operators === null && filter.operatorId === undefined;
  const parts = PARTS.map(
    ({ grain, periods }) => sql`SELECT scorecard_id AS scorecardId, criteria FROM report_criteria
      WHERE grain = ${isOfAll && grain !== "day" ? `${grain}_all` : grain} AND period IN (${periods})
      AND ${conditionOf({ ...query, filter })}
      ${scorecardId === undefined ? sql`` : sql`AND scorecard_id = ${scorecardId}`}`,
  );
  const rows = await db.all<{ scorecardId: string; criteria: string }>(
    sql`${periodsOf(query.organizationId, query)} ${sql.join(parts, sql` UNION ALL `)}`,
  );
  const cards = new Map<string, Map<string, [number, number, number, number]>>();
  for (const row of rows) {
    const known = cards.get(row.scorecardId) ?? new Map<string, [number, number, number, number]>();
    cards.set(row.scorecardId, known);
    const criteria = JSON.parse(row.criteria) as Record<string, [number, number, number, number]>;
    for (const [id, [counted, percents, failed, absent]] of Object.entries(criteria)) {
      const sums = known.get(id);
      if (!sums) known.set(id, [counted, percents, failed, absent]);
      else {
        sums[0] += counted;
        sums[1] += percents;
        sums[2] += failed;
        sums[3] += absent;
      }
    }
  }
  const asked = await newestOf(db, query.organizationId, [...cards.keys()]);
  return [...cards].flatMap(([id, sums]) => {
    const card = asked.get(id);
    const place = new Map(card?.criteria.map((one, index) => [one.id, index]));
    return [...sums]
      .toSorted(
        ([one], [other]) => (place.get(one) ?? Infinity) - (place.get(other) ?? Infinity) || (one < other ? -1 : 1),
      )
      .map(([criterionId, [counted, percents, failed, absent]]) => ({
        scorecardId: id,
        scorecardName: card?.name ?? null,
        criterionId,
        text: card?.criteria[place.get(criterionId) ?? -1]?.text ?? null,
        counted,
        percents,
        failed,
        absent,
      }));
  });
}

/** What a criterion of a scorecard within reach asks; undefined where that has no such criterion any more. */
export async function nameOfCriterion(
  db: Database,
  within: Within,
  { scorecardId, criterionId }: Pick<CriterionRow, "scorecardId" | "criterionId">,
): Promise<string | undefined> {
  const card = await readScorecard(db, { ...within, id: scorecardId });
  if (!card.ok) return undefined;
  return criteriaOf(card.value.definition).find(({ id }) => id === criterionId)?.text;
}

/** The newest version of each of these scorecards, as far as a report names it. */
async function newestOf(db: Database, organizationId: string, ids: readonly string[]) {
  const rows = await db
    .select({ id: scorecards.id, name: scorecards.name, definition: scorecards.definition })
    .from(scorecards)
    .where(
      and(
        eq(scorecards.organizationId, organizationId),
        inArray(scorecards.id, valueList(ids)),
        sql`version = (SELECT max(version) FROM ${scorecards} AS newer
          WHERE newer.organization_id = ${organizationId} AND newer.id = ${scorecards.id})`,
      ),
    );
  return new Map(
    rows.map(({ id, name, definition }) => [
      id,
      { name, criteria: scorecardDefinition.parse(definition).sections.flatMap(({ criteria }) => criteria) },
    ]),
  );
}
