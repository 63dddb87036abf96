import { sql, type SQL } from "drizzle-orm";
import { callIdOfAnalysis } from "../calls";
import type { Database } from "../db/client";
import { analyses } from "../db/schema";
import { sweepPrefix } from "../lib/sweep-prefix";
import { DAY } from "../lib/time";

/** How far one sweep goes: pages of keys, and how many keys a page has. */
export type SweepSpan = { pages: number; pageSize?: number };

/** What is kept of analyses below one prefix of R2, under names that begin with the analysis's id. */
export type KeptBelow = {
  prefix: string;
  /** Under which key the sweep keeps where it goes on. */
  bookmark: string;
  /** Where a row names a key: as what of an engine's run, and whether as its own findings too. */
  namedAs: "findingsKey" | "originalKey";
  orByRow?: boolean;
};

/**
 * Deletes what no row refers to, because its try did not count or was only a part. Only objects older than a day are
 * considered. Reads at most `pages` pages and continues from there the next time. Gives how many were deleted.
 */
export async function sweepKept(
  db: Database,
  bucket: R2Bucket,
  now: number,
  span: SweepSpan,
  { prefix, bookmark, namedAs, orByRow = false }: KeptBelow,
): Promise<number> {
  const ofRun = sql`EXISTS (SELECT 1 FROM json_each(known.engines) AS run
    WHERE run.value ->> ${sql.raw(`'${namedAs}'`)} = candidate.value ->> 'key')`;
  const refers = orByRow ? sql`known.findings_key = candidate.value ->> 'key' OR ${ofRun}` : ofRun;
  const plan = { prefix, bookmark, before: now - DAY, ...span };
  const { deleted } = await sweepPrefix(bucket, plan, (keys) => withRow(db, keys, refers));
  return deleted;
}

function withRow(db: Database, keys: readonly string[], refers: SQL): Promise<{ key: string }[]> {
  const candidates = keys.map((key) => {
    const id = key.split("/")[1] ?? "";
    return { key, id, call: callIdOfAnalysis(id) };
  });
  return db.all<{ key: string }>(sql`
    SELECT candidate.value ->> 'key' AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    JOIN ${analyses} AS known ON known.call_id = candidate.value ->> 'call' AND known.id = candidate.value ->> 'id'
    WHERE ${refers}`);
}
