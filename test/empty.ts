import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";

// One runtime serves file after file: what the file before left is deleted, and asked for until it is gone, because work
// of that file may still be under way and write again.
for (let left = true; left;) {
  await reset();
  left = (await tables(env.DB)) + (await tables(env.SEARCH)) > 0;
}

async function tables(db: D1Database): Promise<number> {
  const row = await db
    .prepare("SELECT count(*) AS n FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'")
    .first<{ n: number }>();
  return row?.n ?? 0;
}
