import type { Database } from "../../db/client";
import { actorText, may, type Caller } from "../../identity";
import { listComments, MOST_COMMENTS, type CommentReader, type CommentRow } from "../../quality";
import { namesOfReports } from "../../reports";

/** What is said of a call, and the names of those who say it and who are named. */
export type Comments = { rows: readonly CommentRow[]; names: ReadonlyMap<string, string> };

/** How somebody reads comments. */
export function commentReaderOf(caller: Caller): CommentReader {
  return { id: actorText(caller.actor), seesAll: may(caller, "reviews:assign"), judges: may(caller, "tasks:read") };
}

/** What is said of a call, as far as somebody may read it: one round trip. */
export async function readComments(db: Database, caller: Caller, callId: string): Promise<CommentRow[]> {
  if (!may(caller, "reviews:read")) return [];
  const { organizationId, reach } = caller;
  return listComments(db, commentReaderOf(caller), { organizationId, reach, callId, limit: MOST_COMMENTS });
}

/** Comments with the names in them: one round trip, and none without comments. */
export async function withNames(db: Database, organizationId: string, rows: readonly CommentRow[]): Promise<Comments> {
  const people = [...new Set(rows.flatMap(({ authorId, mentions }) => [authorId, ...mentions]))];
  return { rows, names: await namesOfReports(db, organizationId, { reviewer: people }) };
}
