import { and, asc, eq, gt, isNull, ne, or, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { contextOf } from "../../db/sealed-places";
import { endpoints } from "../../db/schema";
import { newestVersion, reseal, type MasterKeys } from "../../lib/seal";
import { objectsOf } from "../shards";
import type { EndpointDeps, EndpointRow } from "./endpoint";
import { resealHeaders } from "./sealed-headers";

/** What became of one endpoint. `changed`: written by somebody else meanwhile, so it is still to do. */
export type ResealedEndpoint = {
  id: string;
  writes: number;
  outcome: "sealed" | "changed" | "unreadable" | "unreached";
};

/**
 * Seals what endpoints hold with the newest key, and pushes it to all their objects, whose copies are sealed too. Takes
 * endpoints after the id `after`, in order, until about `budget` writes were made. Gives those it took, and whether
 * there may be more.
 */
export async function resealEndpoints(
  deps: Pick<EndpointDeps, "db" | "masterKeys" | "endpointObjects">,
  after: string,
  budget: number,
): Promise<{ taken: ResealedEndpoint[]; more: boolean }> {
  const rows = await toSeal(deps.db, deps.masterKeys, after, budget);
  const taken: ResealedEndpoint[] = [];
  let spent = 0;
  for (const row of rows) {
    if (spent >= budget) return { taken, more: true };
    const writes = 2 + objectsOf(row).length;
    taken.push({ id: row.id, writes, outcome: await resealOne(deps, row) });
    spent += writes;
  }
  return { taken, more: rows.length === budget };
}

async function resealOne(
  { db, masterKeys: keys, endpointObjects }: Pick<EndpointDeps, "db" | "masterKeys" | "endpointObjects">,
  row: EndpointRow,
): Promise<ResealedEndpoint["outcome"]> {
  const fresh = await sealedAnew(keys, row).catch(() => undefined);
  if (!fresh) return "unreadable";
  const current = await write(db, row, fresh);
  if (!current) return "changed";
  try {
    await endpointObjects.configure(current);
  } catch {
    return "unreached";
  }
  const marked = await db
    .update(endpoints)
    .set({ objectsSealedWith: newestVersion(keys) })
    .where(and(eq(endpoints.id, current.id), eq(endpoints.version, current.version)))
    .returning({ id: endpoints.id });
  return marked.length > 0 ? "sealed" : "changed";
}

async function sealedAnew(keys: MasterKeys, row: EndpointRow): Promise<Pick<EndpointRow, "secrets" | "headers">> {
  // Rows that were deleted before deletion took the secrets away.
  if (row.deletedAt !== null) return { secrets: "", headers: {} };
  return {
    secrets: await reseal(keys, contextOf("endpoints.secrets", row.id), row.secrets),
    headers: await resealHeaders(keys, row.id, row.headers),
  };
}

// Only over the version that was read. `updated_at` stays: nobody changed the endpoint.
async function write(
  db: Database,
  row: EndpointRow,
  fresh: Pick<EndpointRow, "secrets" | "headers">,
): Promise<EndpointRow | undefined> {
  if (fresh.secrets === row.secrets && JSON.stringify(fresh.headers) === JSON.stringify(row.headers)) return row;
  return db
    .update(endpoints)
    .set({ ...fresh, version: sql`version + 1` })
    .where(and(eq(endpoints.id, row.id), eq(endpoints.version, row.version)))
    .returning()
    .get();
}

function toSeal(db: Database, keys: MasterKeys, after: string, limit: number): Promise<EndpointRow[]> {
  const newest = newestVersion(keys);
  return db
    .select()
    .from(endpoints)
    .where(
      and(
        gt(endpoints.id, after),
        or(
          and(ne(endpoints.secrets, ""), sql`${endpoints.secrets} NOT LIKE ${`v${newest}.%`}`),
          sql`EXISTS (SELECT 1 FROM json_each(${endpoints.headers})
            WHERE lower(key) <> 'content-type' AND value NOT LIKE ${`sealed:\nv${newest}.%`})`,
          isNull(endpoints.objectsSealedWith),
          ne(endpoints.objectsSealedWith, newest),
        ),
      ),
    )
    .orderBy(asc(endpoints.id))
    .limit(limit);
}
