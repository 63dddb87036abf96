import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import * as schema from "../../../src/db/schema";
import { OTHER_PLACES, PLACES } from "../../../src/privacy";
import { KEPT_COLUMNS } from "./kept-columns";

const sources = import.meta.glob<string>("../../../src/**/*.ts", { query: "?raw", import: "default", eager: true });

const HOW = `Can anything of a call be in it? If so, say in src/privacy/places.ts how it is erased there, and let
test/worker/erasure.test.ts write its mark into it. If not, name it in test/core/privacy/kept-columns.ts.`;

describe("the places that a call can reach", () => {
  it("are all tables, and all columns of those whose rows stay", () => {
    for (const [name, place] of Object.entries(PLACES)) {
      const table = Object.entries(schema).find(([one]) => one === name)?.[1];
      if (!is(table, SQLiteTable)) throw new Error(`${name} is no table`);
      if (typeof place !== "string" && "rows" in place) continue;
      const columns = Object.values(getTableColumns(table)).map((column) => column.name);
      const known = (KEPT_COLUMNS[name as keyof typeof KEPT_COLUMNS] ?? "").split(" ");
      const unnamed = columns.filter((column) => !known.includes(column));
      expect(unnamed, `${getTableName(table)} has columns that no one has looked at. ${HOW}`).toEqual([]);
      const gone = known.filter((column) => column !== "" && !columns.includes(column));
      expect(gone, `${getTableName(table)} has these columns no more: take them off kept-columns.ts`).toEqual([]);
    }
  });

  it("are all prefixes of objects in R2", () => {
    const prefixes = Object.values(sources).flatMap((text) =>
      [...text.matchAll(/_PREFIX = "([a-z-]+\/)"/g)].map(([, prefix]) => prefix),
    );
    const named = Object.keys(OTHER_PLACES);
    expect(prefixes.length).toBeGreaterThan(5);
    expect(
      prefixes.filter((prefix) => !named.includes(`R2 ${prefix}`)),
      HOW.replace("it is erased there", "objects under it are erased, in OTHER_PLACES"),
    ).toEqual([]);
  });
});
