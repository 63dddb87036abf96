import { applyD1Migrations, env, type D1Migration } from "cloudflare:test";

// Storage is fresh for each test file, so the schema is laid again.
const { DB, TEST_MIGRATIONS } = env as typeof env & { DB: D1Database; TEST_MIGRATIONS: D1Migration[] };
await applyD1Migrations(DB, TEST_MIGRATIONS);
