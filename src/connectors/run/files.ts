import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { connectorFiles, connectors } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { digestOf, newId } from "../../lib/id";
import { recordAct, type Act } from "../../identity";
import type { ConnectorTarget } from "../config/connector";
import { actOn } from "../config/write";
import type { FoundFile } from "../contract";

export type FileRow = typeof connectorFiles.$inferSelect;

/** The id of one version of one file: the same version found again is the same file. */
export function fileIdOf({ name, key = name, version }: Pick<FoundFile, "name" | "key" | "version">): Promise<string> {
  return digestOf([key, version]);
}

/** The known ones among these ids, by id. */
export async function knownFiles(
  db: Database,
  connectorId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FileRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(connectorFiles)
    .where(and(eq(connectorFiles.connectorId, connectorId), inArray(connectorFiles.id, valueList(ids))));
  return new Map(rows.map((row) => [row.id, row]));
}

/** A row for a file that was found for the first time. */
export function newFileRow(
  connector: { id: string; organizationId: string },
  id: string,
  file: FoundFile,
  now: number,
  refusal: string | null,
): FileRow {
  return {
    connectorId: connector.id,
    id,
    organizationId: connector.organizationId,
    name: file.name,
    version: file.version,
    size: file.size,
    state: refusal === null ? "seen" : "refused",
    reason: refusal,
    uploadId: newId("upl", now),
    callId: null,
    attempts: 0,
    foundAt: now,
    endedAt: refusal === null ? null : now,
  };
}

/** One statement that keeps rows of files found for the first time; one that is there already stays as it is. */
export function insertFiles(db: Database, rows: readonly FileRow[]): Statement {
  const given = JSON.stringify(
    rows.map((row) => [
      row.connectorId,
      row.id,
      row.organizationId,
      row.name,
      row.version,
      row.size,
      row.state,
      row.reason,
      row.uploadId,
      row.foundAt,
      row.endedAt,
    ]),
  );
  const value = (at: number) => sql.raw(`value ->> ${at}`);
  const columns = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(value);
  return db.run(sql`INSERT INTO ${connectorFiles}
    (connector_id, id, organization_id, name, version, size, state, reason, upload_id, call_id, attempts, found_at, ended_at)
    SELECT ${sql.join(columns, sql`, `)}, NULL, 0, ${value(9)}, ${value(10)} FROM json_each(${given}) WHERE true
    ON CONFLICT DO NOTHING`);
}

/** Writes what became of a file. */
export async function markFile(
  db: Database,
  { connectorId, id }: Pick<FileRow, "connectorId" | "id">,
  set: Partial<Pick<FileRow, "state" | "reason" | "callId" | "attempts" | "endedAt">>,
): Promise<void> {
  await db
    .update(connectorFiles)
    .set(set)
    .where(and(eq(connectorFiles.connectorId, connectorId), eq(connectorFiles.id, id)));
}

/** Where a list goes on: after the file with this upload's id. */
export type RefusedPosition = { uploadId: string };

/** The files that a connector left where they are, the newest first. */
export async function listRefusedFiles(
  db: Database,
  query: { connectorId: string; limit: number; after?: RefusedPosition | undefined },
): Promise<FileRow[]> {
  return db
    .select()
    .from(connectorFiles)
    .where(
      and(
        eq(connectorFiles.connectorId, query.connectorId),
        sql`${connectorFiles.state} = 'refused'`,
        query.after && lt(connectorFiles.uploadId, query.after.uploadId),
      ),
    )
    .orderBy(desc(connectorFiles.uploadId))
    .limit(query.limit);
}

/** Lets a refused file be tried again by the next look that finds it. False when it is not one. */
export async function retryFile(db: Database, target: ConnectorTarget, id: string, act: Act): Promise<boolean> {
  const row = await db
    .update(connectorFiles)
    .set({ state: "seen", reason: null, attempts: 0, endedAt: null })
    .where(
      and(
        eq(connectorFiles.connectorId, target.id),
        eq(connectorFiles.id, id),
        sql`${connectorFiles.state} = 'refused'`,
      ),
    )
    .returning({ name: connectorFiles.name })
    .get();
  // A storage that tells only what has changed would not name it again: everything is listed anew.
  // Neotel's, while it cannot be asked, is the only one that knows since when: it goes all the way back each hour anyway.
  const isKept = sql`${connectors.kind} = 'neotel' AND ${connectors.trouble} IS NOT NULL`;
  const cursor = sql`CASE WHEN ${isKept} THEN ${connectors.cursor} END`;
  if (row) await db.update(connectors).set({ cursor }).where(eq(connectors.id, target.id));
  if (row) await recordAct(db, { ...actOn(target, "connector.file_retried"), after: { file_id: id } }, act);
  return row !== undefined;
}

/** A statement that forgets the files of deleted connectors, `limit` at most. */
export function forgetFilesOfDeleted(db: Database, _now: number, limit: number): Statement {
  return db.run(sql`DELETE FROM ${connectorFiles} WHERE (connector_id, id) IN (
    SELECT f.connector_id, f.id FROM ${connectorFiles} AS f JOIN ${connectors} AS c ON c.id = f.connector_id
    WHERE c.deleted_at IS NOT NULL LIMIT ${limit})`);
}
