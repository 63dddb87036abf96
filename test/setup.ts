import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Storage is fresh for each test file, so the schema is laid again. Not with `applyD1Migrations`: importing
// `cloudflare:test` loads the whole Worker into each file's isolate, which took two thirds of the suite's time.
const { DB, SEARCH, TEST_MIGRATIONS, TEST_SEARCH_MIGRATIONS } = env as typeof env & {
  TEST_MIGRATIONS: D1Migration[];
  TEST_SEARCH_MIGRATIONS: D1Migration[];
};
await apply(DB, TEST_MIGRATIONS);
await apply(SEARCH, TEST_SEARCH_MIGRATIONS);

async function apply(db: D1Database, migrations: D1Migration[]): Promise<void> {
  await db.batch(migrations.flatMap(({ queries }) => queries.map((query) => db.prepare(query))));
}
