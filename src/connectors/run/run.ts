import { and, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { connectors, type ConnectorTrouble, type LeftFiles } from "../../db/schema";
import { FULL_REACH, recordAct, systemAct } from "../../identity";
import type { MasterKeys } from "../../lib/seal";
import { HOUR, MINUTE, SECOND } from "../../lib/time";
import { actOn } from "../config/write";
import { keepCredentials, openCredentials, type ConnectorRow } from "../config/connector";
import type { ConnectorFailure, ConnectorKind, Storage, StorageDeps } from "../contract";
import { CONNECTOR_KINDS } from "../kinds";
import type { BringIn, TellMore } from "./bring-in";
import { countLeft, leftSoFar } from "./left-files";
import { newLookMemory } from "./look-memory";
import { isOfStorage, settleStaying } from "./sidecars";
import { takePage } from "./take-page";

/** The deps of a look into a storage. */
export type RunDeps = StorageDeps & {
  db: Database;
  masterKeys: MasterKeys;
  bringIn: BringIn;
  tellMore: TellMore;
  /** Where a storage may tell of changes to a connector; null where it could not reach us. */
  noticeUrl?(id: string): string | null;
};

/** A look starts nothing new after this, and goes on in the next turn. */
const TURN = 3 * MINUTE;
/** A file that was seen for the first time is looked at again so soon, however seldom the connector looks. */
const SECOND_LOOK = MINUTE;
/** The longest wait after failures. */
const LONGEST_WAIT = HOUR;

/** What no later look can get over: a person has to decide. */
const STOPS: ReadonlySet<string> = new Set(["host_key_changed"]);

/** What stands before the place of a look that goes on: that another one was asked for, that something is still to be done. */
const ASKED = "?";
const LEFT = "!";

type Place = { cursor: string | null; isLeft: boolean; isAsked: boolean };

/** The place as it was written, but for that another look was asked for. */
function keptOf({ cursor: text }: ConnectorRow): string | null {
  return text?.startsWith(ASKED) ? text.slice(ASKED.length) || null : text;
}

/** Reads the place of a look that goes on, or where a new one begins. */
function placeOf(row: ConnectorRow): Place {
  const isAsked = row.cursor?.startsWith(ASKED) ?? false;
  const place = keptOf(row);
  const isLeft = place?.startsWith(LEFT) ?? false;
  return { cursor: isLeft ? (place?.slice(LEFT.length) ?? null) : place, isLeft, isAsked };
}

/** The place to go on at. Whether another look was asked for in this turn is seen as it is written. */
function placeToGoOn(row: ConnectorRow, { cursor, isLeft, isAsked }: Place): SQL | string | null {
  const place = isLeft && cursor !== null ? `${LEFT}${cursor}` : cursor;
  const asked = `${ASKED}${place ?? ""}`;
  return isAsked ? asked : sql`CASE WHEN ${connectors.dueAt} = ${row.dueAt} THEN ${place} ELSE ${asked} END`;
}

/** Whether a failure says nothing about the place in the list. */
function isPassing({ code }: ConnectorFailure): boolean {
  return [
    "slow_down",
    "unreachable",
    "storage_error",
    "interrupted",
    "neotel_unreachable",
    "server_unreachable",
  ].includes(code);
}

/** What became due so lately was not looked at by an earlier sweep. */
const NEW = 90 * SECOND;

/**
 * The connectors that are due, at most `limit`. What became due just now comes first: those that have been due for longer
 * are being looked into, and hold no place against the others. Else organizations take turns. Where more are due, half of
 * the places are of those that have been due the longest: what an earlier sweep had no place for is looked at in the end.
 */
export async function dueConnectors(db: Database, now: number, limit: number): Promise<string[]> {
  const dueBy = (most: number, ...order: (SQL | typeof connectors.dueAt)[]) =>
    db
      .select({ id: connectors.id })
      .from(connectors)
      .where(and(isNull(connectors.deletedAt), eq(connectors.state, "active"), sql`${connectors.dueAt} <= ${now}`))
      .orderBy(...order)
      .limit(most);
  const rows = await dueBy(
    limit,
    sql`${connectors.dueAt} <= ${now - NEW}`,
    sql`row_number() OVER (PARTITION BY ${connectors.organizationId} ORDER BY ${connectors.dueAt})`,
    connectors.dueAt,
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length < limit) return ids;
  const half = Math.floor(limit / 2);
  const longest = await dueBy(half, connectors.dueAt);
  const first = ids.slice(0, limit - half);
  return [...new Set([...first, ...longest.map(({ id }) => id), ...ids])].slice(0, limit);
}

/**
 * Looks into a storage, where that is due: lists, takes in what lies there unchanged since the last look, moves it away.
 * Of one connector only one may run at a time; whoever calls this sees to it. Gives when to go on, undefined when the
 * sweep will know. Every step can be done again: a crash anywhere loses nothing and takes nothing in twice.
 */
export async function runConnector(deps: RunDeps, id: string): Promise<number | undefined> {
  const { db, now } = deps;
  const row = await db
    .select()
    .from(connectors)
    .where(and(eq(connectors.id, id), isNull(connectors.deletedAt), eq(connectors.state, "active")))
    .get();
  if (!row || row.dueAt > now()) return undefined;
  try {
    return await look(deps, row);
  } catch (cause) {
    console.error(JSON.stringify({ event: "connector.failed", id, error: String(cause) }));
    await fail(deps, row, { code: "storage_error", detail: "our side failed on it" });
    return undefined;
  }
}

async function look(deps: RunDeps, row: ConnectorRow): Promise<number | undefined> {
  const kind: ConnectorKind = CONNECTOR_KINDS[row.kind];
  const keep = (next: Readonly<Record<string, string>>) => keepCredentials(deps, row, next);
  const storage = kind.open(row.settings, await openCredentials(deps.masterKeys, row), { ...deps, keep });
  try {
    return await lookInto(deps, row, storage);
  } finally {
    storage.close();
  }
}

async function lookInto(deps: RunDeps, row: ConnectorRow, storage: Storage): Promise<number | undefined> {
  const { db, now } = deps;
  const until = now() + TURN;
  // Whether something of this look is still to be done: what is not listed again must not be left behind.
  const { isAsked, ...begun } = placeOf(row);
  let { cursor, isLeft } = begun;
  let resume: string | undefined;
  let again: string | undefined;
  let [imported, refused, fresh] = [0, 0, false];
  let trouble: ConnectorFailure | undefined;
  const memory = newLookMemory();
  const leftFiles = leftSoFar(row, cursor === null);
  const stop = (failure: ConnectorFailure) =>
    fail(deps, row, failure, { imported, refused, leftFiles }, isLeft || !isPassing(failure) ? null : cursor);
  for (;;) {
    const page = await storage.list(cursor);
    if (!page.ok) return stop(page.error);
    const taken = await takePage(deps, row, storage, page.value.files, until, memory);
    imported += taken.imported;
    refused += taken.refused;
    fresh ||= taken.fresh;
    trouble ??= taken.trouble;
    isLeft ||= taken.isLeft;
    if (taken.isWhole) countLeft(leftFiles, page.value.files, taken.left);
    if (taken.failure) return stop(taken.failure);
    const isRepeated = page.value.cursor !== null && page.value.cursor === cursor;
    if (isRepeated) return stop({ code: "endless_list", detail: "the list names the same page again" });
    const next = taken.isWhole ? page.value.cursor : cursor;
    if (taken.isWhole && next === null) {
      ({ resume, again } = page.value);
      break;
    }
    cursor = next;
    if (now() < until) continue;
    // What was to be settled behind the last page is not known to another turn.
    isLeft ||= memory.staying.size > 0;
    // A page of the list is the place to go on; a row that was changed meanwhile begins anew.
    // It stays due as it was: that tells whether another look is asked for.
    const cursorNow = placeToGoOn(row, { cursor, isLeft, isAsked });
    await write(db, row, { ...countsOf({ imported, refused }), leftFiles, cursor: cursorNow });
    return now();
  }
  const beside = await settleStaying(deps, row, storage, until, begun.cursor === null, memory);
  isLeft ||= beside.isLeft;
  if (beside.failure && isOfStorage(beside.failure)) return stop(beside.failure);
  trouble ??= beside.failure;
  if (!trouble) await watch(deps, row, storage);
  // It was taken in all right, but cannot be moved: that is trouble, and no reason to look less often.
  const at = now();
  const dueAt = fresh ? sql`${at} + min(${SECOND_LOOK}, ${INTERVAL})` : nextOf(row.dueAt, at);
  await write(db, row, {
    ...countsOf({ imported, refused }),
    leftFiles,
    cursor: (isLeft ? again : resume) ?? null,
    dueAt: unlessMoved(row, dueAt),
    lastRunAt: at,
    ...(trouble
      ? { trouble: troubleOf(row, trouble, at), failures: row.failures + 1 }
      : { trouble: null, lastOkAt: at, looks: row.looks + 1 }),
  });
  return undefined;
}

/** The interval as it is when a look ends: who makes it shorter meanwhile does not wait for the end of the one before. */
const INTERVAL = sql`${connectors.pollSeconds} * ${SECOND}`;

/** The least rest between two looks. */
const REST = 15 * SECOND;

/**
 * When the next look is due: an interval after this one was, so that neither how long looks take nor when the sweep comes
 * adds up. What is late by more than a sweep (after a long look, or an outage) begins a new rhythm.
 */
function nextOf(dueAt: number, now: number): SQL {
  const next = sql`(${dueAt} + ${INTERVAL})`;
  return sql`CASE WHEN ${now} - ${next} > ${MINUTE} THEN ${now} + ${INTERVAL} ELSE max(${next}, ${now + REST}) END`;
}

/**
 * When the next look is due; where one was asked for while this one was under way, not later than that, but no earlier
 * than `least`.
 */
function unlessMoved(row: ConnectorRow, dueAt: SQL, least = 0): SQL {
  const { dueAt: before } = row;
  const moved = sql`max(min(${connectors.dueAt}, ${dueAt}), ${least})`;
  if (placeOf(row).isAsked) return moved;
  return sql`CASE WHEN ${connectors.dueAt} = ${before} THEN ${dueAt} ELSE ${moved} END`;
}

/** A storage that does not tell of changes is looked into all the same: that is no failure of a look. */
async function watch({ noticeUrl }: RunDeps, { id }: ConnectorRow, storage: Storage): Promise<void> {
  const url = storage.watch ? (noticeUrl?.(id) ?? null) : null;
  if (url === null) return;
  await storage.watch?.(url).catch((cause: unknown) => {
    console.error(JSON.stringify({ event: "connector.not_watched", id, error: String(cause) }));
  });
}

/**
 * A look that failed is tried again after twice the time, up to an hour, or when the storage asks for it. One that was
 * asked for meanwhile comes at once all the same, unless the storage said when it may be asked.
 */
async function fail(
  { db, now }: RunDeps,
  row: ConnectorRow,
  failure: ConnectorFailure,
  counts: { imported: number; refused: number; leftFiles?: LeftFiles } = { imported: 0, refused: 0 },
  cursor: string | null = null,
): Promise<undefined> {
  const at = now();
  const kind: ConnectorKind = CONNECTOR_KINDS[row.kind];
  const trouble = troubleOf(row, failure, at);
  const { retryAfter = 0 } = failure;
  const doubled = sql`${INTERVAL} * ${2 ** Math.min(trouble.count - 1, 10)}`;
  const dueAt = sql`${at} + max(min(${doubled}, ${LONGEST_WAIT}), ${INTERVAL}, ${retryAfter})`;
  const { leftFiles } = counts;
  await write(db, row, {
    ...countsOf(counts),
    // A list that begins anew is counted anew: until its end, what was counted before stands.
    ...(kind.tellsChanges && cursor !== null && leftFiles && { leftFiles }),
    // Only a storage that tells what has changed is gone on with: the list of another begins anew. A place that is kept
    // still says that something was left before it.
    cursor: kind.keepsPlace ? keptOf(row) : kind.tellsChanges ? cursor : null,
    dueAt: unlessMoved(row, dueAt, at + retryAfter),
    lastRunAt: at,
    ...(STOPS.has(failure.code) && { state: "paused" as const }),
    trouble,
    failures: row.failures + 1,
  });
  if (STOPS.has(failure.code)) {
    const stopped = { organizationId: row.organizationId, id: row.id, reach: FULL_REACH };
    await recordAct(db, { ...actOn(stopped, "connector.stopped"), after: { code: failure.code } }, systemAct(at));
  }
  return undefined;
}

function troubleOf(row: ConnectorRow, { code, detail }: ConnectorFailure, now: number): ConnectorTrouble {
  const same = row.trouble?.code === code ? row.trouble : null;
  return { code, detail: detail.slice(0, 300), since: same?.since ?? now, count: (same?.count ?? 0) + 1 };
}

function countsOf({ imported, refused }: { imported: number; refused: number }) {
  return {
    ...(imported > 0 && { imported: sql`${connectors.imported} + ${imported}` }),
    ...(refused > 0 && { refused: sql`${connectors.refused} + ${refused}` }),
  };
}

/** Writes the end of a look, unless its owner changed the connector meanwhile: then what they wrote counts. */
async function write(
  db: Database,
  row: ConnectorRow,
  set: Parameters<ReturnType<typeof db.update<typeof connectors>>["set"]>[0],
): Promise<void> {
  const isSame = and(
    eq(connectors.id, row.id),
    sql`${connectors.settings} = ${JSON.stringify(row.settings)} AND ${connectors.credentials} = ${row.credentials}`,
  );
  await db.update(connectors).set(set).where(isSame);
}
