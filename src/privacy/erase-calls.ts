import { eq, sql } from "drizzle-orm";
import { FINDINGS_PREFIX, ORIGINALS_PREFIX, TRANSCRIPTS_PREFIX, WAVEFORMS_PREFIX } from "../analysis";
import { runBatch, type Database, type Statement } from "../db/client";
import { calls, connectorFiles, connectors, recordings, uploads } from "../db/schema";
import { valueList } from "../db/value-list";
import { countDeliveriesOf, eraseDeliveries, type EndpointObjects, type EventStreams } from "../delivery";
import { eraseAnswersOfCalls } from "../identity";
import { inParallel } from "../lib/in-parallel";
import { RECORDINGS_PREFIX, RENDITIONS_PREFIX } from "../recordings";
import { isMissing, removeFromSearch } from "../search";
import { countsOfRows, deleteRows, type Counts, type Counted, type OfCalls } from "./places";

export type EraseDeps = {
  db: Database;
  bucket: R2Bucket;
  search: D1Database | null;
  endpointObjects: Pick<EndpointObjects, "erase" | "count" | "health">;
  eventStreams: Pick<EventStreams, "erase">;
};

/**
 * Erases calls wherever they are, but for the log of requests. Each part may be done again: what is in R2 is found
 * without the rows, and the rows of the calls go after it. `alongside` gives statements for the batch that deletes the
 * rows, given SQL that counts them. Gives how much else was erased.
 */
export async function eraseCalls(
  deps: EraseDeps,
  of: OfCalls,
  alongside: (counts: ReturnType<typeof countsOfRows>) => Statement[],
): Promise<Counts> {
  const { db, bucket, search, endpointObjects: objects, eventStreams } = deps;
  const { organizationId, ids } = of;
  const uploaded = await uploadsOf(db, of);
  const files = await eraseFiles(deps, of, uploaded);
  await eraseFileNames(db, of);
  await runBatch(db, [
    ...alongside(countsOfRows(of)),
    ...deleteRows(db, of),
    eraseUploads(db, organizationId, uploaded),
  ]);
  const deliveries = await eraseDeliveries({ db, objects, bucket }, of);
  const answers = await eraseAnswersOfCalls({ db, bucket }, of);
  await eventStreams.erase(organizationId, ids);
  await unindex(search, ids);
  return { files, deliveries, answers, uploads: uploaded.length };
}

type Upload = { id: string; key: string };

/** Uploads that became these calls. They are kept for a while only, so looking through them is not long. */
export async function uploadsOf(db: Database, { organizationId, ids }: OfCalls): Promise<Upload[]> {
  return db.all<Upload>(sql`SELECT id, key FROM ${uploads} WHERE organization_id = ${organizationId}
    AND call_id IN ${valueList(ids)}`);
}

export function eraseUploads(db: Database, organizationId: string, uploaded: readonly Upload[]): Statement {
  return db.run(sql`DELETE FROM ${uploads} WHERE organization_id = ${organizationId}
    AND id IN ${valueList(uploaded.map(({ id }) => id))}`);
}

/** Deletes every object of the calls, those of tries that did not count too. */
async function eraseFiles(
  { db, bucket }: EraseDeps,
  { organizationId, ids }: OfCalls,
  uploaded: readonly Upload[],
): Promise<number> {
  const named = await db
    .select({ key: recordings.key })
    .from(recordings)
    .where(sql`call_id IN ${valueList(ids)}`);
  const keys = new Set([...named.flatMap(({ key }) => key ?? []), ...uploaded.map(({ key }) => key)]);
  const prefixes = ids.flatMap((id) => prefixesOf(organizationId, id));
  for (const found of await inParallel(prefixes, (prefix) => keysUnder(bucket, prefix)))
    for (const key of found) keys.add(key);
  const all = [...keys];
  for (let at = 0; at < all.length; at += 1_000) await bucket.delete(all.slice(at, at + 1_000));
  return all.length;
}

/** What all objects of a call begin with: the ids of recordings and analyses have the call's part (calls/ids.ts). */
function prefixesOf(organizationId: string, callId: string): string[] {
  const part = callId.slice("call_".length);
  return [
    ...[RECORDINGS_PREFIX, RENDITIONS_PREFIX, WAVEFORMS_PREFIX].map(
      (prefix) => `${prefix}${organizationId}/rec_${part}_`,
    ),
    ...[FINDINGS_PREFIX, TRANSCRIPTS_PREFIX, ORIGINALS_PREFIX].map((prefix) => `${prefix}ana_${part}_`),
  ];
}

/** The keys of all muted renditions of calls. */
export async function renditionsOf(bucket: R2Bucket, { organizationId, ids }: OfCalls): Promise<string[]> {
  const prefixes = ids.map((id) => `${RENDITIONS_PREFIX}${organizationId}/rec_${id.slice("call_".length)}_`);
  return (await Promise.all(prefixes.map((prefix) => keysUnder(bucket, prefix)))).flat();
}

async function keysUnder(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return keys;
}

/**
 * Files that a connector took in are known by a digest, so that they are not taken in again; their names, which may be
 * about the call, go. The file itself lies where the organization keeps it.
 */
async function eraseFileNames(db: Database, { organizationId, ids }: OfCalls): Promise<void> {
  const known = await db
    .select({ id: connectors.id, sourceId: connectors.sourceId })
    .from(connectors)
    .where(eq(connectors.organizationId, organizationId));
  if (known.length === 0) return;
  const sources = await db
    .selectDistinct({ sourceId: calls.sourceId })
    .from(calls)
    .where(sql`id IN ${valueList(ids)}`);
  const named = known.filter((one) => sources.some(({ sourceId }) => sourceId === one.sourceId)).map(({ id }) => id);
  if (named.length === 0) return;
  await db.run(sql`UPDATE ${connectorFiles} SET name = '', reason = NULL, state = 'settled'
    WHERE connector_id IN ${valueList(named)} AND call_id IN ${valueList(ids)}`);
  // The next look names again those that are not of erased calls.
  await db.run(sql`UPDATE ${connectors} SET left_files = json_set(left_files, '$.taken.names', json('[]'))
    WHERE id IN ${valueList(named)} AND left_files IS NOT NULL`);
}

async function unindex(search: D1Database | null, ids: readonly string[]): Promise<void> {
  if (search === null) return;
  try {
    await removeFromSearch(search, ids);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
}

/** Objects of endpoints say how many deliveries of calls they have. */
export type CountDeps = Pick<EraseDeps, "db" | "bucket"> & { endpointObjects: Pick<EndpointObjects, "countOf"> };

/** What erasing a call would erase. Requests are counted when they are looked for. */
export async function countCall(
  deps: CountDeps,
  { organizationId, callId }: { organizationId: string; callId: string },
): Promise<Counts> {
  const { db, bucket, endpointObjects: objects } = deps;
  const of: OfCalls = { organizationId, ids: [callId] };
  const counted = Object.entries(countsOfRows(of));
  const columns = sql.join(
    counted.map(([name, count]) => sql`${count} AS ${sql.identifier(name)}`),
    sql`, `,
  );
  const [[rows], uploaded, deliveries, ...found] = await Promise.all([
    db.all<Record<Counted, number>>(sql`SELECT ${columns}`),
    uploadsOf(db, of),
    countDeliveriesOf({ db, objects }, of),
    ...prefixesOf(organizationId, callId).map((prefix) => keysUnder(bucket, prefix)),
  ]);
  return { ...rows, uploads: uploaded.length, deliveries, files: found.flat().length + uploaded.length };
}
