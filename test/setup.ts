import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Storage is fresh for each test file, so the schema is laid again. Not with `applyD1Migrations`: importing
// `cloudflare:test` loads the whole Worker into each file's isolate, which took two thirds of the suite's time.
const { DB, TEST_MIGRATIONS } = env as typeof env & { DB: D1Database; TEST_MIGRATIONS: D1Migration[] };
await DB.batch(TEST_MIGRATIONS.flatMap(({ queries }) => queries.map((query) => DB.prepare(query))));
