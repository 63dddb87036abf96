import { asc, lte, and, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { systemAct } from "../../identity";
import { DAY } from "../../lib/time";
import { dropUpload } from "./abort";
import { finishUpload } from "./finish";
import type { UploadDeps } from "./announce";
import { UPLOADS_PREFIX, type UploadRow } from "./upload";

const AT_ONCE = 100;

/** How long an uploaded file waits for its recording to be made of it, retries and replays included. */
const KEPT_FOR = 7 * DAY;

/** Ends uploads whose time is over: one that has all its bytes becomes its call, any other is forgotten. */
export async function sweepOpenUploads(deps: UploadDeps, now: number): Promise<void> {
  const failures: unknown[] = [];
  for (const row of await expiredUploads(deps.db, now)) {
    try {
      if (row.callId === null) await dropUpload(deps, row);
      else await finishUpload(deps, row, new Headers(), systemAct(now));
    } catch (cause) {
      // One that cannot be ended does not stop the others.
      failures.push(cause);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} uploads: ${String(failures[0])}`);
}

/** Deletes files that no recording took over, and what broken uploads left. Reads at most `pages` pages. */
export async function sweepUploadedFiles(
  bucket: R2Bucket,
  now: number,
  { pages, pageSize = 500 }: { pages: number; pageSize?: number },
): Promise<number> {
  let cursor: string | undefined;
  let deleted = 0;
  for (let page = 0; page < pages; page += 1) {
    const listed = await bucket.list({ prefix: UPLOADS_PREFIX, limit: pageSize, ...(cursor && { cursor }) });
    const old = listed.objects.filter((object) => object.uploaded.getTime() < now - KEPT_FOR).map(({ key }) => key);
    if (old.length > 0) await bucket.delete(old);
    deleted += old.length;
    if (!listed.truncated) break;
    cursor = listed.cursor;
  }
  return deleted;
}

async function expiredUploads(db: Database, now: number): Promise<UploadRow[]> {
  return (
    db
      .select()
      .from(uploads)
      // Written out, not bound: SQLite uses a partial index only for a literal it can see.
      .where(and(sql`${uploads.state} = 'open'`, lte(uploads.expiresAt, now)))
      .orderBy(asc(uploads.expiresAt))
      .limit(AT_ONCE)
  );
}
