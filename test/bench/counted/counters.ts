/**
 * What the bindings were asked for since the last reset. One isolate runs everything, so one set of counters sees
 * everything.
 */
const fresh = () => ({
  requests: 0,
  d1Queries: 0,
  d1Batches: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  r2ClassA: 0,
  r2ClassB: 0,
  queueMessages: 0,
  queueOperations: 0,
  objectRequests: 0,
  objectAlarms: 0,
  objectAlarmsSet: 0,
  objectRowsRead: 0,
  objectRowsWritten: 0,
});

export type Counters = ReturnType<typeof fresh>;

let counters = fresh();
/** Rows written by statement, so that whoever reads the figures sees where they come from. */
let written = new Map<string, number>();

export function count(name: keyof Counters, amount = 1): void {
  counters[name] += amount;
}

/** Counts the rows a statement wrote under what it does: its verb and its table. */
export function countWrites(where: "D1" | "object", sql: string, rows: number): void {
  if (rows === 0) return;
  count(where === "D1" ? "d1RowsWritten" : "objectRowsWritten", rows);
  const [, verb = "?", table = "?"] =
    /^\s*(INSERT|UPDATE|DELETE|CREATE)(?: OR \w+)?(?: INTO| FROM)?\s+["`]?(\w+)/i.exec(sql) ?? [];
  const name = `${where} ${verb.toLowerCase()} ${table}`;
  written.set(name, (written.get(name) ?? 0) + rows);
}

export function readCounters(): { counters: Counters; written: Record<string, number> } {
  return { counters, written: Object.fromEntries([...written].toSorted(([one], [other]) => one.localeCompare(other))) };
}

export function resetCounters(): void {
  counters = fresh();
  written = new Map();
}
