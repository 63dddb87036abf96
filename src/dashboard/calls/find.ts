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
  const { search: text, quarantined, number, sourceId, flag, ...rest } = filter;
  if (text !== undefined && quarantined === undefined && number === undefined) {
    const found = await findCalls(deps, {
      ...within,
      ...searchOf(rest, text),
      marked: { ...(sourceId === undefined ? {} : { sourceId }), ...(flag === undefined ? {} : { flag }) },
      limit,
      ...(after ? { after } : {}),
    });
    if (found.ok && found.value.complete) return scannedPageOf(found.value, limit);
  }
  return listCalls(deps.db, { ...within, ...query });
}

/** A call that the index has and that is not of the list leaves a page shorter, even empty, and not the last. */
function scannedPageOf({ calls: rows, last }: FoundCalls, limit: number): ScannedPage<CallHead> {
  return { rows, scannedTo: rows.length < limit ? last : null };
}

function searchOf(
  { from, to, ...filter }: Omit<CallFilter, "search" | "quarantined" | "number" | "sourceId" | "flag">,
  text: string,
) {
  return { filter: { ...filter, text }, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
