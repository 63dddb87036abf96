import { and, eq, getTableColumns, isNotNull, isNull, sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../../db/client";
import { reconciliations, sources } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { DAY } from "../../lib/time";
import type { Platform } from "../../platforms";
import { whereSource, type SourceTarget } from "../config/source";
import { EVERY, SETTLING, type ReconciliationRow } from "./reconciliation";

/** The first comparison looks back this far; after an outage of ours, a later one at most this far. */
const FIRST_SPAN = DAY;
const LONGEST_SPAN = 7 * DAY;
/** A person may ask for this much at once. */
const LONGEST_ASKED = 31 * DAY;
const AT_ONCE = 100;

type Target = { organizationId: string; id: string };

/** A platform that has a list to ask for, and the setting it cannot be compared without. */
export type Comparable = { kind: string; needs?: string };

/** Opens a comparison for every source that is due for one. */
export async function openDueReconciliations(
  db: Database,
  platforms: readonly Comparable[],
  now: number,
): Promise<void> {
  // Read from the newest row on: ids sort by time, and a source has more of them every hour.
  const newestOwn = sql.raw(
    "FROM reconciliations AS own WHERE own.organization_id = sources.organization_id AND own.source_id = sources.id AND own.asked = 0",
  );
  const due = await db
    .select({
      organizationId: sources.organizationId,
      id: sources.id,
      // What failed is compared again by the one after it.
      lastUntil: sql<
        number | null
      >`(SELECT until_at ${newestOwn} AND own.state = 'completed' ORDER BY own.id DESC LIMIT 1)`,
    })
    .from(sources)
    .where(
      and(
        isNotNull(sources.credentials),
        isNull(sources.deletedAt),
        eq(sources.state, "active"),
        sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(platforms)}) AS platform
          WHERE platform.value ->> 'kind' = ${sources.kind} AND (platform.value ->> 'needs' IS NULL
            OR json_extract(${sources.settings}, '$.' || (platform.value ->> 'needs')) IS NOT NULL))`,
        sql`coalesce(json_extract(${sources.settings}, '$.reconcile'), 1) <> 0`,
        sql`coalesce((SELECT own.state = 'open' OR own.created_at > ${now - EVERY} ${newestOwn}
          ORDER BY own.id DESC LIMIT 1), 0) = 0`,
      ),
    )
    // Organizations take turns, so that one with hundreds of sources does not take all places.
    .orderBy(sql`row_number() OVER (PARTITION BY ${sources.organizationId} ORDER BY ${sources.id})`, sources.id)
    .limit(AT_ONCE);
  const until = now - SETTLING;
  const rows = due.map(({ lastUntil, ...target }) => {
    const from = lastUntil === null ? until - FIRST_SPAN : Math.max(lastUntil, until - LONGEST_SPAN);
    return newRow(target, { from: Math.min(from, until), until, asked: false }, now);
  });
  await runBatch(
    db,
    rows.map((row) => insertNext(db, row)),
  );
}

/** Statement that adds a comparison unless another run of the cron added it first. */
function insertNext(db: Database, row: ReconciliationRow): Statement {
  const columns = Object.entries(getTableColumns(reconciliations));
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const values = columns.map(([key, column]) => sql`${sql.param(row[key as keyof ReconciliationRow], column)}`);
  return db.run(sql`INSERT INTO ${reconciliations} (${sql.join(names, sql`, `)}) SELECT ${sql.join(values, sql`, `)}
    WHERE coalesce((SELECT own.state = 'open' OR own.created_at > ${row.createdAt - EVERY} FROM reconciliations AS own
      WHERE own.organization_id = ${row.organizationId} AND own.source_id = ${row.sourceId} AND own.asked = 0
      ORDER BY own.id DESC LIMIT 1), 0) = 0`);
}

/** Opens a comparison of a span someone chose, in milliseconds. `platformOf` knows each kind. */
export async function openReconciliation(
  { db }: { db: Database },
  platformOf: (kind: string) => Platform | undefined,
  target: SourceTarget,
  span: { from: number; until: number },
  { now }: Act,
): Promise<Result<ReconciliationRow, DomainError>> {
  const source = await db
    .select({
      kind: sources.kind,
      credentials: sources.credentials,
      state: sources.state,
      settings: sources.settings,
    })
    .from(sources)
    .where(whereSource(target))
    .get();
  if (!source) return err(notFound("source"));
  const platform = platformOf(source.kind);
  if (!platform?.pull) return conflict(`${platform?.title ?? source.kind} has no list of calls to compare with.`);
  if (source.credentials === null) return conflict("The source has no credentials to ask its platform with.");
  const { needs } = platform.pull;
  if (needs !== undefined && source.settings[needs] === undefined)
    return conflict(
      `Set settings.${needs} first: without it ${platform.title}'s list cannot be compared with our calls.`,
    );
  if (source.state === "paused") return conflict("The source is paused: what is found missing would be turned away.");
  if (span.until <= span.from) return err(invalid("until", "must be after from"));
  if (span.until > now) return err(invalid("until", "must not be in the future"));
  if (span.until - span.from > LONGEST_ASKED) return err(invalid("from", "must be at most 31 days before until"));
  const row = newRow(target, { ...span, asked: true }, now);
  await db.insert(reconciliations).values(row);
  return ok(row);
}

function newRow(target: Target, span: { from: number; until: number; asked: boolean }, now: number): ReconciliationRow {
  return {
    organizationId: target.organizationId,
    sourceId: target.id,
    id: newId("rcn", now),
    asked: span.asked,
    fromAt: span.from,
    untilAt: span.until,
    state: "open",
    reason: null,
    cursor: null,
    listed: 0,
    missing: 0,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    createdAt: now,
    endedAt: null,
  };
}

function conflict(message: string): Result<never, DomainError> {
  return err({ kind: "conflict", message });
}
