import { and, asc, eq, getTableName, gt, isNotNull, ne, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../db/client";
import { contextOf, SEALED_PLACES, type SealedPlace } from "../db/sealed-places";
import { resealEndpoints, type EndpointDeps } from "../delivery";
import { newestVersion, reseal } from "../lib/seal";
import { noteNewestKey } from "./key-versions";

/** Where to go on: the place, and the key of the last row that was taken there. */
export type ResealPosition = { place: string; after: string };

/** What a request did. `next` is null after the last value. */
export type ResealTurn = {
  resealed: number;
  /** Rows that somebody else wrote at the same time: a later run finds what is still to do there. */
  changed: number;
  /** Values that do not open: their master key is missing, or they were damaged. */
  unreadable: { place: string; id: string }[];
  /** Endpoints of which an object could not be reached. */
  unreached: string[];
  next: ResealPosition | null;
};

type Deps = Pick<EndpointDeps, "db" | "masterKeys" | "endpointObjects"> & { now(): number };

/** What one request may write: D1 takes a thousand statements in one invocation, and each write is three of them. */
export const RESEAL_BUDGET = { default: 100, max: 200 } as const;

// An endpoint's secrets, headers and copies are one row and one push.
const ENDPOINTS = "endpoints";
/** The places of positions, in the order of the work. */
export const RESEAL_STEPS: readonly string[] = [...simplePlaces(), ENDPOINTS];

/**
 * Seals values with the newest master key, from `position` on, until about `budget` writes were made. What is sealed
 * with it already is not touched, so the work can be repeated, and continued from any position.
 */
export async function resealValues(deps: Deps, position: ResealPosition, budget: number): Promise<ResealTurn> {
  await noteNewestKey(deps.db, deps.masterKeys, deps.now());
  const total: ResealTurn = { resealed: 0, changed: 0, unreadable: [], unreached: [], next: position };
  for (let left = budget; left > 0 && total.next;) {
    const { place, after } = total.next;
    const step =
      place === ENDPOINTS
        ? await resealEndpointsAfter(deps, after, left)
        : await resealPlace(deps, place as SealedPlace, after, left);
    total.resealed += step.resealed;
    total.changed += step.changed;
    total.unreadable.push(...step.unreadable);
    total.unreached.push(...step.unreached);
    total.next = step.next;
    left -= step.writes;
  }
  return total;
}

/** Where a run begins. */
export const RESEAL_START: ResealPosition = { place: RESEAL_STEPS[0] ?? ENDPOINTS, after: "" };

type Step = ResealTurn & { writes: number };

async function resealPlace(
  { db, masterKeys: keys }: Deps,
  place: SealedPlace,
  after: string,
  limit: number,
): Promise<Step> {
  const { column, key } = SEALED_PLACES[place];
  const rows = await db
    .select({ id: sql<string>`${key}`, sealed: sql<string>`${column}` })
    .from(column.table)
    .where(
      and(gt(key, after), isNotNull(column), ne(column, ""), sql`${column} NOT LIKE ${`v${newestVersion(keys)}.%`}`),
    )
    .orderBy(asc(key))
    .limit(limit);
  const step: Step = { resealed: 0, changed: 0, unreadable: [], unreached: [], next: null, writes: rows.length };
  for (const { id, sealed } of rows) {
    const fresh = await reseal(keys, contextOf(place, id), sealed).catch(() => undefined);
    if (fresh === undefined) step.unreadable.push({ place, id });
    else if (await replace(db, place, id, sealed, fresh)) step.resealed += 1;
    else step.changed += 1;
  }
  const last = rows.at(-1);
  return { ...step, next: last && rows.length === limit ? { place, after: last.id } : placeAfter(place) };
}

// Only over the value that was opened: a secret that was replaced meanwhile stays replaced.
async function replace(db: Database, place: SealedPlace, id: string, sealed: string, fresh: string): Promise<boolean> {
  const { column, key } = SEALED_PLACES[place];
  const [written] = await runBatch(db, [
    db.run(sql`UPDATE ${column.table} SET ${sql.identifier(column.name)} = ${fresh}
      WHERE ${and(eq(key, id), eq(column, sealed))}`),
  ]);
  return changesOf(written) > 0;
}

async function resealEndpointsAfter(deps: Deps, after: string, budget: number): Promise<Step> {
  const { taken, more } = await resealEndpoints(deps, after, budget);
  const last = taken.at(-1);
  const ids = (wanted: string) => taken.filter(({ outcome }) => outcome === wanted).map(({ id }) => id);
  return {
    resealed: ids("sealed").length,
    changed: ids("changed").length,
    unreadable: ids("unreadable").map((id) => ({ place: ENDPOINTS, id })),
    unreached: ids("unreached"),
    next: last && more ? { place: ENDPOINTS, after: last.id } : placeAfter(ENDPOINTS),
    writes: taken.reduce((total, { writes }) => total + writes, 0),
  };
}

function placeAfter(place: string): ResealPosition | null {
  const next = RESEAL_STEPS[RESEAL_STEPS.indexOf(place) + 1];
  return next === undefined ? null : { place: next, after: "" };
}

function simplePlaces(): SealedPlace[] {
  const names = Object.keys(SEALED_PLACES) as SealedPlace[];
  return names.filter((name) => getTableName(SEALED_PLACES[name].column.table) !== ENDPOINTS);
}
