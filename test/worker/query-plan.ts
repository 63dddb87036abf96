import { vi } from "vitest";

/** How SQLite carries out what `run` asks of the database: the plan of each of its statements, line by line. */
export async function plansOf(database: D1Database, run: () => Promise<unknown>): Promise<string[]> {
  const asked: { text: string; values: unknown[] }[] = [];
  const prepare = database.prepare.bind(database);
  const spy = vi.spyOn(database, "prepare").mockImplementation((text) => {
    const statement = prepare(text);
    const bind = statement.bind.bind(statement);
    statement.bind = (...values) => {
      asked.push({ text, values });
      return bind(...values);
    };
    return statement;
  });
  try {
    await run();
  } finally {
    spy.mockRestore();
  }
  const plans: string[] = [];
  for (const { text, values } of asked) {
    const { results } = await prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind(...values)
      .all<{ detail: string }>();
    plans.push(...results.map(({ detail }) => detail));
  }
  return plans;
}
