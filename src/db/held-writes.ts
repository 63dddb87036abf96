// The database of a request whose answer is to be stored in the batch of its change. The answer is known only after the
// change, so the change waits: a batch of writes that gives back nothing but whether it changed anything is held, and
// taken to have succeeded. Either the request ends, and the batch runs with the answer in it, or something else is asked
// first, and the batch runs before that. What was taken for granted is checked within the batch, which fails where it
// was wrong: then nothing was done, and the request can be run anew without holding.

import { isWrite } from "./audited";

export type HeldWrites = {
  binding: D1Database;
  /** Runs what is held, if anything is. */
  flush(): Promise<void>;
  /** Runs what is held with these statements at its end. False: nothing is held, and nothing was run. */
  commit(statements: (checked: D1PreparedStatement) => readonly D1PreparedStatement[]): Promise<boolean>;
  /** Whether a batch that was held could not be run. */
  hasFailed(): boolean;
};

type Options = {
  /** False: each batch runs at once. */
  holds: boolean;
  /** Statements for the end of each batch, which mark that something was done. */
  mark: (checked: D1PreparedStatement) => readonly D1PreparedStatement[];
};

type Known = { real: D1PreparedStatement; text: string };
type Held = { statements: readonly D1PreparedStatement[]; looked: Set<number>; results?: D1Result[] };

const GIVES_ROWS = /\breturning\b|^\s*select\b/i;
// An entry of the audit log that code records itself precedes an act elsewhere: it changes nothing yet.
const ENTRY = /^\s*insert\s+(?:or\s+ignore\s+)?into\s+["`]?audit_log\b/i;

export function holdWrites(binding: D1Database, { holds, mark }: Options): HeldWrites {
  const prepared = new WeakMap<D1PreparedStatement, Known>();
  // Fails, and its batch with it, where the statement before changed nothing.
  const check = () => binding.prepare("SELECT json(CASE changes() WHEN 0 THEN '' ELSE '1' END)");
  const waiting: { batch?: Held | undefined } = {};
  let running: Promise<void> = Promise.resolve();
  let failed = false;

  async function runHeld(end: (checked: D1PreparedStatement) => readonly D1PreparedStatement[]): Promise<boolean> {
    await running;
    const taken = waiting.batch;
    if (!taken) return false;
    waiting.batch = undefined;
    const run = (async () => {
      const places: number[] = [];
      const all: D1PreparedStatement[] = [];
      for (const [at, statement] of taken.statements.entries()) {
        places.push(all.length);
        all.push(statement);
        if (taken.looked.has(at)) all.push(check());
      }
      const results = await binding.batch([...all, ...end(check())]);
      taken.results = places.flatMap((place) => results[place] ?? []);
    })();
    // Whoever comes meanwhile waits; that it failed is for whoever began it.
    running = run.catch(() => {
      failed = true;
    });
    await run;
    return true;
  }

  const flush = async () => {
    await runHeld(mark);
  };

  async function batch(known: readonly Known[]): Promise<D1Result[]> {
    // Another batch may have been held while this one waited.
    for (await flush(); waiting.batch;) await flush();
    const statements = known.map(({ real }) => real);
    const writes = known.filter(({ text }) => isWrite(text));
    if (writes.every(({ text }) => ENTRY.test(text))) return binding.batch(statements);
    if (holds && !known.some(({ text }) => GIVES_ROWS.test(text))) {
      const fresh: Held = { statements, looked: new Set() };
      waiting.batch = fresh;
      return statements.map((_, at) => granted(fresh, at));
    }
    const results = await binding.batch([...statements, ...mark(check())]);
    return results.slice(0, statements.length);
  }

  function wrap(real: D1PreparedStatement, text: string): D1PreparedStatement {
    const known = { real, text };
    const isRead = !isWrite(text);
    const one = async () => {
      const [result] = await batch([known]);
      if (!result) throw new Error("D1 gave no result for a statement of a batch");
      return result as D1Result<Record<string, unknown>>;
    };
    const first = async <T>(read: () => Promise<T>) => {
      await flush();
      return read();
    };
    const rows = async () => (await one()).results;
    const statement = {
      bind: (...values: unknown[]) => wrap(real.bind(...values), text),
      run: isRead ? () => first(() => real.run()) : one,
      all: isRead ? () => first(() => real.all()) : one,
      raw: (options?: { columnNames: true }) =>
        isRead
          ? first<unknown>(() => (options ? real.raw(options) : real.raw()))
          : rows().then((found) => found.map((row) => Object.values(row))),
      first: (column?: string) =>
        isRead
          ? first<unknown>(() => (column === undefined ? real.first() : real.first(column)))
          : rows().then(([row]) => (column === undefined ? (row ?? null) : (row?.[column] ?? null))),
    } as unknown as D1PreparedStatement;
    prepared.set(statement, known);
    return statement;
  }

  return {
    binding: {
      prepare: (text: string) => wrap(binding.prepare(text), text),
      batch: (statements: D1PreparedStatement[]) =>
        batch(statements.map((one) => prepared.get(one) ?? { real: one, text: "unknown returning" })),
      exec: refuse,
      withSession: refuse,
      dump: refuse,
    } as unknown as D1Database,
    flush,
    commit: runHeld,
    hasFailed: () => failed,
  };
}

function refuse(): never {
  throw new Error("a request writes by prepare and batch only, so that its answer can be written with it");
}

/** The result that a held statement is taken to have; the real one, once it was run. */
function granted(held: Held, at: number): D1Result {
  return {
    success: true,
    get results() {
      return held.results?.[at]?.results ?? [];
    },
    meta: {
      get changes() {
        if (!held.results) held.looked.add(at);
        return held.results?.[at]?.meta.changes ?? 1;
      },
    },
  } as unknown as D1Result;
}
