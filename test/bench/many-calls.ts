import { RISK, scoreKind } from "../../src/search/grades.ts";
import type { Server } from "./server.ts";

/** Calls of one statement. */
const AT_ONCE = 5_000;
/** Seconds from one call to the next: 100,000 calls are ten weeks. */
const SPACING = 60;
const CAMPAIGNS = 20;
const OPERATORS = 200;
/** As many of the newest calls have a recording and an analysis: more than any page looks at. */
const HEARD = 5_000;

/**
 * Fills both databases with calls, as if they had come and been indexed: twenty campaigns, 200 operators, every
 * thousandth call unassigned. Risks and one score are spread evenly from 0 to 99.9. Every call has the words *hello* and *thanks*, one in fifty *refund*, one in 10,000
 * *chargeback*. Where the organization has an analysed call already, the newest of the new ones are heard like it.
 */
export async function fillCalls(server: Server, organizationId: string, calls: number): Promise<void> {
  const [db, search] = [await server.miniflare.getD1Database("DB"), await server.miniflare.getD1Database("SEARCH")];
  const first = await db.prepare("SELECT id FROM campaigns LIMIT 1").first<{ id: string }>();
  const campaignId = first?.id ?? "";
  const now = Math.floor(Date.now() / 1000);
  await db.batch([
    db
      .prepare(
        `${counted(1, CAMPAIGNS)} INSERT INTO campaigns (id, organization_id, number, name, settings, created_at)
          SELECT 'cmp_bench' || n, ?, n + 100, 'Bench ' || n, '{}', ? FROM counted`,
      )
      .bind(organizationId, now * 1000),
    db
      .prepare(
        `${counted(0, OPERATORS)} INSERT INTO operators (id, organization_id, name, folded_name, needs_review, created_at)
          SELECT 'opr_bench' || printf('%04d', n), ?, 'Operator ' || n, 'operator ' || n, 0, ? FROM counted`,
      )
      .bind(organizationId, now * 1000),
  ]);
  for (let from = 0; from < calls; from += AT_ONCE) {
    const numbers = counted(from, Math.min(calls, from + AT_ONCE));
    const began = `(${now} - (${calls} - n) * ${SPACING})`;
    const row = `(${began} * 1024) * 2048`;
    const words = `'hello thanks for calling' || iif(n % 50 = 0, ' refund', '') || iif(n % 10000 = 0, ' chargeback', '')`;
    const scope = `'${token(organizationId)} statecompleted' || iif(n % ${CAMPAIGNS} = 0, ' ${token(campaignId)}', '')
      || ${grade(RISK, "n * 7 % 1000")} || ${grade(scoreKind("Stress"), "n * 13 % 1000")}`;
    await db
      .prepare(
        `${numbers} INSERT INTO calls (id, organization_id, source_id, source_kind, external_id, campaign_id, operator_id,
            operator_name, quarantine, state, direction, from_raw, started_at, duration_seconds, talk_seconds, talk_strip,
            custom, ranks, terminal, finalize_at, version, writer, created_at, updated_at)
          SELECT 'call_bench' || n, ?, 'src_bench', 'audian', 'bench' || n,
            CASE WHEN n % 1000 = 9 THEN NULL WHEN n % ${CAMPAIGNS} = 0 THEN ? ELSE 'cmp_bench' || (n % ${CAMPAIGNS}) END,
            'opr_bench' || printf('%04d', n % ${OPERATORS}), 'Operator ' || (n % ${OPERATORS}),
            iif(n % 1000 = 9, 'no_campaign', NULL), 'completed', 'inbound', printf('555-%04d', n % 10000), ${began} * 1000,
            180, 170, (SELECT talk_strip FROM calls WHERE talk_strip IS NOT NULL LIMIT 1), '{}', '{}', 'completed', 0, 1,
            'bench', 0, 0 FROM counted`,
      )
      .bind(organizationId, campaignId)
      .run();
    await search.batch([
      search.prepare(
        `${numbers} INSERT INTO search_rows (row, call_id, stamp) SELECT ${row}, 'call_bench' || n, 1000 FROM counted`,
      ),
      search.prepare(
        `${numbers} INSERT INTO search_calls (rowid, scope, number, operator, tags, words)
          SELECT ${row}, ${scope}, ${backwardsNumber()}, '', '', ${words} FROM counted`,
      ),
    ]);
  }
  const heard = counted(Math.max(0, calls - HEARD), calls);
  await db.batch([
    db.prepare(`${heard} ${copyOf("recordings", "rec", "created_at")}`),
    db.prepare(`${heard} ${copyOf("analyses", "ana", "created_at", "recording_id")}`),
  ]);
  await db.prepare("DELETE FROM search_marks").run();
  await search.prepare("UPDATE search_build SET ended_at = 1").run();
}

/** Has a review wait of each of these calls that has a campaign, the oldest first. */
export async function fillTasks(server: Server, organizationId: string): Promise<void> {
  const db = await server.miniflare.getD1Database("DB");
  await db
    .prepare(
      `INSERT INTO tasks (id, call_id, organization_id, campaign_id, operator_id, recording_id, state, created_at, place)
        SELECT 'task_' || substr(id, 6), id, organization_id, campaign_id, operator_id, 'rec_bench', 'open', started_at, started_at
        FROM calls WHERE organization_id = ? AND source_id = 'src_bench' AND campaign_id IS NOT NULL`,
    )
    .bind(organizationId)
    .run();
}

/** Copies a finished row of the first call that has one to each of the counted calls. */
function copyOf(table: "recordings" | "analyses", prefix: string, ...others: string[]): string {
  const columns = COPIED[table];
  const named = ["call_id", "id", ...others, ...columns];
  const values = [
    "'call_bench' || n",
    `'${prefix}_bench' || n`,
    ...others.map((name) => (name === "recording_id" ? "'rec_bench' || n" : name)),
    ...columns,
  ];
  return `INSERT INTO ${table} (${named.join(", ")}) SELECT ${values.join(", ")} FROM counted,
    (SELECT * FROM ${table} WHERE state = 'completed' LIMIT 1)`;
}

const COPIED = {
  recordings:
    `organization_id source_id source_kind external_id url state due_at attempts lease_until give_up_at key size
    sha256 media_type completed_at`.split(/\s+/),
  analyses: `organization_id engine engine_version state due_at attempts lease_until give_up_at findings findings_key
    scores risk completed_at`.split(/\s+/),
};

/** The start of a statement that counts `n` from a number to before another. */
function counted(from: number, until: number): string {
  return `WITH RECURSIVE counted(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM counted WHERE n < ${until - 1})`;
}

/** SQL for the digits of `555-%04d` backwards, as the index has numbers. */
function backwardsNumber(): string {
  const digit = (place: number) => `(n / ${place} % 10)`;
  return `${digit(1)} || ${digit(10)} || ${digit(100)} || ${digit(1000)} || '555'`;
}

/** SQL for the words of a number of tenths, as the index has them. */
function grade(kind: string, tenths: string): string {
  const digits = `printf('%04d', ${tenths})`;
  return [1, 2, 3, 4].map((length) => `' ${kind}x' || substr(${digits}, 1, ${length})`).join(" || ");
}

/** An id as the index has it. */
function token(id: string): string {
  return id.replace(/[^a-z0-9]/g, "");
}
