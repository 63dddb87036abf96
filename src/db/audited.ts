// The database of one request: what it writes is done by its actor. The triggers of the audit log (audit-triggers.ts)
// read the act from a row that is set first and deleted last in the batch of the change. A batch is a transaction, so
// no other request meets that row, and a batch that fails leaves none.

/** Who acts, and from where. `at` is in milliseconds. */
export type AuditedAct = { actor: string; address: string | null; requestId: string | null; at: number };

type Prepared = { real: D1PreparedStatement; writes: boolean };

const READS = /^[\s(]*(?:select|pragma|explain|values)\b/i;
const WITH = /^\s*with\b/i;
const WRITE_WITHIN = /\b(?:insert|update|delete|replace)\b/i;
// An entry that code records itself carries its own act.
const ENTRY = /^\s*insert\s+(?:or\s+ignore\s+)?into\s+["`]?audit_log\b/i;

/** The binding, with its writes done by `act`. Reads go through unchanged. */
export function auditedBinding(binding: D1Database, act: AuditedAct): D1Database {
  const prepared = new WeakMap<D1PreparedStatement, Prepared>();

  async function within(statements: readonly D1PreparedStatement[]): Promise<D1Result[]> {
    const set = binding
      .prepare("INSERT OR REPLACE INTO audit_act (id, actor, address, request_id, at) VALUES (1, ?, ?, ?, ?)")
      .bind(act.actor, act.address, act.requestId, act.at);
    const results = await binding.batch([set, ...statements, binding.prepare("DELETE FROM audit_act")]);
    return results.slice(1, -1);
  }

  function wrap(real: D1PreparedStatement, writes: boolean): D1PreparedStatement {
    const one = async (): Promise<D1Result<Record<string, unknown>>> => {
      const [result] = await within([real]);
      if (!result) throw new Error("D1 gave no result for a statement of a batch");
      return result as D1Result<Record<string, unknown>>;
    };
    const statement = {
      bind: (...values: unknown[]) => wrap(real.bind(...values), writes),
      run: writes ? one : () => real.run(),
      all: writes ? one : () => real.all(),
      raw: writes ? async (options?: { columnNames?: boolean }) => arrays((await one()).results, options) : rawOf(real),
      first: writes ? async (column?: string) => firstOf((await one()).results, column) : firstIn(real),
    } as unknown as D1PreparedStatement;
    prepared.set(statement, { real, writes });
    return statement;
  }

  return {
    prepare: (sql: string) => wrap(binding.prepare(sql), isWrite(sql)),
    batch: (statements: D1PreparedStatement[]) => {
      const known = statements.map((statement) => prepared.get(statement) ?? { real: statement, writes: true });
      const real = known.map((one) => one.real);
      return known.some(({ writes }) => writes) ? within(real) : binding.batch(real);
    },
    exec: unaudited,
    withSession: unaudited,
    dump: unaudited,
  } as unknown as D1Database;
}

/** Whether the statement changes something whose actor must be known. What is not surely a read is taken for a write. */
export function isWrite(sql: string): boolean {
  if (READS.test(sql) || ENTRY.test(sql)) return false;
  return !WITH.test(sql) || WRITE_WITHIN.test(sql);
}

function unaudited(): never {
  throw new Error("a request writes by prepare and batch only, so that the audit log knows its actor");
}

function rawOf(real: D1PreparedStatement) {
  return (options?: { columnNames: true }) => (options ? real.raw(options) : real.raw());
}

function firstIn(real: D1PreparedStatement) {
  return (column?: string) => (column === undefined ? real.first() : real.first(column));
}

function arrays(rows: readonly Record<string, unknown>[], options?: { columnNames?: boolean }): unknown[][] {
  const values = rows.map((row) => Object.values(row));
  return options?.columnNames ? [Object.keys(rows[0] ?? {}), ...values] : values;
}

function firstOf(rows: readonly Record<string, unknown>[], column: string | undefined): unknown {
  const [row] = rows;
  if (!row) return null;
  return column === undefined ? row : row[column];
}
