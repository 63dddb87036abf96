import type { PageContext } from "../deps";

/** Rows of a page of a list of Settings. */
export const PAGE = 50;

/** A page of a list: its rows, and where the first and the next page are. */
export type Paged<Row> = { rows: readonly Row[]; firstHref: string | undefined; nextHref: string | undefined };

/** What to ask of a list for the page that the address names: one row more than is shown says that there are others. */
export function positionIn(c: PageContext, name: string): { limit: number; after?: { id: string } } {
  const id = c.req.query(name);
  return { limit: PAGE + 1, ...(id !== undefined && { after: { id: id.slice(0, 100) } }) };
}

/** A page of what was found. `name` is the parameter of this list, where the page has several. */
export function pageOf<Row>(
  c: PageContext,
  name: string,
  found: readonly Row[],
  idOf: (row: Row) => string,
): Paged<Row> {
  const rows = found.slice(0, PAGE);
  const last = found.length > PAGE ? rows.at(-1) : undefined;
  const hrefWith = (id: string | undefined) => {
    const { pathname, searchParams } = new URL(c.req.url);
    for (const gone of [name, "done"]) searchParams.delete(gone);
    if (id !== undefined) searchParams.set(name, id);
    return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
  };
  return {
    rows,
    firstHref: c.req.query(name) === undefined ? undefined : hrefWith(undefined),
    nextHref: last && hrefWith(idOf(last)),
  };
}
