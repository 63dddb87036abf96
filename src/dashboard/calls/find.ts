import { listCalls, type CallFilter, type CallHead, type CallPosition, type ScannedPage } from "../../calls";
import type { Within } from "../../identity";
import { findCalls, type FoundCalls, type SearchDeps } from "../../search";

export type ListQuery = { filter: CallFilter; limit: number; after?: CallPosition };

/**
 * What someone looks for is found in the index, where the deployment has one and it is complete; else, as every other
 * filter, call after call.
 */
export async function findOrList(deps: SearchDeps, within: Within, query: ListQuery): Promise<ScannedPage<CallHead>> {
  const { filter, after, limit } = query;
  const { search: text, quarantined, number, ...rest } = filter;
  if (text !== undefined && quarantined === undefined && number === undefined) {
    const found = await findCalls(deps, {
      ...within,
      ...searchOf(rest, text),
      limit,
      ...(after ? { after } : {}),
    });
    if (found.ok && found.value.complete) return scannedPageOf(found.value, limit);
  }
  return listCalls(deps.db, { ...within, ...query });
}

/** A call that the index still has and this visitor may not see any more leaves a page shorter, and not the last. */
function scannedPageOf({ calls: rows, next }: FoundCalls, limit: number): ScannedPage<CallHead> {
  const last = next !== null && rows.length < limit ? rows.at(-1) : undefined;
  return { rows, scannedTo: last ? { startedAt: last.startedAt, id: last.id } : null };
}

function searchOf({ from, to, ...filter }: Omit<CallFilter, "search" | "quarantined" | "number">, text: string) {
  return { filter: { ...filter, text }, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
