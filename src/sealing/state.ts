import { and, count, isNotNull, isNull, ne, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { SEALED_PLACES, type SealedPlace } from "../db/sealed-places";
import { endpoints } from "../db/schema";
import { TOKEN_LIFETIME } from "../identity";
import { newestVersion, type MasterKeys } from "../lib/seal";
import { PLAYBACK_LINK_LIFETIME } from "../recordings";
import { newestSince, noteNewestKey } from "./key-versions";

/** One version of the master key. Times in milliseconds. */
export type KeyVersion = {
  version: number;
  /** Whether this deployment has it. Values of one it does not have cannot be opened. */
  configured: boolean;
  values: number;
  /** Until when links to recordings that it signed may still be in use. Null for the newest, which signs new ones. */
  linksEndAt: number | null;
  /** The same of tokens that were made from API keys. */
  tokensEndAt: number | null;
  /** Nothing needs it any more. Never true of the newest. */
  removable: boolean;
};

/** Which master keys are needed, by what is stored. */
export type SealingState = {
  newest: number;
  versions: KeyVersion[];
  values: { place: SealedPlace; version: number; values: number }[];
  /** Header values from before they were sealed. */
  plainHeaders: number;
  /** Endpoints whose objects are not known to hold copies that the newest key opens. */
  unconfirmedCopies: number;
};

/**
 * The state of sealing. An older key is removable when no stored value needs it, all objects have newer copies, and
 * every link and token it signed has ended.
 */
export async function readSealing(db: Database, keys: MasterKeys, now: number): Promise<SealingState> {
  await noteNewestKey(db, keys, now);
  const newest = newestVersion(keys);
  const counts = await Promise.all((Object.keys(SEALED_PLACES) as SealedPlace[]).map((place) => countPlace(db, place)));
  const values = counts.flat();
  const unconfirmedCopies = await countCopies(db, newest);
  const since = (await newestSince(db, keys)) ?? now;
  const [linksEndAt, tokensEndAt] = [since + PLAYBACK_LINK_LIFETIME, since + TOKEN_LIFETIME];
  const signedUntil = Math.max(linksEndAt, tokensEndAt);
  const known = new Set([...keys.keys(), ...values.map(({ version }) => version)]);
  const versions = [...known]
    .toSorted((one, other) => other - one)
    .map((version): KeyVersion => {
      const needed = values.filter((one) => one.version === version).reduce((total, one) => total + one.values, 0);
      return {
        version,
        configured: keys.has(version),
        values: needed,
        linksEndAt: version === newest ? null : linksEndAt,
        tokensEndAt: version === newest ? null : tokensEndAt,
        removable: version !== newest && needed === 0 && unconfirmedCopies === 0 && now >= signedUntil,
      };
    });
  return { newest, versions, values, plainHeaders: await countPlainHeaders(db), unconfirmedCopies };
}

async function countPlace(db: Database, place: SealedPlace): Promise<SealingState["values"]> {
  const { column, form } = SEALED_PLACES[place];
  const sealed = form === "value" ? sql`${column}` : sql`substr(value, length('sealed:') + 2)`;
  const from: SQL = form === "value" ? sql`${column.table}` : sql`${column.table}, json_each(${column})`;
  const isSealed = form === "value" ? and(isNotNull(column), ne(column, "")) : sql`value LIKE ${"sealed:\n%"}`;
  const rows = await db.all<{ version: string; total: number }>(
    sql`SELECT substr(${sealed}, 2, instr(${sealed}, '.') - 2) AS version, count(*) AS total
      FROM ${from} WHERE ${isSealed} GROUP BY 1`,
  );
  return rows.map(({ version, total }) => ({ place, version: Number(version), values: total }));
}

async function countPlainHeaders(db: Database): Promise<number> {
  const [row] = await db.all<{ total: number }>(
    sql`SELECT count(*) AS total FROM ${endpoints}, json_each(${endpoints.headers})
      WHERE lower(key) <> 'content-type' AND value NOT LIKE ${"sealed:\n%"}`,
  );
  return row?.total ?? 0;
}

async function countCopies(db: Database, newest: number): Promise<number> {
  const { objectsSealedWith } = endpoints;
  const row = await db
    .select({ total: count() })
    .from(endpoints)
    .where(or(isNull(objectsSealedWith), ne(objectsSealedWith, newest)))
    .get();
  return row?.total ?? 0;
}
