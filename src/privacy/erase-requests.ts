import { sql } from "drizzle-orm";
import { isHeld } from "../calls";
import { runBatch, type Database } from "../db/client";
import { calls, erasedCalls, inbound, type InboundForm } from "../db/schema";
import { valueList } from "../db/value-list";
import { plainBodyOf } from "../platforms";
import { firstInboundIdAt, loadInboundBody } from "../sources";
import type { ErasureRow } from "./erasures";
import { sortNeedles } from "./needles";

/** Requests looked at in one step: their bodies may be 100 kB each. */
const SCANNED = 1_000;
/** Of those, how many are dealt with: a body in R2 is read here. */
const AT_ONCE = 50;
const BODY_CAP = 32 * 1024 * 1024;

type Found = {
  id: string;
  isMine: number;
  isNamed: number;
  form: InboundForm;
  bodyKey: string | null;
  headers: string;
  body: ArrayBuffer | number[] | null;
};

/** Where the log is read from: nothing of the calls came before. */
export function requestsSince(erasure: Pick<ErasureRow, "since">): string {
  return firstInboundIdAt(erasure.since);
}

/**
 * Erases the requests that brought the calls of an erasure, in the order in which they came, from `cursor` on. A
 * request that is logged with one of the calls is deleted; one that names a call among others, or could not be read,
 * loses its body and headers, unless it is that of a call under a legal hold. Gives where it goes on, null at the end.
 */
export async function eraseRequests(
  { db, bucket }: { db: Database; bucket: R2Bucket },
  erasure: ErasureRow,
  cursor: string,
): Promise<{ cursor: string | null; erased: number }> {
  const { organizationId, id: erasureId, needles } = erasure;
  const range = sql`organization_id = ${organizationId} AND id > ${cursor}`;
  const isMine = sql`(call_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM ${erasedCalls} WHERE call_id = inbound.call_id AND erasure_id = ${erasureId}))`;
  const { inAll, inSamples } = sortNeedles(needles);
  const holdsOne = (of: readonly string[]) => sql`EXISTS
    (SELECT 1 FROM json_each(${JSON.stringify(of)}) WHERE instr(CAST(inbound.body AS TEXT), value) > 0)`;
  const isNamedAsSample = inSamples.length === 0 ? sql`` : sql`OR (form = 'sample' AND ${holdsOne(inSamples)})`;
  const isNamed = sql`(body IS NOT NULL AND (${holdsOne(inAll)} ${isNamedAsSample}))`;
  const isPacked = sql`(body IS NOT NULL AND headers ->> '$.content-encoding' IS NOT NULL)`;
  const isOfHeld = sql`(call_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.id} = inbound.call_id AND ${isHeld()}))`;
  const [[edge], found] = await Promise.all([
    db.all<{ id: string }>(sql`SELECT id FROM ${inbound} WHERE ${range} ORDER BY id LIMIT 1 OFFSET ${SCANNED - 1}`),
    db.all<Found>(sql`SELECT id, ${isMine} AS isMine, ${isNamed} AS isNamed, form, body_key AS bodyKey, headers,
        iif(${isPacked}, body, NULL) AS body
      FROM (SELECT * FROM ${inbound} WHERE ${range} ORDER BY id LIMIT ${SCANNED}) AS inbound
      WHERE ${isMine} OR ((${isNamed} OR ${isPacked} OR body_key IS NOT NULL) AND NOT ${isOfHeld}) ORDER BY id LIMIT ${AT_ONCE}`),
  ]);
  const about: Found[] = [];
  // One after the other: unpacked, a few large bodies together would be more than a Worker's memory.
  for (const one of found) if (await isAbout(bucket, one, needles)) about.push(one);
  const mine = about.filter((one) => one.isMine).map(({ id }) => id);
  const shared = about.filter((one) => !one.isMine).map(({ id }) => id);
  const keys = about.flatMap(({ bodyKey }) => bodyKey ?? []);
  if (keys.length > 0) await bucket.delete(keys);
  if (about.length > 0)
    await runBatch(db, [
      db.run(sql`DELETE FROM ${inbound} WHERE organization_id = ${organizationId} AND id IN ${valueList(mine)}`),
      db.run(sql`UPDATE ${inbound} SET body = NULL, body_key = NULL, headers = '{}'
        WHERE organization_id = ${organizationId} AND id IN ${valueList(shared)}`),
    ]);
  const next = found.length === AT_ONCE ? found.at(-1)?.id : edge?.id;
  return { cursor: next ?? null, erased: about.length };
}

async function isAbout(bucket: R2Bucket, request: Found, needles: readonly string[]): Promise<boolean> {
  if (request.isMine || request.isNamed) return true;
  if (needles.length === 0) return false;
  const { bodyKey, headers, form } = request;
  const kept = await loadInboundBody(bucket, { body: request.body && new Uint8Array(request.body), bodyKey });
  if (!kept) return false;
  const plain = await plainBodyOf(kept, new Headers(JSON.parse(headers) as Record<string, string>), BODY_CAP);
  const text = new TextDecoder().decode(plain.ok ? plain.value : kept);
  const { inAll, inSamples } = sortNeedles(needles);
  return [...inAll, ...(form === "sample" ? inSamples : [])].some((needle) => text.includes(needle));
}
