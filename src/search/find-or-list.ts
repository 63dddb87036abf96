import { listCallLines, type CallFilter, type CallLine, type CallPosition, type ScannedPage } from "../calls";
import type { Within } from "../identity";
import { isJudged, type VerdictFilter } from "../quality";
import { findCallLines, type FoundCalls, type SearchDeps } from "./find-calls";
import type { SearchFilter } from "./query";

/** What calls are found by: the filters of their list, what reviews of them came to, and what the index alone knows. */
export type FoundBy = CallFilter &
  Pick<SearchFilter, "text" | "risk" | "scores" | "topic"> & { verdict?: VerdictFilter };

export type FindQuery = { filter: FoundBy; limit: number; after?: CallPosition };

/**
 * Words are found in the index, where the deployment has one and it is complete; else, as every other filter, call after
 * call, by number or operator alone. Risk, scores and topics are found in the index or not at all. `number` and
 * `search` are not for calls of the index.
 */
export async function findOrList(deps: SearchDeps, within: Within, query: FindQuery): Promise<ScannedPage<CallLine>> {
  const { filter, after, limit } = query;
  const { text, risk, scores, topic, verdict, ...listed } = filter;
  const also = verdict && isJudged(verdict);
  const isGraded = risk !== undefined || scores !== undefined || topic !== undefined;
  if (text === undefined && !isGraded) return listCallLines(deps.db, { ...within, ...query, filter: listed, also });
  const found = await findCallLines(deps, { ...within, ...searchOf(filter), also, limit, ...(after ? { after } : {}) });
  if (found.ok && (found.value.complete || isGraded)) return scannedPageOf(found.value, limit);
  if (text === undefined || isGraded) return { rows: [], scannedTo: null };
  return listCallLines(deps.db, { ...within, ...query, filter: { ...listed, search: text }, also });
}

/** A call that the index has and that is not of the list leaves a page shorter, even empty, and not the last. */
function scannedPageOf({ calls: rows, last }: FoundCalls<CallLine>, limit: number): ScannedPage<CallLine> {
  return { rows, scannedTo: rows.length < limit ? last : null };
}

function searchOf({ from, to, sourceId, flag, quarantined, teamId, ...asked }: FoundBy) {
  const { text, campaignId, operatorId, state, direction, tag, topic, risk, scores } = asked;
  const filter = { text, campaignId, operatorId, state, direction, tag, topic, risk, scores };
  const marked = {
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(flag === undefined ? {} : { flag }),
    ...(quarantined === undefined ? {} : { quarantined }),
    ...(teamId === undefined ? {} : { teamId }),
  };
  return { filter, marked, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
