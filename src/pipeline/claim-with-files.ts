import { runBatch, type Database, type Statement } from "../db/client";
import { readTogether } from "../db/read-together";
import { fileQueries, filesOf, type CallFile } from "./consequences";

/** Claims work, and reads the files of the calls that it is of, by call. `rows` are those claimed, as D1 gives them. */
export async function claimWithFiles(
  db: Database,
  claim: Statement,
  callIds: readonly string[],
): Promise<{ rows: Record<string, unknown>[]; files: ReadonlyMap<string, CallFile> }> {
  const queries = fileQueries(callIds);
  const [rows, read] = await runBatch(db, [claim, readTogether(db, queries)]);
  return { rows: (rows?.results ?? []) as Record<string, unknown>[], files: filesOf(read, queries) };
}
