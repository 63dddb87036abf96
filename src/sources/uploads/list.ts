import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { uploads } from "../../db/schema";
import { newUploadId, type UploadRow } from "./upload";
import type { Uploader } from "./check-call";

/** Where a list goes on: after the upload with this id. */
export type UploadPosition = { id: string };

/** The organization's uploads, newest first; for a key of one campaign, that campaign's. */
export async function listUploads(
  db: Database,
  query: Uploader & { state?: UploadRow["state"]; limit: number; after?: UploadPosition },
): Promise<UploadRow[]> {
  const { after, campaignLimit, state } = query;
  return db
    .select()
    .from(uploads)
    .where(
      and(
        eq(uploads.organizationId, query.organizationId),
        after && lt(uploads.id, after.id),
        state && eq(uploads.state, state),
        campaignLimit === null ? undefined : sql`${uploads.call} ->> 'campaign_id' = ${campaignLimit}`,
      ),
    )
    .orderBy(desc(uploads.id))
    .limit(query.limit);
}

const TIME_CHARACTERS = "upl_".length + 10;

/** An upload since a moment (milliseconds) that became this call: it is known before the call itself is. */
export async function uploadOfCall(
  db: Database,
  call: { organizationId: string; callId: string; since: number },
): Promise<UploadRow | undefined> {
  // An id begins with its time, so a moment is a place among the ids, and only what is recent is looked through.
  return db
    .select()
    .from(uploads)
    .where(
      and(
        eq(uploads.organizationId, call.organizationId),
        gte(uploads.id, newUploadId(call.since).slice(0, TIME_CHARACTERS)),
        eq(uploads.callId, call.callId),
      ),
    )
    .limit(1)
    .get();
}
