import { openDatabase, type Database } from "./client";

/** A database whose reads of one moment are asked in one round trip, and how many round trips there were. */
export type GatheredReads = { db: Database; roundTrips(): number };

type Waiting = {
  statements: readonly D1PreparedStatement[];
  settle(results: D1Result[]): void;
  fail(error: unknown): void;
};

/**
 * For one page: what functions read at the same moment goes to D1 as one batch, so that a page composed of many
 * functions costs few round trips. Writes go as they come. One for each request: in a batch of two, the failure of one
 * would be the other's too.
 */
export function gatherReads({ $client: binding }: Database): GatheredReads {
  let waiting: Waiting[] = [];
  let trips = 0;

  async function flush(): Promise<void> {
    const asked = waiting;
    waiting = [];
    trips += 1;
    try {
      const results = await binding.batch(asked.flatMap(({ statements }) => statements));
      let start = 0;
      for (const { statements, settle } of asked) settle(results.slice(start, (start += statements.length)));
    } catch (error) {
      for (const { fail } of asked) fail(error);
    }
  }

  /** Sent once everything of this moment is asked: functions may compute something before they read. */
  function read(statements: readonly D1PreparedStatement[]): Promise<D1Result[]> {
    if (waiting.length === 0) setTimeout(() => void flush(), 0);
    return new Promise((settle, fail) => waiting.push({ statements, settle, fail }));
  }

  async function rowsOf(sql: string, params: readonly unknown[]): Promise<object[]> {
    const [result] = await read([binding.prepare(sql).bind(...params)]);
    return (result?.results ?? []) as object[];
  }

  function now<T>(answer: Promise<T>): Promise<T> {
    trips += 1;
    return answer;
  }

  function statement(sql: string, params: readonly unknown[]): Original {
    const original = () => binding.prepare(sql).bind(...params);
    const reads = isRead(sql);
    return {
      [ORIGINAL]: original,
      reads,
      bind: (...values: unknown[]) => statement(sql, values),
      all: async () => (reads ? { results: await rowsOf(sql, params) } : now(original().all())),
      first: async () => (reads ? ((await rowsOf(sql, params))[0] ?? null) : now(original().first())),
      // A batch gives rows as objects: without a select around it, columns that share a name would become one.
      raw: async () =>
        reads
          ? (await rowsOf(`SELECT * FROM (${sql})`, params)).map((row) => Object.values(row))
          : now(original().raw()),
      run: async () => (reads ? (await read([original()]))[0] : now(original().run())),
    };
  }

  const gathered = {
    prepare: (sql: string) => statement(sql, []),
    batch: (statements: readonly Original[]) => {
      const originals = statements.map((one) => one[ORIGINAL]());
      return statements.every((one) => one.reads) ? read(originals) : now(binding.batch(originals));
    },
  };
  return { db: openDatabase(gathered as unknown as D1Database), roundTrips: () => trips };
}

const ORIGINAL = Symbol("the statement itself");

type Original = {
  [ORIGINAL](): D1PreparedStatement;
  reads: boolean;
  bind(...values: unknown[]): Original;
  all(): Promise<unknown>;
  first(): Promise<unknown>;
  raw(): Promise<unknown>;
  run(): Promise<unknown>;
};

/** Whether a statement surely writes nothing. One with a head (`WITH`) may read or write, and a word of writing decides. */
function isRead(sql: string): boolean {
  if (/^\s*select\b/i.test(sql)) return true;
  return /^\s*with\b/i.test(sql) && !/\b(insert|update|delete|replace)\b/i.test(sql);
}
