import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Storage is empty at the start of each test file, so the schema is laid again. Not with `applyD1Migrations`: importing
// `cloudflare:test` loads the whole Worker, which a file with a runtime of its own would do for nothing.
const { DB, SEARCH, TEST_MIGRATIONS, TEST_SEARCH_MIGRATIONS } = env as typeof env & {
  TEST_MIGRATIONS: D1Migration[];
  TEST_SEARCH_MIGRATIONS: D1Migration[];
};
await apply(DB, TEST_MIGRATIONS);
await apply(SEARCH, TEST_SEARCH_MIGRATIONS);

async function apply(db: D1Database, migrations: D1Migration[]): Promise<void> {
  await db.batch(migrations.flatMap(({ queries }) => queries.map((query) => db.prepare(query))));
}
