import { eq, inArray } from "drizzle-orm";
import { callIdOf } from "../../calls";
import type { Database } from "../../db/client";
import { valueList } from "../../db/value-list";
import { calls, reconciliations } from "../../db/schema";
import type { GuardPolicy } from "../../lib/network-guard";
import type { MasterKeys } from "../../lib/seal";
import { DAY, SECOND } from "../../lib/time";
import type { Inbox } from "../../queues/senders";
import { claimDue } from "../../db/work";
import {
  advanceReconciliation,
  failReconciliation,
  postponeReconciliation,
  reconciliationWork,
  restReconciliation,
} from "./work";
import { loadAccess } from "../config";
import { openDueReconciliations } from "./open";
import { OVERLAP, type ReconciliationRow } from "./reconciliation";
import { type AccessConfig, type ListedCall, type Pull, type Platform, platformOf, PLATFORMS } from "../../platforms";
import { putListed, stateOfListed } from "../inbound/put-listed";

export type PullDeps = {
  db: Database;
  bucket: R2Bucket;
  masterKeys: MasterKeys;
  inbox: Inbox;
  fetch: typeof fetch;
  guardPolicy: GuardPolicy;
  now(): number;
};

/** Comparisons of one source worked on together, and how long each may take of one turn. */
export const COMPARISONS_AT_ONCE = 2;
const TURN = 15 * SECOND;
/** A platform whose cursor never ends must not be asked for ever; this is a million calls. */
const MAX_LISTED = 1_000_000;
/** Nor one whose pages have nothing on them. What a platform may be away for is a third of this. */
const MAX_AGE = DAY;

const PULLING = Object.values<Platform>(PLATFORMS).flatMap(({ kind, pull }) =>
  pull ? [{ kind, needs: pull.needs }] : [],
);

/** Opens a comparison for every source that is due for one; nobody is asked yet. */
export async function openDueComparisons({ db, now }: Pick<PullDeps, "db" | "now">): Promise<void> {
  await openDueReconciliations(db, PULLING, now());
}

/**
 * Compares a platform's own list of calls with ours, and sends what never arrived through the same path as a notice.
 * Works on what is open of one source, some pages a turn; a crash in between repeats a page, which doubles nothing.
 */
export async function reconcile(deps: PullDeps, sourceId: string): Promise<void> {
  const ofSource = eq(reconciliations.sourceId, sourceId);
  const claimed = await claimDue(deps.db, reconciliationWork, deps.now(), COMPARISONS_AT_ONCE, ofSource);
  await Promise.all(claimed.map((one) => tryOne(deps, one)));
}

async function tryOne(deps: PullDeps, claimed: ReconciliationRow): Promise<void> {
  try {
    await workOn(deps, claimed);
  } catch (cause) {
    console.error(JSON.stringify({ event: "reconciliation.failed", id: claimed.id, error: String(cause) }));
    // One that throws does not stop the others, and fails in the end like one whose platform is down.
    const failure = { reason: "our side failed on it", retryAfter: null };
    await postponeReconciliation(deps.db, claimed, failure, deps.now());
  }
}

async function workOn(deps: PullDeps, claimed: ReconciliationRow): Promise<void> {
  const { db, masterKeys, now } = deps;
  const config = await loadAccess(db, masterKeys, claimed.sourceId);
  const pull = config && platformOf(config.kind)?.pull;
  if (!config || !pull) return failReconciliation(db, claimed, "the source is gone", now());
  if (!config.credentials) return failReconciliation(db, claimed, "the source has no credentials", now());
  // Notices of a paused source are not taken in, but would count as brought in.
  if (config.state === "paused") return failReconciliation(db, claimed, "the source is paused", now());
  const until = now() + TURN;
  let row: ReconciliationRow | undefined = claimed;
  while (row?.state === "open" && now() < until) row = await workOnPage(deps, row, config, pull);
  if (row?.state === "open") await restReconciliation(db, row, now());
}

/**
 * One page: ask, compare, send, write. Returns the row if it goes on, undefined when it ended, waits or was claimed by
 * another worker.
 */
async function workOnPage(
  deps: PullDeps,
  row: ReconciliationRow,
  config: AccessConfig,
  pull: Pull,
): Promise<ReconciliationRow | undefined> {
  const { db, now } = deps;
  if (row.listed > MAX_LISTED) {
    await failReconciliation(db, row, `the platform's list did not end after ${MAX_LISTED} calls`, now());
    return undefined;
  }
  if (now() - row.createdAt > MAX_AGE) {
    await failReconciliation(db, row, "it did not end within a day", now());
    return undefined;
  }
  const span = { from: row.asked ? row.fromAt : row.fromAt - OVERLAP, until: row.untilAt };
  const page = await pull.list(span, row.cursor, config, deps);
  if (!page.ok) {
    if (page.error.kind === "refused") await failReconciliation(db, row, page.error.reason, now());
    else await postponeReconciliation(db, row, page.error, now());
    return undefined;
  }
  const ended = await endedCalls(page.value.calls, config, pull);
  const { missing, unended } = await notYetOurs(db, config, ended);
  for (const call of [...missing, ...unended]) await putListed(deps, config, call, `/reconciliations/${row.id}`);
  if (row.cursor !== null && page.value.cursor === row.cursor) {
    await failReconciliation(db, row, "the platform's list leads from one page to the same page", now());
    return undefined;
  }
  const before = ended.filter(({ startedAt }) => startedAt < row.fromAt).length;
  const missingBefore = missing.filter(({ startedAt }) => startedAt < row.fromAt).length;
  // Of the overlap only what is missing counts: the rest was counted by the comparison before.
  const listed = ended.length - before + missingBefore;
  return advanceReconciliation(db, row, { listed, missing: missing.length, cursor: page.value.cursor }, now());
}

/**
 * A call that goes on has no last notice to miss yet; an entry that cannot be read is no call; one named twice is one.
 */
async function endedCalls(listed: readonly ListedCall[], config: AccessConfig, pull: Pull): Promise<ListedCall[]> {
  const ended: ListedCall[] = [];
  const distinct = new Map(listed.map((call) => [call.externalId, call]));
  for (const call of distinct.values()) if ((await stateOfListed(pull, call, config)) === "ended") ended.push(call);
  return ended;
}

/** Of calls that have ended: those that are missing here, and those whose end is missing. */
async function notYetOurs(
  db: Database,
  { organizationId, id: sourceId }: AccessConfig,
  listed: readonly ListedCall[],
): Promise<{ missing: ListedCall[]; unended: ListedCall[] }> {
  if (listed.length === 0) return { missing: [], unended: [] };
  const ids = await Promise.all(listed.map(({ externalId }) => callIdOf({ organizationId, sourceId, externalId })));
  const rows = await db
    .select({ id: calls.id, terminal: calls.terminal })
    .from(calls)
    .where(inArray(calls.id, valueList(ids)));
  const ends = new Map(rows.map(({ id, terminal }) => [id, terminal]));
  const endOf = (index: number) => ends.get(ids[index] ?? "");
  return {
    missing: listed.filter((_, index) => endOf(index) === undefined),
    unended: listed.filter((_, index) => endOf(index) === null),
  };
}
