import { and, eq, sql, type SQL } from "drizzle-orm";
import { isHeld } from "../calls";
import { runBatch, type Database } from "../db/client";
import { insertRow, writeRow } from "../db/rows";
import { calls, erasedCalls, erasures, jobs, legalHolds, savedViews } from "../db/schema";
import { countDeliveriesOf } from "../delivery";
import { invalid, type DomainError } from "../errors";
import { isLimited, type Act, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { CountDeps } from "./erase-calls";
import { newErasure, type BeginDeps, type ErasureRow } from "./erasures";
import { numberIn } from "./holds";
import { needlesOf } from "./needles";

/** Calls looked at in one step: no index knows numbers. */
const SCANNED = 2_000;
/** A count of what would be erased looks at so many steps. */
const COUNTED_STEPS = 50;

/** Calls whose deliveries a count asks for, of each object of an endpoint in one request. */
const ASKED_FOR = 500;

/** `more`: not all calls were looked at, or not the deliveries of all of them. */
export type CallerCount = { calls: number; held: number; deliveries: number; more: boolean };

/**
 * Begins to erase a caller: every call in which the number is a party, but those under a legal hold, and the number from
 * the log of requests and from what people have saved to find it. For whoever reaches the whole organization.
 */
export async function eraseCaller(
  { db, nudges }: BeginDeps,
  { organizationId, reach }: Within,
  text: string,
  act: Act,
): Promise<Result<ErasureRow, DomainError>> {
  const number = allowed(reach, text);
  if (!number.ok) return number;
  if (await isNumberHeld(db, organizationId, number.value)) return err(NUMBER_UNDER_HOLD);
  const digits = number.value.replace(/\D/g, "");
  const needles = needlesOf([number.value, digits]);
  const row = newErasure({ organizationId, kind: "caller", subject: number.value, needles, since: 0 }, act, "find");
  await runBatch(db, [writeRow(db, insertRow(erasures, row))]);
  await nudges.erasures([{ organizationId, erasureId: row.id }]);
  return ok(row);
}

const NUMBER_UNDER_HOLD: DomainError = {
  kind: "conflict",
  message: "This number is under a legal hold: it is not erased before the hold is lifted.",
};

/** Whether a hold is on the number itself: then it stays in what people have saved to find it, too. */
async function isNumberHeld(db: Database, organizationId: string, number: string): Promise<boolean> {
  const row = await db
    .select({ id: legalHolds.id })
    .from(legalHolds)
    .where(
      and(eq(legalHolds.organizationId, organizationId), eq(legalHolds.kind, "caller"), eq(legalHolds.subject, number)),
    )
    .limit(1)
    .get();
  return row !== undefined;
}

function allowed(reach: Within["reach"], text: string): Result<string, DomainError> {
  if (isLimited(reach))
    return err({ kind: "forbidden", message: "This is for whoever reaches the whole organization." });
  const number = numberIn(text);
  return number === undefined
    ? err(invalid("number", "must be a number, as the platform writes it or in E.164"))
    : ok(number);
}

function isParty(number: string): SQL {
  return sql`${number} IN (${calls.fromE164}, ${calls.fromRaw}, ${calls.toE164}, ${calls.toRaw})`;
}

/** The calls of one step, from where the last one ended: `startedAt:id`. */
function stepOf(organizationId: string, cursor: string | null): SQL {
  const colon = cursor?.indexOf(":") ?? -1;
  const after =
    cursor === null
      ? sql``
      : sql`AND (started_at, id) > (${Number(cursor.slice(0, colon))}, ${cursor.slice(colon + 1)})`;
  return sql`SELECT id, organization_id, campaign_id, started_at, from_e164, from_raw, to_e164, to_raw
    FROM ${calls} WHERE organization_id = ${organizationId} ${after}
    ORDER BY started_at, id LIMIT ${SCANNED}`;
}

type Edge = { last: string; calls: number };

function edgeOf(step: SQL): SQL {
  return sql`SELECT started_at || ':' || id AS last, count(*) OVER () AS calls FROM (${step})
    ORDER BY started_at DESC, id DESC LIMIT 1`;
}

/** How many calls erasing a caller would erase, with how many deliveries, and how many are held. */
export async function countCaller(
  { db, endpointObjects: objects }: Pick<CountDeps, "db" | "endpointObjects">,
  { organizationId, reach }: Within,
  text: string,
): Promise<Result<CallerCount, DomainError>> {
  const number = allowed(reach, text);
  if (!number.ok) return number;
  const free: string[] = [];
  let held = 0;
  let cursor: string | null = null;
  let isWhole = false;
  for (let at = 0; at < COUNTED_STEPS && !isWhole; at += 1) {
    const step = stepOf(organizationId, cursor);
    const [found, [edge]]: [{ id: string; isHeld: number }[], Edge[]] = await Promise.all([
      db.all<{ id: string; isHeld: number }>(sql`SELECT calls.id AS id, ${isHeld()} AS isHeld
        FROM (${step}) AS calls WHERE ${isParty(number.value)}`),
      db.all<Edge>(edgeOf(step)),
    ]);
    for (const call of found) {
      if (call.isHeld) held += 1;
      else free.push(call.id);
    }
    isWhole = !edge || edge.calls < SCANNED;
    cursor = edge?.last ?? null;
  }
  const deliveries = await countDeliveriesOf({ db, objects }, { organizationId, ids: free.slice(0, ASKED_FOR) });
  return ok({ calls: free.length, held, deliveries, more: !isWhole || free.length > ASKED_FOR });
}

/**
 * Finds the next calls of the caller and takes them into the erasure. `alongside` gives a statement for the same batch,
 * given SQL that counts those that are held. Gives where it goes on, null at the end.
 */
export async function findCallsOfCaller(
  db: Database,
  { organizationId, id, subject, cursor }: ErasureRow,
  alongside: (held: SQL) => SQL,
): Promise<string | null> {
  const step = stepOf(organizationId, cursor);
  const isTheirs = isParty(subject ?? "");
  const [edge] = await db.all<Edge>(edgeOf(step));
  if (!edge) return null;
  await runBatch(db, [
    db.run(alongside(sql`(SELECT count(*) FROM (${step}) AS calls WHERE ${isTheirs} AND ${isHeld()})`)),
    db.run(sql`INSERT INTO ${erasedCalls} (call_id, organization_id, erasure_id, erased_at)
      SELECT calls.id, ${organizationId}, ${id}, NULL FROM (${step}) AS calls
      WHERE ${isTheirs} AND NOT ${isHeld()} ON CONFLICT DO NOTHING`),
  ]);
  return edge.calls < SCANNED ? null : edge.last;
}

/** Takes the number out of what people have saved to find it: filters of lists, and of acts on many calls. */
export async function forgetFilters(db: Database, { organizationId, needles }: ErasureRow): Promise<void> {
  const has = (text: SQL) =>
    sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(needles)}) WHERE instr(${text}, value) > 0)`;
  await runBatch(db, [
    db.run(sql`DELETE FROM ${savedViews} WHERE organization_id = ${organizationId} AND ${has(sql`query`)}`),
    db.run(sql`UPDATE ${jobs} SET selection = '{"ids":[]}' WHERE organization_id = ${organizationId}
      AND state <> 'open' AND ${has(sql`selection`)}`),
  ]);
}
