import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { analyses } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { summaryOf } from "./about-call";
import { scoreSetsOf } from "./score-set";

/** What calls were about, by their ids: the newest summary, and every topic that an engine named. */
export type AboutCalls = ReadonlyMap<string, { summary: string | null; topics: string[] }>;

/** Calls of which nothing is said are not among them. Whoever asks has made sure that they may be read. */
export async function aboutCalls(
  db: Database,
  organizationId: string,
  callIds: readonly string[],
): Promise<AboutCalls> {
  if (callIds.length === 0) return new Map();
  const rows = await db
    .select({ callId: analyses.callId, scores: analyses.scores })
    .from(analyses)
    .where(
      and(
        inArray(analyses.callId, valueList(callIds)),
        eq(analyses.organizationId, organizationId),
        sql`instr(coalesce(${analyses.scores}, ''), '"about":') > 0`,
      ),
    );
  return new Map(
    [...Map.groupBy(rows, ({ callId }) => callId)].map(([callId, own]) => {
      const sets = own.flatMap(scoreSetsOf).toSorted((one, other) => other.at - one.at);
      const told = sets.flatMap(({ about }) => about ?? []);
      const topics = [...new Set(told.flatMap((about) => about.topics.map(({ name }) => name)))];
      return [callId, { summary: told.map(summaryOf).find((text) => text !== null) ?? null, topics }];
    }),
  );
}
